"""Which bytes tensors cover, against the addresses of every byte."""

from __future__ import annotations

import itertools
from collections import Counter

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from torchtielint.runtime import tie_report
from torchtielint.runtime.layouts import Layout, components, covered, overlap

BUFFER = 96
DTYPES = (torch.uint8, torch.float16, torch.float32, torch.complex64)


def bytes_of(tensor: Tensor) -> set[int]:
    """Every byte, one by one, from the start of the storage."""
    size = tensor.element_size()
    places = itertools.product(*(range(length) for length in tensor.shape))
    firsts = [tensor.storage_offset() + sum(map(int.__mul__, tensor.stride(), place)) for place in places]
    return {first * size + byte for first in firsts for byte in range(size)}


def layout_of(tensor: Tensor) -> Layout:
    """The same, as a layout."""
    size = tensor.element_size()
    return Layout.of(tensor.storage_offset() * size, size, tensor.shape, tensor.stride())


@st.composite
def views(draw: st.DrawFn) -> Tensor:
    """A strided tensor over a buffer of 96 bytes: any strides, zero among them."""
    base = torch.zeros(BUFFER, dtype=torch.uint8).view(draw(st.sampled_from(DTYPES)))
    sizes = draw(st.lists(st.integers(1, 5), max_size=3))
    room = base.numel() - 1
    strides = []
    for size in sizes:
        most = room // (size - 1) if size > 1 else 7
        strides.append(draw(st.integers(0, min(most, 12))))
        room -= strides[-1] * (size - 1)
    return base.as_strided(sizes, strides, draw(st.integers(0, room)))


def linked(sets: list[set[int]]) -> list[list[int]]:
    """Sets of positions that common elements link, by comparing all pairs until nothing changes."""
    groups = [[position] for position in range(len(sets))]
    changed = True
    while changed:
        changed = False
        for one, other in itertools.combinations(groups, 2):
            if any(sets[a] & sets[b] for a in one for b in other):
                groups.remove(other)
                one.extend(other)
                changed = True
                break
    return sorted(sorted(group) for group in groups)


@settings(max_examples=400, deadline=None)
@given(views(), views())
def test_common_bytes_are_found_exactly(one: Tensor, other: Tensor):
    """No more and no fewer, whatever the strides."""
    assert bool(bytes_of(one) & bytes_of(other)) is overlap(layout_of(one), layout_of(other))


@settings(max_examples=150, deadline=None)
@given(st.lists(views(), min_size=2, max_size=8))
def test_tensors_are_linked_by_their_bytes(tensors: list[Tensor]):
    """Without comparing all pairs."""
    assert linked([bytes_of(tensor) for tensor in tensors]) == components([layout_of(one) for one in tensors])


@settings(max_examples=150, deadline=None)
@given(st.lists(views(), min_size=1, max_size=5), st.integers(1, 2))
def test_bytes_are_counted_once(tensors: list[Tensor], times: int):
    """Those that several tensors cover too."""
    counts = Counter(byte for tensor in tensors for byte in bytes_of(tensor))
    expected = sum(number >= times for number in counts.values())

    assert expected == covered([layout_of(tensor) for tensor in tensors], times)


@settings(max_examples=80, deadline=None)
@given(st.data(), st.sampled_from(["cpu", "meta"]))
def test_report_of_views_over_one_buffer(data: st.DataObject, device: str):
    """The groups of a model are the sets that their bytes link."""
    base = torch.zeros(BUFFER, dtype=torch.uint8, device=device)
    drawn = data.draw(st.lists(views(), min_size=2, max_size=5))
    model = nn.Module()
    for number, view in enumerate(drawn):
        over = base.view(view.dtype).as_strided(view.shape, view.stride(), view.storage_offset())
        model.register_buffer(str(number), over)
    expected = [tuple(map(str, one)) for one in linked([bytes_of(view) for view in drawn]) if len(one) > 1]

    assert expected == [group.names for group in tie_report(model).groups]


def test_columns_of_a_large_matrix_are_told_apart():
    """Ten thousand columns, and one row over all of them."""
    side = 10_000
    columns = [Layout.of(4 * column, 4, (side,), (side,)) for column in range(side)]
    row = Layout.of(4 * side * 7, 4, (side,), (1,))

    assert side == len(components(columns))
    assert [list(range(side + 1))] == components([*columns, row])
    assert 4 * side * side == covered(columns)


def test_tiles_of_a_large_matrix_are_told_apart():
    """A hundred by a hundred."""
    side = 10_000
    tiles = [
        Layout.of(4 * (row * side + column), 4, (100, 100), (side, 1))
        for row in range(0, side, 100)
        for column in range(0, side, 100)
    ]

    assert [[position] for position in range(10_000)] == components(tiles)


def test_strides_without_a_common_period():
    """A search that tries all sums would not end."""
    one = Layout.of(0, 4, (500_000,), (15,))
    other = Layout.of(4 * 7, 4, (500_000,), (10,))

    assert not overlap(one, other)
    assert overlap(one, Layout.of(4 * 5, 4, (500_000,), (10,)))
