"""The page and the drawing in a real Chromium: what they look like, and what they do when somebody uses them."""

import math

import chromium
import picture_documents as samples
import pytest
from picture_documents import document, group, model

from torchtielint.pictures import render_html, render_svg

PROGRAM = chromium.find()
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason=f"no Chromium on PATH (looked for {', '.join(chromium.NAMES)}): the page was not opened"
)

SHOWN = "[...document.querySelectorAll('.model')].filter((one) => one.checkVisibility()).map((one) => one.id)"
FOCUSED = "document.activeElement.id || document.activeElement.textContent.slice(0, 40)"
GROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(20, 24, 29)"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A browser for all tests here: it takes a second or more to start."""
    with chromium.browser(PROGRAM, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def written(tmp_path):
    """The page of documents, as a file."""

    def write(*models, render=render_html, name="page.html"):
        path = tmp_path / name
        path.write_text(render(document(*models)), encoding="utf-8")
        return path

    return write


def everything():
    return samples.samples()["models"]


@pytest.mark.parametrize("dark", [False, True])
def test_page_opens_without_a_complaint_and_without_a_request(page, written, dark):
    """Its policy lets its own script and style through, and hostile names start nothing."""
    path = written(*everything())
    page.open(path, dark=dark)

    assert [path.as_uri()] == page.requests()
    assert [] == page.complaints()
    assert 0 == page.run("document.images.length")
    assert 8 == page.run(f"{SHOWN}.length")
    assert "8 of 8 shown" == page.run("document.getElementById('shown').textContent")


@pytest.mark.parametrize("dark", [False, True])
def test_page_follows_the_scheme_of_the_reader_and_can_be_turned(page, written, dark):
    """Both ways, with a button that says what it does."""
    page.open(written(samples.gpt()), dark=dark)
    before, named = page.run(GROUND), page.run("theme.textContent")
    page.run("theme.click()")
    after = page.run(GROUND)
    page.run("theme.click(); localStorage.clear()")

    assert [DARK, LIGHT][:: 1 if dark else -1] == [before, after]
    assert f"Use {'light' if dark else 'dark'} colours" == named
    assert before == page.run(GROUND)


@pytest.mark.parametrize("width", [360, 1280])
def test_page_is_no_wider_than_its_window(page, written, width):
    """Everything open: what is wide by nature scrolls in a box of its own."""
    page.open(written(*everything()), width=width)
    page.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    assert width >= page.run("document.documentElement.scrollWidth")
    assert 0 < page.run("document.querySelectorAll('svg').length")


def test_page_can_be_used_by_keyboard(page, written):
    """The way past the head, each model, and what can be scrolled; the focus can be seen."""
    page.open(written(*everything()))
    stops = []
    for _ in range(6):
        page.press("Tab")
        stops.append(page.run(FOCUSED))
    closed = page.run("m2.open")
    page.press("Enter", "\r")
    outline = page.run("getComputedStyle(document.activeElement).outlineStyle")

    assert ["Skip to the models", "theme", "search", "choice"] == stops[:4]
    assert stops[4].startswith("nano/model.py::GPT")
    assert stops[5].startswith("models/wrong.py::Autoencoder")
    assert [False, True] == [closed, page.run("m2.open")]
    assert "solid" == outline
    page.press("Tab")
    assert "scroll" == page.run("document.activeElement.className")


def test_skip_link_leads_past_the_head(page, written):
    """It is seen while it has the focus, and the next stop is the first model."""
    page.open(written(*everything()))
    page.press("Tab")
    left = page.run("document.activeElement.getBoundingClientRect().left")
    page.press("Enter", "\r")
    page.press("Tab")

    assert left >= 0
    assert page.run(FOCUSED).startswith("nano/model.py::GPT")


def test_search_finds_targets_names_and_reasons(page, written):
    """All words have to be there, in any case."""
    page.open(written(*everything()))

    def search(text):
        page.run(f"search.value = {text!r}; search.dispatchEvent(new Event('input'))")
        return page.run(SHOWN)

    assert ["m1", "m5"] == search("LM_HEAD gpt")
    assert ["m3"] == search("flash_attn")
    assert [] == search("flash_attn gpt")
    assert "0 of 8 shown" == page.run("shown.textContent")
    assert 8 == len(search(""))


def test_choice_shows_sorts_of_models(page, written):
    """Those with ties, with problems, that failed, that were skipped."""
    page.open(written(*everything()))

    def choose(value):
        page.run(f"choice.value = {value!r}; choice.dispatchEvent(new Event('change'))")
        return page.run(SHOWN)

    assert ["m1", "m2", "m5", "m6", "m7"] == choose("ties")
    assert ["m2", "m7"] == choose("problems")
    assert ["m3"] == choose("failed")
    assert ["m4"] == choose("skipped")


def test_views_have_an_address(page, written):
    """Of a search, and of a model, which is open then; a broken one is no error."""
    path = written(*everything())
    page.open(path, fragment="#search=flash%5Fattn")
    assert ["m3"] == page.run(SHOWN)
    page.open(path, fragment="#m6")
    assert page.run("m6.open")
    page.open(path, fragment="#search=%")
    assert ["m7"] == page.run(SHOWN)
    assert [] == page.complaints()


def test_page_is_whole_without_its_script(page, written):
    """What needs the script is not shown; all else opens and closes."""
    page.ask("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.open(written(*everything()))
        hidden = page.run("[...document.querySelectorAll('.scripted')].every((one) => !one.checkVisibility())")
        shown = page.run(SHOWN)
    finally:
        page.ask("Emulation.setScriptExecutionDisabled", value=False)

    assert hidden
    assert 8 == len(shown)


@pytest.mark.parametrize(("count", "is_open"), [(4, True), (60, False)])
def test_paper_shows_what_cannot_be_clicked(page, written, count, is_open):
    """A few models are printed open, all but their trees; many as they are; afterwards all is as before."""
    page.open(written(*(samples.gpt() for _ in range(count))))
    states = "[...document.querySelectorAll('.model')].map((one) => one.open)"
    page.run("dispatchEvent(new Event('beforeprint'))")
    while_printing, tree = page.run(states), page.run("document.querySelector('.tree').open")
    page.run("dispatchEvent(new Event('afterprint'))")

    assert [is_open] * count == while_printing
    assert not tree
    assert [False] * count == page.run(states)


def test_page_prints(page, written):
    """As more than the first page."""
    page.open(written(samples.gpt(), samples.false_ties()), dark=True)
    printed = page.ask("Page.printToPDF", printBackground=True)["data"]

    assert 20_000 < len(printed)
    assert printed.startswith("JVBERi0")


BOXES = """
[...document.querySelectorAll('svg')].filter((one) => one.checkVisibility()).map((svg) => ({
  width: svg.viewBox.baseVal.width,
  height: svg.viewBox.baseVal.height,
  dots: [...svg.querySelectorAll('.dot')].map((dot) => dot.getBBox().x),
  texts: [...svg.querySelectorAll('.name, .class, .badge')].map((text) => {
    const box = text.getBBox();
    const own = text.classList.contains('badge');
    return {said: text.textContent, left: box.x, right: box.x + box.width, bottom: box.y + box.height, own};
  }),
}))
"""


def test_nothing_is_drawn_over_something_else_or_past_the_edge(page, written):
    """Widths are reckoned, not measured, when a picture is written: here the browser measures them."""
    wide = model("wide.py::宽", group("same-parameter", "编码器.重量", "解码器.重量"), tree=samples.decoder(3))
    page.open(written(*everything(), wide))
    page.run("document.querySelectorAll('.model').forEach((one) => { one.open = true; })")
    pictures = page.run(BOXES)

    assert 6 == len(pictures)
    for picture in pictures:
        assert all(text["right"] <= picture["width"] for text in picture["texts"])
        assert all(text["bottom"] <= picture["height"] for text in picture["texts"])
        column = min(picture["dots"], default=math.inf)
        assert [] == [text["said"] for text in picture["texts"] if not text["own"] and text["right"] > column]


@pytest.mark.parametrize("dark", [False, True])
def test_drawing_is_for_light_and_dark(page, written, dark):
    """Also as an image in somebody else's page, as a README has it."""
    path = written(*everything(), render=render_svg, name="ties.svg")
    page.open(path, dark=dark)
    outside = page.run(
        "[...document.querySelectorAll('text')].filter((one) => {"
        " const box = one.getBoundingClientRect(), all = document.documentElement.getBoundingClientRect();"
        " return box.right > all.right || box.bottom > all.bottom; }).map((one) => one.textContent)"
    )

    assert (DARK if dark else LIGHT) == page.run("getComputedStyle(document.querySelector('.sheet')).fill")
    assert [] == outside
    assert [] == page.complaints()
    assert [path.as_uri()] == page.requests()


def test_two_thousand_models_can_be_opened_and_searched(page, written):
    """As one page, all of them in it."""
    many = (model(f"m{n}.py::Net{n}", group("same-parameter", "a.w", "b.w")) for n in range(2000))
    page.open(written(*many))
    page.run("search.value = 'net1999'; search.dispatchEvent(new Event('input'))")

    assert ["m2000"] == page.run(SHOWN)
    assert "1 of 2,000 shown" == page.run("shown.textContent")
