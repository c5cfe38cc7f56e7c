"""Comments that silence, and those that do not."""

from __future__ import annotations

import pytest
from conftest import CATALOGUE, fake_check
from hypothesis import given
from hypothesis import strategies as st

from torchtielint import statements
from torchtielint.suppression import suppress

ENABLED = CATALOGUE.default


def left(text: str, enabled: frozenset[str] = ENABLED) -> list[tuple[int, str]]:
    """Line and code of what is left, sorted."""
    found = fake_check(text, "model.py", enabled)
    kept = suppress(found, text, path="model.py", catalogue=CATALOGUE, enabled=enabled)
    return sorted((finding.range.start.line, finding.code) for finding in kept)


def unused(text: str, enabled: frozenset[str] = ENABLED) -> list[tuple[str, str]]:
    """Message and help of what is said about suppressions."""
    found = fake_check(text, "model.py", enabled)
    kept = suppress(found, text, path="model.py", catalogue=CATALOGUE, enabled=enabled)
    return [(finding.message, finding.help) for finding in kept if finding.code == "TTL002"]


def fixed(text: str) -> str:
    """The text after every fix about suppressions, last first."""
    found = fake_check(text, "model.py", ENABLED)
    kept = suppress(found, text, path="model.py", catalogue=CATALOGUE, enabled=ENABLED)
    lines = text.split("\n")
    edits = {edit for finding in kept if finding.fix for edit in finding.fix.edits}
    for edit in sorted(edits, key=lambda edit: edit.range, reverse=True):
        start, end = edit.range.start, edit.range.end
        before, after = lines[start.line - 1][: start.column - 1], lines[end.line - 1][end.column - 1 :]
        lines[start.line - 1 : end.line] = [before + edit.content + after]
    return "\n".join(lines)


SILENT = {
    "blanket noqa": "mistake(TTL301)  # noqa",
    "noqa with a code": "mistake(TTL301)  # noqa: TTL301",
    "noqa in other case": "mistake(TTL301)  #NOQA:ttl301",
    "noqa with a prefix": "mistake(TTL301)  # noqa: TTL3",
    "noqa with several, by commas and blanks": "mistake(TTL301)  # noqa: E501, F401 TTL301",
    "noqa behind another comment": "mistake(TTL301)  # type: ignore  # noqa: TTL301",
    "noqa with text that is no code": "mistake(TTL301)  # noqa: because",
    "own form with a code": "mistake(TTL301)  # torchtielint: ignore[TTL301] it is meant",
    "own form with a name": "mistake(TTL301)  # torchtielint: ignore[repeated-module]",
    "own form with several": "mistake(TTL301), mistake(TTL302)  #torchtielint:ignore[ TTL301,tie-through-data ]",
    "own form without brackets": "mistake(TTL301)  # torchtielint: ignore",
    "own line": "# torchtielint: ignore[TTL301]\nmistake(TTL301)",
    "own line, others between": "# torchtielint: ignore[TTL301]\n\n# why\nmistake(TTL301)",
    "own line above several lines": "# torchtielint: ignore[TTL301]\nf(\n  mistake(TTL301),\n)",
    "first line of several": "f(  # torchtielint: ignore[TTL301]\n  mistake(TTL301),\n)",
    "last line of several": "f(\n  mistake(TTL301),\n)  # torchtielint: ignore[TTL301]",
    "own line inside several": "f(\n  # torchtielint: ignore[TTL301]\n  1,\n  mistake(TTL301),\n)",
    "backslash": "x = \\\n  mistake(TTL301)  # noqa: TTL301",
    "string over lines": 'x = """\n""", mistake(TTL301), """\n"""  # noqa: TTL301',
    "header of a class over lines": "class A(  # torchtielint: ignore[TTL301]\n  mistake(TTL301),\n):\n  pass",
    "decorator": "@d  # torchtielint: ignore[TTL301]\n@e\ndef f(x=mistake(TTL301)):\n  pass",
    "header, about a decorator": "@mistake(TTL301)\n\n@e\nclass A:  # torchtielint: ignore[TTL301]\n  pass",
    "above decorators": "# torchtielint: ignore[TTL301]\n@d\n\nclass A(mistake(TTL301)): pass",
    "inside a block": "if 1:\n    # torchtielint: ignore[TTL301]\n    mistake(TTL301)\n",
    "whole file": "# torchtielint: ignore-file\nmistake(TTL301)\nmistake(TTL302)",
    "whole file, some": "mistake(TTL301)\n\n# torchtielint: ignore-file[TTL301]",
    "whole file, before a form feed": "# torchtielint: ignore-file[TTL301]\n\x0cmistake(TTL301)",
}
LOUD = {
    "foreign code": ("mistake(TTL301)  # noqa: F401", [(1, "TTL301")]),
    "other code": ("mistake(TTL301)  # torchtielint: ignore[TTL302]", [(1, "TTL002"), (1, "TTL301")]),
    "in a string": ("x = '# noqa', mistake(TTL301)", [(1, "TTL301")]),
    "in a string over lines": ('x = """\n# torchtielint: ignore-file\n"""\nmistake(TTL301)', [(4, "TTL301")]),
    "noqa on its own line": ("# noqa: TTL301\nmistake(TTL301)", [(1, "TTL002"), (2, "TTL301")]),
    "body of a class": ("class A:  # torchtielint: ignore[TTL301]\n  mistake(TTL301)", [(1, "TTL002"), (2, "TTL301")]),
    "next but one": ("# torchtielint: ignore[TTL301]\nx = 1\nmistake(TTL301)", [(1, "TTL002"), (3, "TTL301")]),
    "same line, other statement": ("x = 1  # noqa: TTL301\nmistake(TTL301)", [(1, "TTL002"), (2, "TTL301")]),
    "whole file beside code": ("mistake(TTL301)  # torchtielint: ignore-file", [(1, "TTL002"), (1, "TTL301")]),
    "nothing at all": ("x = 1  # torchtielint: ignore", [(1, "TTL002")]),
    "whole file, nothing": ("# torchtielint: ignore-file\nx = 1", [(1, "TTL002")]),
    "end of file": ("x = 1\n# torchtielint: ignore[TTL301]", [(2, "TTL002")]),
}


@pytest.mark.parametrize("name", SILENT)
def test_silent(name):
    """The comment silences the finding, and was needed."""
    assert [] == left(SILENT[name])


@pytest.mark.parametrize("name", LOUD)
def test_loud(name):
    """The comment does not silence the finding."""
    text, expected = LOUD[name]

    assert expected == left(text)


@pytest.mark.parametrize(
    ("comment", "message", "help_"),
    [
        ("ignore[TTL301]", "`TTL301` reports nothing on this statement", "remove the comment"),
        ("ignore[repeted-module]", "`repeted-module` is no rule", "did you mean `repeated-module`?"),
        ("ignore[E501]", "`E501` is no rule", "remove the comment"),
        (
            "ignore[]",
            "the brackets are empty, so the comment silences nothing",
            "name rules in them, or write `# torchtielint: ignore` to silence all",
        ),
        (
            "ignore[TTL301",
            "the bracket is not closed, so the comment silences nothing",
            "write `# torchtielint: ignore[TTL301]`",
        ),
        (
            "disable=TTL301",
            "`torchtielint: disable` is no directive, so it silences nothing",
            "write `# torchtielint: ignore[TTL301] reason` or `# torchtielint: ignore-file[TTL301]`",
        ),
        (
            "ignore-file[TTL301]",
            "`ignore-file` beside code silences nothing",
            "give it a line of its own, or write `ignore` for this statement only",
        ),
        ("ignore", "no rule reports anything on this statement", "remove the comment"),
    ],
)
def test_what_is_wrong_is_said(comment, message, help_):
    """With what helps."""
    assert [(message, help_)] == unused(f"x = 1  # torchtielint: {comment}")


def test_only_what_is_on_can_be_unused():
    """A rule that did not run may well report something there."""
    assert [] == left("x = 1  # torchtielint: ignore[TTL311]\ny = 1  # noqa: TTL311")
    assert [] == left("x = 1  # torchtielint: ignore[TTL301]", enabled=ENABLED - {"TTL301"})
    assert [] == left("x = 1  # torchtielint: ignore[TTL301]", enabled=ENABLED - {"TTL002"})
    assert [] == left("x = 1  # noqa\ny = 1  # noqa: F401")


def test_unused_suppressions_can_be_suppressed():
    """By their code, where it is named; an entry that does so is used."""
    assert [] == left("x = 1  # torchtielint: ignore[TTL301, TTL002]")
    assert [] == left("# torchtielint: ignore[TTL301, TTL002]\n# more\nx = 1")
    assert [] == left("x = 1  # torchtielint: ignore[TTL301]  # noqa: TTL002")
    assert [] == left("# torchtielint: ignore-file[unused-suppression]\nx = 1  # torchtielint: ignore[TTL301]")
    assert [(1, "TTL002")] == left("x = 1  # torchtielint: ignore[TTL002]")
    assert [(1, "TTL002")] == left("# torchtielint: ignore-file[TTL002]")


def test_some_unused_entries():
    """Only those are reported, at their place."""
    text = "mistake(TTL301)  # torchtielint: ignore[TTL302, TTL301, TTL101]"
    kept = suppress(fake_check(text, "m", ENABLED), text, path="m", catalogue=CATALOGUE, enabled=ENABLED)

    assert ["TTL302", "TTL101"] == [text[f.range.start.column - 1 : f.range.end.column - 1] for f in kept]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1  # torchtielint: ignore[TTL301]\n", "x = 1\n"),
        ("x = 1  # torchtielint: ignore[TTL301] reason\n", "x = 1\n"),
        ("    # torchtielint: ignore[TTL301]\nx = 1\n", "x = 1\n"),
        ("x = 1  # noqa: TTL301\n", "x = 1\n"),
        ("x = 1  # noqa: F401, TTL301\n", "x = 1  # noqa: F401\n"),
        (
            "mistake(TTL301)  # torchtielint: ignore[TTL302, TTL301] why\n",
            "mistake(TTL301)  # torchtielint: ignore[TTL301] why\n",
        ),
        ("x = 1  # torchtielint: ignore[repeted-module]\n", "x = 1  # torchtielint: ignore[repeted-module]\n"),
        ("x = 1  # torchtielint: ignore\n", "x = 1\n"),
        ("# torchtielint: ignore-file\nx = 1\n", "x = 1\n"),
    ],
)
def test_fix_takes_out_what_is_unused(before, after):
    """And leaves foreign codes, reasons and misspellings alone."""
    assert after == fixed(before)


def test_broken_text_falls_back_to_lines(monkeypatch):
    """Where `tokenize` gives up, a comment is about its line, and nothing is called unused."""
    assert [] == left(
        "mistake(TTL301)  # noqa: TTL301\nx = 1  # torchtielint: ignore[TTL301]\n"
        "# torchtielint: ignore\nmistake(TTL302)\nx = '''"
    )


def test_tokenize_runs_only_where_a_comment_could_matter(monkeypatch):
    """Most files have none."""
    monkeypatch.setattr(statements, "_exact", lambda text: pytest.fail("tokenized"))

    assert [(1, "TTL301")] == left("mistake(TTL301)  # a comment")


@given(st.text(st.sampled_from("#noqa: TL301[],\n\"'torchtielint:ignore-file()\\@x= \x0c"), max_size=80))
def test_any_comment_can_be_read(text):
    """Nothing breaks it."""
    left("# torchtielint: " + text)
    left(text + "# noqa:" + text)
