"""What is shown, and how."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, finding
from hypothesis import given
from hypothesis import strategies as st

from torchtielint.findings import Applicability, Certainty, Edit, Fix, Note, Position, Range, Severity
from torchtielint.reporters import REPORTERS, STATISTICS, Report, summary
from torchtielint.reporters.style import Style, cells, visible


def place(line: int, column: int, end_line: int, end_column: int) -> Range:
    """A range."""
    return Range(Position(line, column), Position(end_line, end_column))


def shown(source: str, *findings, width=None, style=None, form="full"):
    """A report about one file, as a text."""
    lines = source.split("\n")
    report = Report(findings, 1, lambda path: lines if path == "model.py" else None, style or Style(), width)
    return "\n".join(REPORTERS[form](report))


SOURCE = """\
class Model(nn.Module):
    def __init__(self):
        layer = nn.Linear(2, 2)

        self.layers = nn.ModuleList(
            [layer]
            * 6
        )
"""


def test_full():
    """Message, place, code with carets, the other place, what to do, the rule's page."""
    one = finding(
        "TTL301",
        5,
        9,
        end=(8, 10),
        message="`self.layers` holds one layer 6 times",
        help="make six",
        notes=(Note("made here", "model.py", place(3, 17, 3, 32)),),
    )

    assert shown(SOURCE, one).split("\n") == [
        "TTL301 `self.layers` holds one layer 6 times",
        " --> model.py:5:9",
        "  |",
        "5 | /         self.layers = nn.ModuleList(",
        "6 | |             [layer]",
        "7 | |             * 6",
        "8 | |         )",
        "  | |_________^",
        "  |",
        "  = note: made here",
        " --> model.py:3:17",
        "  |",
        "3 |         layer = nn.Linear(2, 2)",
        "  |                 ^^^^^^^^^^^^^^^",
        "  |",
        "  = help: make six",
        "  = rule: repeated-module (error)",
        "          https://github.com/torchtielint/torchtielint/blob/main/rules/TTL301.md",
        "",
    ]


def test_full_on_one_line_with_neighbours():
    """One line around it, not where it is blank."""
    block = shown(SOURCE, finding("TTL301", 2, 5, end=(2, 8))).split("\n")

    assert block[2:8] == [
        "  |",
        "1 | class Model(nn.Module):",
        "2 |     def __init__(self):",
        "  |     ^^^",
        "3 |         layer = nn.Linear(2, 2)",
        "  |",
    ]
    assert "4 |" not in shown(SOURCE, finding("TTL301", 3, 9, end=(3, 14)))


def test_full_from_the_middle_of_a_line():
    """The bar starts under the place."""
    block = shown(SOURCE, finding("TTL301", 5, 23, end=(7, 16))).split("\n")

    assert block[3:8] == [
        "5 |           self.layers = nn.ModuleList(",
        "  |  _______________________^",
        "6 | |             [layer]",
        "7 | |             * 6",
        "  | |_______________^",
    ]


def test_long_ranges_are_cut_in_the_middle():
    """Their first and last lines matter."""
    source = "\n".join(f"line{number}" for number in range(1, 100))
    block = shown(source, finding("TTL301", 1, 1, end=(90, 3)))

    assert " 4 | | line4\n   | | ...\n88 | | line88\n" in block
    assert 20 > block.count("\n")


def test_full_shows_a_fix_as_the_lines_that_it_changes():
    """Under what it does, and whether that is safe."""
    edits = (Edit(place(2, 5, 2, 8), "async def"), Edit(place(6, 19, 7, 16), " for _ in range(6)]"))
    one = finding("TTL301", 2, 5, end=(2, 8), fix=Fix("make six", Applicability.UNSAFE, edits))

    assert shown(SOURCE, one).split("\n")[8:16] == [
        "  = fix: make six (unsafe)",
        "  |",
        "2 | -     def __init__(self):",
        "2 | +     async def __init__(self):",
        "6 | -             [layer]",
        "7 | -             * 6",
        "6 | +             [layer for _ in range(6)]",
        "  |",
    ]


@pytest.mark.parametrize(
    ("line", "start", "end", "code", "carets"),
    [
        ("\tx = y", 6, 7, "    x = y", "        ^"),
        ("ab\tx", 4, 5, "ab  x", "    ^"),
        ("'中文' x", 6, 7, "'中文' x", "       ^"),
        ("'中' x", 2, 3, "'中' x", " ^^"),
        ("'e\u0301' x", 6, 7, "'e\u0301' x", "    ^"),
        ("'\x1b[2J' x", 8, 9, "'\\x1b[2J' x", "          ^"),
        ("'\u202e' x", 5, 6, "'\\u202e' x", "         ^"),
        ("x", 2, 3, "x", " ^"),
        ("x", 9, 10, "x", " ^"),
        ("", 1, 1, "", "^"),
    ],
)
def test_carets_stand_under_what_they_mean(line, start, end, code, carets):
    """Whatever the columns that characters take, and where the place is past the end."""
    block = shown(f"above\n{line}", finding("TTL301", 2, start, end=(2, end))).split("\n")

    assert [f"2 | {code}".rstrip(), f"  | {carets}"] == block[4:6]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("start", [1, 20, 70, 150, 199])
def test_long_lines_are_cut_to_the_terminal(width, start):
    """Around the place, with the carets still under it."""
    line = "".join(chr(ord("a") + index % 26) for index in range(200))
    block = shown(line, finding("TTL301", 1, start, end=(1, start + 2)), width=width).split("\n")
    code, carets = block[3], block[4]

    assert max(map(len, block[:6])) <= width
    assert line[start - 1] == code[carets.index("^")]


@given(
    st.text(st.sampled_from("ab\t中e\u0301\x1b\u202e "), max_size=60),
    st.integers(1, 70),
    st.integers(0, 70),
    st.integers(40, 90),
)
def test_any_line_fits(line, start, length, width):
    """No report is wider than the terminal, and none fails."""
    one = finding("TTL301", 1, start, end=(1, start + length), message="m")
    code = [row for row in shown(line, one, width=width).split("\n") if row.startswith(("1 |", "  |"))]

    assert all(cells(row) <= width for row in code)


@given(st.integers(1, 9), st.integers(1, 40), st.integers(0, 9), st.integers(1, 40))
def test_any_range_can_be_shown(line, column, lines, end):
    """Even one that is not in the file."""
    assert shown(SOURCE, finding("TTL301", line, column, end=(line + lines, end)))


def test_text_is_broken_to_the_terminal_only():
    """Elsewhere each message stays on its line, for grep."""
    one = finding("TTL301", 1, message="word " * 30 + "end", help="word " * 30 + "end", path="none.py")

    assert all(len(line) <= 60 for line in shown("", one, width=60).split("\n") if "https" not in line)
    assert shown("", one).startswith("TTL301 " + "word " * 30 + "end\n")


@pytest.mark.parametrize("form", ["full", "concise", "json"])
def test_nothing_reaches_the_terminal_raw(form):
    """Neither from messages nor from paths nor from the code."""
    one = finding(
        "TTL301",
        1,
        end=(1, 3),
        message="\x1b[31m\u202e",
        help="\x07",
        path="a\x1b]0;x\n.py",
        notes=(Note("\x1b", "model.py", place(1, 1, 1, 2)),),
    )
    text = shown("\x1b[2J\x9b", one, form=form)

    assert not set("\x1b\x07\x9b\u202e") & set(text)


@pytest.mark.parametrize("form", ["full", "concise"])
def test_colours_change_nothing_but_colours(form):
    """Taken away, the plain report is left."""
    import re

    one = finding("TTL301", 5, 9, end=(8, 10), help="do", notes=(Note("n", "model.py", place(3, 17, 3, 32)),))
    coloured = shown(SOURCE, one, style=Style(on=True), form=form)

    assert "\x1b[" in coloured
    assert shown(SOURCE, one, form=form) == re.sub(r"\x1b\[[\d;]*m", "", coloured)


def test_concise():
    """One line, in the form that editors know."""
    one = finding("TTL301", 5, 9, message="`x`\ny")

    assert "model.py:5:9: TTL301 [repeated-module] `x`\\x0ay" == shown(SOURCE, one, form="concise")


def test_json():
    """Everything there is to know."""
    one = finding(
        "TTL301",
        5,
        9,
        message="mé",
        notes=(Note("n", "other.py", place(1, 2, 1, 3)),),
        fix=Fix("f", Applicability.SAFE, (Edit(place(1, 1, 1, 2), "x"),)),
    )

    assert json.loads(shown("", one, form="json")) == [
        {
            "code": "TTL301",
            "name": "repeated-module",
            "severity": "error",
            "certainty": "proven",
            "message": "mé",
            "help": None,
            "filename": "model.py",
            "cell": None,
            "location": {"row": 5, "column": 9},
            "end_location": {"row": 5, "column": 10},
            "notes": [
                {
                    "message": "n",
                    "filename": "other.py",
                    "cell": None,
                    "location": {"row": 1, "column": 2},
                    "end_location": {"row": 1, "column": 3},
                }
            ],
            "fix": {
                "message": "f",
                "applicability": "safe",
                "edits": [
                    {
                        "content": "x",
                        "cell": None,
                        "location": {"row": 1, "column": 1},
                        "end_location": {"row": 1, "column": 2},
                    }
                ],
            },
            "url": "https://github.com/torchtielint/torchtielint/blob/main/rules/TTL301.md",
        }
    ]
    assert [] == json.loads(shown("", form="json"))


def test_statistics():
    """The most frequent first."""
    report = Report([finding("TTL301", 1), finding("TTL302", 2), finding("TTL302", 3)])

    assert ["2  TTL302  tie-through-data", "1  TTL301  repeated-module"] == list(STATISTICS["full"](report))
    assert [2, 1] == [row["count"] for row in json.loads("\n".join(STATISTICS["json"](report)))]


@pytest.mark.parametrize(
    ("severities", "files", "expected"),
    [
        ([], 14, "All checks passed! (14 files)"),
        ([], 1, "All checks passed! (1 file)"),
        ([Severity.ERROR], 1, "Found 1 error in 1 of 1 file."),
        ([Severity.WARNING] * 2, 1200, "Found 2 warnings in 1 of 1,200 files."),
        ([Severity.ERROR, Severity.ERROR, Severity.WARNING], 14, "Found 2 errors and 1 warning in 1 of 14 files."),
        (
            [Severity.INFO, Severity.WARNING, Severity.ERROR],
            2,
            "Found 1 error, 1 warning and 1 remark in 1 of 2 files.",
        ),
    ],
)
def test_summary(severities, files, expected):
    """How many of what, where."""
    import dataclasses

    findings = [dataclasses.replace(finding("TTL301", 1), severity=severity) for severity in severities]

    assert expected == summary(Report(findings, files))


def test_certainty_is_said_where_it_is_not_proven():
    """So that nobody takes a likely finding for a proof."""
    import dataclasses

    one = dataclasses.replace(finding("TTL301", 1), certainty=Certainty.LIKELY)

    assert "= rule: repeated-module (error, likely)" in shown("", one)


def test_reporters_do_not_import_the_parser():
    """They know findings and nothing else."""
    code = "import sys, torchtielint.reporters; assert not {'libcst', 'click', 'rich'} & set(sys.modules)"

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@given(st.text())
def test_visible_text_is_printable(text):
    """Or a blank."""
    assert all(
        character.isprintable() or character in "\xa0\u3000 " or character.isspace() for character in visible(text)
    )
    assert not set(visible(text)) & set("\x00\x1b\n\r\t\x9b\u2028\u202e\u2066")


def test_pages_are_beside_the_package():
    """In a checkout; the wheel has them inside."""
    from torchtielint import pages

    page = pages.load("TTL001")

    assert (ROOT / "rules", "syntax-error") == (pages.folder(), page and page.name)
    assert Path(ROOT / "rules/TTL001.md").read_text(encoding="utf-8") == (page and page.text)
    assert pages.load("TTL999") is None
    with pytest.raises(ValueError, match="a page starts with"):
        pages.read("hello\n")
