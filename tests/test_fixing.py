"""Fixes are made together where they can be, and only where what comes out is better."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchtielint.edits import apply_edits, compatible, hunks
from torchtielint.findings import Applicability, Certainty, Edit, Finding, Fix, Position, Range, Severity
from torchtielint.fixing import fix_source
from torchtielint.name_errors import name_errors
from torchtielint.source import Source, decode


def edit(line: int, column: int, end_column: int, content: str) -> Edit:
    """An edit on one line."""
    return Edit(Range(Position(line, column), Position(line, end_column)), content)


def found(message: str, *edits: Edit, safe: bool = True) -> Finding:
    """A finding at its first edit, with a fix."""
    fix = Fix("fix it", Applicability.SAFE if safe else Applicability.UNSAFE, edits)
    return Finding("TTL1", "name", Severity.ERROR, Certainty.PROVEN, message, "a.py", edits[0].range, fix=fix)


def words(**replacements: str):
    """A check that finds words and would replace them."""

    def check(text: str) -> list[Finding]:
        return [
            found(word, edit(number, line.index(word) + 1, line.index(word) + len(word) + 1, by))
            for number, line in enumerate(text.split("\n"), 1)
            for word, by in replacements.items()
            if word in line
        ]

    return check


def fixed(source: Source | str, check, guard=None):
    """The text after fixing, and why the others were refused."""
    source = decode(source, "a.py") if isinstance(source, str) else source
    done = fix_source(source, check=check, guard=guard or check, wanted=lambda _: True)
    return done.source.original, [one.reason for one in done.refused]


def test_edits_are_made_together_and_equal_ones_once():
    """An import that two fixes add is added once."""
    added = edit(1, 1, 1, "import z\n")

    assert "import z\na = 2\nb = 3\n" == apply_edits(
        "a = 1\nb = 1\n", [edit(2, 5, 6, "3"), added, edit(1, 5, 6, "2"), added]
    )


def test_of_two_fixes_that_touch_the_first_is_made():
    """In the order of reports, whatever the order in which they come."""
    first, second, apart = found("a", edit(1, 1, 5, "")), found("b", edit(1, 4, 9, "")), found("c", edit(2, 1, 2, ""))

    assert [first, apart] == compatible([apart, second, first]) == compatible([second, first, apart])
    assert [first] == compatible([first, found("d", edit(1, 5, 5, "x"))])


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 8), st.integers(0, 3), st.sampled_from(["", "x", "y\n"]))))
def test_compatible_fixes_do_not_depend_on_their_order(places):
    """Neither which of them, nor what comes out."""
    text = "abcdefgh\r\n" * 4
    offered = [
        found(f"{index:03}", edit(line, column, min(column + size, 9), content))
        for index, (line, column, size, content) in enumerate(places)
    ]
    chosen, again = compatible(offered), compatible(reversed(offered))

    assert chosen == again
    edits = [edit for one in chosen for edit in one.fix.edits]
    assert apply_edits(text, edits) == apply_edits(text, reversed(edits))


def test_rounds_go_on_until_nothing_is_left():
    """What a fix brings to light is fixed as well."""
    both = words(aa="0", bb="1")

    assert ("x = 0, 1\n", []) == fixed("x = aa, bb\n", lambda text: both(text)[:1], both)


@pytest.mark.parametrize(
    "data",
    [b"\xef\xbb\xbfa = '\xc3\xa4'\r\nb = 1\r\n\x0cx = 2\n", "# coding: latin-1\ra = 'ä'\rb = 1".encode("latin-1")],
)
def test_the_rest_of_a_file_stays_as_it_is(data):
    """Mark, encoding, and the end of each line."""
    done = fix_source(decode(data, "a.py"), check=words(b="c = 0\nd"), guard=words(b=""), wanted=lambda _: True)
    end = b"\r\n" if b"\n" in data else b"\r"

    assert data.replace(b"b = 1", b"c = 0" + end + b"d = 1") == done.source.encode()


@pytest.mark.parametrize(
    ("by", "reason"),
    [
        ("1a", "the result is no valid Python"),
        ("other", "the result uses `other` where it is not defined"),
        ("(bad)", "the finding would stay: TTL1 bad"),
        ("'worse'", "another finding would appear: TTL1 worse"),
    ],
)
def test_a_fix_that_does_not_hold_is_not_made(by, reason):
    """And it is said why; a good one beside it is made."""
    check = words(bad=by, good="0")

    assert ("x = bad, 0\n", [reason]) == fixed("x = bad, good\n", check, words(bad="", good="", worse=""))


def test_names():
    """Those that nothing binds, and those that are read before."""
    assert {"x", "f.y"} == name_errors("import a\ndef f(b):\n  print(a, b, x, y)\n  y = [z for z in b]\n")
    assert set() == name_errors("from a import *\nprint(x)\n")
    assert set() == name_errors(
        "def f():\n  global g\n  g = 1\nprint(g, __name__)\nclass A:\n  def m(self): __class__\n"
    )


def test_hunks_show_what_changes():
    """Without the lines around it."""
    lines = ["a", "b", "c", "d"]

    assert [(2, ["b"], ["x", "y"]), (4, ["d"], [])] == hunks(
        lines, [edit(2, 1, 2, "x\ny"), Edit(Range(Position(4, 1), Position(5, 1)), "")]
    )
