"""An editor for tests: a client of the language server's own library, in a thread, over real pipes."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60.0


class Editor:
    """Opens texts, changes them, and remembers what it is told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings: object = {}
        self.messages: list[str] = []
        self.watched: list[types.RegistrationParams] = []
        self.told: dict[str, types.PublishDiagnosticsParams] = {}
        self.versions: dict[str, int] = {}
        self.history: list[tuple[str, int | None]] = []
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.client = LanguageClient("editor", "1")
        self._listen()
        self.server = self.wait(self._begin())

    def wait(self, doing):
        """What comes out of something that takes time."""
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(PATIENCE)

    def tell(self, method, params) -> None:
        """Send a notification."""
        self._loop.call_soon_threadsafe(method, params)

    def _listen(self) -> None:
        client = self.client

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def told(params: types.PublishDiagnosticsParams) -> None:
            with self._changed:
                self.told[params.uri] = params
                self.history.append((params.uri, params.version))
                self._changed.notify_all()

        @client.feature(types.WINDOW_SHOW_MESSAGE)
        def said(params: types.ShowMessageParams) -> None:
            with self._changed:
                self.messages.append(params.message)
                self._changed.notify_all()

        @client.feature(types.WORKSPACE_CONFIGURATION)
        def asked(params: types.ConfigurationParams) -> list[object]:
            return [self.settings for _ in params.items]

        @client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def registered(params: types.RegistrationParams) -> None:
            self.watched.append(params)

    async def _begin(self) -> types.InitializeResult:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        await self.client.start_io(sys.executable, "-m", "torchtielint", "server", cwd=self.folder, env=environment)
        capabilities = types.ClientCapabilities(
            workspace=types.WorkspaceClientCapabilities(
                configuration=True,
                workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
                did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
            ),
            text_document=types.TextDocumentClientCapabilities(
                hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown])
            ),
        )
        folders = [types.WorkspaceFolder(self.folder.as_uri(), "work")]
        answer = await self.client.initialize_async(
            types.InitializeParams(capabilities, process_id=os.getpid(), workspace_folders=folders)
        )
        self.client.initialized(types.InitializedParams())
        return answer

    def end(self) -> int | None:
        """Hang up as editors do; return how the server ended."""

        async def ending():
            await self.client.shutdown_async(None)
            self.client.exit(None)
            process = self.client._server
            await asyncio.wait_for(process.wait(), PATIENCE)
            await self.client.stop()
            return process.returncode

        status = self.wait(ending())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()
        return status

    # Texts

    def uri(self, name: str) -> str:
        """What a file of the folder is called."""
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str) -> list[tuple[int, int, str]]:
        """Open a text that is not on the disk; return what is found."""
        uri = self.uri(name)
        self.versions[uri] = 1
        item = types.TextDocumentItem(uri, "python", 1, text)
        self.tell(self.client.text_document_did_open, types.DidOpenTextDocumentParams(item))
        return self.found(name)

    def change(self, name: str, *changes) -> list[tuple[int, int, str]]:
        """Change a text: to another one, or in a range; return what is found."""
        uri = self.uri(name)
        self.send_change(name, *changes)
        return self.found(name, self.versions[uri])

    def send_change(self, name: str, *changes) -> None:
        """Change a text without waiting for what is found."""
        uri = self.uri(name)
        self.versions[uri] += 1
        made = [types.TextDocumentContentChangeWholeDocument(one) if isinstance(one, str) else one for one in changes]
        document = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.tell(self.client.text_document_did_change, types.DidChangeTextDocumentParams(document, made))

    def found(self, name: str, version: int = 1) -> list[tuple[int, int, str]]:
        """What was found in a version of a text, as lines and columns from 1."""
        uri = name if ":" in name else self.uri(name)
        told = self.wait_until(lambda: (one := self.told.get(uri)) and one.version == version and one)
        return [(one.range.start.line + 1, one.range.start.character + 1, one.code) for one in told.diagnostics]

    def wait_until(self, happened):
        """What something gives, once it gives anything."""
        end = time.monotonic() + PATIENCE
        with self._changed:
            while not (value := happened()):
                assert self._changed.wait(end - time.monotonic()), f"never told: {self.told}, {self.messages}"
            return value

    def actions(self, uri: str, line: int, *only: str) -> list[types.CodeAction]:
        """What can be done on a line, from 1, of some kinds or of all."""
        place = types.Position(line - 1, 0)
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri),
            types.Range(place, place),
            types.CodeActionContext([], list(only) or None),
        )
        return self.wait(self.client.text_document_code_action_async(params))

    def hover(self, uri: str, line: int, column: int) -> str:
        """What is said where a pointer rests."""
        params = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line - 1, column - 1))
        answer = self.wait(self.client.text_document_hover_async(params))
        return "" if answer is None else answer.contents.value
