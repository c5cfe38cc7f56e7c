"""What is checked for an editor: open texts as they are now, under the settings of their folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from torchtielint import engine, stamps
from torchtielint.config import Resolver, Settings, forget_files
from torchtielint.discovery import leaves_out
from torchtielint.errors import TorchtielintError
from torchtielint.findings import Finding
from torchtielint.importable import ImportableTexts
from torchtielint.options import layer_from_table
from torchtielint.source import decode

if TYPE_CHECKING:
    from torchtielint.checks.again import Before
    from torchtielint.notebook import Notebook
    from torchtielint.semantics.project import Project


@dataclass(frozen=True, slots=True)
class Open:
    """What an editor shows: a text, or the cells of a notebook.

    Args:
        name: its path, or its URI where it has none.
        text: what stands in it now.
        notebook: its cells; then it has no text.
    """

    name: str
    text: str = ""
    notebook: Notebook | None = None


class OpenTexts(ImportableTexts):
    """The texts of files as imports see them: unsaved ones as the editor has them."""

    def __init__(self, unsaved: Mapping[str, str]) -> None:
        super().__init__()
        self.taken: dict[str, str] = {}
        self._unsaved = unsaved

    def __call__(self, file: str) -> str | None:
        """A text; None where it cannot be analysed."""
        text = super().__call__(file)
        if file in self._unsaved:
            text = self.taken[file] = self._unsaved[file]
        return text

    def is_current(self) -> bool:
        """Whether everything that was read is still what it was."""
        if any(self._unsaved.get(file) != text for file, text in self.taken.items()):
            return False
        read = ((file, stamp) for file, stamp in self.stamps.items() if file not in self.taken)
        return all(file not in self._unsaved and _is_same(stamp) for file, stamp in read)


def _is_same(stamp: stamps.Stamp) -> bool:
    """Whether a file or folder is what it was: by its times, else by its content."""
    return stamp.same_times(stamps.times(stamp.path)) or stamps.stamp_now(stamp.path).digest == stamp.digest


class SupersededError(KeyboardInterrupt):
    """A check that nobody waits for any more; what takes any exception for a mistake of ours lets this one pass."""


class NotQuickError(KeyboardInterrupt):
    """Only a whole check can tell what is found."""


@dataclass(eq=False)
class Job:
    """A check, which whoever asked for it may give up."""

    given_up: bool = False

    def checkpoint(self) -> None:
        """End the check where it was given up."""
        if self.given_up:
            raise SupersededError


@dataclass
class Checker:
    """Checks open texts, one at a time; keeps what it read of other files while that stays as it is.

    Args:
        root: the folder of the workspace.
        table: settings that the editor gives, in the words of the configuration file; they come before the files'.
        unsaved: the texts of open files by their paths.
    """

    root: str
    table: Mapping[str, object] = field(default_factory=dict)
    unsaved: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    _resolver: Resolver | None = None
    _texts: OpenTexts | None = None
    _project: Project | None = None
    _before: dict[str, tuple[Before, Project | None]] = field(default_factory=dict)
    _job: Job = field(default_factory=Job)

    def forget(self) -> None:
        """Read configuration and imported files anew."""
        self.forget_settings()
        self._project = None
        self._before = {}

    def forget_settings(self) -> None:
        """Read the configuration anew; imported files are where they have changed."""
        forget_files()
        self.problem = ""
        self._resolver = None

    def close(self, name: str) -> None:
        """Let go of what is kept of an open text."""
        self._before.pop(name, None)

    def configure(self, table: Mapping[str, object]) -> None:
        """Take other settings from the editor."""
        self.table = table
        self.forget()

    def quickly(self, shown: Open, job: Job) -> tuple[Finding, ...] | None:
        """What is found where a text has changed, and what was found elsewhere before.

        None where only a whole check can tell, or where the job was given up.
        """
        before, project = self._before.get(shown.name, (None, None))
        if before is None or (project is not None and project is not self._current_project()):
            return None
        return self._run(shown, job, partial(_find_again, before))

    def check(self, shown: Open, job: Job) -> tuple[Finding, ...] | None:
        """What is found in an open text; None where the job was given up."""
        return self._run(shown, job, partial(self._find, self._before))

    def fixed(self, shown: Open) -> str:
        """A text after all of its safe fixes, each verified as `--fix` does."""
        from torchtielint.fix_command import OwnFixes, fixed_source
        from torchtielint.importable import new_project

        path = shown.name if Path(shown.name).is_absolute() else ""
        settings = self._settings(str(Path(path).parent) if path else self.root)
        source = decode(shown.text, shown.name)
        target = engine.Target(path or shown.name, shown.name, settings)
        self._job = Job()
        imports = self._imports if path else lru_cache(new_project)
        return fixed_source(source, target, imports, OwnFixes()).source.text

    def _run(self, shown: Open, job: Job, find: engine.Find) -> tuple[Finding, ...] | None:
        path = shown.name if Path(shown.name).is_absolute() else ""
        settings = self._settings(str(Path(path).parent) if path else self.root)
        if path and leaves_out(path, replace(settings, force_exclude=True, respect_gitignore=False)):
            return ()
        self._job = job
        project = self._imports if path else None
        try:
            job.checkpoint()
            if shown.notebook is not None:
                return engine.check_notebook(
                    shown.notebook, path=shown.name, settings=settings, file=path, project=project, find=find
                )
            return engine.check_source(
                shown.text, path=shown.name, settings=settings, file=path, project=project, find=find
            )
        except (SupersededError, NotQuickError):
            return None

    @staticmethod
    def _find(
        kept: dict[str, tuple[Before, Project | None]],
        text: str,
        path: str,
        codes: frozenset[str],
        *,
        file: str,
        project: Project | None,
    ) -> list[Finding]:
        """Run the rules, and keep what they find for the next change."""
        from torchtielint.checks.again import Before

        found = engine.check_text(text, path, codes, file=file, project=project)
        kept[path] = Before.of(text, found), project
        return found

    def _checkpoint(self) -> None:
        self._job.checkpoint()

    def _settings(self, folder: str) -> Settings:
        """The settings of a folder; the defaults where a configuration is broken, which is said."""
        try:
            resolver = self._resolver  # once, as the editor's own thread may forget it meanwhile
            if resolver is None:
                layer = layer_from_table(self.table, where="the settings of the editor", folder=self.root)
                resolver = self._resolver = Resolver(engine.catalogue(), overrides=(layer,), folder=self.root)
            return resolver.for_folder(folder)
        except TorchtielintError as error:
            self.problem = error.message + (f" ({error.hint})" if error.hint else "")
            return Resolver(engine.catalogue(), isolated=True, folder=self.root).for_folder(folder)

    def _imports(self) -> Project:
        from torchtielint.semantics.project import Project

        project = self._current_project()
        if project is None:
            texts = self._texts = OpenTexts(self.unsaved)
            project = self._project = Project(texts, stamp=texts.stamps.get, checkpoint=self._checkpoint)
        project.ledger.start()
        return project

    def _current_project(self) -> Project | None:
        """What was read of other files, if all of it is still what it was, and every import means what it did."""
        texts, project = self._texts, self._project
        if texts is None or project is None or not texts.is_current():
            return None
        return project if all(map(_is_same, project.folders)) else None


def _find_again(
    before: Before, text: str, path: str, codes: frozenset[str], *, file: str, project: Project | None
) -> list[Finding]:
    """Run the rules on what has changed.

    Raises:
        NotQuickError: that would not tell what is found.
    """
    from torchtielint.checks.again import check_again
    from torchtielint.checks.registry import rules_of

    found = check_again(text, before, path=path, rules=rules_of(codes), file=file, project=project)
    if found is None:
        raise NotQuickError
    return found


def warm_up(checker: Checker) -> None:
    """Import what a check needs, before anyone waits for it."""
    text = "import torch\n\nclass A(torch.nn.Module):\n    def __init__(self):\n        self.a = [A()]\n"
    checker.check(Open("", text), Job())
    checker.close("")


def folder_of(uris: Iterable[str | None]) -> str:
    """The folder of a workspace: the first that is one, else the working folder."""
    from pygls.uris import to_fs_path

    paths = (to_fs_path(uri) for uri in uris if uri)
    return next((path for path in paths if path and Path(path).is_dir()), str(Path.cwd()))
