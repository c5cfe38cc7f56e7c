"""Draw what `peers.py` measured: standard input has the measurements, the argument names the picture.

It runs in an environment that has matplotlib, which nothing else here needs.
"""

from __future__ import annotations

import json
import statistics
import sys

import matplotlib.pyplot as plt

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7")  # told apart by colour-blind readers too


def main(file: str) -> None:
    """Draw a panel for each tree: a group of bars for each scenario, on a logarithmic axis."""
    measured = json.load(sys.stdin)
    trees, scenarios, tools = ([*dict.fromkeys(one[key] for one in measured)] for key in ("tree", "scenario", "tool"))
    height = 0.8 / len(tools)
    figure, panels = plt.subplots(len(trees), figsize=(9, 1 + 3.2 * len(trees)), squeeze=False, layout="constrained")
    for tree, panel in zip(trees, panels[:, 0], strict=True):
        for number, tool in enumerate(tools):
            own = [one for one in measured if (one["tree"], one["tool"]) == (tree, tool)]
            places = [scenarios.index(one["scenario"]) + number * height for one in own]
            medians = [statistics.median(one["seconds"]) for one in own]
            bars = panel.barh(places, medians, height, label=tool, color=COLOURS[number % len(COLOURS)])
            panel.bar_label(bars, [f"{median:.2f} s" for median in medians], padding=3, fontsize=8)
        panel.set_xscale("log")
        panel.margins(x=0.15)
        panel.set_yticks([place + height * (len(tools) - 1) / 2 for place in range(len(scenarios))], scenarios)
        panel.invert_yaxis()
        panel.set_title(tree, loc="left")
        panel.set_xlabel("seconds, logarithmic")
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=len(tools))
    figure.savefig(file)


if __name__ == "__main__":
    main(sys.argv[1])
