"""What `--fix` and its relatives do to files, and say."""

from __future__ import annotations

import io
import json
import os
import signal
import stat
import subprocess
import sys
import time

import pytest
from conftest import ROOT

from torchtielint import cli, writing
from torchtielint.errors import PathError
from torchtielint.writing import ChangedMeanwhileError, replace_content

UNUSED = "import torch\nx = 1  # noqa: TTL301\n"
CLEAN = "import torch\nx = 1\n"
MISTAKE = "mistake(TTL301)\n"


@pytest.fixture
def command(fake_rules, capsys):
    """Run the command in this process; give exit code, standard output and standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = cli.execute([*arguments, "--output-format", "concise"])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_fix(command, tree):
    """What can be is repaired; the rest is reported."""
    folder = tree({"a.py": UNUSED, "b.py": UNUSED + MISTAKE})

    assert (
        1,
        "b.py:3:1: TTL301 [repeated-module] found TTL301\n",
        "Found 1 error in 1 of 2 files.\nFixed 2 findings in 2 files.\n",
    ) == command("--fix")
    assert [CLEAN, CLEAN + MISTAKE] == [(folder / name).read_text() for name in ("a.py", "b.py")]


def test_a_report_says_what_can_be_fixed(command, tree):
    """Where something can."""
    tree({"a.py": UNUSED})

    assert command()[2].endswith("1 can be fixed with `--fix`.\n")


def test_fix_only(command, tree):
    """It reports nothing, and exits with 0 unless told otherwise."""
    folder = tree({"a.py": UNUSED + MISTAKE})

    assert (0, "", "Fixed 1 finding in 1 file.\n") == command("--fix-only")
    assert CLEAN + MISTAKE == (folder / "a.py").read_text()
    (folder / "a.py").write_text(UNUSED)
    assert 1 == command("--fix-only", "--exit-non-zero-on-fix")[0]
    assert 0 == command("--fix", "--exit-non-zero-on-fix")[0]


def test_diff(command, tree):
    """It changes nothing, and exits with 1 where something would be changed."""
    folder = tree({"a.py": UNUSED + "y = 2"})

    code, out, err = command("--diff")

    assert (1, "Would fix 1 finding in 1 file.\n") == (code, err)
    assert ["-x = 1  # noqa: TTL301", "+x = 1", " y = 2", "\\ No newline at end of file"] == out.splitlines()[4:]
    assert UNUSED + "y = 2" == (folder / "a.py").read_text()
    (folder / "a.py").write_text(CLEAN + MISTAKE)
    assert (0, "", "") == command("--diff")


def test_show_fixes(command, tree):
    """By file and rule."""
    tree({"a.py": UNUSED})

    assert "a.py:\n  1 × TTL002 [unused-suppression] remove the comment\n" in command("--fix", "--show-fixes")[2]


def test_suppressed_findings_are_not_fixed(command, tree):
    """Nor those of rules that are left out."""
    text = UNUSED.replace("TTL301", "TTL301  # torchtielint: ignore[TTL002]")
    folder = tree({"a.py": text, "b.py": UNUSED})
    command("--fix", "--per-file-ignores", "b.py:TTL002")

    assert [text, UNUSED] == [(folder / name).read_text() for name in ("a.py", "b.py")]


def test_a_comment_is_not_unused_where_its_rule_is_off(command, tree):
    """Though fixes are verified by all rules."""
    folder = tree({"a.py": UNUSED})
    command("--fix", "--select", "TTL002")

    assert UNUSED == (folder / "a.py").read_text()


def test_standard_input(command, tree, monkeypatch):
    """The result goes to standard output, the report elsewhere."""
    tree({})

    def run(text: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        return command("-", "--fix", *arguments)

    assert (1, CLEAN + MISTAKE) == run(UNUSED + MISTAKE)[:2]
    assert (0, CLEAN) == run(CLEAN)[:2]
    assert (0, CLEAN, "All checks passed! (1 file)\nFixed 1 finding in 1 file.\n") == run(UNUSED)
    assert "<stdin>:3:1: TTL301" in run(UNUSED + MISTAKE)[2]
    assert UNUSED == run(UNUSED, "--stdin-filename", "build/a.py", "--force-exclude")[1]


def test_what_cannot_be_written_is_one_error(command, tree):
    """The others are fixed all the same."""
    folder = tree({"a.py": UNUSED, "b.py": UNUSED})
    (folder / "a.py").chmod(0o444)

    code, _, err = command("--fix")

    assert (2, 1) == (code, err.count("error: `a.py` cannot be written: it is read-only\n"))
    assert [UNUSED, CLEAN] == [(folder / name).read_text() for name in ("a.py", "b.py")]


def test_a_file_that_changed_meanwhile_is_left_alone(command, tree, monkeypatch):
    """What somebody wrote is not lost."""
    folder = tree({"a.py": UNUSED})
    dress = writing._dress

    def slowly(*arguments):
        (folder / "a.py").write_text("theirs = 1\n")
        dress(*arguments)

    monkeypatch.setattr(writing, "_dress", slowly)

    assert "`a.py` changed meanwhile, and was left alone\n" in command("--fix")[2]
    assert "theirs = 1\n" == (folder / "a.py").read_text()
    assert [] == [path.name for path in folder.iterdir() if path.name.startswith(".torchtielint-")]


@pytest.mark.parametrize(
    ("line", "silenced"),
    [
        ("mistake(TTL301)", "mistake(TTL301)  # torchtielint: ignore[TTL301] legacy"),
        ("mistake(TTL301)  # noqa: E501", "mistake(TTL301)  # noqa: E501  # torchtielint: ignore[TTL301] legacy"),
        (
            "mistake(TTL301), mistake(TTL302)",
            "mistake(TTL301), mistake(TTL302)  # torchtielint: ignore[TTL301, TTL302] legacy",
        ),
        ("f(mistake(TTL301),\n)", "f(mistake(TTL301),\n)  # torchtielint: ignore[TTL301] legacy"),
        (
            "mistake(TTL301), mistake(TTL302)  # torchtielint: ignore[TTL302] why",
            "mistake(TTL301), mistake(TTL302)  # torchtielint: ignore[TTL302, TTL301] why",
        ),
    ],
)
def test_add_ignore(command, tree, line, silenced):
    """A comment of our own with the reason; an entry where there is one already, and never in a `noqa`."""
    folder = tree({"a.py": f"import torch\n{line}\n"})

    code, out, err = command("--add-ignore= legacy \n", ".")

    assert (0, "", f"import torch\n{silenced}\n") == (code, out, (folder / "a.py").read_text())
    assert err.startswith("Silenced ")
    assert (0, "") == command()[:2]


def test_add_ignore_takes_no_path_for_a_reason(command, tree):
    """Nor does it silence what silences nothing."""
    folder = tree({"a.py": f"import torch\n{MISTAKE}", "c.py": UNUSED})

    assert (0, "", "Silenced 1 finding in 1 file.\n1 finding cannot be silenced by a comment.\n") == command(
        "--add-ignore", "."
    )
    assert "  # torchtielint: ignore[TTL301]\n" in (folder / "a.py").read_text()
    assert UNUSED == (folder / "c.py").read_text()
    assert 2 == command("--add-ignore", "--fix")[0]


def notebook(*cells: str | list[str]) -> str:
    """A notebook as it stands in a file, with spaces that no program would write."""
    code = [{"cell_type": "code", "source": cell, "outputs": [1.0e5]} for cell in cells]
    written = json.dumps({"cells": code, "nbformat": 4}, indent=1)
    return written.replace("100000.0", "1.0E5").replace('"nbformat": 4', '"nbformat" : 4,   "x": "\\u00e4"')


@pytest.mark.parametrize("lines", [False, True])
def test_notebooks_are_fixed_in_their_cells(command, tree, lines):
    """All else in the file stays byte for byte."""
    cells = ["import torch\n%time x = 1", "x = 1  # noqa: TTL301\nmistake(TTL301)", "y = 1  # noqa: TTL301"]

    def written(*cells: str) -> str:
        return notebook(*(cell.splitlines(keepends=True) if lines else cell for cell in cells))

    folder = tree({"a.ipynb": written(*cells)})

    code, out, _ = command("--fix")

    assert 1 == code
    assert "a.ipynb:cell 2:2:1: TTL301" in out
    assert written(cells[0], "x = 1\nmistake(TTL301)", "y = 1") == (folder / "a.ipynb").read_text()
    (folder / "a.ipynb").write_text(written(*cells))
    assert "+x = 1\n" in command("--diff")[1]


def test_findings_in_cells_are_silenced_in_their_cells(command, tree):
    """In the last line of one, too."""
    folder = tree({"a.ipynb": notebook("import torch", "x = 1\nmistake(TTL301)", "y = 2")})

    command("--add-ignore=on purpose")

    silenced = "x = 1\nmistake(TTL301)  # torchtielint: ignore[TTL301] on purpose"
    assert notebook("import torch", silenced, "y = 2") == (folder / "a.ipynb").read_text()


def test_mode_and_links_stay(tree):
    """A link leads where it led."""
    folder = tree({"real.py": "old"})
    (folder / "real.py").chmod(0o754)
    (folder / "link.py").symlink_to("real.py")
    replace_content(str(folder / "link.py"), old=b"old", new=b"new")

    assert (folder / "link.py").is_symlink()
    assert ("new", 0o754) == ((folder / "real.py").read_text(), stat.S_IMODE((folder / "real.py").stat().st_mode))
    with pytest.raises(ChangedMeanwhileError):
        replace_content(str(folder / "link.py"), old=b"old", new=b"newer")
    assert ["link.py", "real.py"] == sorted(path.name for path in folder.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits")
def test_a_full_disk_leaves_the_file_as_it_was(tree):
    """And no litter beside it."""
    folder = tree({"a.py": "old"})
    script = (
        "import resource, signal, sys\nfrom torchtielint.writing import replace_content\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (8, 8))\n"
        "replace_content('a.py', old=b'old', new=b'new' * 99)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"{PathError.__name__}: `a.py` cannot be written: File too large" in ended.stderr
    assert ["a.py"] == [path.name for path in folder.iterdir()]
    assert "old" == (folder / "a.py").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_a_kill_at_any_moment_leaves_one_of_the_two(tree):
    """Whole."""
    size = 300_000
    folder = tree({"a.py": "a" * size})
    script = (
        "from torchtielint.writing import replace_content\nold, new = b'a', b'b'\nprint('ready', flush=True)\n"
        f"while True:\n    replace_content('a.py', old=old * {size}, new=new * {size})\n    old, new = new, old\n"
    )
    for wait in (0.0, 0.003, 0.007, 0.02, 0.05):
        (folder / "a.py").write_bytes(b"a" * size)
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=folder,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        process.stdout.readline()
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.communicate()

        assert (folder / "a.py").read_bytes() in (b"a" * size, b"b" * size)
