"""Write `torchtielint/torch_facts/facts.json` from the installed torch, or check that it is what torch gives.

Everything is asked of torch: classes are constructed under all combinations of arguments that can matter, methods and
functions are called and their results compared with what went in. What cannot be established is stored as unknown.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import torch  # noqa: E402  # the two lines above make the neighbours importable
from torch import nn  # noqa: E402  # the lines above have to run before
from torch_probes.modules import stored_modules  # noqa: E402  # likewise
from torch_probes.names import Names  # noqa: E402  # likewise
from torch_probes.reparametrizations import stored_reparametrizations  # noqa: E402  # likewise
from torch_probes.tensors import dtype_class, stored_functions, stored_methods  # noqa: E402  # likewise

DATA = ROOT / "torchtielint" / "torch_facts" / "facts.json"
CLASSES = {"f": "float", "i": "integral"}


def facts() -> dict[str, Any]:
    """All that the data file holds, from the installed torch."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        names = Names()
        objects = names.objects()
        aliases, renames = names.aliases()
        module = nn.Module()
        return {
            "torch": torch.__version__.partition("+")[0],
            "aliases": aliases,
            "renames": renames,
            "names": names.public(),
            "modules": stored_modules(objects, names.of),
            "module_methods": " ".join(sorted(name for name in dir(nn.Module) if not name.startswith("_"))),
            "module_attributes": " ".join(sorted(vars(module))),
            "methods": stored_methods(),
            "functions": stored_functions(objects),
            "reparametrizations": stored_reparametrizations(names.of),
            "dtypes": {
                f"torch.{n}": CLASSES[dtype_class(d)] for n, d in vars(torch).items() if isinstance(d, torch.dtype)
            },
            "tensor_types": _tensor_types(),
            "optimizers": " ".join(sorted(name for name, value in objects.items() if _is_optimizer(value))),
        }


def rendered(data: dict[str, Any]) -> str:
    """The bytes of the data file: sorted, without needless spaces, a line per entry so that changes can be reviewed."""
    lines = []
    for section, value in sorted(data.items()):
        if isinstance(value, dict) and value:
            entries = (f" {json.dumps(key)}:{_compact(entry)}" for key, entry in sorted(value.items()))
            lines.append(f"{json.dumps(section)}:{{\n" + ",\n".join(entries) + "\n}")
        else:
            lines.append(f"{json.dumps(section)}:{_compact(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def differences(expected: str, actual: str) -> list[str]:
    """The entries that differ, one line each."""
    old, new = (dict(_entries(text)) for text in (actual, expected))
    changed = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
    return [f"{key}: {old.get(key, 'missing')} -> {new.get(key, 'gone')}" for key in changed]


def _entries(text: str) -> list[tuple[str, str]]:
    data = json.loads(text) if text else {}
    return [
        (f"{section} {key}", _compact(entry))
        for section, value in data.items()
        for key, entry in (value.items() if isinstance(value, dict) else [("", value)])
    ]


def _compact(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _tensor_types() -> dict[str, str]:
    found = {"torch.Tensor": CLASSES[dtype_class(torch.Tensor().dtype)]}
    for module in (torch, torch.cuda, torch.sparse):
        for name, value in vars(module).items():
            if isinstance(value, type(torch.LongTensor)):
                found[f"{module.__name__}.{name}"] = CLASSES[dtype_class(value.dtype)]
    return found


def _is_optimizer(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, torch.optim.Optimizer)


def main() -> int:
    """Write the file, or with `--check` say what differs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file is stale")
    check = parser.parse_args().check
    text = rendered(facts())
    stale = differences(text, DATA.read_text(encoding="utf-8") if DATA.exists() else "")
    if check:
        print("\n".join(stale) or "facts.json is what the installed torch gives")
        return 1 if stale else 0
    DATA.write_text(text, encoding="utf-8")
    print(f"{DATA}: {len(text)} bytes, {len(stale)} entries changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
