"""Imports run one way, and the static half stays clear of torch."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "torchtielint"

# What each part may import of the others; `findings`, `errors` and `source` are the ground that everything stands on.
GROUND = {"findings", "edits", "errors", "source", "kinds", "stamps", ""}
SHELL = {
    "cli",
    "command",
    "explain",
    "engine",
    "config",
    "options",
    "selectors",
    "discovery",
    "patterns",
    "pages",
    "targets",
}
SHELL |= {"reporters", "suppression", "statements", "nesting", "static_ties", "__main__", "measure", "model_settings"}
SHELL |= {
    "cluster",
    "cache",
    "cache_files",
    "cache_folder",
    "choices",
    "importable",
    "processes",
    "work",
    "magics",
    "notebook",
}
SHELL |= {"reporting", "baseline", "about", "terminals", "flake8_plugin", "watching"}
SHELL |= {"fixing", "fix_command", "notebook_fixes", "notebook_json", "name_errors", "writing"}
SHELL |= {"ignoring", "schema", "server"}
MAY_IMPORT = {
    "torch_facts": set(),
    "semantics": {"torch_facts"},
    "repairs": {"semantics", "torch_facts"},
    "checks": {"semantics", "repairs"},
    "reporters": set(),
    "findings": set(),
    "errors": set(),
    "kinds": set(),
    "runtime": set(),
    "pictures": {"runtime", "reporters"},
    "testing": {"runtime"},
    "pytest_plugin": {"runtime"},
}


def _part(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def _imports(path: Path) -> list[str]:
    """Every module that a file imports, wherever in it."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
            found += [f"{node.module}.{alias.name}" for alias in node.names if node.module == "torchtielint"]
    return found


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path):
    """Facts about torch know nothing; semantics knows them; checks know semantics; reporters know findings."""
    own = _part(".".join(("torchtielint", *path.relative_to(PACKAGE).with_suffix("").parts)))
    allowed = MAY_IMPORT.get(own)
    used = {_part(name) for name in _imports(path) if name.startswith("torchtielint")}
    if allowed is not None:
        assert set() == used - allowed - GROUND - {own}
    else:
        assert own in SHELL | GROUND | {"__init__"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_torch_is_imported_by_the_runtime_half_only(path):
    """And click by the command line only."""
    roots = {name.split(".")[0] for name in _imports(path)}

    inside = path.relative_to(PACKAGE)
    assert "torch" not in roots or inside.parts[0] in ("runtime", "testing.py")
    assert "click" not in roots or path.name == "cli.py"


def test_the_command_can_read_reports_without_torch():
    """The parent of the workers imports what they send, and no torch."""
    script = "import sys, torchtielint.runtime.report; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "False" == done.stdout.strip()


def test_linting_imports_no_torch_and_nothing_of_the_linted_code(tmp_path):
    """Whatever lies beside the linted file under the names of what it imports; nor what takes long to import."""
    trap = "open(__file__ + '.ran', 'w').close()\n"
    for name in ("torch", "libcst", "helper", "conftest", "setup"):
        (tmp_path / f"{name}.py").write_text(trap)
    (tmp_path / "model.py").write_text("import torch, helper\nfrom torch import nn\nclass A(nn.Module):\n    pass\n")
    script = (
        "import sys; sys.argv = ['torchtielint', '--isolated', '.']\n"
        "from torchtielint.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('torch', 'helper', 'libcst.matchers') if name in sys.modules])"
    )
    command = [sys.executable, "-c", f"import sys; sys.path = [{str(ROOT)!r}] + sys.path[1:]\n{script}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip().splitlines()[-1]
    assert [] == list(tmp_path.glob("*.ran"))
