"""What is drawn of a model, and the SVG and mermaid of it."""

import re

import picture_documents as samples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_documents import document, group, model, modules
from picture_reader import SVG, drawing_of, drawn, having, page_of, rows, words

from torchtielint.kinds import TieKind
from torchtielint.pictures import render_mermaid, render_svg
from torchtielint.pictures.drawing import MAX_ENDS
from torchtielint.pictures.mermaid import label
from torchtielint.pictures.shapes import described
from torchtielint.pictures.wording import cells, clip

SVG_ELEMENTS = {"svg", "title", "desc", "style", "g", "text", "path", "line", "rect", "circle"}
ALL = samples.samples()["models"]


def test_layers_that_look_alike_are_one_row():
    """With a count; what each of them ties is drawn once, and what all of them share is a loop."""
    drawing = drawn(samples.within_layers(80))

    assert (3, "0 … 79", "Block ×80") in rows(drawing)
    assert [1, 80] == [arc.times for arc in drawing.arcs]
    assert [1, 2] == [len(arc.rows) for arc in drawing.arcs]
    assert 20 >= len(drawing.rows)
    assert [1, 80] == [len(tie.groups) for tie in drawing.ties]


def test_layers_that_differ_are_rows_of_their_own():
    """Ties of layers that are no neighbours are drawn in each, and never from one layer to the next."""
    names = [f"h.{n}.{name}.w" for n in range(6) for name in "qk"]
    tied = [group("same-parameter", f"h.{n}.q.w", f"h.{n}.k.w") for n in (0, 2, 4)]
    tree = modules(("", "Net"), ("h", "ModuleList"), *((name[:-2], "Linear", "w") for name in names))
    drawing = drawn(model("m.py::A", *tied, tree=tree))
    labels = [row.label for row in drawing.rows]

    assert 1 == len(drawing.ties)
    assert 3 == len(drawing.arcs)
    assert [["w", "w"]] * 3 == [[drawing.rows[row].label for row in arc.rows] for arc in drawing.arcs]
    assert ["0", "2", "4"] == [label for label in labels if label in "024"]
    for arc in drawing.arcs:
        between = drawing.rows[arc.rows[0] : arc.rows[1]]
        assert [] == [row.label for row in between if row.depth <= 2 and row.label.isdigit()]


def test_groups_that_survive_differently_are_two_ties():
    """Groups are told together only where everything but the number of the layer is the same."""
    survival = samples.outcomes("kept"), samples.outcomes("broken")
    groups = [group("same-parameter", f"h.{n}.q", f"h.{n}.k", survival=survival[n == 3]) for n in range(4)]

    assert [3, 1] == [len(tie.groups) for tie in drawn(model("m.py::A", *groups)).ties]


def test_tree_comes_from_the_names_where_there_is_none():
    """Parameters before modules, each below its module."""
    assert [
        (0, "(model)", ""),
        (1, "w", ""),
        (1, "a", ""),
        (2, "w", ""),
        (1, "b", ""),
        (2, "c", ""),
        (3, "w", ""),
    ] == rows(drawn(model("m.py::A", group("same-parameter", "a.w", "b.c.w", "w"))))


def test_module_under_several_names_is_known_by_all_of_them():
    """Where the tree has it under the first only, as `named_modules` lists it."""
    tree = modules(("", "Net"), ("body", "Sequential"), ("body.0", "Linear", "weight"), ("body.0.act", "ReLU"))
    drawing = drawn(model("m.py::A", group("same-module", *(f"body.{n}" for n in range(6))), tree=tree))

    assert [
        (0, "(model)", "Net"),
        (1, "body", "Sequential"),
        (2, "0 … 5", "Linear ×6"),
        (3, "1 more module", ""),
    ] == rows(drawing)
    assert [(2,)] == [arc.rows for arc in drawing.arcs]
    tree = modules(("", "Net"), ("head", "Linear", "weight"))
    assert [(0, "(model)", "Net"), (1, "head", "Linear"), (1, "aux", "Linear")] == rows(
        drawn(model("m.py::A", group("same-module", "head", "aux"), tree=tree))
    )


def test_other_name_of_a_module_does_not_stand_for_it():
    """Where it is listed first and without what is in it."""
    tree = modules(("", "Net"), ("h.0", ""), ("h.1", "Linear", "w"), ("h.2", ""), ("x", "Linear", "w"))
    made = model(
        "m.py::A", group("same-module", "h.1", "h.0", "h.2"), group("same-parameter", "h.1.w", "x.w"), tree=tree
    )

    assert ["(model)", "h", "0", "1", "w", "2", "x", "w"] == [row.label for row in drawn(made).rows]


def test_neighbours_of_ties_are_shown_and_the_rest_is_counted():
    """So that a reader finds the way in the model."""
    assert [
        (0, "(model)", "GPT"),
        (1, "transformer", "ModuleDict"),
        (2, "wte", "Embedding"),
        (3, "weight", ""),
        (2, "wpe", "Embedding"),
        (2, "drop", "Dropout"),
        (2, "h", "ModuleList [Block ×12]"),
        (2, "ln_f", "LayerNorm"),
        (1, "lm_head", "Linear"),
        (2, "weight", ""),
    ] == rows(drawn(samples.gpt()))
    many = [(f"side{'x' * n}", f"Side{n}") for n in range(20)]
    tree = modules(("", "Net"), *many, ("a", "A", "w"), ("b", "B", "w"))
    drawing = drawn(model("m.py::A", group("same-parameter", "a.w", "b.w"), tree=tree))

    assert (1, "12 more modules", "") == rows(drawing)[-1]


def test_drawing_has_room_for_so_many_names_and_counts_the_others():
    """False ties are drawn before true ones."""
    true = [group("same-parameter", f"a{'x' * n}.w", f"b{'x' * n}.w") for n in range(MAX_ENDS)]
    drawing = drawn(model("m.py::A", *true, group("same-storage", "c.w", "d.w")))

    assert MAX_ENDS == sum(row.is_end for row in drawing.rows)
    assert any(arc.is_false for arc in drawing.arcs)
    assert MAX_ENDS + 2 == drawing.undrawn
    assert f"{MAX_ENDS + 2} names of ties had no room" in words(
        page_of(model("m.py::A", *true, group("same-storage", "c.w", "d.w")))
    )


@pytest.mark.parametrize("depth", [41, 3000])
def test_names_of_many_levels_are_drawn(depth):
    """A model may nest deeper than Python recurses."""
    deep = ".".join(["m"] * depth)
    made = model(
        "m.py::A", group("same-parameter", f"{deep}.v", f"{deep}.w"), tree=modules(("", "A"), (deep, "B", "v", "w"))
    )

    assert 1 == len(list(page_of(made).iter("figure")))
    assert 45 > len(drawn(made).rows)
    assert 2 == sum(row.is_end for row in drawn(made).rows)


@pytest.mark.parametrize("names", [("", ""), ("a..w", ".w"), ("a", "a"), ("a.b", "a"), ("w",), ()])
def test_odd_names_are_drawn(names):
    """A report is never lost to one of its names."""
    made = model("m.py::A", group("same-parameter", *names), group("same-module", *names))

    assert 1 == len(having(page_of(made), "details", "model"))
    assert drawing_of(made) is not None
    assert render_mermaid(document(made))


def test_hostile_text_makes_no_element_of_the_drawing():
    """And what is drawn is XML, whatever the names are."""
    assert SVG_ELEMENTS >= {one.tag.removeprefix(SVG) for one in drawing_of(*ALL).iter()}


def test_drawing_has_a_title_and_a_description():
    """For those who hear it."""
    picture = drawing_of(samples.gpt(), samples.false_ties())
    described = {one.get("id"): one.text for one in picture if one.get("id")}

    assert ("img", "title desc") == (picture.get("role"), picture.get("aria-labelledby"))
    assert "Tied parameters of 2 models" == described["title"]
    assert "nano/model.py::GPT: 1 tie; 148 parameters under 149 names, sharing saves 147.2 MiB." in described["desc"]
    assert "Tie 1, same-storage, a false tie: encoder.0.weight, decoder.2.weight" in described["desc"]


def test_tie_is_described_in_the_room_that_there_is():
    """As many names as fit, then how many more; one name at least."""
    tie = drawn(model("m.py::A", group("same-parameter", *(f"layers.{n}.weight" for n in range(40))))).ties[0]

    assert "Tie 1, same-parameter: layers.0.weight, layers.1.weight and 38 more" == described(tie, 75)
    assert 400 >= len(described(tie))
    assert "Tie 1, same-parameter: layers.0.weight and 39 more" == described(tie, 10)


def test_drawing_shows_models_with_problems_first():
    """And a failure with its reason, where there is room."""
    heads = [words(text) for text in having(drawing_of(*ALL), f"{SVG}text", "head")]

    assert "models/wrong.py::Autoencoder" == heads[0]
    assert "plain.py::Plain" == heads[-1]
    assert "✗ failed: ModuleNotFoundError: No module named &#x27;flash_attn&#x27;" in render_svg(document(*ALL))


def test_curves_side_by_side_do_not_share_a_number():
    """The numbers of ties are at different places."""
    names = [f"p{'x' * n}" for n in range(8)]
    tree = modules(("", "Net"), ("a", "A", *names), ("b", "B", *reversed(names)))
    page = page_of(model("m.py::A", *(group("same-parameter", f"a.{name}", f"b.{name}") for name in names), tree=tree))
    places = [(int(one.get("cx")), int(one.get("cy"))) for one in having(page, "circle", "badge")]

    assert 8 == len(places)
    for index, (x, y) in enumerate(places):
        assert all(abs(x - left) >= 18 or abs(y - top) >= 18 for left, top in places[:index])


LABEL = r'"(?:[A-Za-z0-9 _.,:/()=×…-]|#\d+;)*"'
NODE = rf"m\d+\w+(?:\[{LABEL}\]|\(\[{LABEL}\]\))?(?::::\w+)?"
MERMAID_LINES = (
    r"flowchart LR",
    rf"  subgraph m\d+\[{LABEL}\]",
    rf"    {NODE}(?: --- {NODE})?",
    rf"    m\d+n\d+ (?:<==>|<-\.->|-\.-)\|{LABEL}\| m\d+n\d+",
    r"  end",
    rf"  (?:rest|none)\[{LABEL}\]",
    r"  %% [\w ,:]+",
    r"  classDef \w+ [\w:,\- ]+",
)


def test_diagram_is_of_the_lines_that_mermaid_reads():
    """Labels are quoted, and hold nothing that ends them or begins Markdown; nodes are there before ties."""
    lines = render_mermaid(document(*ALL, *(samples.gpt() for _ in range(100)))).splitlines()
    known = set()
    for line in lines:
        assert any(re.fullmatch(shape, line) for shape in MERMAID_LINES), line
        ends = re.findall(r"m\d+n\d+", re.sub(LABEL, "", line))
        if "|" in line:
            assert set(ends) <= known, line
        known.update(ends)

    assert lines.count("  end") == sum(line.startswith("  subgraph") for line in lines)
    assert 500 > sum(" --- " in line or "|" in line for line in lines)
    assert 50_000 > sum(len(line) + 1 for line in lines)


def test_diagram_says_which_ties_there_are():
    """False ones are dotted, and say so."""
    lines = render_mermaid(document(samples.gpt(), samples.false_ties())).splitlines()

    assert '    m2n3 <==>|"1: same-parameter"| m2n9' in lines
    assert '    m1n5 <-.->|"1: same-storage, false tie"| m1n10' in lines
    assert '    m2n1 --- m2n6["h ModuleList #91;Block ×12#93;"]' in lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wte.weight", "wte.weight"),
        ('a"b', "a#34;b"),
        ("#35;", "#35;35#59;"),
        ("`x`", "#96;x#96;"),
        ("1. x", "1#46; x"),
        ("- x", "#45; x"),
        ("__x__", "#95;#95;x#95;#95;"),
        ("a\nb", "a#92;x0ab"),
        ("", ""),
    ],
)
def test_labels_of_the_diagram_are_escaped(text, expected):
    """Everything that could end a label, or be Markdown or HTML in it."""
    assert expected == label(text)


@pytest.mark.parametrize("text", ["short", "x" * 100, "宽" * 100, "e\u0301" * 100, "a" * 5 + "宽" * 40])
def test_clipped_text_fits(text):
    """Whatever it is written in; what fits is left alone."""
    clipped = clip(text, 21)

    assert 21 >= cells(clipped)
    assert (clipped == text) == (cells(text) <= 21)


def test_width_of_text_is_counted_in_cells():
    """Ideographs take two, and marks above a letter none."""
    assert [5, 4, 1] == [cells("w_ih0"), cells("重量"), cells("e\u0301")]


NAMES = st.lists(st.sampled_from(["0", "1", "2", "3", "a", "layer1", "layer2", "", "w"]), min_size=1, max_size=4).map(
    ".".join
)
OWN = st.lists(st.sampled_from(["w", "0", "1", "2"]), unique=True, max_size=3)
TREES = st.lists(st.tuples(NAMES, st.sampled_from("AB"), OWN), max_size=20)
KINDS = st.sampled_from([kind.value for kind in TieKind])
GROUPS = st.lists(st.tuples(KINDS, st.lists(NAMES, min_size=1, max_size=5)), max_size=6)
LAYERS = st.lists(st.tuples(KINDS, st.sampled_from([("w", "b"), ("w", "a.w"), ("a", "layer1")])), max_size=3)


@settings(deadline=None, max_examples=60)
@given(TREES, GROUPS, LAYERS)
def test_every_document_is_drawn(tree, groups, layers):
    """Whatever the names are, and however they contradict the tree: each tie has rows, or is counted as left out."""
    repeated = [group(kind, *(f"a.{n}.{name}" for name in names)) for kind, names in layers for n in range(4)]
    listed = modules(*((name, kind, *own) for name, kind, own in tree))
    made = model("m.py::A", *(group(kind, *names) for kind, names in groups), *repeated, tree=listed)
    drawing = drawn(made)

    assert {index for index, row in enumerate(drawing.rows) if row.is_end} == {
        row for arc in drawing.arcs for row in arc.rows
    }
    assert drawing.undrawn or {tie.number for tie in drawing.ties} == {arc.tie for arc in drawing.arcs}
    assert 1 == len(having(page_of(made), "details", "model"))
