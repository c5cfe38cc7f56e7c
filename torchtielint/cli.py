"""The command line: commands and options, no logic. What is heavy is imported inside the command that needs it."""

from __future__ import annotations

import functools
import io
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from torchtielint import __version__
from torchtielint.choices import CERTAINTIES, OUTPUT_FORMATS
from torchtielint.errors import ISSUES_URL, TorchtielintError, UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

T = TypeVar("T")

INTERRUPTED = 130
COLOUR_CHOICE = "torchtielint.colour"
EVERYTHING = "torchtielint.everything"
VERSION_NAMES = frozenset({"-V", "--version"})
VERBOSE_NAMES = frozenset({"-v", "--verbose"})
HEADINGS = ("Fixes", "Rule selection", "Building models", "File selection", "Output", "Miscellaneous")
PROGRESS_AFTER = 1.0  # seconds


class HeadedOption(click.Option):
    """An option that help shows under a heading; the `--no-` twin of a flag works, and is not shown."""

    heading = "Miscellaneous"

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option as help shows it."""
        twins, self.secondary_opts = self.secondary_opts, []
        try:
            return super().get_help_record(ctx)
        finally:
            self.secondary_opts = twins


class Fixes(HeadedOption):
    """An option about changing files."""

    heading = "Fixes"


class RuleSelection(HeadedOption):
    """An option about which rules run."""

    heading = "Rule selection"


class FileSelection(HeadedOption):
    """An option about which files are read."""

    heading = "File selection"


class Building(HeadedOption):
    """An option about how models are built, and what they are put through."""

    heading = "Building models"


class Output(HeadedOption):
    """An option about what is shown, and how."""

    heading = "Output"


class HeadedCommand(click.Command):
    """A command whose options are grouped under headings."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep an option whose value may be missing from taking a path for it."""
        return super().parse_args(ctx, ["--add-ignore=" if one == "--add-ignore" else one for one in args])

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each heading with its options."""
        groups: dict[str, list[tuple[str, str]]] = {heading: [] for heading in HEADINGS}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                groups.setdefault(getattr(parameter, "heading", "Miscellaneous"), []).append(record)
        for heading, records in groups.items():
            if not records:
                continue
            with formatter.section(heading):
                formatter.write_dl(records)


class DefaultGroup(click.Group):
    """A group that takes `check` for granted: `torchtielint src` is `torchtielint check src`."""

    default = "check"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command before arguments that name none."""
        if VERSION_NAMES & set(args) and VERBOSE_NAMES & set(args) and set(args) <= VERSION_NAMES | VERBOSE_NAMES:
            ctx.meta[EVERYTHING] = True  # `--verbose` is an option of commands, and means this only beside `--version`
            args = ["--version"]
        own = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        first = args[0] if args else ""
        if not (first in self.commands or first in own or (ctx.resilient_parsing and not args)):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; show a user's mistake as one line and a hint."""
        try:
            return super().invoke(ctx)
        except TorchtielintError as error:
            if any(error.message == f"`{command}` does not exist" for command in self.commands):
                error.hint = "a command comes first, and its options behind it"
            _show_error(error, colour=wants_colour(ctx.meta.get(COLOUR_CHOICE, "auto"), sys.stderr))
            ctx.exit(2)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete commands, and what the default command takes."""
        default = self.commands[self.default]
        with default.make_context(self.default, [], parent=ctx, resilient_parsing=True) as inner:
            return [*super().shell_complete(ctx, incomplete), *default.shell_complete(inner, incomplete)]


def complete_rules(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Codes and names of rules that continue what is typed; after a comma the next one."""
    from click.shell_completion import CompletionItem

    from torchtielint.checks.registry import all_rules

    done, comma, typed = incomplete.rpartition(",")
    return [
        CompletionItem(done + comma + word, help=rule.summary)
        for rule in all_rules().values()
        for word in (rule.code, rule.name)
        if word.startswith(typed.upper() if word is rule.code else typed.lower())
    ]


def _selectors(name: str, help_: str) -> Callable[..., Any]:
    return click.option(
        name,
        cls=RuleSelection,
        multiple=True,
        metavar="RULES",
        help=help_,
        shell_complete=complete_rules,
    )


def _formats(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Check the formats of `FORMAT` and `FORMAT:FILE`; a file may have any name."""
    for value in values:
        click.Choice(OUTPUT_FORMATS).convert(value.partition(":")[0], parameter, ctx)
    return values


def complete_formats(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Formats that continue what is typed."""
    return [form for form in OUTPUT_FORMATS if form.startswith(incomplete)]


def _colour(ctx: click.Context, _parameter: click.Parameter, choice: str) -> str:
    ctx.meta[COLOUR_CHOICE] = choice
    ctx.color = wants_colour(choice, sys.stdout)
    return choice


COLOUR = click.option(
    "--color",
    cls=Output,
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    callback=_colour,
    expose_value=False,
    help="Colour the output; `auto` (default) asks the terminal, NO_COLOR and FORCE_COLOR.",
)


CACHE_DIR = click.option(
    "--cache-dir",
    metavar="FOLDER",
    help="Where to keep what was found, also TORCHTIELINT_CACHE_DIR; `.torchtielint_cache` beside the configuration.",
)


def _version(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if not asked or ctx.resilient_parsing:
        return
    lines = [f"torchtielint {__version__}"]
    if ctx.meta.get(EVERYTHING):
        from torchtielint.about import about

        lines = about()
    click.echo("\n".join(lines))
    ctx.exit()


@click.group(
    cls=DefaultGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`check` is what happens when no command is given; `torchtielint check --help` lists its options.",
)
@click.option(
    "-V",
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version; with `--verbose` all that a bug report needs.",
)
def cli() -> None:
    """Lint PyTorch models: what are the parameters, really, and which of them are one?"""


@cli.command(cls=HeadedCommand)
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--fix", cls=Fixes, is_flag=True, help="Make the fixes that are safe, and report what is left.")
@click.option(
    "--unsafe-fixes",
    cls=Fixes,
    is_flag=True,
    help="With --fix, --fix-only or --diff: also those that change names in the state dict, values or ties.",
)
@click.option("--fix-only", cls=Fixes, is_flag=True, help="Make fixes, and report nothing that is left.")
@click.option(
    "--diff", cls=Fixes, is_flag=True, help="Show what would be changed, and change nothing; then exit with 1."
)
@click.option("--show-fixes", cls=Fixes, is_flag=True, help="List what was fixed, and what could not be and why.")
@click.option(
    "--add-ignore",
    cls=Fixes,
    is_flag=False,
    flag_value="",
    metavar="[=REASON]",
    help="Silence what is found by comments, with a reason behind an equals sign.",
)
@click.option("--exit-non-zero-on-fix", cls=Fixes, is_flag=True, help="Exit with 1 where something was fixed.")
@_selectors("--select", "Codes, prefixes, names or ALL, separated by commas: only these rules.")
@_selectors("--ignore", "Rules to leave out.")
@_selectors("--extend-select", "Rules to add to those that are selected.")
@_selectors("--extend-ignore", "Rules to leave out, beside those of --ignore.")
@click.option(
    "--per-file-ignores",
    cls=RuleSelection,
    multiple=True,
    metavar="PATTERN:RULES",
    help="Rules to leave out in the files that match, as in `tests/**:TTL301`.",
)
@click.option(
    "--certainty",
    cls=RuleSelection,
    type=click.Choice(CERTAINTIES),
    help="How sure a finding must be to be shown; `likely` unless configured.",
)
@click.option(
    "--exclude",
    cls=FileSelection,
    multiple=True,
    metavar="PATTERNS",
    help="Patterns, as in gitignore, of what to leave out instead of the usual folders.",
)
@click.option(
    "--extend-exclude",
    cls=FileSelection,
    multiple=True,
    metavar="PATTERNS",
    help="Patterns of what to leave out as well.",
)
@click.option(
    "--respect-gitignore/--no-respect-gitignore",
    cls=FileSelection,
    default=None,
    help="Leave out what git ignores; on unless configured, `--no-respect-gitignore` turns it off.",
)
@click.option(
    "--force-exclude/--no-force-exclude",
    cls=FileSelection,
    default=None,
    help="Leave files out even where the command line names them.",
)
@click.option(
    "--stdin-filename",
    cls=FileSelection,
    metavar="PATH",
    help="What to call the file that `-` reads from standard input.",
)
@click.option(
    "--output-format",
    cls=Output,
    multiple=True,
    callback=_formats,
    shell_complete=complete_formats,
    metavar="FORMAT[:FILE]",
    envvar="TORCHTIELINT_OUTPUT_FORMAT",
    help=f"How to show findings: {', '.join(OUTPUT_FORMATS)}; `full` unless configured. With a file, and as often as "
    "needed, a report beside the one on standard output.",
)
@click.option(
    "-o", "--output-file", cls=Output, metavar="FILE", help="Where to write findings instead of standard output."
)
@click.option(
    "--statistics/--no-statistics", cls=Output, default=False, help="Show how often each rule found something."
)
@click.option(
    "--baseline",
    cls=Output,
    metavar="FILE",
    help="Leave out what this file knows, also the setting `baseline`; an empty name turns that off.",
)
@click.option(
    "--write-baseline/--no-write-baseline",
    cls=Output,
    default=False,
    help="Write what is found to the baseline, `torchtielint-baseline.json` unless said otherwise.",
)
@COLOUR
@click.option("-q", "--quiet", cls=Output, is_flag=True, help="Show findings, and nothing else.")
@click.option("-v", "--verbose", cls=Output, is_flag=True, help="Say more on standard error.")
@click.option(
    "-e",
    "--exit-zero/--no-exit-zero",
    cls=HeadedOption,
    default=False,
    help="Exit with 0 even where there are findings.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=0),
    default=0,
    help="Processes at once; one a core by default, and one for few files.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Work on the Dask cluster with this scheduler, as in `tcp://host:8786`; needs `torchtielint[dask]`.",
)
@click.option("--no-cache", is_flag=True, help="Check every file, and keep nothing of what is found.")
@CACHE_DIR
@click.option("--config", multiple=True, metavar="FILE|KEY=VALUE", help="A configuration, or one setting.")
@click.option("--isolated", is_flag=True, help="Read no configuration file.")
@click.option("-w", "--watch/--no-watch", cls=HeadedOption, default=False, help="Check again after each change.")
@click.option("--show-files", is_flag=True, help="List the files that would be checked.")
@click.option("--show-settings", is_flag=True, help="Show the settings that hold for the first file.")
@click.pass_context
def check(ctx: click.Context, /, paths: tuple[str, ...], **_options: object) -> None:
    """Lint files and folders (the working folder where none is given; `-` is standard input).

    Exits with 0 where there is nothing to report, 1 where there are findings, 2 where something could not be done.
    """
    from torchtielint.command import CheckOptions, run_check

    options = {name: value for name, value in ctx.params.items() if name != "paths"}
    chosen = CheckOptions(**options)
    once = functools.partial(run_check, paths, chosen, colour=bool(ctx.color), progress=progress_over)
    if chosen.watch:
        from torchtielint.watching import run_watch

        ctx.exit(run_watch(paths, chosen, once=once))
    ctx.exit(once())


@cli.command(cls=HeadedCommand)
@CACHE_DIR
@click.option("-q", "--quiet", cls=Output, is_flag=True, help="Say nothing.")
@click.pass_context
def clean(ctx: click.Context, /, cache_dir: str | None, *, quiet: bool) -> None:
    """Remove the cache of the project in the working folder."""
    from torchtielint.command import CheckOptions, run_clean

    ctx.exit(run_clean(CheckOptions(cache_dir=cache_dir, quiet=quiet)))


@cli.command(cls=HeadedCommand)
@click.argument("rule", required=False, shell_complete=complete_rules)
@click.option("--all", "everything", cls=Output, is_flag=True, help="Show the page of every rule.")
@click.option(
    "--output-format", cls=Output, type=click.Choice(["text", "json"]), default="text", help="Pages, or data."
)
@COLOUR
@click.pass_context
def rule(ctx: click.Context, /, rule: str | None, everything: bool, output_format: str) -> None:
    """Explain a rule, by code or name, or list all rules. Needs no network."""
    from torchtielint.command import run_rule

    run_rule(rule, everything=everything, as_json=output_format == "json", colour=bool(ctx.color))


@cli.command(cls=HeadedCommand)
def server() -> None:
    """Serve an editor: a language server on standard input and output. Editors start it, with no arguments."""
    try:
        from torchtielint.server.app import run_server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise UsageError(
            "the language server needs pygls, which is not installed", hint="pip install 'torchtielint[lsp]'"
        ) from error
    run_server()


@cli.command(cls=HeadedCommand)
@click.argument("targets", nargs=-1)
@click.option(
    "--static", cls=HeadedOption, is_flag=True, help="Read the ties off the source; runs nothing, needs no torch."
)
@click.option("--args", cls=Building, metavar="LITERALS", default="", help="Positional arguments: `8, [1, 2]`.")
@click.option("--kwargs", cls=Building, metavar="LITERALS", default="", help="Keyword arguments: `dim=8, depth=2`.")
@click.option(
    "--call", cls=Building, metavar="EXPR", default="", help="An expression that makes the model, where it is defined."
)
@click.option(
    "--survival",
    cls=Building,
    metavar="quick|full|none|NAMES",
    default="quick",
    help="Which operations ties are put through; `quick` unless given.",
)
@click.option(
    "--timeout", cls=Building, type=click.FloatRange(min=0.1), metavar="SECONDS", help="Time for one model [60]."
)
@click.option(
    "--memory",
    cls=Building,
    type=click.IntRange(min=0),
    metavar="MB",
    help="Memory for one worker; 0: no limit [16384].",
)
@click.option(
    "--jobs", cls=Building, type=click.IntRange(min=0), default=0, help="Workers at once; one a core by default."
)
@click.option("--strict", cls=HeadedOption, is_flag=True, help="Exit with 1 where a model cannot be built.")
@click.option("--exclude", cls=FileSelection, multiple=True, metavar="PATTERNS", help="As for `check`.")
@click.option("--extend-exclude", cls=FileSelection, multiple=True, metavar="PATTERNS", help="As for `check`.")
@click.option(
    "--respect-gitignore/--no-respect-gitignore", cls=FileSelection, default=None, help="As for `check`; on by default."
)
@click.option("--force-exclude/--no-force-exclude", cls=FileSelection, default=None, help="As for `check`.")
@click.option("--stdin-filename", cls=FileSelection, metavar="PATH", help="As for `check`, with `--static`.")
@click.option(
    "--output-format",
    cls=Output,
    type=click.Choice(["text", "json", "html", "svg", "mermaid"]),
    default="text",
    help="For a reader, data, or a picture; `--static` knows the first two.",
)
@click.option(
    "-o", "--output-file", cls=Output, metavar="FILE", default="", help="Where to write instead of standard output."
)
@COLOUR
@click.option(
    "-v", "--verbose", cls=Output, is_flag=True, help="Show neighbours in memory, every name and every reason."
)
@click.option("--config", multiple=True, metavar="FILE|KEY=VALUE", help="A configuration, or one setting.")
@click.option("--isolated", is_flag=True, help="Read no configuration file.")
@click.pass_context
def ties(ctx: click.Context, /, targets: tuple[str, ...], static: bool, **options: Any) -> None:  # noqa: ANN401  # of the types that click gives
    """Show which parameters of models are one, and which only look so.

    Builds the models in a process of its own and measures them: this runs the code of the project, which `check` and
    `ties --static` never do. TARGETS are files, folders, `file.py::Class`, `pkg.mod:Class`, `pkg.mod:function` or
    `pkg.mod:model`; without any, those of `[[tool.torchtielint.models]]`. What a constructor needs is inferred.

    Exits with 0 where every tie is a true one, 1 where there is a false one, a broken expectation, or a tie that the
    source and the model do not agree on, 2 where something could not be done.
    """
    from dataclasses import fields

    from torchtielint.command import CheckOptions

    names = {field.name for field in fields(CheckOptions)} - {"output_format", "output_file", "verbose"}
    files = CheckOptions(**{name: value for name, value in options.items() if name in names})
    colour = bool(ctx.color)
    if static:
        from torchtielint.static_ties import run_static

        if options["output_format"] not in ("text", "json"):
            raise click.UsageError("`--static` writes text or JSON", ctx)
        ctx.exit(run_static(targets, files, as_json=options["output_format"] == "json", colour=colour))
    from torchtielint.measure.command import TiesOptions, run_measured

    own = {field.name for field in fields(TiesOptions)}
    chosen = TiesOptions(**{name: value for name, value in options.items() if name in own and value is not None})
    bar = functools.partial(progress_over, label="Measuring")
    ctx.exit(run_measured(targets, chosen, files, colour=colour, progress=bar))


def wants_colour(choice: str, stream: TextIO) -> bool:
    """Whether to colour a stream: as asked, else as NO_COLOR or FORCE_COLOR say, else if it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def progress_over(items: Iterable[T], total: int, label: str = "Checking") -> Iterator[T]:
    """Go through so many items; show a bar on standard error where that is a terminal and it takes longer."""
    start = time.monotonic()
    rest = iter(items)
    done = 0
    if not sys.stderr.isatty():
        yield from rest
        return
    for item in rest:
        yield item
        done += 1
        if time.monotonic() - start > PROGRESS_AFTER:
            break
    if done == total:
        return
    with click.progressbar(length=total, file=sys.stderr, label=label, show_pos=True) as bar:
        bar.update(done)
        for item in rest:
            yield item
            bar.update(1)


def execute(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows few characters still shows the rest
    try:
        returned = cli.main(arguments, prog_name="torchtielint", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception:  # a mistake of ours outside of any file: not to be taken for findings, which exit with 1
        import traceback

        sys.stderr.write(traceback.format_exc())
        sys.stderr.write(f"torchtielint made a mistake of its own: report it with these lines at {ISSUES_URL}\n")
        return 2
    return returned if isinstance(returned, int) else 0


def _show_error(error: TorchtielintError, *, colour: bool) -> None:
    from torchtielint.reporters.style import visible

    click.echo(f"{click.style('error', fg='red', bold=True)}: {visible(error.message)}", err=True, color=colour)
    if error.hint:
        click.echo(f"  {click.style('hint', fg='cyan', bold=True)}: {visible(error.hint)}", err=True, color=colour)
