"""How long `tie_report` takes on large models, and how much memory: each case in a process of its own.

`python benchmarks/runtime_scale.py` prints the table of benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

MANY = 100_000


def decoder() -> nn.Module:
    """A decoder of 70 billion parameters on meta: 80 layers, 8,192 wide, 128k tokens, the head tied."""
    from torch import nn

    def linear(inputs: int, outputs: int) -> nn.Linear:
        return nn.Linear(inputs, outputs, bias=False, device="meta")

    def layer() -> nn.Module:
        block = nn.Module()
        block.q, block.o = linear(8192, 8192), linear(8192, 8192)
        block.k, block.v = linear(8192, 1024), linear(8192, 1024)
        block.gate, block.up, block.down = linear(8192, 28672), linear(8192, 28672), linear(28672, 8192)
        block.norm1, block.norm2 = nn.RMSNorm(8192, device="meta"), nn.RMSNorm(8192, device="meta")
        return block

    model = nn.Module()
    model.embed = nn.Embedding(128_256, 8192, device="meta")
    model.layers = nn.ModuleList([layer() for _ in range(80)])
    model.norm, model.head = nn.RMSNorm(8192, device="meta"), linear(8192, 128_256)
    model.head.weight = model.embed.weight
    return model


def apart() -> nn.Module:
    """Parameters that share nothing, on the CPU."""
    import torch
    from torch import nn

    return nn.ParameterList([nn.Parameter(torch.empty(4)) for _ in range(MANY)])


def tied() -> nn.Module:
    """Half as many Parameters, each under two names."""
    import torch
    from torch import nn

    weights = [nn.Parameter(torch.empty(4)) for _ in range(MANY // 2)]
    return nn.ParameterList([*weights, *weights])


def alias() -> nn.Module:
    """Parameters over one tensor."""
    import torch
    from torch import nn

    weight = torch.empty(4)
    return nn.ParameterList([nn.Parameter(weight) for _ in range(MANY)])


def slices() -> nn.Module:
    """Parameters side by side in one flat tensor, and the flat one too."""
    import torch
    from torch import nn

    flat = torch.empty(4 * MANY)
    return nn.ParameterList([nn.Parameter(flat), *(nn.Parameter(one) for one in flat.view(MANY, 4))])


def columns() -> nn.Module:
    """Parameters that are the columns of one matrix: one range of addresses, and no common byte."""
    import torch
    from torch import nn

    return nn.ParameterList([nn.Parameter(one) for one in torch.empty(4, MANY).unbind(1)])


def module() -> nn.Module:
    """One block of a thousand Parameters under a hundred names."""
    import torch
    from torch import nn

    block = nn.ParameterList([nn.Parameter(torch.empty(4)) for _ in range(1000)])
    return nn.ModuleList([block] * 100)


CASES: dict[str, Callable[[], nn.Module]] = {
    "decoder": decoder,
    "apart": apart,
    "tied": tied,
    "alias": alias,
    "slices": slices,
    "columns": columns,
    "module": module,
}


def measure(name: str) -> dict[str, float]:
    """Build one model and report on it, in this process."""
    from torchtielint.runtime import tie_report

    start = time.perf_counter(), time.process_time()
    model = CASES[name]()
    built = time.perf_counter(), time.process_time()
    report = tie_report(model)
    end = time.perf_counter(), time.process_time()
    return {
        "names": report.parameters.named,
        "elements": report.parameters.elements,
        "groups": len(report.groups),
        "building": built[0] - start[0],
        "wall": end[0] - built[0],
        "processor": end[1] - built[1],
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Measure all cases, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="case", help=f"of {', '.join(CASES)}")
    parser.add_argument("--alone", action="store_true", help="measure one case in this process, and print JSON")
    options = parser.parse_args()
    if options.alone:
        sys.stdout.write(json.dumps(measure(options.cases[0])))
        return
    sys.stdout.write("| case | names | elements | groups | to build | to report | processor time | peak memory |\n")
    sys.stdout.write("|---|---|---|---|---|---|---|---|\n")
    for name in options.cases or CASES:
        command = [sys.executable, __file__, "--alone", name]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        sys.stdout.write(
            f"| {name} | {found['names']:,} | {found['elements']:,} | {found['groups']:,} | {found['building']:.1f} s "
            f"| {found['wall']:.1f} s | {found['processor']:.1f} s | {found['peak']:,.0f} MiB |\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
