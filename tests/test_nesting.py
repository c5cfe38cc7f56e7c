"""Texts that would end the process of a native parser are refused; others are not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from torchtielint.errors import UnreadableSourceError
from torchtielint.nesting import refuse_deep_nesting

N = 100_000
DEEP = {
    "parentheses": "x = " + "(" * N + "1" + ")" * N,
    "unclosed": "x = " + "(" * N,
    "brackets": "x = " + "[" * N + "]" * N,
    "braces": "x = " + "{" * N + "}" * N,
    "calls": "x = " + "f(" * 150 + ")" * 150,
    "dictionaries": "x = " + "{1: " * 200 + "1" + "}" * 200,
    "minus": "x = " + "-" * N + "1",
    "not": "x = " + "not " * N + "1",
    "attributes": "x = a" + ".b" * N,
    "call chain": "x = a" + "()" * N,
    "sum": "x = 1" + " + 1" * N,
    "sum over lines": "x = (1" + "\n+ 1" * N + ")",
    "sum continued": "x = 1" + " \\\n+ 1" * N,
    "and": "x = 1" + " and 1" * N,
    "lambda": "x = " + "lambda: " * N + "1",
    "conditional": "x = " + "1 if 1 else " * N + "1",
    "strings": "x = " + "'a' " * N,
    "clauses": "x = [a" + " for a in b" * N + "]",
    "elif": "if 1: pass\n" + "elif 1: pass\n" * N,
    "elif with bodies": "if 1:\n  pass\n" + "elif 1:\n  # no\n\n  x = 2\n" * N,
    "f-string": "x = f'{" + "-" * N + "1}'",
    "f-string brackets": "x = f'{" + "(" * N + ")" * N + "}'",
    "f-string in an f-string": 'x = f"{a["x"] + \'' + "(" * N + "'}\"",
    "pattern": "match x:\n    case " + "[" * 20 + "a" + "]" * 20 + ":\n        pass",
    "mapping pattern": "match x:\n    case " + "{1: " * 12 + "a" + "}" * 12 + ":\n        pass",
}
FLAT = {
    "list": "x = [" + "1 + 2, " * N + "]",
    "dictionary": "x = {" + "'a': f(b.c), " * N + "}",
    "lines": "x = a.b(c)\n" * N,
    "semicolons": "x = 1 + 2; " * N,
    "string of brackets": "x = '" + "(" * N + "'",
    "docstring": '"""' + "a.b + (c) [d\n" * N + '"""',
    "template": 'x = f"""' + "<p style='{{a: b}}'>.-*/</p>\n{y}" * N + '"""',
    "comment": "# " + "(" * N,
    "many ifs": "if 1:\n    pass\nelif 2:\n    pass\nx = 1\n" * 5000,
    "patterns": "match x:\n    case A(b=[C(), *_], d={1: E(f=2)}):\n        pass\n" * 1000,
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_nesting_is_refused(name):
    """The reason names the line."""
    with pytest.raises(UnreadableSourceError, match="nests too deeply"):
        refuse_deep_nesting(DEEP[name])


@pytest.mark.parametrize("name", FLAT)
def test_long_is_not_deep(name):
    """Length alone is harmless."""
    refuse_deep_nesting(FLAT[name])


@pytest.mark.skipif(sys.platform == "win32", reason="sets the size of the stack")
@pytest.mark.parametrize(
    "text",
    [
        "'x = ' + 'f(' * 66 + '1' + ')' * 66",
        "'x = ' + '{1: ' * 59 + '1' + '}' * 59",
        "'x = a' + '.b' * 590",
        "'x = 1' + ' and 1' * 590",
        "'x = ' + 'lambda: ' * 290 + '1'",
        "'if 1: pass\\n' + 'elif 1: pass\\n' * 490",
        "'match x:\\n case ' + '{1:' * 8 + 'a' + '}' * 8 + ': pass\\n'",
    ],
)
def test_what_is_let_through_is_survived_on_a_small_stack(text):
    """Just below the limit, libcst parses with 1 MB of stack, and in little time."""
    code = (
        "import resource, libcst; from torchtielint.nesting import refuse_deep_nesting\n"
        f"text = {text}\nrefuse_deep_nesting(text); libcst.parse_module(text)"
    )
    limited = f'ulimit -s 1024; exec {sys.executable} -c "$CODE"'

    ended = subprocess.run(
        ["/bin/sh", "-c", limited], env={"CODE": code, "PYTHONPATH": "."}, capture_output=True, check=False, timeout=20
    )

    assert (0, b"") == (ended.returncode, ended.stderr)


def test_escaped_braces_are_text():
    """A template of C code in an f-string nests nothing."""
    refuse_deep_nesting('code = f"""\n' + "if (x) {{ y(); }}\n" * 200 + '{name}\n"""\n')
