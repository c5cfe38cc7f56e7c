"""The server itself: what an editor tells and asks, and when texts are checked."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from torchtielint import __version__
from torchtielint.config import CONFIG_NAMES
from torchtielint.errors import ISSUES_URL
from torchtielint.findings import Finding
from torchtielint.notebook import Notebook, assemble
from torchtielint.server import answers
from torchtielint.server.answers import Page
from torchtielint.server.checking import Checker, Job, Open, folder_of, warm_up
from torchtielint.server.texts import Lines, changed
from torchtielint.source import decode

SECTION = "torchtielint"
PAUSE = 0.4  # seconds without a change, after which a whole check follows a quick one
STACK = 64 * 1024 * 1024  # bytes: what the main thread of a command line has many times over, and other threads not
Check = Callable[[Open, Job], tuple[Finding, ...] | None]
_NOTEBOOKS = types.NotebookDocumentSyncOptions(
    [
        types.NotebookDocumentFilterWithCells(
            notebook="jupyter-notebook", cells=[types.NotebookCellLanguage(language="python")]
        )
    ],
    save=True,
)


@dataclass(slots=True)
class Text:
    """A text as the editor has it now."""

    text: str
    version: int | None
    language: str = "python"


@dataclass(slots=True)
class Shown:
    """What an editor was last told about a document: its pages, and their findings as diagnostics."""

    pages: dict[str, Page] = field(default_factory=dict)
    diagnostics: dict[Finding, types.Diagnostic] = field(default_factory=dict)


class TieServer(LanguageServer):
    """Checks what is open after each change, in a thread of its own; an older check gives way to a newer one."""

    def __init__(self) -> None:
        super().__init__("torchtielint", __version__, notebook_document_sync=_NOTEBOOKS)
        self.checker = Checker(str(Path.cwd()))
        self.texts: dict[str, Text] = {}
        self.shown: dict[str, Shown] = {}
        self._checks: dict[str, asyncio.Task[None]] = {}
        self._current: dict[str, asyncio.Event] = {}
        self._whole: list[Job] = []
        self._said = ""
        threading.stack_size(STACK)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="check")

    # What is open

    def document_of(self, uri: str) -> str:
        """The document that is checked for a text: itself, or the notebook that it is a cell of."""
        notebook = self.workspace.get_notebook_document(cell_uri=uri)
        return uri if notebook is None else notebook.uri

    def put(self, uri: str, text: str, version: int | None, language: str = "python") -> None:
        """Take the text of a document or cell."""
        self.texts[uri] = Text(text, version, language)
        path = to_fs_path(uri) if uri.startswith("file:") else None
        if path:
            self.checker.unsaved[path] = decode(text, path).text

    def change(self, document: types.VersionedTextDocumentIdentifier, changes: Iterable[object]) -> None:
        """Take changes of a text."""
        known = self.texts.get(document.uri)
        if known is not None:
            kept = [one for one in changes if isinstance(one, _CHANGES)]
            text = changed(known.text, kept, self.workspace.position_encoding or types.PositionEncodingKind.Utf16)
            self.put(document.uri, text, document.version, known.language)

    def drop(self, uri: str) -> None:
        """Forget a text that was closed."""
        self.texts.pop(uri, None)
        path = to_fs_path(uri) if uri.startswith("file:") else None
        if path:
            self.checker.unsaved.pop(path, None)

    def close(self, uri: str, pages: Iterable[str]) -> None:
        """Show nothing about a document any more."""
        check = self._checks.pop(uri, None)
        if check is not None:
            check.cancel()
        self.shown.pop(uri, None)
        current = self._current.pop(uri, None)
        if current is not None:
            current.set()
        self.checker.close(to_fs_path(uri) or uri)
        for page in pages:
            self.drop(page)
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(page, []))

    # Checks

    def check_soon(self, uri: str) -> None:
        """Check a document as it is now; a check of it that waits is not needed any more."""
        waiting = self._checks.get(uri)
        if waiting is not None:
            waiting.cancel()
        self._current.setdefault(uri, asyncio.Event()).clear()
        check = self._checks[uri] = asyncio.ensure_future(self._check(uri))
        check.add_done_callback(lambda ended: self._ended(uri, ended))

    def _ended(self, uri: str, check: asyncio.Task[None]) -> None:
        """Say where a check failed by a mistake of ours; nobody waits for what it would have found."""
        error = None if check.cancelled() else check.exception()
        if error is not None:
            said = f"torchtielint made a mistake of its own ({error!r}): report it at {ISSUES_URL}"
            self.window_log_message(types.LogMessageParams(types.MessageType.Error, said))
            self._current.setdefault(uri, asyncio.Event()).set()

    def check_all(self) -> None:
        """Check everything that is open."""
        for uri in {self.document_of(uri) for uri in self.texts}:
            self.check_soon(uri)

    async def settled(self, uri: str) -> Shown:
        """What was found in a document as it is now."""
        while (current := self._current.get(uri)) is not None and not current.is_set():
            await current.wait()
        return self.shown.get(uri, Shown())

    async def _check(self, uri: str) -> None:
        encoding = self.workspace.position_encoding or types.PositionEncodingKind.Utf16
        path = to_fs_path(uri) if uri.startswith("file:") else None
        name = path or uri
        notebook = self.workspace.get_notebook_document(notebook_uri=uri)
        pages: dict[int, Page] = {}
        if notebook is None:
            one = self.texts[uri]
            text = decode(one.text, name).text
            shown = Open(name, text)
            pages[0] = Page(uri, one.version, text, Lines(text, encoding))
        else:
            cells = self._cells(notebook)
            read = assemble((number, text.text) for number, (_, text) in cells.items())
            shown = Open(name, notebook=read)
            pages = dict(_pages(read, cells, encoding))
        self._give_way()
        quick = await self._run(self.checker.quickly, shown, Job())
        if quick is not None:
            self._show(uri, name, _filled(pages, quick))
            await asyncio.sleep(PAUSE)
        else:
            self._give_way()
        while (findings := await self._whole_check(shown)) is None:  # it gave way to what is typed elsewhere
            await asyncio.sleep(PAUSE)
        self._show(uri, name, _filled(pages, findings))
        if self.checker.problem != self._said:
            self._said = self.checker.problem
            if self._said:
                said = types.ShowMessageParams(types.MessageType.Error, f"torchtielint: {self._said}")
                self.window_show_message(said)

    def _give_way(self) -> None:
        """End the whole checks that run or wait: somebody waits for another text."""
        for job in self._whole:
            job.given_up = True

    async def _whole_check(self, shown: Open) -> tuple[Finding, ...] | None:
        """Check all of a text; None where something more urgent came."""
        job = Job()
        self._whole.append(job)
        try:
            return await self._run(self.checker.check, shown, job)
        finally:
            self._whole.remove(job)

    async def _run(self, check: Check, shown: Open, job: Job) -> tuple[Finding, ...] | None:
        """Check in the thread; where nobody waits any more, the check ends soon."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, check, shown, job)
        except asyncio.CancelledError:
            job.given_up = True
            raise

    async def fixed(self, page: Page) -> str:
        """The text of a page after its safe fixes; a cell stays as it is, as it is but a part."""
        if page.whole:
            return page.text
        name = (to_fs_path(page.uri) if page.uri.startswith("file:") else None) or page.uri
        shown = Open(name, page.text)
        return await asyncio.get_running_loop().run_in_executor(self._thread, self.checker.fixed, shown)

    def _cells(self, notebook: types.NotebookDocument) -> dict[int, tuple[str, Text]]:
        """The URIs and texts of the code cells by their numbers among all cells."""
        return {
            number: (cell.document, text)
            for number, cell in enumerate(notebook.cells, 1)
            if cell.kind == types.NotebookCellKind.Code
            and (text := self.texts.get(cell.document)) is not None
            and text.language == "python"
        }

    def _show(self, uri: str, name: str, pages: Mapping[int, Page]) -> None:
        """Tell the editor what was found."""

        def locate(path: str, cell: int) -> tuple[str, Lines] | None:
            if path == name:
                page = pages.get(cell)
                return None if page is None else (page.uri, page.lines)
            try:
                text = self.checker.unsaved.get(path) or Path(path).read_text(encoding="utf-8")
            except (OSError, ValueError):
                return None
            target = from_fs_path(path)
            return None if target is None else (target, Lines(text, next(iter(pages.values())).lines.encoding))

        shown = Shown()
        for page in pages.values():
            made = {finding: answers.diagnostic(finding, page, locate) for finding in page.findings}
            shown.pages[page.uri] = page
            shown.diagnostics |= made
            told = types.PublishDiagnosticsParams(page.uri, list(made.values()), version=page.version)
            self.text_document_publish_diagnostics(told)
        self.shown[uri] = shown
        self._current.setdefault(uri, asyncio.Event()).set()

    # Settings

    async def configure(self, given: object) -> None:
        """Take the settings that an editor gives, or fetch them, and check again."""
        table = _table(given)
        if table is None:
            table = await self._fetched()
        self.checker.configure(table)
        self.check_all()

    async def _fetched(self) -> Mapping[str, object]:
        workspace = self.client_capabilities.workspace
        if workspace is None or not workspace.configuration:
            return self.checker.table
        asked = types.ConfigurationParams([types.ConfigurationItem(section=SECTION)])
        (answer,) = await self.workspace_configuration_async(asked)
        return _table(answer) or {}

    async def start(self) -> None:
        """Get ready: import what checks need, ask for settings, and to be told of changed files."""
        warming = asyncio.get_running_loop().run_in_executor(self._thread, warm_up, self.checker)
        table = self.checker.table or await self._fetched()
        if table != self.checker.table:
            self.checker.configure(table)
            self.check_all()
        await warming
        workspace = self.client_capabilities.workspace
        watching = None if workspace is None else workspace.did_change_watched_files
        if watching is not None and watching.dynamic_registration:
            patterns = ["**/*.py", *(f"**/{name}" for name in CONFIG_NAMES), "**/requirements.txt"]
            options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(one) for one in patterns])
            watched = types.Registration("watched", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            with contextlib.suppress(Exception):  # an editor that refuses: configuration is read anew on saving
                await self.client_register_capability_async(types.RegistrationParams([watched]))


_CHANGES = (types.TextDocumentContentChangePartial, types.TextDocumentContentChangeWholeDocument)


def _table(given: object) -> Mapping[str, object] | None:
    """The settings in what an editor gives: a table, or one under our name; None where it gives none."""
    if isinstance(given, Mapping):
        inner = given.get(SECTION)
        return {str(key): value for key, value in (inner if isinstance(inner, Mapping) else given).items()} or None
    return None


def _pages(
    notebook: Notebook, cells: Mapping[int, tuple[str, Text]], encoding: types.PositionEncodingKind | str
) -> Iterable[tuple[int, Page]]:
    for cell in notebook.cells:
        uri, text = cells[cell.number]
        lines = Lines(cell.text, encoding)
        yield cell.number, Page(uri, text.version, cell.text, lines, whole=notebook.program, above=cell.first - 1)


def _filled(pages: Mapping[int, Page], findings: Iterable[Finding]) -> dict[int, Page]:
    """Pages with their findings; one about a notebook as a whole is on its first page."""
    by_page: dict[int, list[Finding]] = {number: [] for number in pages}
    first = next(iter(pages), 0)
    for finding in findings:
        by_page.setdefault(finding.range.cell if finding.range.cell in pages else first, []).append(finding)
    return {number: replace(page, findings=tuple(by_page[number])) for number, page in pages.items()}


def _is_kind(kind: str, asked: str) -> bool:
    """Whether a kind of action is one that was asked for, or a part of it."""
    return f"{kind}.".startswith(f"{asked}.")


def make_server() -> TieServer:
    """A server that knows what it is asked."""
    server = TieServer()
    _follow_texts(server)
    _follow_notebooks(server)
    _follow_settings(server)
    _answer(server)
    return server


def _follow_texts(server: TieServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        one = params.text_document
        if not one.uri.endswith(".ipynb"):  # as a text, it is the notebook's JSON
            server.put(one.uri, one.text, one.version)
            server.check_soon(one.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        server.change(params.text_document, params.content_changes)
        if params.text_document.uri in server.texts:
            server.check_soon(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.checker.forget_settings()
        server.check_all()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.close(params.text_document.uri, [params.text_document.uri])


def _follow_notebooks(server: TieServer) -> None:
    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenNotebookDocumentParams) -> None:
        for one in params.cell_text_documents:
            server.put(one.uri, one.text, one.version, one.language_id)
        server.check_soon(params.notebook_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeNotebookDocumentParams) -> None:
        cells = params.change.cells
        structure = None if cells is None else cells.structure
        if structure is not None:
            for one in structure.did_open or ():
                server.put(one.uri, one.text, one.version, one.language_id)
            server.close("", [one.uri for one in structure.did_close or ()])
        for content in (cells.text_content if cells is not None else None) or ():
            server.change(content.document, content.changes)
        server.check_soon(params.notebook_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveNotebookDocumentParams) -> None:
        server.checker.forget_settings()
        server.check_all()

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseNotebookDocumentParams) -> None:
        server.close(params.notebook_document.uri, [one.uri for one in params.cell_text_documents])


def _follow_settings(server: TieServer) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        folders = params.workspace_folders or ()
        root = folder_of([*(one.uri for one in folders), params.root_uri])
        server.checker.root = root
        server.checker.configure(_table(params.initialization_options) or {})

    @server.feature(types.INITIALIZED)
    async def initialized(_params: types.InitializedParams) -> None:
        await server.start()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configured(params: types.DidChangeConfigurationParams) -> None:
        await server.configure(params.settings)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(_params: types.DidChangeWatchedFilesParams) -> None:
        server.checker.forget()
        server.check_all()


def _answer(server: TieServer) -> None:
    kinds = [types.CodeActionKind.QuickFix, answers.FIX_ALL]

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=kinds))
    async def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        only = [str(getattr(kind, "value", kind)) for kind in params.context.only or ()]
        fixes_all = any(_is_kind(answers.FIX_ALL, kind) for kind in only)
        if only and not fixes_all and not any(_is_kind(types.CodeActionKind.QuickFix.value, kind) for kind in only):
            return []
        shown = await server.settled(server.document_of(params.text_document.uri))
        page = shown.pages.get(params.text_document.uri)
        if page is None:
            return []
        workspace = server.client_capabilities.workspace
        edits = None if workspace is None else workspace.workspace_edit
        versioned = edits is not None and bool(edits.document_changes)
        if fixes_all:
            return list(answers.fix_all(page, await server.fixed(page), versioned=versioned))
        return list(answers.actions(page, params.range, shown.diagnostics, versioned=versioned))

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        shown = await server.settled(server.document_of(params.text_document.uri))
        page = shown.pages.get(params.text_document.uri)
        text = server.client_capabilities.text_document
        formats = (text.hover.content_format if text and text.hover else None) or [types.MarkupKind.PlainText]
        markdown = types.MarkupKind.Markdown in formats
        return None if page is None else answers.hover(page, params.position, markdown=markdown)


def run_server() -> None:
    """Serve an editor through standard input and output until it hangs up."""
    server = make_server()
    asked: list[str] = []

    @server.feature(types.SHUTDOWN)
    def shut_down(_params: None) -> None:
        asked.append(types.SHUTDOWN)

    @server.feature(types.EXIT)
    def leave(_params: None) -> None:
        os._exit(0 if asked else 1)  # at once: editors kill what takes a second, and nobody waits for a check any more

    server.start_io()
    os._exit(1)  # the editor is gone without a word; a check that still runs would keep this process
