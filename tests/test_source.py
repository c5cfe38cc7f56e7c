"""From bytes to text and back."""

from __future__ import annotations

import ast
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchtielint.errors import UnreadableSourceError
from torchtielint.source import decode, split_lines


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        (b"", "", "utf-8"),
        (b"x = 1\n", "x = 1\n", "utf-8"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n", "utf-8"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n", "iso-8859-1"),
        (
            b"\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n",
            "\n# vim: set fileencoding=cp1252 :\nx = '€'\n",
            "cp1252",
        ),
        (b"# coding: koi8-r\rx = '\xc1'\r", "# coding: koi8-r\nx = '\u0430'\n", "koi8-r"),
        (b"a\r\nb\rc\nd", "a\nb\nc\nd", "utf-8"),
        ("x = '\u2028'\x0c\n".encode(), "x = '\u2028'\x0c\n", "utf-8"),
    ],
)
def test_bytes_are_decoded_as_python_decodes_them(data, text, encoding):
    """The byte order mark, the declaration and every line end are honoured."""
    source = decode(data, "a.py")

    assert (text, encoding) == (source.text, source.encoding)
    assert data == source.encode()


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        (b"x = 1\ny = '\xff'\n", "byte 0xff on line 2 is not valid utf-8", 2),
        (b"\n\n\ny = '\xff'\n", "byte 0xff on line 4 is not valid utf-8", 4),
        (b"# coding: klingon\n", "its encoding declaration is wrong: unknown encoding: klingon", 1),
        (b"\xef\xbb\xbf# coding: latin-1\n", "its encoding declaration is wrong: encoding problem: utf-8", 1),
        (b"# coding: hex\nx\n", "its declared encoding `hex` cannot be used", 1),
        (b"# coding: rot13\nk\n", "its declared encoding `rot13` cannot be used", 1),
        (b"# coding: ascii\nx = '\xe9'\n", "byte 0xe9 on line 2 is not valid ascii", 2),
        (b"# coding: undefined\nx\n", "its declared encoding `undefined` cannot be used", 1),
    ],
)
def test_bytes_that_are_no_text_say_why(data, reason, line):
    """The reason names the byte and its line, or the declaration."""
    with pytest.raises(UnreadableSourceError) as caught:
        decode(data, "a.py")

    assert caught.value.message.startswith(reason)
    assert line == caught.value.line


@given(st.text(st.sampled_from("a#\n\r\t\x0c\x1c\u2028'é")), st.booleans())
def test_round_trip_and_line_count(text, bom):
    """Any text comes back byte for byte, and has the lines that universal newlines give it."""
    data = (b"\xef\xbb\xbf" if bom else b"") + text.encode()

    source = decode(data, "a.py")

    assert data == source.encode()
    assert split_lines(source.text) == text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@given(st.binary(max_size=200))
def test_decoding_never_fails_otherwise(data):
    """Whatever the bytes, there is a source or a reason."""
    with contextlib.suppress(UnreadableSourceError):
        decode(data, "a.py")


@given(st.sampled_from(["\n", "\r\n", "\r"]), st.integers(1, 5))
def test_newline_is_that_of_most_lines(end, count):
    """A file keeps its style."""
    assert end == decode(("x" + end) * (count + 1) + "y\n" * (count - 1), "a.py").newline


def test_lines_count_as_in_ast():
    """A form feed and a line separator end no line for Python."""
    text = "a = 1\x0c\nb = '\u2028'\nc = 3"

    assert ast.parse(text).body[2].lineno == split_lines(text).index("c = 3") + 1
