"""How long an editor waits for what is found after a change in the middle of a file: through a real client, over pipes.

    python benchmarks/editor_latency.py [FILE] [--changes N]

Without a file, one of a thousand lines is made up, with a mistake in it. Needs the extra `lsp`.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import sys
import tempfile
import time
from pathlib import Path

CLASS = """
class Block{number}(nn.Module):
    def __init__(self, dim, depth={number}):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.query = nn.Linear(dim, dim, bias=False)
        self.key = nn.Linear(dim, dim, bias=False)
        self.layers = nn.ModuleList([nn.Linear(dim, dim) for _ in range(depth)])
        self.scale = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        y = self.norm(x) * self.scale
        for layer in self.layers:
            y = F.relu(layer(y))
        query, key = self.query(y), self.key(y)
        attention = torch.softmax(query @ key.transpose(-1, -2), -1)
        return x + attention @ y

"""
HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"


def made_up(lines: int = 1000) -> str:
    """A file of about so many lines, with one mistake."""
    count = lines // CLASS.count("\n")
    text = HEAD + "".join(CLASS.format(number=number) for number in range(count))
    return text.replace("torch.ones(dim))", "torch.ones(dim)) * 0.1", 1)


def main() -> None:
    """Open, change, and print how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--changes", type=int, default=20)
    arguments = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    from lsprotocol import types

    client = importlib.import_module("editors.client")  # the tests' own; it is no package of the project

    text = made_up() if arguments.file is None else arguments.file.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        editor = client.Editor(Path(folder).resolve())
        start = time.perf_counter()
        found = editor.open("model.py", text)
        lines = text.split("\n")
        sys.stdout.write(
            f"{len(lines):,} lines, {len(found)} findings; opened in {1000 * (time.perf_counter() - start):.0f} ms\n"
        )
        middle = next(at for at in range(len(lines) // 2, len(lines)) if lines[at].startswith("        self."))
        place = types.Position(middle, 0)
        took: list[float] = []
        for number in range(arguments.changes):
            line = f"        self.value_{number} = {number}\n"
            start = time.perf_counter()
            editor.change("model.py", types.TextDocumentContentChangePartial(types.Range(place, place), line))
            took.append(1000 * (time.perf_counter() - start))
        editor.end()
    sys.stdout.write(f"changes: median {statistics.median(took):.0f} ms, from {min(took):.0f} to {max(took):.0f}\n")


if __name__ == "__main__":
    main()
