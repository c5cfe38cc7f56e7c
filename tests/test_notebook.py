"""Notebooks are linted as one program, and findings are where the reader sees them: in a cell."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchtielint import static_ties
from torchtielint.cli import execute
from torchtielint.engine import check_source
from torchtielint.findings import Applicability, Edit, Fix, Position, Range
from torchtielint.magics import plain_python
from torchtielint.notebook import assemble, read_notebook
from torchtielint.notebook_json import with_sources

MISTAKE = "mistake(TTL101)"


def notebook(*cells: str, indent: int | None = 1, **metadata: object) -> bytes:
    """The bytes of a notebook; a cell that begins with `# ` and a word is one of text."""
    made = [
        {"cell_type": "markdown", "metadata": {}, "source": [cell]}
        if cell.startswith("# Text")
        else {"cell_type": "code", "metadata": {}, "outputs": [], "source": cell.splitlines(keepends=True)}
        for cell in cells
    ]
    document = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(document, indent=indent) + "\n").encode()


def found(settings, *cells: str, data: bytes | None = None) -> list[tuple[int, int, int, str]]:
    """What is found: cell, line, column and code."""
    findings = check_source(data or notebook(*cells), path="a.ipynb", settings=settings)
    return [(f.range.cell, f.range.start.line, f.range.start.column, f.code) for f in findings]


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("%matplotlib inline", "pass"),
        ("!pip install torch", "pass"),
        ("!pip install \\\n  torch \\\n  x\ny = 1", "pass\n\n\ny = 1"),
        ("if x:\n    !ls '\ny = 1", "if x:\n    pass\ny = 1"),
        ("?model", "pass"),
        ("model.forward??", "pass"),
        ("model(1)? # why", "pass"),
        ("files = !ls", "files = get_ipython()"),
        ("a, b = %magic x", "a, b = get_ipython()"),
        ("%time model = f(1)", "pass; model = f(1)"),
        ("%time for x in y: pass", "pass"),
        ("  x = %time f(1)", "  x =       f(1)"),
        ("/f 1, 2", "pass"),
        ("\n%%time\nx = 1", "\n\nx = 1"),
        ("%%capture out\nx = 1", "\nx = 1"),
        ("%%bash\nx = '", "\n"),
        ("%%html", ""),
        ("x = y \\\n% z", "x = y \\\n% z"),
        ("x = (y\n  % z\n  )", "x = (y\n  % z\n  )"),
        ('"""\n!ls\n%x\nwhat?\n"""', '"""\n!ls\n%x\nwhat?\n"""'),
        ("x = 'a (' # [{\n!ls", "x = 'a (' # [{\npass"),
        ("x != y; 'x = !ls'", "x != y; 'x = !ls'"),
        ("x = '''a''' # really?", "x = '''a''' # really?"),
        ("await f(x)\nasync with g() as h:\n    pass", "await f(x)\nasync with g() as h:\n    pass"),
    ],
)
def test_what_ipython_adds_becomes_plain_python_in_place(cell, plain):
    """Line by line, and only where IPython itself recognizes it."""
    assert plain.split("\n") == plain_python(cell.split("\n"))[0]


@given(st.text(alphabet="x=%!?'\"\\ \n([)],;/#", max_size=40))
def test_no_cell_has_other_lines_than_before(cell):
    """Whatever it is, and what did not change is what it was."""
    lines = cell.split("\n")
    plain, rewritten = plain_python(lines)

    assert len(lines) == len(plain)
    assert [] == [at for at, line in enumerate(lines) if at not in rewritten and line != plain[at]]


@pytest.mark.usefixtures("fake_rules")
def test_findings_name_the_cell_and_its_lines(settings):
    """Cells are counted from 1, and those of text count."""
    cells = ("# Text", "import torch\n%time " + MISTAKE, "!ls\n\n  ", "x = 1\n" + MISTAKE)

    assert [(2, 2, 7, "TTL101"), (4, 2, 1, "TTL101")] == found(settings, *cells)


@pytest.mark.usefixtures("fake_rules")
def test_a_broken_cell_hides_no_other(monkeypatch, settings):
    """It is one finding, at its place; a cell that is indented as a whole is not broken."""
    from conftest import fake_check

    from torchtielint import engine
    from torchtielint.semantics.index import index_source

    def parsed(text, path, codes, **_where):
        index_source(text)
        return fake_check(text, path, codes)

    monkeypatch.setattr(engine, "check_text", parsed)
    cells = ("import torch", "def f(:\n  pass", f"  {MISTAKE}\n  x = 1", "'''open", MISTAKE)

    assert [(2, 1, 7, "TTL001"), (3, 1, 3, "TTL101"), (4, 1, 1, "TTL001"), (5, 1, 1, "TTL101")] == found(
        settings, *cells
    )


@pytest.mark.usefixtures("fake_rules")
def test_comments_silence_in_their_cell_only(settings):
    """One at the end of a cell is not about the next cell; one about the file is about all cells."""
    here = "# torchtielint: ignore[TTL101]"
    split = ("import torch", f"x = 1\n{here}", MISTAKE, f"{here}\n{MISTAKE}", f"{MISTAKE}  {here}")

    assert [(2, 2, 24, "TTL002"), (3, 1, 1, "TTL101")] == found(settings, *split)
    assert [] == found(settings, "import torch", MISTAKE, "# torchtielint: ignore-file[TTL101]\nx = 1")


@pytest.mark.usefixtures("fake_rules")
@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (notebook("import torch", MISTAKE), ["TTL101"]),
        (notebook("import torch", MISTAKE, language_info={"name": "julia"}), []),
        (notebook("import torch", MISTAKE, kernelspec={"language": "R"}), []),
        (
            b'{"worksheets": [{"cells": [{"cell_type": "code", "input": ["import torch; mistake(TTL101)"]}]}]}',
            ["TTL101"],
        ),
        (b'{"cells": [{"cell_type": "code", "source": "import torch; mistake(TTL101)\\ud800\\r\\n"}, 3]}', ["TTL101"]),
        (b'{"cells": [{"cell_type": "code", "metadata": {"vscode": {"languageId": "sql"}}, "source": "torch"}]}', []),
        (b"\xef\xbb\xbf" + notebook("import torch", MISTAKE), ["TTL101"]),
        (b'{"cells": torch', ["TTL003"]),
        (b'{"torch": []}', ["TTL003"]),
        (b"[" * 100_000 + b"torch", ["TTL003"]),
        (b'{"torch": "\xff"}', ["TTL003"]),
        (b"no notebook, and nothing of ours", []),
        (b'{"cells": [], "metadata": "torch"}', []),
    ],
    ids=range(13),
)
def test_every_kind_of_notebook_is_read(settings, data, codes):
    """Old and new ones; what is none is said, and never a crash."""
    assert codes == [code for *_, code in found(settings, data=data)]


def test_a_fix_moves_into_its_cell_and_never_touches_what_was_rewritten(settings):
    """The edits are those of the cell's own lines."""
    read = read_notebook(notebook("import torch", "x = 1\n%time y = 2\nz = 3"))
    (first,) = check_source(
        notebook("import torch\nx = 1  # torchtielint: ignore[TTL301]"), path="a.ipynb", settings=settings
    )

    def fixed(line: int) -> Fix | None:
        place = Range(Position(line, 1), Position(line, 2))
        return read.placed(replace_fix(first, place)).fix

    assert Range(Position(2, 6), Position(2, 38), 1) == first.fix.edits[0].range
    assert Range(Position(3, 1), Position(3, 2), 2) == fixed(6).edits[0].range
    assert fixed(5) is None


def replace_fix(finding, place: Range):
    """A finding with a fix at a place of the program."""
    from dataclasses import replace

    return replace(finding, range=place, fix=Fix("", Applicability.SAFE, (Edit(place, ""),)))


@pytest.mark.parametrize("indent", [1, 2, None])
@pytest.mark.parametrize("ending", ["\n", ""])
def test_writing_a_cell_leaves_all_else_as_it_was(indent, ending):
    """Indent, order, escapes and the end of the file."""
    before = notebook("# Text ü", "x = 1\ny = 2", "z = 'é'", indent=indent, kernel="k").rstrip() + ending.encode()
    after = with_sources(before, {2: "x = 7\ny = 2\n"})

    assert before.replace(b"x = 1", b"x = 7").replace(b'"y = 2"', b'"y = 2\\n"') == after
    assert before == with_sources(before, {})
    unescaped = before.replace(b"\\u00fc", "ü".encode()).replace(b"\\u00e9", "é".encode())
    assert unescaped != before
    assert unescaped == with_sources(unescaped, {})


MODEL = """\
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        layer = nn.Linear(2, 2)
        self.layers = nn.ModuleList([layer] * 3)
"""


@pytest.fixture
def study(tree):
    """A folder with a notebook that imports a file beside it."""
    helper = "from torch import nn\nclass Base(nn.Module): pass\n"
    cells = (
        "# Text",
        "from torch import nn\n%load_ext x",
        "await thing",
        MODEL,
        "from study import Base\nclass B(Base):\n    pass",
    )
    return tree(
        {"study.ipynb": notebook(*cells), "study.py": helper, ".ipynb_checkpoints/study.ipynb": notebook(MODEL)}
    )


def test_the_command_finds_notebooks_and_shows_their_code(study, capsys):
    """As one finds them in a folder, in every format, and the same from what was kept."""
    for _ in range(2):
        assert 1 == execute(["--output-format", "concise", "."])
        assert "study.ipynb:cell 4:5:37: TTL301" in capsys.readouterr().out
    assert 1 == execute(["."])
    assert [
        " --> study.ipynb:cell 4:5:37",
        "  |",
        "4 |         layer = nn.Linear(2, 2)",
    ] == capsys.readouterr().out.split("\n")[1:4]
    assert 1 == execute(["--output-format", "json", "."])
    (found,) = json.loads(capsys.readouterr().out)
    assert ("study.ipynb", 4, 5) == (found["filename"], found["cell"], found["location"]["row"])


def test_a_notebook_comes_through_standard_input(study, capsys, monkeypatch):
    """Its name says what it is."""
    with (study / "study.ipynb").open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert 1 == execute(["--output-format", "concise", "-", "--stdin-filename", "other.ipynb"])
    assert capsys.readouterr().out.startswith("other.ipynb:cell 4:5:37: TTL301")


def test_static_ties_of_a_notebook(study, capsys):
    """Classes are shown where they are."""
    assert 0 == execute(["ties", "--static", "study.ipynb"])
    assert "Model  study.ipynb:cell 4:1" == capsys.readouterr().out.split("\n")[0]
    assert 0 == execute(["ties", "--static", "--output-format", "json", "study.ipynb"])
    assert {"class": "Model", "path": "study.ipynb", "cell": 4, "line": 1}.items() <= (
        json.loads(capsys.readouterr().out)["classes"][0].items()
    )
    assert 2 == execute(["ties", "study.ipynb"])
    assert "is a notebook, which is not run" in capsys.readouterr().err


def test_the_line_before_the_first_cell_is_in_none():
    """Findings about the file as a whole stay so."""
    place = Range(Position(1, 1), Position(1, 1))

    assert place == assemble([(1, "x = 1")]).within(place)
    assert static_ties.Place("a.py", Position(1, 1)).page == "a.py"
