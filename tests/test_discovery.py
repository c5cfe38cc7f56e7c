"""Which files are linted."""

from __future__ import annotations

import os
import random
import socket
import subprocess
from pathlib import Path

import pytest
from conftest import CATALOGUE, layer

from torchtielint.config import Resolver
from torchtielint.discovery import discover, leaves_out
from torchtielint.errors import PathError


def found(*arguments: str, **values: object) -> list[str]:
    """What is found under the working folder, relative to it."""
    resolver = Resolver(CATALOGUE, overrides=[layer(**values)])
    return [os.path.relpath(path) for path in discover(arguments or (".",), resolver).files]


def git(*arguments: str) -> str:
    """Run git in the working folder."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.run(["git", *arguments], env=environment, capture_output=True, text=True, check=True).stdout


def test_folders_give_their_python_files_in_order(tree):
    """Other files stay out; folders and files are sorted together, part by part."""
    tree(dict.fromkeys(("b.py", "a/z.py", "a/c.pyi", "a-b/x.py", "a/n.txt", "a/py", "C.py", "a.py"), ""))

    assert ["C.py", "a/c.pyi", "a/z.py", "a-b/x.py", "a.py", "b.py"] == found()


def test_a_named_file_is_linted_whatever_its_name(tree):
    """The user knows best."""
    tree({"script": "", "build/x.py": ""})

    assert ["build/x.py", "script"] == found("script", "build/x.py")


def test_each_file_once(tree):
    """However often and in whatever spelling it is given."""
    tree({"a/x.py": "", "b.py": ""})
    Path("c.py").symlink_to("b.py")

    assert ["a/x.py", "b.py"] == found("a", "a/x.py", "./a/../a/x.py", ".", "b.py")
    assert ["c.py"] == found("c.py", "b.py")


def test_usual_folders_are_left_out_unless_named(tree):
    """Environments, caches and build results are nobody's source."""
    tree(dict.fromkeys(("venv/a.py", "x/__pycache__/b.py", "build/lib/c.py", "x/.tox/d.py", "x/buildings/e.py"), ""))

    assert ["x/buildings/e.py"] == found()
    assert ["build/lib/c.py"] == found("build")


def test_exclude_replaces_and_extend_exclude_adds(tree):
    """Patterns are those of gitignore: a bare name anywhere, a slash anchors."""
    tree(dict.fromkeys(("venv/a.py", "gen/a.py", "x/gen/a.py", "x/a_pb2.py", "a.py"), ""))

    assert ["a.py", "venv/a.py", "x/a_pb2.py"] == found(exclude=("gen",))
    assert ["a.py", "x/gen/a.py"] == found(extend_exclude=("/gen", "*_pb2.py"))


def test_links_are_followed_once_and_loops_end(tree):
    """A link to a folder is walked where its target was not; the target's own path is preferred."""
    root = tree({"src/a.py": "", "src/sub/b.py": "", "outside/c.py": ""})
    Path("src/sub/up").symlink_to(root / "src")
    Path("src/again").symlink_to(root / "src" / "sub")
    Path("src/out").symlink_to(root / "outside")
    Path("src/broken.py").symlink_to("nowhere.py")
    Path("src/self").symlink_to("self")

    assert ["src/a.py", "src/out/c.py", "src/sub/b.py"] == found("src")


def test_a_link_to_a_folder_may_be_the_argument(tree):
    """It is shown as it was named."""
    tree({"real/a.py": ""})
    Path("link").symlink_to("real")

    assert ["link/a.py"] == found("link")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_special_files_are_skipped_and_refused_by_name(tree, monkeypatch):
    """Nobody wants to wait for a pipe."""
    tree({"a.py": ""})
    os.mkfifo("pipe.py")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.py")

        assert ["a.py"] == found()
        for name in ("pipe.py", "socket.py", "/dev/null"):
            with pytest.raises(PathError, match="neither a file nor a folder"):
                found(name)


@pytest.mark.parametrize("name", ["nowhere.py", "no/where", "", "a\0b", "a.py/b"])
def test_a_path_that_is_none_is_a_mistake(tree, name):
    """It is named."""
    tree({"a.py": ""})

    with pytest.raises(PathError) as caught:
        found(*([name] if name else ["./''"]))

    assert "`" in caught.value.message


def test_a_folder_that_cannot_be_read_is_told(tree, monkeypatch):
    """The others are linted."""
    tree({"a/x.py": "", "b/y.py": ""})
    scandir = os.scandir

    def refuse(path):
        if path.endswith("a"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    discovered = discover(["."], Resolver(CATALOGUE))

    assert [str(Path("b/y.py").resolve())] == discovered.files
    assert [(str(Path("a").resolve()), "Permission denied")] == discovered.unreadable


def test_gitignore_from_the_root_of_the_repository_down(tree):
    """Nearer files override; what is above the repository says nothing."""
    tree(
        {
            ".gitignore": "*.py\n",
            "repo/.git/info/exclude": "secret.py\n",
            "repo/.gitignore": "# generated\n*_gen.py\n/out/\nlocal.py\r\n",
            "repo/src/.gitignore": "!keep_gen.py\n",
            **{f"repo/{name}": "" for name in ("a.py", "a_gen.py", "out/b.py", "secret.py", "local.py")},
            **{f"repo/src/{name}": "" for name in ("keep_gen.py", "b_gen.py", "out/c.py", "secret.py")},
        }
    )

    assert ["repo/a.py", "repo/src/keep_gen.py", "repo/src/out/c.py"] == found("repo")
    assert ["repo/src/keep_gen.py", "repo/src/out/c.py"] == found("repo/src")
    assert 9 == len(found("repo", respect_gitignore=False))
    assert ["repo/out/b.py"] == found("repo/out")


def test_force_exclude_holds_for_named_files(tree):
    """As pre-commit needs it: excluded or ignored, by itself or by a folder above."""
    tree({".git/HEAD": "", ".gitignore": "ignored\n", "ignored/a.py": "", "build/deep/b.py": "", "c.py": ""})
    names = ("ignored/a.py", "build/deep/b.py", "c.py")

    assert sorted(names) == found(*names)
    assert ["c.py"] == found(*names, force_exclude=True)
    assert [] == found("build", "ignored", force_exclude=True)
    assert leaves_out(
        str(Path("build/new.py").absolute()), Resolver(CATALOGUE, overrides=[layer(force_exclude=True)]).for_folder(".")
    )


_PATTERNS = [
    "a",
    "b/",
    "/a",
    "a/b",
    "*.py",
    "!a.py",
    "!b/",
    "**/c",
    "a/**",
    "/*",
    "!/b",
    "c*",
    "!c.py",
    "b/*",
    "\\!a",
    " ",
    "[ab].py",
]


@pytest.mark.parametrize("seed", range(60))
def test_gitignore_is_read_as_git_reads_it(tree, seed):
    """On random trees with random patterns, what is found is what git would add."""
    chance = random.Random(seed)
    names = ["a", "b", "c"]
    files: dict[str, str] = {}
    for _ in range(40):
        folders = [chance.choice(names) for _ in range(chance.randrange(4))]
        files["/".join([*folders, chance.choice(names) + ".py"])] = ""
    for folder in ("", "a/", "b/a/"):
        files[f"{folder}.gitignore"] = "\n".join(chance.choices(_PATTERNS, k=chance.randrange(5)))
    tree(files)
    git("init", "-q")
    Path(".git/info").mkdir(exist_ok=True)
    Path(".git/info/exclude").write_text(chance.choice(_PATTERNS) + "\n")

    expected = [name for name in git("ls-files", "-o", "--exclude-standard").split("\n") if name.endswith(".py")]

    assert sorted(expected) == sorted(found())


def test_a_worktree_reads_the_exclude_file_of_its_repository(tree):
    """Its `.git` is a file that points there."""
    tree({"main/.git/info/exclude": "x.py\n", "main/.git/worktrees/w/commondir": "../..\n"})
    tree({"w/.git": "gitdir: ../main/.git/worktrees/w\n", "w/x.py": "", "w/y.py": ""})

    assert ["w/y.py"] == found("w")


def test_ten_thousand_files_take_no_stat_each(tree, monkeypatch):
    """The walk asks for folders and links only."""
    tree({f"p{folder}/m{number}.py": "" for folder in range(20) for number in range(50)})
    calls = []
    stat = os.stat
    monkeypatch.setattr(os, "stat", lambda path, **how: calls.append(path) or stat(path, **how))

    assert 1000 == len(found())
    assert 200 > len(calls)
