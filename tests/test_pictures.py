"""The page, the drawing and the diagram of what `torchtielint ties` found: their structure, and that all is escaped."""

import base64
import hashlib
import html.parser
import re
import xml.etree.ElementTree as ET

import picture_documents as samples
import pytest
from picture_documents import HOSTILE, document, group, model, modules

from torchtielint.pictures import render_html, render_mermaid, render_svg
from torchtielint.pictures.document import read_models
from torchtielint.pictures.drawing import MAX_ENDS, draw
from torchtielint.pictures.html import CHOICES
from torchtielint.pictures.mermaid import label
from torchtielint.pictures.svg import DARK, LIGHT
from torchtielint.pictures.wording import cells, clip, size

SVG = "{http://www.w3.org/2000/svg}"
VOID = {"meta", "br", "input"}
SVG_ELEMENTS = {"svg", "title", "desc", "style", "g", "text", "path", "line", "rect", "circle"}


class Nested(html.parser.HTMLParser):
    """Reads a page into a tree, and insists that each element is closed where it should be."""

    def __init__(self):
        super().__init__()
        self.builder, self.open = ET.TreeBuilder(), []

    def handle_starttag(self, tag, attrs):
        assert len(attrs) == len(dict(attrs)), f"an attribute twice: {attrs}"
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        self.open.append(tag)
        if tag in VOID:
            self.handle_endtag(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert tag == self.open.pop()
        self.builder.end(tag)

    def handle_data(self, data):
        if self.open:
            self.builder.data(data)


def page_of(*models):
    parser = Nested()
    parser.feed(render_html(document(*models)))
    parser.close()
    assert [] == parser.open
    return parser.builder.close()


def drawing_of(*models):
    return ET.fromstring(render_svg(document(*models)))


def words(element):
    return " ".join("".join(element.itertext()).split())


def having(root, tag, look):
    """The elements that have a class."""
    return [one for one in root.iter(tag) if look in one.get("class", "").split()]


def drawn(*models):
    """What is drawn of one model."""
    return draw(read_models(document(*models))[0])


def rows(drawing):
    return [(row.depth, row.label, row.note) for row in drawing.rows]


ALL = samples.samples()["models"]


def test_page_needs_nothing_else_and_runs_its_own_script_only():
    """No address but places in the page; the policy names the style and the script by their contents."""
    page = page_of(*ALL)
    policy = next(one.get("content") for one in page.iter("meta") if one.get("http-equiv"))
    styles, scripts = list(page.iter("style")), list(page.iter("script"))
    hashes = [base64.b64encode(hashlib.sha256(one.text.encode()).digest()).decode() for one in (styles[0], scripts[0])]

    assert [1, 1] == [len(styles), len(scripts)]
    assert f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'" in policy
    assert {"#models"} == {one.get("href") for one in page.iter() if one.get("href")}
    assert [] == [one.tag for one in page.iter() if {"src", "style", "action"} & set(one.attrib)]
    assert "url(" not in styles[0].text
    assert "@import" not in styles[0].text


@pytest.mark.parametrize("render", [render_html, render_svg, render_mermaid])
def test_hostile_text_is_shown_and_never_acts(render):
    """Controls, marks of direction and lone surrogates are written as escapes, in every format."""
    written = render(document(samples.hostile()))

    assert written.encode("utf-8").decode("utf-8") == written
    assert set() == {one for one in written if (ord(one) < 32 and one != "\n") or one in "\x7f\u202e"}
    assert "202egnp" in written


def test_hostile_text_makes_no_element_of_the_page():
    """Names and reasons of a project end up as text."""
    page = page_of(samples.hostile())
    shown = HOSTILE.replace("\x00", "\\x00").replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")
    shown = shown.replace("\ud800", "\\ud800").replace("\n", "\\x0a")

    assert {"img", "iframe", "object"} & {one.tag for one in page.iter()} == set()
    assert [] == [name for one in page.iter() for name in one.attrib if name.startswith("on")]
    assert f"evil.py::{shown}" == words(next(page.iter("h2")))
    assert f"{shown}.weight" in [words(one) for one in page.iter("code")]
    assert f"{shown}:1" in [words(one) for one in page.iter("code")]


def test_hostile_text_makes_no_element_of_the_drawing():
    """And what is drawn is XML, whatever the names are."""
    assert SVG_ELEMENTS >= {one.tag.removeprefix(SVG) for one in drawing_of(*ALL).iter()}


def test_survival_is_a_table_that_can_be_read_aloud():
    """Heads have their scope, and each cell has a symbol, a word, and the reason."""
    page = page_of(samples.gpt())
    table = next(page.iter("table"))
    cells_of = {words(row[0]): [words(cell) for cell in row[1:]] for row in table.iter("tr")}

    assert ["Operation", "Tie 1"] == [words(head) for head in table.iter("th") if head.get("scope") == "col"]
    assert 9 == sum(head.get("scope") == "row" for head in table.iter("th"))
    assert ["✓ kept"] == cells_of["deepcopy"]
    assert ["✗ brokentwo Parameters, no common byte"] == cells_of["assign"]
    assert ["◐ demoted"] == cells_of["to_empty"]
    assert ["! errorRuntimeError: Some tensors share memory"] == cells_of["save_file"]
    assert ["- skippedno compiler"] == cells_of["compile"]


def test_operation_that_one_tie_lacks_is_not_tried():
    """A cell is never empty."""
    lacks = group("same-parameter", "a.w", "b.w", survival={"pickle": {"outcome": "kept", "reason": ""}})
    has = group("same-parameter", "c.w", "d.w", survival={"deepcopy": {"outcome": "broken", "reason": ""}})
    table = next(page_of(model("m.py::A", lacks, has)).iter("table"))

    assert [["✓ kept", "not tried"], ["not tried", "✗ broken"]] == [
        [words(cell) for cell in row.iter("td")] for row in table.find("tbody")
    ]


def test_many_ties_have_several_tables():
    """A table stays narrow enough to be read."""
    groups = [group("same-parameter", f"a{n}x.w", f"b{n}x.w") for n in range(13)]
    page = page_of(model("m.py::A", *groups))

    assert [
        "Ties 1 to 6, after each operation",
        "Ties 7 to 12, after each operation",
        "Tie 13, after each operation",
    ] == [words(caption) for caption in page.iter("caption")]


def test_tie_says_what_it_is_what_it_costs_and_what_to_do():
    """In human units, with code where the message has backticks."""
    card = having(page_of(samples.gpt()), "section", "card")[0]
    facts = dict(zip(map(words, card.iter("dt")), map(words, card.iter("dd")), strict=True))

    assert "Tie 1: same-parameter" == words(card.find("h3"))
    assert {
        "Kind": "one Parameter under several names",
        "Tensor": "float32 [50257, 768]",
        "Size": "154.4 MB",
        "Consequence": "one gradient, one optimizer step, counted once",
    } == facts
    assert "save with safetensors.torch.save_model" in [words(item) for item in card.iter("li")]
    assert "safetensors.torch.save_model" in [words(code) for code in card.iter("code")]


def test_false_ties_are_told_by_words_and_by_form():
    """Not by colour alone."""
    page = page_of(samples.false_ties())
    titles = [words(card.find("h3")) for card in page.iter("section")]
    curves = having(page, "g", "wrong")

    assert "Tie 1: same-storage, a false tie" == titles[0]
    assert "Tie 5: same-parameter, buffers" == titles[4]
    assert {"same-storage", "overlapping"} == {curve.get("class").split()[-1] for curve in curves}
    assert ".same-storage .arc{stroke-dasharray" in next(page.iter("style")).text


def test_findings_and_broken_expectations_come_first():
    """With the place in the source."""
    page = page_of(samples.false_ties())
    notes = [words(note) for note in having(page, "p", "note")]

    assert "TTL901 a and b are not one models/wrong.py:31" == notes[0]
    assert "Not as expected: tied: encoder.0.weight, decoder.2.weight they are a false tie" == notes[1]
    assert "The source shows no tie." in words(page)


def test_failed_and_skipped_models_are_listed_with_their_reasons():
    """Every line of the reason."""
    page = page_of(*samples.failed())
    failed, skipped = having(page, "details", "model")

    assert "failed: ModuleNotFoundError: No module named 'flash_attn' in broken.py, line 3" == " ".join(
        piece.strip() for piece in having(failed, "p", "note")[0].itertext()
    ).replace(":  ", ": ")
    assert "broken.py ✗ failed" in words(failed.find("summary"))
    assert "base.py::Base - skipped abstract: `forward`" == words(skipped.find("summary"))
    assert ["failed", "skipped"] == [failed.get("data-is"), skipped.get("data-is")]


def test_model_is_found_by_what_the_filter_offers():
    """The words of `data-is` are values of the filter, and names of parameters can be searched for."""
    page = page_of(*ALL)
    offered = {option.get("value") for option in page.iter("option")}
    sections = having(page, "details", "model")

    assert set(CHOICES) == offered
    assert offered >= {word for one in sections for word in one.get("data-is").split()}
    assert "ties problems" == sections[1].get("data-is")
    assert "lm_head.weight" in sections[0].get("data-find")


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
        (1, "a", ""),
        (2, "w", ""),
        (1, "b", ""),
        (2, "c", ""),
        (3, "w", ""),
    ] == rows(drawn(model("m.py::A", group("same-parameter", "a.w", "b.c.w"))))


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


def test_tree_of_the_page_opens_level_by_level():
    """Layers that look alike are one row there as well, and names of ties are marked."""
    tree = having(page_of(samples.gpt(80)), "details", "tree")[0]
    items = [
        words(item[0] if item[0].tag == "code" else item[0].find("summary")) for item in tree.iter("li") if len(item)
    ]

    assert "Module tree (728 modules)" == words(tree.find("summary"))
    assert 1 == items.count("0 … 79 Block ×80")
    assert ["weight parameter tie 1"] * 2 == [
        words(item) for item in tree.iter("li") if words(item).endswith("tie 1") and not item.findall("details")
    ]


def test_five_thousand_modules_that_differ_are_all_in_the_page():
    """And the picture stays small."""
    tree = modules(("", "Net"), *((f"part.{n}.{'x' * (n % 7)}", f"Class{n}", "w") for n in range(2500)))
    page = page_of(model("m.py::A", group("same-parameter", "part.7..w", "part.9.xx.w"), tree=tree))

    assert 5000 < sum(1 for _ in having(page, "details", "tree")[0].iter("li"))
    assert 20 > len(having(page, "text", "name"))


def test_trees_beyond_the_room_of_a_page_are_left_out_with_a_word():
    """A browser has to open the page."""
    tree = modules(("", "Net"), *((f"part.{n}", f"Class{n}") for n in range(7000)))
    page = page_of(*(model(f"m.py::A{n}", tree=tree) for n in range(11)))

    assert 61_000 > sum(1 for _ in page.iter("li"))
    assert 1 == words(page).count("Left out of this page")
    assert 10 == words(page).count("more, left out of this page: the JSON has them")


def test_two_thousand_models_are_one_page():
    """Each has its section; the drawing and the diagram take what they have room for and say so."""
    many = document(*(model(f"m{n}.py::A", group("same-parameter", "a.w", "b.w")) for n in range(2000)))
    written = render_html(many)

    assert 2000 == written.count('<details class="model"')
    assert 2000 == len(set(re.findall(r'id="(m\d+)"', written)))
    assert "Not drawn: 1,988 more models (1,988 with ties)." in render_svg(many)
    assert "more models left out" in render_mermaid(many)


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


def test_document_may_lack_what_is_not_known():
    """As of a target that could not be read at all."""
    entry = {"target": "m.py", "status": "failed", "reason": "SyntaxError"}

    assert "m.py ✗ failed SyntaxError" == words(next(page_of(entry).iter("summary")))
    assert "No models." in render_svg(document())
    assert "no models" in render_mermaid(document())
    assert "0 models built" in words(page_of())


@pytest.mark.parametrize("made", [{"version": 2, "models": []}, {}, document(model("a", status="gone"))])
def test_document_of_another_version_is_refused(made):
    """Rather than drawn wrongly."""
    with pytest.raises(ValueError, match=r"version|gone"):
        render_html(made)


def test_drawing_has_a_title_and_a_description():
    """For those who hear it."""
    picture = drawing_of(samples.gpt(), samples.false_ties())
    described = {one.get("id"): one.text for one in picture if one.get("id")}

    assert ("img", "title desc") == (picture.get("role"), picture.get("aria-labelledby"))
    assert "Tied parameters of 2 models" == described["title"]
    assert "nano/model.py::GPT: 1 tie; 148 parameters under 149 names, sharing saves 154.4 MB." in described["desc"]
    assert "Tie 1, same-storage, a false tie: encoder.0.weight, decoder.2.weight" in described["desc"]


def test_drawing_shows_models_with_problems_first():
    """And a failure with its reason, where there is room."""
    heads = [words(text) for text in having(drawing_of(*ALL), f"{SVG}text", "head")]

    assert "models/wrong.py::Autoencoder" == heads[0]
    assert "plain.py::Plain" == heads[-1]
    assert "✗ failed: ModuleNotFoundError: No module named &#x27;flash_attn&#x27;" in render_svg(document(*ALL))


def test_curves_side_by_side_do_not_share_a_number():
    """The numbers of ties are at different places."""
    groups = [group("same-parameter", f"a{'x' * n}.w", f"b{'x' * n}.w") for n in range(8)]
    page = page_of(model("m.py::A", *groups))
    places = [(int(one.get("cx")), int(one.get("cy"))) for one in having(page, "circle", "badge")]

    assert 8 == len(places)
    for index, (x, y) in enumerate(places):
        assert all(abs(x - left) >= 18 or abs(y - top) >= 18 for left, top in places[:index])


def test_colours_can_be_read():
    """Contrast of 4.5 to the ground, of text and of curves, in both schemes of both files."""
    style = next(page_of().iter("style")).text
    schemes = [dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", block)) for block in re.findall(r"\{([^{}]*)\}", style)]
    schemes = [one for one in schemes if "paper" in one]

    assert 4 == len(schemes)
    for scheme in (*schemes, LIGHT, DARK):
        for name in {"ink", "muted", "tie", "wrong", "good"} & set(scheme):
            for ground in {"paper", "sheet"} & set(scheme):
                assert 4.5 <= contrast(scheme[name], scheme[ground]), (name, ground)
    assert [LIGHT.items() <= schemes[0].items(), DARK.items() <= schemes[1].items()] == [True, True]


def contrast(one, other):
    """As WCAG defines it."""

    def light(colour):
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


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


@pytest.mark.parametrize(
    ("nbytes", "expected"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_949, "999.9 kB"), (999_950, "1.0 MB"), (154389504, "154.4 MB")],
)
def test_sizes_are_in_units_that_people_read(nbytes, expected):
    """Of a thousand each."""
    assert expected == size(nbytes)


@pytest.mark.parametrize("text", ["short", "x" * 100, "宽" * 100, "e\u0301" * 100, "a" * 5 + "宽" * 40])
def test_clipped_text_fits(text):
    """Whatever it is written in; what fits is left alone."""
    clipped = clip(text, 21)

    assert 21 >= cells(clipped)
    assert (clipped == text) == (cells(text) <= 21)
