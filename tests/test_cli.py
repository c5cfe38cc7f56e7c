"""The command line: streams, exit codes, options."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from conftest import ROOT, listening, torchtielint

from torchtielint import __version__, cli

MISTAKE = "import torch\nmistake(TTL301)\n"


@pytest.fixture
def command(fake_rules, capsys):
    """Run the command in this process; give exit code, standard output and standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = cli.execute(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_findings_go_to_stdout_and_the_rest_to_stderr(command, tree):
    """And the exit code tells."""
    tree({"a.py": MISTAKE, "b/c.py": "import torch\n"})

    assert (1, "a.py:2:1: TTL301 [repeated-module] found TTL301\n", "Found 1 error in 1 of 2 files.\n") == command(
        "--output-format", "concise"
    )
    assert (0, "", "All checks passed! (1 file)\n") == command("b")
    assert command("check", "b") == command("b")


def test_machine_formats_print_nothing_else(command, tree):
    """Not even a count."""
    tree({"a.py": MISTAKE})

    code, out, err = command("--output-format", "json")

    assert (1, "TTL301", "") == (code, json.loads(out)[0]["code"], err)
    assert (0, "[]\n", "") == command("--output-format", "json", "--ignore", "repeated-module")


def test_quiet_prints_findings_only(command, tree):
    """On standard error there is nothing."""
    tree({"a.py": MISTAKE})

    assert "" == command("-q")[2]
    assert (0, "", "") == command("-q", "--ignore", "TTL3")


def test_exit_zero_never_hides_a_failure(command, tree):
    """0 for findings, 2 where a file was not checked, with everything printed."""
    tree({"a.py": MISTAKE, "b.py": b"torch \xff"})

    assert 0 == command("-e", "a.py")[0]
    code, out, _ = command("-e", "--output-format", "concise")
    assert (2, 2) == (code, out.count("\n"))
    assert 2 == command("-e", "nowhere")[0]


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["nowhere.py"], "`nowhere.py` does not exist", ""),
        (
            ["--select", "TTL3,repeated-modul"],
            "`repeated-modul` in the command line is no rule",
            "did you mean `repeated-module`?",
        ),
        (
            ["--config", "nowhere.toml"],
            "`--config nowhere.toml` is neither a file nor a setting",
            'a setting is written `select = ["TTL3"]`',
        ),
        (["-", "a.py"], "`-` is standard input, and cannot be combined with other paths", ""),
        (["--stdin-filename", "a.py"], "`--stdin-filename` needs standard input", "add `-` as the path"),
        (
            ["--per-file-ignores", "TTL301"],
            "`--per-file-ignores TTL301` names no pattern",
            "write it as `tests/**:TTL301`",
        ),
        (["--isolated", "--config", "a.toml"], "`--isolated` and `--config FILE` contradict each other", ""),
        (["-o", "no/where.txt"], "`no/where.txt` cannot be written: No such file or directory", ""),
        (["rule", "repeated"], "`repeated` is no rule", "did you mean `repeated-module`?"),
    ],
)
def test_a_users_mistake_is_one_line_and_a_hint(command, tree, arguments, message, hint):
    """Exit code 2, nothing on standard output."""
    tree({"a.toml": "", "a.py": ""})

    expected = f"error: {message}\n" + (f"  hint: {hint}\n" if hint else "")
    code, _, err = command(*arguments)

    assert (2, expected) == (code, err[err.index("error") :])


def test_wrong_options_exit_with_2(command, tree):
    """As click says it."""
    tree({})

    code, _, err = command("--bogus")

    assert 2 == code
    assert "No such option" in err
    assert 2 == command("--output-format", "xml")[0]


def test_no_files_is_said(command, tree):
    """It is no failure."""
    tree({"a.txt": ""})

    assert (0, "", "warning: no Python files found under these paths\n") == command()


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        ([], ["TTL101", "TTL301", "TTL302"]),
        (["--select", "TTL301,TTL302"], ["TTL301", "TTL302"]),
        (["--select", "TTL3", "--select", "TTL1", "--ignore", "tie-through-data"], ["TTL101", "TTL301", "TTL311"]),
        (["--select", "ALL"], ["TTL101", "TTL301", "TTL302", "TTL311"]),
        (["--extend-select", "TTL311", "--extend-ignore", "TTL1"], ["TTL301", "TTL302", "TTL311"]),
        (["--per-file-ignores", "*.py:TTL1,TTL302,x.py:TTL301"], ["TTL301"]),
        (["--config", 'ignore = ["TTL1"]', "--config", 'extend-select = ["TTL311"]'], ["TTL301", "TTL302", "TTL311"]),
    ],
)
def test_rule_selection(command, tree, arguments, codes):
    """By codes, prefixes, names and ALL."""
    tree({"a.py": "import torch\n" + "\n".join(f"mistake(TTL{code})" for code in (101, 301, 302, 311))})

    out = command("--output-format", "json", *arguments)[1]

    assert codes == [found["code"] for found in json.loads(out)]


def test_file_selection(command, tree):
    """By exclude patterns, gitignore, and force."""
    tree({".git/HEAD": "", ".gitignore": "/ignored/", "ignored/a.py": "", "gen/b.py": "", "build/c.py": "", "d.py": ""})

    def files(*arguments: str) -> list[str]:
        return command("--show-files", *arguments)[1].split()

    assert ["d.py", "gen/b.py"] == files()
    assert ["build/c.py", "d.py"] == files("--exclude", "gen")
    assert ["d.py"] == files("--extend-exclude", "gen,nothing")
    assert ["d.py", "gen/b.py", "ignored/a.py"] == files("--no-respect-gitignore")
    assert ["d.py"] == files("--force-exclude", "d.py", "ignored/a.py", "build/c.py")


def test_stdin(command, tree, monkeypatch):
    """It has a name, which finds its configuration."""
    tree({"sub/torchtielint.toml": 'ignore = ["TTL301"]\n'})

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MISTAKE.encode())))
        return command("-", "--output-format", "concise", *arguments)

    assert "<stdin>:2:1: TTL301 [repeated-module] found TTL301\n" == run()[1]
    assert "x.py:2:1: TTL301 [repeated-module] found TTL301\n" == run("--stdin-filename", "x.py")[1]
    assert "" == run("--stdin-filename", "sub/x.py")[1]
    assert "" == run("--stdin-filename", "build/x.py", "--force-exclude")[1]


def test_stdin_is_shown_with_its_code(command, tree, monkeypatch):
    """It cannot be read again."""
    tree({})
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MISTAKE.encode())))

    assert "2 | mistake(TTL301)" in command("-")[1]


def test_output_file(command, tree):
    """Findings go there, the count stays on standard error."""
    tree({"a.py": MISTAKE})

    code, out, err = command("--output-format", "concise", "-o", "out.txt", "--color", "always")

    assert (1, "", "Found 1 error in 1 of 1 file.\n") == (code, out, err)
    assert "a.py:2:1: TTL301 [repeated-module] found TTL301\n" == Path("out.txt").read_text()


def test_statistics(command, tree):
    """Instead of findings."""
    tree({"a.py": MISTAKE})

    assert "1  TTL301  repeated-module\n" == command("--statistics")[1]


@pytest.mark.parametrize(
    ("choice", "environment", "coloured"),
    [
        ("auto", {}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": "0"}, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
    ],
)
def test_colour(command, tree, monkeypatch, choice, environment, coloured):
    """What was asked for, then NO_COLOR, then FORCE_COLOR, then the terminal; for findings and mistakes."""
    tree({"a.py": MISTAKE})
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert coloured == ("\x1b[" in command("--color", choice)[1])
    assert coloured == ("\x1b[" in command("--color", choice, "nowhere")[2])
    assert coloured == ("\x1b[" in command("rule", "--color", choice, "TTL301")[1])


def test_output_format_from_configuration_and_environment(command, tree, monkeypatch):
    """The flag wins over the environment, and that over the file."""
    tree({"a.py": MISTAKE, "torchtielint.toml": 'output-format = "json"\n'})

    assert command()[1].startswith("[")
    monkeypatch.setenv("TORCHTIELINT_OUTPUT_FORMAT", "concise")
    assert command()[1].startswith("a.py:")
    assert command("--output-format", "full")[1].startswith("TTL301")


def test_show_settings_is_a_valid_configuration(command, tree):
    """What it prints can be put into a file."""
    if sys.version_info < (3, 11):
        pytest.skip("needs tomllib")
    import tomllib

    from torchtielint.options import KEYS

    tree({"a.py": "", "torchtielint.toml": 'ignore = ["TTL3"]\nper-file-ignores = {"a" = ["TTL1"]}\n'})
    code, out, _ = command("--show-settings", "--certainty", "proven")
    table = tomllib.loads(out)

    assert 0 == code
    assert set(table) <= set(KEYS)
    assert ("proven", {"a": ["TTL101"]}) == (table["certainty"], table["per-file-ignores"])
    assert "TTL301" not in table["select"]


def test_rule_lists_explains_and_gives_data(command, tree):
    """Offline."""
    tree({})

    code, table, _ = command("rule")
    assert (0, True) == (code, "TTL301  repeated-module" in table)
    assert command("rule", "TTL301")[1] == command("rule", "repeated-module")[1] == command("rule", "ttl301")[1]
    assert command("rule", "TTL301")[1].startswith("repeated-module (TTL301)\n")
    assert "Why it matters" in command("rule", "--all")[1]
    described = json.loads(command("rule", "TTL301", "--output-format", "json")[1])
    assert ("TTL301", "repeated-module", "error", True) == tuple(
        described[key] for key in ("code", "name", "severity", "default")
    )
    assert described["page"].startswith("# repeated-module (TTL301)")
    assert "TTL001" in [one["code"] for one in json.loads(command("rule", "--output-format", "json")[1])]


def test_rules_are_listed_one_a_line_or_in_the_width_of_the_terminal(command, tree, monkeypatch):
    """For grep, and for eyes."""
    tree({})
    codes = [line.split()[0] for line in command("rule")[1].splitlines()[1:]]
    assert sorted(set(codes)) == codes

    for width in (60, 80, 100, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        assert all(len(line) <= width for line in command("rule")[1].splitlines())


def test_options_before_a_command_are_explained(command, tree):
    """They belong to `check`."""
    tree({})

    assert (
        "hint: a command comes first, and its options behind it\n" in command("--color", "never", "rule", "TTL301")[2]
    )


def test_help_is_grouped(command, tree):
    """And does not show the twins of flags."""
    tree({})
    _, out, _ = command("check", "--help")

    assert ["Fixes:", "Rule selection:", "File selection:", "Output:", "Miscellaneous:"] == [
        line for line in out.split("\n") if line.endswith(":") and not line.startswith(" ")
    ]
    assert "--no-force-exclude" not in out
    assert 0 == command("--no-force-exclude", "--no-statistics", "--no-exit-zero")[0]


def test_version(tmp_path):
    """In the usual form."""
    assert f"torchtielint {__version__}\n".encode() == torchtielint("--version", cwd=tmp_path).stdout


@pytest.mark.parametrize("arguments", [("--version", "--verbose"), ("-v", "-V")])
def test_what_a_bug_report_needs(command, tree, arguments):
    """Versions without importing anything, the configuration, the cache, the terminal; whatever the order."""
    tree({"torchtielint.toml": ""})

    code, out, err = command(*arguments)
    said = dict(line.split(": ", 1) for line in out.splitlines())

    assert (0, "") == (code, err)
    assert said["torchtielint"].startswith(f"{__version__} in ")
    assert said["torch facts"].startswith("of torch 2.")
    assert "libcst 1." in said["packages"]
    assert ("torchtielint.toml", ".torchtielint_cache (empty)", "none") == tuple(
        said[name] for name in ("configuration", "cache", "terminal")
    )


def test_a_bug_report_says_what_is_wrong_with_the_configuration(command, tree):
    """It may be the bug."""
    tree({"torchtielint.toml": "["})

    code, out, _ = command("--version", "--verbose")

    assert (0, True) == (code, "cache: torchtielint.toml is not valid TOML" in out)


def test_verbose_is_an_option_of_the_command(command, tree):
    """Not beside the version."""
    tree({"a.py": MISTAKE})

    assert "settings from" in command("--verbose", "a.py")[2]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["check", "--help"], ["rule", "--help"]])
def test_help_imports_nothing_heavy(arguments, tmp_path):
    """It is there at once."""
    code = (
        "import sys; from torchtielint import cli; cli.execute(sys.argv[1:])\n"
        "print(sorted({'libcst', 'rich', 'pathspec', 'torch', 'torchtielint.checks'} & set(sys.modules)))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert ended.stdout.endswith("\n[]\n")


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_takes_no_parser(option, command):
    """It says what click says, without importing it."""
    code = "import sys; from torchtielint.__main__ import main\ntry: main()\nfinally: print('click' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code, option], cwd=ROOT, capture_output=True, text=True, check=True)

    assert f"{command(option)[1]}False\n" == ended.stdout


def test_completion_of_commands_options_and_rules(tmp_path):
    """As click makes it, in the shells that it knows."""

    def completed(*words: str) -> list[str]:
        environment = {
            "_TORCHTIELINT_COMPLETE": "zsh_complete",
            "COMP_WORDS": " ".join(["torchtielint", *words]),
            "COMP_CWORD": str(len(words)),
        }
        lines = torchtielint(cwd=tmp_path, env=environment).stdout.decode().split("\n")
        return lines[1::3]

    assert {"check", "rule"} <= set(completed(""))
    assert "--select" in completed("--sel")
    assert "TTL301" in completed("--select", "TTL30")
    assert "TTL101,TTL301" in completed("--select", "TTL101,TTL30")
    assert ["repeated-module"] == completed("rule", "repeated")
    source = torchtielint(cwd=tmp_path, env={"_TORCHTIELINT_COMPLETE": "bash_source"})
    assert b"_torchtielint_completion" in source.stdout


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_a_reader_that_has_seen_enough_is_no_error(tree):
    """As `head` is."""
    tree({"a.py": "".join(f"x = 1  # torchtielint: ignore[no-rule-{number}]\n" for number in range(5_000))})
    ended = subprocess.run(
        f"{sys.executable} -m torchtielint --output-format concise | head -n 1",
        shell=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert 1 == ended.stdout.count("\n")
    assert "Found 5,000 warnings in 1 of 1 file.\n" == ended.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_an_interruption_ends_quietly(tree):
    """With 130; on a busy machine, Python itself takes a while to be there."""
    tree({"a.py": ""})
    for seconds in (1.5, 5, 15):
        process = subprocess.Popen(
            [sys.executable, "-m", "torchtielint", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            preexec_fn=listening,  # noqa: PLW1509  # there are no threads here
        )
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        if (130, b"", b"") == (process.returncode, out, err.strip()):
            break
    assert (130, b"", b"") == (process.returncode, out, err.strip())


def test_an_interrupted_run_shows_what_is_known(command, tree, monkeypatch):
    """And says how far it came."""
    tree({"a.py": MISTAKE, "b.py": MISTAKE})

    def one(results, _total):
        yield next(iter(results))
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "progress_over", one)

    assert (130, "a.py:2:1: TTL301 [repeated-module] found TTL301\n", "interrupted after 1 of 2 files\n") == command(
        "--output-format", "concise"
    )


def test_a_mistake_of_ours_outside_of_any_file_exits_with_2(command, tree, monkeypatch):
    """With what is needed to report it; 1 would mean findings."""
    tree({"a.py": MISTAKE})
    monkeypatch.setattr("torchtielint.engine.run", lambda *_, **__: 1 / 0)

    code, out, err = command()

    assert (2, "") == (code, out)
    assert "ZeroDivisionError" in err
    assert "report it" in err


def test_verbose_shows_where_we_failed(command, tree):
    """And which configuration holds."""
    tree({"a.py": "torch crash()", "torchtielint.toml": ""})

    code, _, err = command("-v")

    assert 2 == code
    assert "settings from torchtielint.toml\n" in err
    assert "RecursionError: too deep for us" in err
    assert "Traceback" not in command()[2]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        """It is."""
        return True


def test_progress_shows_up_after_a_while_on_a_terminal(monkeypatch):
    """Every item goes through, in order."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(cli, "PROGRESS_AFTER", -1)

    assert [1, 2, 3] == list(cli.progress_over([1, 2, 3], 3))
    assert "3/3" in stream.getvalue()
    assert [] == list(cli.progress_over([], 0))


def test_progress_is_quiet_otherwise(monkeypatch):
    """Where it is quick, or nobody looks."""
    for stream in (Terminal(), io.StringIO()):
        monkeypatch.setattr(sys, "stderr", stream)

        assert [1, 2] == list(cli.progress_over([1, 2], 2))
        assert "" == stream.getvalue()


def test_characters_that_the_terminal_does_not_know_are_escaped(tree):
    """Rather than a failure."""
    root = tree({"é.py": "x = 1  # torchtielint: ignore[中]\n"})
    ended = torchtielint(cwd=root, env={"PYTHONIOENCODING": "ascii", "COLUMNS": "40"})

    assert 1 == ended.returncode
    assert b"`\\u4e2d` is no rule" in ended.stdout


def test_click_is_imported_by_the_command_line_only():
    """So that everything else can be used without it."""
    users = [path.name for path in (ROOT / "torchtielint").rglob("*.py") if "import click" in path.read_text()]

    assert ["cli.py"] == users
    assert click
