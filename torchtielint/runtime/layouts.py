"""Which bytes a strided tensor covers, and which of several tensors have bytes in common: integers only, no torch."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

MAX_WORK = 200_000
"""Steps of the exact search for a common byte; past them two tensors count as overlapping."""
MAX_RUNS = 1_000_000
"""Stretches of bytes that are counted one by one."""
MAX_MODULI = 24
"""Strides by which tensors are told apart before they are compared in pairs."""


class Layout(NamedTuple):
    """A set of bytes: `start + sum(stride * i)` for every `0 <= i < size` of each dimension.

    Args:
        start: the first byte.
        end: the byte after the last one.
        dims: (size, stride) by ascending stride, sizes above 1, the bytes of an element among them.
    """

    start: int
    end: int
    dims: tuple[tuple[int, int], ...]

    @staticmethod
    def dense(start: int, number: int) -> Layout:
        """A stretch of bytes."""
        return Layout(start, start + number, ((number, 1),) if number > 1 else ())

    @staticmethod
    def of(start: int, itemsize: int, sizes: Sequence[int], strides: Sequence[int]) -> Layout:
        """The bytes of a tensor without zero-sized dimensions; strides in elements, `start` in bytes."""
        dims = sorted((abs(stride) * itemsize, size) for size, stride in zip(sizes, strides, strict=True))
        start += sum(min(stride, 0) * itemsize * (size - 1) for size, stride in zip(sizes, strides, strict=True))
        merged: list[tuple[int, int]] = []
        for stride, size in [(1, itemsize), *dims]:
            if size == 1 or stride == 0:
                continue
            if merged:
                last, step = merged[-1]
                times, rest = divmod(stride, step)
                if rest == 0 and times <= last:  # the steps meet, or go over one another: one longer dimension
                    merged[-1] = (last + times * (size - 1), step)
                    continue
            merged.append((size, stride))
        return _layout(start, tuple(merged))

    @property
    def is_dense(self) -> bool:
        """Whether no byte between the first and the last one is left out."""
        return self.end - self.start == 1 or (len(self.dims) == 1 and self.dims[0][1] == 1)

    @property
    def nbytes(self) -> int:
        """How many bytes it covers, each counted once."""
        number = reach = 1
        for size, stride in self.dims:
            if stride < reach:  # it goes over itself
                return covered([self])
            number *= size
            reach += stride * (size - 1)
        return number

    def residue(self, modulus: int) -> tuple[int, int]:
        """Where its bytes lie in a period: the first one, and how far they reach from there at most."""
        reach = 1 + sum(stride * (size - 1) for size, stride in self.dims if stride % modulus)
        return self.start % modulus, min(reach, modulus)


def _layout(start: int, dims: tuple[tuple[int, int], ...]) -> Layout:
    return Layout(start, start + 1 + _reach(dims), dims)


def overlap(one: Layout, other: Layout) -> bool:
    """Whether two tensors have a byte in common, exactly."""
    if one.start >= other.end or other.start >= one.end:
        return False
    if (one.is_dense and other.is_dense) or one == other:
        return True
    bounds: Counter[int] = Counter()
    for size, stride in (*one.dims, *other.dims):
        bounds[stride] += size - 1
    target = other.end - 1 - one.start  # with the other's indices counted from their ends, all terms are positive
    return _Search(sorted(bounds.items(), reverse=True)).reaches(target)


class _Search:
    """Whether a number is a sum of `coefficient * i` with `0 <= i <= bound`, for coefficients by descending size."""

    def __init__(self, terms: Sequence[tuple[int, int]]) -> None:
        self._terms = terms
        self._most = [0]  # what the terms from here on reach
        self._step = [0]  # their greatest common divisor
        for coefficient, bound in reversed(terms):
            self._most.append(self._most[-1] + coefficient * bound)
            self._step.append(math.gcd(self._step[-1], coefficient))
        self._most.reverse()
        self._step.reverse()
        # The last term fills a window; the others jump by multiples of their common divisor.
        self._window = terms[-1][0] * terms[-1][1] if terms else 0
        self._jump = [math.gcd(*(c for c, _ in terms[index:-1])) for index in range(len(terms))]
        self._work = 0

    def reaches(self, target: int, index: int = 0) -> bool:
        self._work += 1
        if self._work > MAX_WORK:
            return True
        if not 0 <= target <= self._most[index]:
            return False
        if target == 0 or index == len(self._terms):
            return target == 0
        if target % self._step[index]:
            return False
        coefficient, bound = self._terms[index]
        if index == len(self._terms) - 1:
            return target // coefficient <= bound
        if self._jump[index] and target % self._jump[index] > self._window:
            return False
        lowest = max(0, -((self._most[index + 1] - target) // coefficient))
        for times in range(min(bound, target // coefficient), lowest - 1, -1):
            if self.reaches(target - coefficient * times, index + 1):
                return True
        return False


def components(layouts: Sequence[Layout]) -> list[list[int]]:
    """The positions of layouts, in sets that are linked by common bytes; each set and the sets in ascending order.

    Near-linear where layouts are intervals or slices of one shape: those that lie apart, or in different columns of one
    period, are never compared.
    """
    alike: dict[Layout, list[int]] = {}
    for position, layout in enumerate(layouts):
        alike.setdefault(layout, []).append(position)
    linked: list[list[Layout]] = []
    pending = _apart(list(alike))
    while pending:
        cluster = pending.pop()
        if len(cluster) == 1 or all(layout.is_dense for layout in cluster):
            linked.append(cluster)
            continue
        parts = _by_columns(cluster)
        if len(parts) > 1:
            for part in parts:
                pending += _apart(part) if len(part) > 1 else [part]
        else:
            linked += _in_pairs(cluster)
    return sorted(sorted(position for layout in one for position in alike[layout]) for one in linked)


def _apart(cluster: list[Layout]) -> list[list[Layout]]:
    """Layouts in sets between which there is a gap, or nothing."""
    parts: list[list[Layout]] = []
    end = None
    for layout in sorted(cluster):
        if end is None or layout.start >= end:
            parts.append([])
            end = layout.end
        parts[-1].append(layout)
        end = max(end, layout.end)
    return parts


def _by_columns(cluster: list[Layout]) -> list[list[Layout]]:
    """Layouts in sets that lie in different parts of a period: of the first stride that tells any apart."""
    strides = Counter(stride for layout in cluster for _, stride in layout.dims if stride > 1)
    for modulus, _ in strides.most_common(MAX_MODULI):
        parts = _on_circle([(*layout.residue(modulus), layout) for layout in cluster], modulus)
        if len(parts) > 1:
            return parts
    return [cluster]


def _on_circle(arcs: list[tuple[int, int, Layout]], modulus: int) -> list[list[Layout]]:
    """Sets of arcs of a circle that do not touch."""
    arcs = sorted(arcs, key=lambda arc: arc[0])
    parts: list[list[Layout]] = []
    end = None
    for start, reach, layout in arcs:
        if end is None or start >= end:
            parts.append([])
            end = start
        parts[-1].append(layout)
        end = max(end, start + reach)
    over = max(start + reach for start, reach, _ in arcs) - modulus
    while len(parts) > 1 and any(over > layout.start % modulus for layout in parts[0]):
        parts[-1] += parts.pop(0)  # the last set reaches past zero
    return parts


def _in_pairs(cluster: list[Layout]) -> list[list[Layout]]:
    """Layouts in sets that are linked by pairs with a byte in common; those with the widest reach are asked first."""
    remaining = sorted(cluster, key=lambda one: one.start - one.end)
    sets: list[list[Layout]] = []
    while remaining:
        linked = [remaining.pop(0)]
        for one in linked:
            kept: list[Layout] = []
            for other in remaining:
                (linked if overlap(one, other) else kept).append(other)
            remaining = kept
            if not remaining:
                break
        sets.append(linked)
    return sets


def covered(layouts: Iterable[Layout], times: int = 1) -> int:
    """How many bytes at least `times` of some layouts cover; where that is past counting, a bound from above."""
    counts = Counter(layouts)
    if len(counts) == 1:
        layout, number = next(iter(counts.items()))
        if number < times:
            return 0
        if all(stride > _reach(layout.dims[:at]) for at, (_, stride) in enumerate(layout.dims)):
            return math.prod(size for size, _ in layout.dims)
    outer = {layout.dims[-1] if layout.dims else (1, 1) for layout in counts}
    rows, stride = next(iter(outer))
    first = min((layout.start for layout in counts), default=0)
    if len(outer) == 1 and stride > 1:
        inner = {_layout(layout.start - first, layout.dims[:-1]): number for layout, number in counts.items()}
        if max(layout.end for layout in inner) <= stride:
            return rows * covered((layout for layout, number in inner.items() for _ in range(number)), times)
    runs = sum(math.prod(size for size, step in layout.dims if step > 1) for layout in counts)
    if runs > MAX_RUNS:
        bytes_each = sum(math.prod(size for size, _ in layout.dims) * number for layout, number in counts.items())
        return min(max(layout.end for layout in counts) - first, bytes_each // times)
    return _sweep(counts, times)


def _reach(dims: Iterable[tuple[int, int]]) -> int:
    return sum(stride * (size - 1) for size, stride in dims)


def _sweep(counts: Counter[Layout], times: int) -> int:
    """Count bytes along the stretches that layouts consist of; a layout that meets itself counts once."""
    changes: Counter[int] = Counter()
    for layout, number in counts.items():
        starts = [layout.start]
        length = 1
        for size, stride in layout.dims:
            if stride == 1:
                length = size
            else:
                starts = [start + stride * index for start in starts for index in range(size)]
        end = None
        for start in sorted(starts):
            begin = start if end is None else max(start, end)
            end = start + length
            changes[begin] += number
            changes[end] -= number
    total = depth = last = 0
    for place in sorted(changes):
        total += place - last if depth >= times else 0
        depth += changes[place]
        last = place
    return total
