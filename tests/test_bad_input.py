"""Whatever is in a tree, the command ends well: with the findings of the other files, and the right exit code."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from conftest import torchtielint

GOOD = """\
import torch
from torch import nn


class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.x = [nn.Linear(1, 1)]
"""
FAILED, FOUND, CLEAN = "TTL003", "TTL001", None
BAD: dict[str, tuple[bytes, str | None]] = {
    "syntax error": (b"import torch\nx = (\n", FOUND),
    "indentation": (b"import torch\n  x = 1\n", FOUND),
    "python 2": (b"import torch\nprint 'hello'\n", FOUND),
    "merge conflict": (b"import torch\n<<<<<<< HEAD\n", FOUND),
    "null byte": (b"import torch\nx = 1\0\n", FOUND),
    "only null bytes": (b"\0" * 1000, CLEAN),
    "empty": (b"", CLEAN),
    "only a mark": (b"\xef\xbb\xbf", CLEAN),
    "only blanks": (b" \n\t\n\x0c\n", CLEAN),
    "only a backslash": (b"import torch \\", FOUND),
    "no final line end": (b"import torch", CLEAN),
    "not utf-8": (b"import torch\nx = '\xff'\n", FAILED),
    "utf-16": ("import torch\n".encode("utf-16"), CLEAN),
    "unknown encoding": (b"# coding: klingon\nimport torch\n", FAILED),
    "latin-1": (b"# coding: latin-1\nimport torch\nx = '\xff'\n", CLEAN),
    "mark": (b"\xef\xbb\xbfimport torch\n", CLEAN),
    "windows": (b"import torch\r\nif torch:\r\n\tx = 1\r\n", CLEAN),
    "old macintosh": (b"import torch\rif torch:\r  x = 1\r", CLEAN),
    "form feeds": (b"import torch\n\x0c\nif torch:\n\x0c  x = 1\n", CLEAN),
    "tabs": (b"import torch\nif torch:\n\tx = 1\n\tif x:\n\t\ty = 2\n", CLEAN),
    "line separators": ("import torch\nx = '\u2028\u2029\x85'\n".encode(), CLEAN),
    "deep brackets": (b"import torch\nx = " + b"(" * 100_000 + b")" * 100_000, FAILED),
    "deep attributes": (b"import torch\nx = torch" + b".x" * 100_000, FAILED),
    "deep sum": (b"import torch\nx = 1" + b" + 1" * 100_000, FAILED),
    "deep negation": (b"import torch\nx = " + b"-" * 100_000 + b"1", FAILED),
    "deep blocks": (b"import torch\n" + b"".join(b" " * depth + b"if 1:\n" for depth in range(200)), FOUND),
    "long chain of elif": (b"import torch\nif 1: pass\n" + b"elif 1: pass\n" * 5_000, FAILED),
    "long line": (b"import torch\nx = [" + b"1, " * 200_000 + b"]\n", CLEAN),
    "long string": (b"import torch\nx = '" + b"x" * 2_000_000 + b"'\n", CLEAN),
    "huge number": (b"import torch\nx = " + b"9" * 10_000 + b"\n", None),
    "binary": (bytes(range(256)) + b"torch", None),
}


def run(tree, files: dict[str, str | bytes], *arguments: str) -> tuple[int, dict[str, list[str]], str]:
    """Exit code, codes by file, and standard error."""
    ended = torchtielint("--output-format", "json", *arguments, cwd=tree(files))
    codes: dict[str, list[str]] = {}
    for found in json.loads(ended.stdout):
        codes.setdefault(found["filename"], []).append(found["code"])
    return ended.returncode, codes, ended.stderr.decode()


@pytest.mark.parametrize("name", BAD)
def test_one_bad_file_beside_a_good_one(tree, name):
    """It is told what is wrong with it, and the other is checked."""
    data, expected = BAD[name]

    code, codes, err = run(tree, {"bad.py": data, "good.py": GOOD})

    assert "" == err
    assert ["TTL104"] == codes.pop("good.py")
    if name in ("huge number", "binary"):  # what they are depends on the running Python
        assert code in (1, 2)
        return
    assert ({} if expected is None else {"bad.py": [expected]}) == codes
    assert (2 if expected == FAILED else 1) == code


def test_newer_syntax_than_the_running_python(tree):
    """libcst reads it, and what is in it is found; or it is said that it was not checked."""
    newer = (
        "import torch\ntype X[T] = list[T]\ntry:\n    pass\nexcept* ValueError:\n    pass\n" + GOOD.partition("\n")[2]
    )

    code, codes, _ = run(tree, {"a.py": newer})

    assert (1, {"a.py": ["TTL104"]}) == (code, codes)


def test_all_at_once(tree):
    """One report, in order, of everything."""
    files: dict[str, str | bytes] = {f"{name.replace(' ', '_')}.py": data for name, (data, _) in BAD.items()}
    tree(files | {"z.py": GOOD})
    Path("loop").symlink_to(".")
    Path("dead.py").symlink_to("nowhere")
    if hasattr(os, "mkfifo"):
        os.mkfifo("pipe.py")

    started = time.monotonic()
    code, codes, _ = run(tree, {})

    assert (2, ["TTL104"]) == (code, codes["z.py"])
    assert list(codes) == sorted(codes)
    assert 30 > time.monotonic() - started


def test_a_path_that_does_not_exist(tree):
    """Exit code 2, and nothing is checked."""
    ended = torchtielint("nowhere.py", "good.py", cwd=tree({"good.py": GOOD}))

    assert (2, b"", b"error: `nowhere.py` does not exist\n") == (ended.returncode, ended.stdout, ended.stderr)


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_no_text(tree):
    """It is shown escaped."""
    root = tree({})
    Path(os.fsdecode(os.fsencode(root) + b"/\xff.py")).write_text(GOOD)

    for form in ("full", "concise", "json"):
        ended = torchtielint("--output-format", form, cwd=root)

        assert (1, b"\\udcff.py" in ended.stdout) == (ended.returncode, True)
