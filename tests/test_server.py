"""The language server, with real clients at the other end: one of a library, and Neovim's own."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, torchtielint
from editors.client import Editor
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from pygls.workspace import Workspace

from torchtielint.cli import execute
from torchtielint.findings import Position, Range
from torchtielint.ignoring import ignore_edit
from torchtielint.server.app import TieServer
from torchtielint.server.checking import Checker
from torchtielint.server.texts import Lines, changed

HEAD = "from torch import nn\n"
MODEL = """\
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 2), nn.Linear(2, 2)]
"""
FOUND = [(7, 9, "TTL104")]


@pytest.fixture(scope="module")
def editor(tmp_path_factory):
    """One server for all tests; each has files of its own."""
    made = Editor(tmp_path_factory.mktemp("work"))
    yield made
    assert 0 == made.end()


def partial(line: int, column: int, end: int, text: str) -> types.TextDocumentContentChangePartial:
    """A change inside of a line; all from 0."""
    return types.TextDocumentContentChangePartial(
        types.Range(types.Position(line, column), types.Position(line, end)), text
    )


def test_diagnostics_follow_the_unsaved_text(editor):
    """On opening and on each change, whole or in part; on closing they go."""
    assert FOUND == editor.open("a.py", MODEL)
    told = editor.told[editor.uri("a.py")].diagnostics[0]
    assert ("torchtielint", types.DiagnosticSeverity.Error) == (told.source, told.severity)
    assert told.code_description.href.endswith("/rules/TTL104.md")
    assert "\nhelp: " in told.message
    assert [] == editor.change("a.py", partial(6, 22, 23, "nn.ModuleList(["), partial(6, 69, 70, "])"))
    assert FOUND == editor.change("a.py", MODEL)
    assert [(8, 9, "TTL104")] == editor.change("a.py", partial(0, 0, 0, "# above\n"))

    closing = types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(editor.uri("a.py")))
    editor.tell(editor.client.text_document_did_close, closing)
    assert editor.wait_until(lambda: not editor.told[editor.uri("a.py")].diagnostics)


def test_columns_are_those_of_the_editor(editor):
    """A character beyond the first plane has two units; a form feed ends no line."""
    text = MODEL.replace("        self.layers", "        s = '😀\x0c'; self.layers")

    assert [(7, 20, "TTL104")] == editor.open("b.py", text)
    assert [(7, 21, "TTL104")] == editor.change("b.py", partial(6, 13, 16, "😀😀"))


def test_actions_are_fixes_and_silence(editor):
    """What silences is put where it silences; a comment that does not, goes."""
    editor.open("c.py", MODEL.replace("[nn.Linear(2, 2), ", "[nn.Linear(2, 2),\n            "))
    uri = editor.uri("c.py")
    ignore = next(one for one in editor.actions(uri, 7) if one.title.startswith("Ignore"))

    (edit,) = ignore.edit.document_changes[0].edits
    assert (7, "  # torchtielint: ignore[TTL104]") == (edit.range.start.line, edit.new_text)
    assert ["TTL104"] == [one.code for one in ignore.diagnostics]
    assert not editor.actions(uri, 2)

    assert [(3, 45, "TTL002")] == editor.change("c.py", HEAD + "\nx = nn.Linear(2, 2)  # torchtielint: ignore[TTL104]")
    (fix,) = editor.actions(uri, 3)
    assert ("TTL002: Remove the comment", True) == (fix.title, fix.is_preferred)
    assert "" == fix.edit.document_changes[0].edits[0].new_text


def test_what_changes_has_its_fix_at_once_and_all_can_be_fixed(editor):
    """A safe one is preferred; for saving, all safe ones are one edit."""
    editor.open("g.py", MODEL.replace("[nn.Linear(2, 2), nn.Linear(2, 2)]", "1"))
    editor.found("g.py", 1)
    assert FOUND == editor.change("g.py", MODEL)
    uri = editor.uri("g.py")
    fix, ignore = editor.actions(uri, 7)

    assert (True, None) == (fix.is_preferred, ignore.is_preferred)
    assert ["nn.ModuleList(", ")"] == [edit.new_text for edit in fix.edit.document_changes[0].edits]
    (everything,) = editor.actions(uri, 1, "source.fixAll")
    assert "source.fixAll.torchtielint" == everything.kind
    (edit,) = everything.edit.document_changes[0].edits
    assert (6, 7) == (edit.range.start.line, edit.range.end.line)
    assert "        self.layers = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2)])\n" == edit.new_text
    assert not editor.actions(uri, 7, "refactor")


def test_hover_shows_the_page_of_the_rule(editor):
    """On a finding, and on a code in a comment; without what pages say to tests."""
    editor.open("d.py", MODEL + "        self.more = [nn.Linear(1, 1)]  # torchtielint: ignore[TTL104]\n")
    page = editor.hover(editor.uri("d.py"), 7, 12)

    assert page.startswith("# modules-in-plain-container (TTL104)")
    assert "```python torch" not in page
    assert page == editor.hover(editor.uri("d.py"), 8, 68)
    assert "" == editor.hover(editor.uri("d.py"), 1, 1)


def test_other_open_texts_count_unsaved(editor):
    """A base class that is being written in another window."""
    (editor.folder / "base.py").write_text("class Base:\n    pass\n")
    (editor.folder / "user.py").write_text("")
    user = f"from base import Base\n{MODEL.replace('(nn.Module)', '(Base)')}"
    assert [] == editor.open("user.py", user)
    editor.open("base.py", "from torch import nn\nclass Base(nn.Module):\n    pass\n")

    assert [(9, 9, "TTL104")] == editor.change("user.py", f"\n{user}")


def test_configuration_is_read_again(editor):
    """From files when they change, and from the editor when it says so; a broken one is said, once."""
    assert FOUND == editor.open("e.py", MODEL)
    config = editor.folder / "torchtielint.toml"
    watched = types.DidChangeWatchedFilesParams([types.FileEvent(config.as_uri(), types.FileChangeType.Changed)])

    def told(codes: list[str]) -> bool:
        return editor.wait_until(lambda: codes == [one.code for one in editor.told[editor.uri("e.py")].diagnostics])

    config.write_text('ignore = ["TTL104"]')
    editor.tell(editor.client.workspace_did_change_watched_files, watched)
    assert told([])
    config.write_text('ignore = ["TTL9999"]')
    editor.tell(editor.client.workspace_did_change_watched_files, watched)
    assert told(["TTL104"])
    assert "TTL9999" in editor.wait_until(lambda: editor.messages)[-1]
    config.unlink()
    for settings, codes in (
        ({"torchtielint": {"ignore": ["TTL1"]}}, []),
        ({"torchtielint": {"select": ["TTL104"]}}, ["TTL104"]),
    ):
        editor.tell(editor.client.workspace_did_change_configuration, types.DidChangeConfigurationParams(settings))
        assert told(codes)
    editor.settings = {"extend-ignore": ["modules-in-plain-container"]}
    editor.tell(editor.client.workspace_did_change_configuration, types.DidChangeConfigurationParams(settings=None))
    assert told([])
    editor.settings = {"select": ["TTL"]}
    editor.tell(editor.client.workspace_did_change_configuration, types.DidChangeConfigurationParams(settings=None))
    assert told(["TTL104"])
    assert ["workspace/didChangeWatchedFiles"] == [one.registrations[0].method for one in editor.watched]


def notebook_change(uri: str, version: int, **cells) -> types.DidChangeNotebookDocumentParams:
    """A change of the cells of a notebook."""
    return types.DidChangeNotebookDocumentParams(
        types.VersionedNotebookDocumentIdentifier(version, uri),
        types.NotebookDocumentChangeEvent(cells=types.NotebookDocumentCellChanges(**cells)),
    )


def test_notebooks_are_one_program_in_many_texts(editor):
    """Each cell has its own findings; cells are changed, added and closed."""
    uri = editor.uri("n.ipynb")
    texts = ["Text", HEAD + "!ls\n%time x = 1", MODEL.removeprefix(HEAD).strip()]
    kinds = [types.NotebookCellKind.Markup, types.NotebookCellKind.Code, types.NotebookCellKind.Code]
    names = [f"vscode-notebook-cell:{editor.folder}/n.ipynb#{number}" for number in range(4)]
    cells = [types.NotebookCell(kind, name) for kind, name in zip(kinds, names, strict=False)]
    items = [types.TextDocumentItem(name, "python", 1, text) for name, text in zip(names[1:], texts[1:], strict=False)]
    document = types.NotebookDocument(uri, "jupyter-notebook", 1, cells)
    editor.tell(editor.client.notebook_document_did_open, types.DidOpenNotebookDocumentParams(document, items))

    assert [] == editor.found(names[1])
    assert [(4, 9, "TTL104")] == editor.found(names[2])
    fix, ignore = editor.actions(names[2], 4)
    assert [3, 3] == [edit.range.start.line for edit in fix.edit.document_changes[0].edits]
    assert names[2] == ignore.edit.document_changes[0].text_document.uri
    assert 3 == ignore.edit.document_changes[0].edits[0].range.start.line
    assert editor.hover(names[2], 4, 10).startswith("# modules-in-plain-container")

    content = types.NotebookDocumentCellContentChanges(
        types.VersionedTextDocumentIdentifier(2, names[2]), [partial(3, 22, 22, "\\\n    ")]
    )
    editor.tell(editor.client.notebook_document_did_change, notebook_change(uri, 2, text_content=[content]))
    assert [(4, 9, "TTL104")] == editor.found(names[2], 2)

    added = types.NotebookCell(types.NotebookCellKind.Code, names[3])
    structure = types.NotebookDocumentCellChangeStructure(
        types.NotebookCellArrayChange(2, 1, [added]),
        did_open=[types.TextDocumentItem(names[3], "python", 1, "nn.ModuleList([nn.Linear(1, 1)] * 2)")],
        did_close=[types.TextDocumentIdentifier(names[2])],
    )
    editor.tell(editor.client.notebook_document_did_change, notebook_change(uri, 3, structure=structure))
    assert [(1, 15, "TTL301")] == editor.found(names[3])
    assert not editor.told[names[2]].diagnostics

    closing = types.DidCloseNotebookDocumentParams(
        types.NotebookDocumentIdentifier(uri), [types.TextDocumentIdentifier(name) for name in (names[1], names[3])]
    )
    editor.tell(editor.client.notebook_document_did_close, closing)
    assert editor.wait_until(lambda: not editor.told[names[3]].diagnostics)


def test_older_checks_give_way_and_requests_can_be_cancelled(editor):
    """Of many changes at once the last counts; a request that is taken back is answered so, and the server lives."""
    editor.open("f.py", MODEL)
    for number in range(30):
        editor.send_change("f.py", MODEL.replace("Model", f"Model{number}") + "x = 1\n" * 300)
    place = types.Position(6, 0)
    params = types.CodeActionParams(
        types.TextDocumentIdentifier(editor.uri("f.py")), types.Range(place, place), types.CodeActionContext([])
    )

    async def cancelled() -> BaseException | None:
        asked = editor.client.protocol.send_request(types.TEXT_DOCUMENT_CODE_ACTION, params, msg_id="taken back")
        editor.client.protocol.notify(types.CANCEL_REQUEST, types.CancelParams("taken back"))
        done, _ = await asyncio.wait([asyncio.wrap_future(asked)], timeout=60)
        return next(iter(done)).exception()

    assert "cancel" in str(editor.wait(cancelled())).lower()
    assert FOUND == editor.found("f.py", 31)
    assert len({version for uri, version in editor.history if uri == editor.uri("f.py")}) < 15


def test_a_long_check_gives_way_to_what_is_typed(monkeypatch):
    """In another text; it is begun again when nobody types."""
    told: list[str] = []
    begun: list[str] = []

    class Slow(Checker):
        """Its first whole check of `a` lasts until it is given up."""

        def quickly(self, shown, job):
            return () if shown.name == "untitled:b" else None

        def check(self, shown, job):
            begun.append(shown.name)
            while begun == ["untitled:a"] and not job.given_up:
                time.sleep(0.005)
            return None if job.given_up else ()

    async def typing() -> None:
        server = TieServer()
        monkeypatch.setattr(type(server), "workspace", Workspace(None))
        monkeypatch.setattr(server, "text_document_publish_diagnostics", lambda params: told.append(params.uri))
        server.checker = Slow("/")
        for name in ("untitled:a", "untitled:b"):
            server.put(name, MODEL, 1)
        server.check_soon("untitled:a")
        while not begun:
            await asyncio.sleep(0.005)
        server.check_soon("untitled:b")
        while len(told) < 3:
            await asyncio.sleep(0.005)

    asyncio.run(asyncio.wait_for(typing(), 60))

    assert ["untitled:b", "untitled:b"] == [name for name in told if name == "untitled:b"]
    assert "untitled:b" == told[0]
    assert 2 == begun.count("untitled:a")


def test_a_text_without_a_file_is_checked_by_itself(editor):
    """As one that was never saved."""
    uri = "untitled:Untitled-1"
    item = types.TextDocumentItem(uri, "python", 1, MODEL)
    editor.tell(editor.client.text_document_did_open, types.DidOpenTextDocumentParams(item))

    assert FOUND == editor.found(uri)


def test_a_new_file_changes_what_an_import_means(editor):
    """Once the text is saved, or changed, and though nobody tells of the file."""
    user = f"from made_later import Base\n{MODEL.replace('(nn.Module)', '(Base)')}"
    (editor.folder / "h.py").write_text(user)
    assert [] == editor.open("h.py", user)
    (editor.folder / "made_later.py").write_text("from torch import nn\nclass Base(nn.Module):\n    pass\n")

    assert [(8, 9, "TTL104")] == editor.change("h.py", f"{user}\n")


def test_the_server_says_what_it_needs(monkeypatch, capsys):
    """And how to get it."""
    monkeypatch.setitem(sys.modules, "torchtielint.server.app", None)
    monkeypatch.delitem(sys.modules, "torchtielint.server.app")
    monkeypatch.setitem(sys.modules, "pygls", None)
    monkeypatch.setitem(sys.modules, "pygls.lsp.server", None)
    monkeypatch.setitem(sys.modules, "lsprotocol", None)

    assert 2 == execute(["server"])
    assert "hint: pip install 'torchtielint[lsp]'" in capsys.readouterr().err


def test_a_server_whose_editor_is_gone_ends(tmp_path):
    """It says by its status that nobody told it to."""
    assert 1 == torchtielint("server", cwd=tmp_path).returncode


@pytest.mark.skipif(shutil.which("nvim") is None, reason="needs Neovim: apt-get install neovim")
def test_neovim_shows_changes_fixes_and_silences(tmp_path):
    """The editor's own client, without a screen."""
    model = tmp_path / "model.py"
    model.write_text(MODEL + "        # here\n        self.last = nn.Linear(2, 2)\n")
    transcript = tmp_path / "transcript.json"
    environment = {
        **os.environ,
        "MODEL": model.name,
        "PYTHON": sys.executable,
        "TRANSCRIPT": str(transcript),
        "PYTHONPATH": str(ROOT),
        **{f"XDG_{kind}_HOME": str(tmp_path) for kind in ("CACHE", "STATE", "DATA", "CONFIG")},
    }
    script = Path(__file__).parent / "editors" / "neovim.lua"
    command = ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {script}"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=120, stdin=subprocess.DEVNULL)
    seen = json.loads(transcript.read_text())

    assert None is seen.get("problem")
    assert [[7, 9, "TTL104"]] == seen["opened"]
    assert [[7, 9, "TTL104"], [8, 31, "TTL104"]] == seen["changed"]
    assert "        # here" == seen["on_disk"]
    assert seen["hover"].startswith("# modules-in-plain-container (TTL104)")
    assert seen["ignored"].endswith("# a list  # torchtielint: ignore[TTL104]")
    assert "        self.x = 1" == seen["fixed"]
    assert "        self.x = 1\n" in model.read_text()


@pytest.mark.parametrize(
    ("text", "line", "after"),
    [
        ("x = 1", 1, "x = 1  # torchtielint: ignore[TTL301]"),
        ("x = 1  \ny", 1, "x = 1  # torchtielint: ignore[TTL301]\ny"),
        ("x = 1  # why", 1, "x = 1  # why  # torchtielint: ignore[TTL301]"),
        ("x = f(\n  1,\n)\ny", 2, "x = f(\n  1,\n)  # torchtielint: ignore[TTL301]\ny"),
        ("x = '''\n'''", 1, "x = '''\n'''  # torchtielint: ignore[TTL301]"),
        ("x = 1 + \\\n  2", 1, "x = 1 + \\\n  2  # torchtielint: ignore[TTL301]"),
        ("class A:\n  x = 1", 1, "class A:  # torchtielint: ignore[TTL301]\n  x = 1"),
        ("x = (  # torchtielint: ignore[TTL104] two\n1)", 2, "x = (  # torchtielint: ignore[TTL104, TTL301] two\n1)"),
        ("x = 1\n# text\ny = 2", 2, None),
        ("x = (", 1, None),
        ("", 1, None),
    ],
)
def test_silence_is_put_where_it_silences(text, line, after):
    """At the end of the statement, or into the comment that is there."""
    edit = ignore_edit(text, line, "TTL301")
    made = None
    if edit is not None:
        lines = text.split("\n")
        row, start, end = edit.range.start.line - 1, edit.range.start.column - 1, edit.range.end.column - 1
        lines[row] = lines[row][:start] + edit.content + lines[row][end:]
        made = "\n".join(lines)
    assert after == made


@given(st.text(alphabet="aé😀\n\r\x0c", max_size=30), st.text(alphabet="aé😀\n", max_size=5), st.data())
def test_a_change_in_units_is_the_change_in_characters(text, new, data):
    """For each way to count: what an editor cuts out is cut out."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    for encoding in (
        types.PositionEncodingKind.Utf8,
        types.PositionEncodingKind.Utf16,
        types.PositionEncodingKind.Utf32,
    ):
        if any(text[at - 1 : at + 1] == "\r\n" for at in (start, end)):
            continue  # no editor has a place between the two
        place = types.Range(*(where(text, at, encoding) for at in (start, end)))
        change = types.TextDocumentContentChangePartial(place, new)
        assert text[:start] + new + text[end:] == changed(text, [change], encoding)


def where(text: str, offset: int, encoding) -> types.Position:
    """Where an editor has a character."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    line = before.count("\n") + 1
    place = Range(Position(line, len(before) - before.rfind("\n")), Position(line, 1))
    return Lines(text, encoding).to_editor(place).start
