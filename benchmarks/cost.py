"""What a cold run over more code than one machine likes would cost, from the throughput that `peers.py` measured.

`python benchmarks/peers.py --data data.json`, then `python benchmarks/cost.py data.json`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from timing import say

MONOREPO_LINES = 10_000_000
CRAWL_FILES = 10_000_000
CORES = (2, 64, 1024)


def throughput(measured: Sequence[Mapping[str, Any]], tree: str) -> tuple[float, float]:
    """Processor seconds for a line, and lines in a file, of this linter's cold runs over a tree."""
    one = next(one for one in measured if (one["tree"], one["tool"], one["scenario"]) == (tree, "torchtielint", "cold"))
    return statistics.median(one["processor_seconds"]) / one["lines"], one["lines"] / one["files"]


def rows(per_line: float, per_file: float, price: float) -> Iterator[str]:
    """A row for each amount of code."""
    heads = ["", "lines", "core-hours", *(f"on {cores:,} cores" for cores in CORES), f"at {price} for a core-hour"]
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    crawl = CRAWL_FILES * per_file
    for name, lines in (("a monorepo", MONOREPO_LINES), (f"a crawl of {CRAWL_FILES:,} files", crawl)):
        hours = lines * per_line / 3600
        times = [f"{hours / cores:,.2f} h" for cores in CORES]
        yield f"| {name} | {lines:,.0f} | {hours:,.1f} | {' | '.join(times)} | {hours * price:,.2f} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, help="what `peers.py --data` wrote")
    parser.add_argument("--price", type=float, default=0.04, help="of a core-hour, in any currency [%(default)s]")
    options = parser.parse_args(arguments)
    measured = json.loads(options.data.read_text(encoding="utf-8"))
    for tree in dict.fromkeys(one["tree"] for one in measured):
        per_line, per_file = throughput(measured, tree)
        say(f"At {per_line * 1e6:.0f} µs of processor time a line and {per_file:.0f} lines a file, as {tree} takes:\n")
        say("\n".join(rows(per_line, per_file, options.price)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
