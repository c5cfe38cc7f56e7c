"""The page of what `torchtielint ties` found: its structure, and that all is escaped."""

import base64
import hashlib
import re

import picture_documents as samples
import pytest
from picture_documents import HOSTILE, document, group, model, modules
from picture_reader import drawn, having, page_of, read, words

from torchtielint.pictures import render_html, render_mermaid, render_svg
from torchtielint.pictures.html import CHOICES
from torchtielint.pictures.outline import Room, outline
from torchtielint.pictures.svg import DARK, LIGHT

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
        "Size": "147.2 MiB",
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
    assert "base.py::Base - skipped abstract: forward" == words(skipped.find("summary"))
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


def test_tree_of_the_page_opens_level_by_level():
    """Layers that look alike are one row there as well, and names of ties are marked."""
    tree = having(page_of(samples.gpt(80)), "details", "tree")[0]
    items = [
        words(item[0] if item[0].tag == "code" else item[0].find("summary")) for item in tree.iter("li") if len(item)
    ]

    assert "Module tree (728 modules)" == words(tree.find("summary"))
    assert 1 == items.count("0 … 79 Block ×80")
    assert "ln_1 LayerNorm: weight, bias" in [words(item) for item in tree.iter("li")]
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
    tree = modules(("", "Net"), *((f"part.{n}", f"Class{n}") for n in range(30)))
    root = drawn(model("m.py::A", tree=tree)).root
    room = Room(rows=50)
    whole, cut, none = (words(read(outline(root, room))) for _ in range(3))

    assert "left out" not in whole
    assert "Class29" in whole
    assert "… 14 more, left out of this page: the JSON has them" in cut
    assert "Left out of this page" in none


def test_two_thousand_models_are_one_page():
    """Each has its section; the drawing and the diagram take what they have room for and say so."""
    many = document(*(model(f"m{n}.py::A", group("same-parameter", "a.w", "b.w")) for n in range(2000)))
    written = render_html(many)

    assert 2000 == written.count('<details class="model"')
    assert 2000 == len(set(re.findall(r'id="(m\d+)"', written)))
    assert "Not drawn: 1,988 more models (1,988 with ties)." in render_svg(many)
    assert "more models left out" in render_mermaid(many)


def test_document_may_lack_what_is_not_known():
    """As of a target that could not be read at all."""
    entry = {"target": "m.py", "status": "failed", "reason": "SyntaxError"}

    page = page_of(entry)

    assert "m.py ✗ failed SyntaxError" == words(next(page.iter("summary")))
    assert "None" not in words(page)
    assert "No models." in render_svg(document())
    assert "no models" in render_mermaid(document())
    assert "0 models built" in words(page_of())


@pytest.mark.parametrize("made", [{"version": 2, "models": []}, {}, document(model("a", status="gone"))])
def test_document_of_another_version_is_refused(made):
    """Rather than drawn wrongly."""
    with pytest.raises(ValueError, match=r"version|gone"):
        render_html(made)


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


def test_module_of_many_parameters_names_some():
    """In its own row; parameters that count up are one."""
    names = [*(str(n) for n in range(100)), *(f"x{'y' * n}" for n in range(13))]
    made = model("m.py::A", tree=modules(("", "Net"), ("ps", "ParameterList", *names)))
    said = words(having(page_of(made), "ul", "outline")[0])

    assert said.startswith("(model) Netps ParameterList: 0 … 99, x, xy,")
    assert said.endswith("xyyyyyyyyyy and 2 more")
