"""The predicted tie graph against the one that torch measures, and the command that shows it."""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import os
import runpy
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from page_harness import Sample, all_cases, read_cases, usual_recursion_limit
from torch import nn

from torchtielint.static_ties import Group, ties_of_text

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "tests" / "ties"

CONFIG = SimpleNamespace(vocab_size=7, hidden_size=4, num_layers=3, tie_word_embeddings=True, heads=2)

# File, class, arguments. Every class is built by torch with these, and its groups are compared with the predicted ones.
BUILT = [
    ("transformers.py", "TokenEmbedding", (7, 4)),
    ("transformers.py", "LanguageModel", (7, 4)),
    ("transformers.py", "TiedByMethod", (CONFIG,)),
    ("transformers.py", "EncoderDecoder", (7, 4)),
    ("transformers.py", "Albert", (4, 3)),
    ("transformers.py", "Stack", (4,)),
    ("transformers.py", "SharedAcrossLayers", (4,)),
    ("transformers.py", "Wrapped", (7, 4)),
    ("transformers.py", "TwoTowers", (7, 4)),
    ("transformers.py", "MutualLayers", (4,)),
    ("sharing.py", "ThroughData", (7, 4)),
    ("sharing.py", "NewParameter", (7, 4)),
    ("sharing.py", "Transposed", (7, 4)),
    ("sharing.py", "Twins", ()),
    ("sharing.py", "OverOneTensor", (4,)),
    ("sharing.py", "Pretrained", (7, 4)),
    ("sharing.py", "Copies", (4,)),
    ("sharing.py", "CopyOfTied", (7, 4)),
    ("sharing.py", "Buffers", (4,)),
    ("sharing.py", "Replaced", (7, 4)),
    ("sharing.py", "ByName", (4,)),
    ("sharing.py", "Lists", (4,)),
    ("sharing.py", "MovedAway", (4,)),
    ("sharing.py", "Subclass", (7, 4)),
    ("sharing.py", "InLoop", (7, 4)),
    ("sharing.py", "Nothing", (4,)),
]


def predicted(path: Path) -> dict[str, tuple[bool, tuple[Group, ...]]]:
    """Whether a class is known completely, and its groups, by the name of the class."""
    found = ties_of_text(path.read_text(encoding="utf-8"), path.name)
    return {one.name: (one.complete, one.groups) for one in found}


def measured(module: nn.Module) -> set[tuple[str, frozenset[str]]]:
    """The groups of names that hold one tensor object, and those that hold several over one storage."""
    named = [*module.named_parameters(remove_duplicate=False), *module.named_buffers(remove_duplicate=False)]
    objects: dict[int, list[str]] = {}
    storages: dict[int, list[str]] = {}
    identities: dict[int, set[int]] = {}
    for name, tensor in named:
        objects.setdefault(id(tensor), []).append(name)
        storages.setdefault(tensor.untyped_storage()._cdata, []).append(name)
        identities.setdefault(tensor.untyped_storage()._cdata, set()).add(id(tensor))
    same = {("one object", frozenset(names)) for names in objects.values() if len(names) > 1}
    memory = {("one storage", frozenset(names)) for key, names in storages.items() if len(identities[key]) > 1}
    return same | memory


def spread(groups: tuple[Group, ...], module: nn.Module) -> set[tuple[str, frozenset[str]]]:
    """Predicted groups as tensors' names: what is below a module of several names has several names."""
    found = set()
    for group in groups:
        if group.kind == "same-module":
            inner = module.get_submodule(group.names[0])
            tensors = [*inner.named_parameters(remove_duplicate=False), *inner.named_buffers(remove_duplicate=False)]
            for name, _ in tensors:
                found.add(("one object", frozenset(f"{prefix}.{name}" for prefix in group.names)))
        else:
            one = group.kind == "same-parameter"
            found.add(("one object" if one else "one storage", frozenset(group.names)))
    return {(kind, names) for kind, names in found if not any(kind == k and names < n for k, n in found)}


@pytest.mark.parametrize(
    ("file", "name", "arguments"), BUILT, ids=lambda value: value if isinstance(value, str) else ""
)
def test_prediction_is_what_torch_measures(file: str, name: str, arguments: tuple[Any, ...]):
    """The same groups of names, no more and no fewer."""
    torch.manual_seed(0)
    module = runpy.run_path(str(MODELS / file))[name](*arguments)
    complete, groups = predicted(MODELS / file)[name]

    assert measured(module) == spread(groups, module)
    assert complete


@pytest.mark.parametrize(
    ("name", "arguments"), [("Adapter", (8, 2)), ("Block", (8, 2)), ("Experts", (8, 2)), ("Smoother", (8,))]
)
def test_prediction_holds_for_the_examples(name: str, arguments: tuple[int, ...]):
    """False ties among them."""
    module = runpy.run_path(str(ROOT / "examples" / "mistakes.py"))[name](*arguments)
    _, groups = predicted(ROOT / "examples" / "mistakes.py")[name]

    assert measured(module) == spread(groups, module)


def arguments_for(cls: type[nn.Module]) -> list[Any]:
    """Something for every argument that has no default."""
    parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
    needed = [one for one in parameters if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD]
    return [CONFIG if "config" in one.name else "cpu" if "device" in one.name else 4 for one in needed]


def built_from(case: Sample) -> Iterator[tuple[str, nn.Module, set[tuple[str, frozenset[str]]]]]:
    """The classes of a case that can be built and measured without knowing them."""
    built = []
    namespace: dict[str, Any] = {"__name__": "case"}
    with usual_recursion_limit(), contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
        exec(compile(case.code, str(case.path), "exec"), namespace)
    for name, cls in list(namespace.items()):
        if inspect.isclass(cls) and issubclass(cls, nn.Module) and cls.__module__ == "case":
            with usual_recursion_limit(), contextlib.suppress(Exception):
                module = cls(*arguments_for(cls))
                built.append((name, module, measured(module)))
    yield from built


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", all_cases(), ids=lambda path: path.stem)
def test_no_case_is_predicted_to_share_what_it_does_not(path: Path):
    """Every certain group is one under torch; where a class is known completely, there are no others."""
    for case in read_cases(path):
        graphs = {one.name: one for one in ties_of_text(case.code, path.name)}
        for name, module, shared in built_from(case):
            groups = graphs[name].groups if name in graphs else ()
            certain = tuple(group for group in groups if not group.conditional)
            if name not in graphs or any("*" in each for group in certain for each in group.names):
                continue
            on_a_branch = len(certain) < len(groups)
            expected = spread(certain, module)
            assert on_a_branch or expected <= shared, (case.title, name)
            assert on_a_branch or not graphs[name].complete or expected == shared, (case.title, name)


def groups_of(code: str) -> Iterator[tuple[str, ...]]:
    """Kind, names and condition of every group in some code."""
    for one in ties_of_text(textwrap.dedent(code), "model.py"):
        for group in one.groups:
            yield (group.kind, *group.names, *([f"if {group.condition}"] if group.conditional else []))


HEAD = """
import torch
from torch import nn

class Model(nn.Module):
    def __init__(self, vocab, size, depth, tie, config, module):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.head = nn.Linear(size, vocab)
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if tie: self.head.weight = self.embed.weight", [("same-parameter", "embed.weight", "head.weight", "if tie")]),
        (
            "if not config.untie:\n    self.head.weight = self.embed.weight",
            [("same-parameter", "embed.weight", "head.weight", "if not config.untie")],
        ),
        ("if tie: self.embed = module\nself.head.weight = self.embed.weight", []),
        ("self.head.weight = module.weight", []),
        ("self.layers = nn.ModuleList([nn.Linear(size, size)] * depth)", [("same-module", "layers.*")]),
        ("self.layers = nn.ModuleList(nn.Linear(size, size) for _ in range(depth))", []),
        (
            "self.layers = nn.ModuleList(nn.Linear(size, vocab) for _ in range(depth))\n"
            "for layer in self.layers:\n    layer.weight = self.embed.weight",
            [("same-parameter", "embed.weight", "layers.*.weight")],
        ),
        ("first, second = [nn.Linear(size, size) for _ in range(depth)]\nself.first, self.second = first, second", []),
        (
            "if tie: self.tail = self.head\nelse: self.tail = nn.Linear(size, size)",
            [("same-module", "head", "tail", "if tie")],
        ),
        (
            "w = self.embed.weight\nself.a = nn.Parameter(w[:2])\nself.b = nn.Parameter(w[2:])",
            [("overlapping", "a", "b", "embed.weight")],
        ),
        ("flat = torch.zeros(8)\nself.a = nn.Parameter(flat[:4])\nself.b = nn.Parameter(flat[4:])", []),
    ],
)
def test_what_is_not_proven_is_left_out_or_conditional(body: str, expected: list[tuple[str, ...]]):
    """Branches, unknown objects, elements that are not told apart, slices that need not overlap."""
    assert expected == list(groups_of(HEAD + textwrap.indent(body, "        ")))


# -- the command -----------------------------------------------------------------------------------------------------

FALSE_TIE = """
from torch import nn


class Model(nn.Module):
    def __init__(self, vocab, size, tie=False):
        super().__init__()
        self.embed = nn.Embedding(vocab, size)
        self.head = nn.Linear(size, vocab)
        self.other = nn.Linear(size, vocab)
        self.head.weight = self.embed.weight
        if tie:
            self.other.weight.data = self.embed.weight.data


class Silent(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder
"""


def run(*arguments: str, folder: Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """`torchtielint ties` in a folder, without a terminal."""
    command = [sys.executable, "-m", "torchtielint", "ties", *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "60", "NO_COLOR": "1"}
    return subprocess.run(command, cwd=folder, env=env, input=text, capture_output=True, text=True, check=False)


def test_text_is_readable_at_sixty_columns(tmp_path: Path):
    """A block for a class that ties something, one line for the others; a false tie exits with 1."""
    (tmp_path / "model.py").write_text(FALSE_TIE)
    done = run("--static", folder=tmp_path)

    assert done.stdout == textwrap.dedent("""\
        Model  model.py:5
          same-parameter, (vocab, size), line 11
            = embed.weight
            = head.weight
          same-storage, (vocab, size), line 13, if tie
            false tie: several Parameters over common memory
            = embed.weight
            = head.weight
            = other.weight

        2 Module classes: 2 groups in 1 (1 false tie), nothing
        shared in 1 (1 of them known in part).
        """)
    assert (done.returncode, done.stderr) == (1, "")


def test_json_follows_its_schema(tmp_path: Path):
    """Every class is listed, also those that share nothing."""
    (tmp_path / "model.py").write_text(FALSE_TIE)
    done = run("--static", "--output-format", "json", folder=tmp_path)
    document = json.loads(done.stdout)

    assert (document["version"], document["errors"], done.returncode) == (1, [], 1)
    assert [(one["class"], one["path"], one["line"], one["complete"]) for one in document["classes"]] == [
        ("Model", "model.py", 5, True),
        ("Silent", "model.py", 16, False),
    ]
    assert document["classes"][0]["groups"][0] == {
        "kind": "same-parameter",
        "names": ["embed.weight", "head.weight"],
        "shape": ["vocab", "size"],
        "site": {"path": "model.py", "line": 11, "column": 9},
        "conditional": False,
        "condition": None,
        "buffers": False,
        "false_tie": False,
    }
    assert document["classes"][0]["groups"][1]["condition"] == "tie"


def test_true_ties_exit_with_zero(tmp_path: Path):
    """Sharing is no mistake."""
    (tmp_path / "model.py").write_text(FALSE_TIE.replace(".data", ""))

    assert run("--static", "model.py", folder=tmp_path).returncode == 0


def test_a_file_that_is_not_python_hides_no_other(tmp_path: Path):
    """It is named on standard error, and the exit code says that the work is not whole."""
    (tmp_path / "model.py").write_text(FALSE_TIE)
    (tmp_path / "broken.py").write_text("import torch\nclass (:\n")
    done = run("--static", folder=tmp_path)

    assert done.returncode == 2
    assert done.stdout.startswith("Model  model.py:5\n")
    assert done.stderr.startswith("broken.py:2: ")
    assert json.loads(run("--static", "--output-format", "json", folder=tmp_path).stdout)["errors"][0]["line"] == 2


def test_files_are_found_as_by_check(tmp_path: Path):
    """Configuration, excludes and standard input."""
    (tmp_path / "pyproject.toml").write_text('[tool.torchtielint]\nextend-exclude = ["old"]\n')
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "model.py").write_text(FALSE_TIE)

    assert run("--static", folder=tmp_path).stdout == "No Module classes found.\n"
    assert "old/model.py" in run("--static", "--isolated", folder=tmp_path).stdout
    assert "Model  <stdin>:5" in run("--static", "-", folder=tmp_path, text=FALSE_TIE).stdout


def test_layers_that_are_changed_after_their_loop_are_known_in_part(tmp_path: Path):
    """One value stands for all of them: which of them share what they are given later is not known."""
    (tmp_path / "model.py").write_text(
        "from torch import nn\n\n\nclass Model(nn.Module):\n    def __init__(self, size, depth):\n"
        "        super().__init__()\n"
        "        self.layers = nn.ModuleList([nn.Linear(size, size) for _ in range(depth)])\n"
        "        for layer in self.layers:\n"
        "            layer.bias = self.layers[0].bias\n",
        encoding="utf-8",
    )

    assert "nothing shared in 1 (1 of them known in" in run("--static", folder=tmp_path).stdout


def test_nothing_of_torch_is_imported(tmp_path: Path):
    """Nor anything that lies beside the file."""
    (tmp_path / "torch.py").write_text("open('ran', 'w').close()\n")
    (tmp_path / "model.py").write_text(FALSE_TIE)
    run("--static", "--isolated", folder=tmp_path)

    assert not (tmp_path / "ran").exists()
