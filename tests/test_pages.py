"""The pages of `rules/` tell the truth: about the linter, about torch, and about the registry."""

from __future__ import annotations

import ast

import pytest
from page_harness import (
    PAGES,
    Page,
    Sample,
    all_pages,
    findings_of,
    fixed,
    marks_differ,
    read_page,
    run_torch_block,
)

READ = [read_page(path) for path in all_pages()]
BLOCKS = [pytest.param(page, block, id=str(block)) for page in READ for block in page.samples]
MARKED = [each for each in BLOCKS if each.values[1].kind != "torch"]
EXECUTED = [each for each in BLOCKS if each.values[1].kind == "torch"]
FIXES = [each for each in BLOCKS if each.values[1].kind == "fix"]
OF_A_PAGE = pytest.mark.parametrize("page", READ, ids=[page.code for page in READ])

# Rules that a fence with marks cannot show, and why.
WITHOUT_BAD_BLOCK = {
    "TTL001": "a file that does not parse is no example that a reader could run",
    "TTL003": "a file that cannot be read has no text",
    "TTL901": "it takes a model that was built; `tests/test_ties_command.py` builds some",
    "TTL902": "it takes a model that was built; `tests/test_ties_command.py` builds some",
}
WITHOUT_TORCH_BLOCK = {
    "TTL001": "it speaks of the file, not of what torch does",
    "TTL002": "it speaks of comments, not of what torch does",
    "TTL003": "it speaks of the file, not of what torch does",
}
WITHOUT_GOOD_BLOCK = {
    "TTL003": "a file that can be read is the remedy, not an example",
}


@pytest.mark.parametrize(("page", "block"), MARKED)
def test_marks_are_exactly_what_the_linter_finds(page: Page, block: Sample):
    """A block is flagged on its marked lines and nowhere else."""
    assert marks_differ(block) == ""


@pytest.mark.parametrize(("page", "block"), MARKED)
def test_good_blocks_have_no_marks_and_bad_blocks_have_some(page: Page, block: Sample):
    """A block's kind and its marks say the same."""
    assert bool(block.marks) == (block.kind == "bad")


@pytest.mark.parametrize(("page", "block"), EXECUTED)
def test_torch_does_what_the_page_says(page: Page, block: Sample):
    """A torch block runs through."""
    run_torch_block(page, block)


@pytest.mark.parametrize(("page", "block"), FIXES)
def test_a_fix_is_what_the_page_shows(page: Page, block: Sample):
    """Of the kind that it says; the result parses, differs, has no finding, and nothing in it is fixed again."""
    subject = page.subject_of(block)
    after, made = fixed(subject)

    assert block.code == after != subject.code
    ast.parse(after)
    assert {page.code} == {one.code for one in made}
    assert {block.title} == {one.fix.applicability.value for one in made}
    assert (block.code, []) == fixed(block)


@pytest.mark.parametrize(("page", "block"), FIXES)
def test_a_fix_is_shown_to_do_what_it_says(page: Page, block: Sample):
    """The next block runs it under torch, unless it is about comments only."""
    after = page.samples[block.number :]

    assert page.code in WITHOUT_TORCH_BLOCK or [each.kind for each in after[:1]] == ["torch"]


@OF_A_PAGE
def test_a_page_shows_the_fix_that_its_rule_has(page: Page):
    """And a rule whose page shows one has one."""
    found = [each for block in page.samples if block.kind == "bad" for each in findings_of(block)]
    has = any(each.fix is not None for each in found if each.code == page.code)

    assert has == any(block.kind == "fix" for block in page.samples)


@OF_A_PAGE
def test_header_agrees_with_the_registry(page: Page):
    """Name, severity and default are those of the rule."""
    from torchtielint.checks.registry import all_rules

    rule = all_rules()[page.code]
    expected = (rule.name, rule.severity.value, "on" if rule.default else "opt-in")
    assert (page.name, page.severity, page.default) == expected


@OF_A_PAGE
def test_certainty_is_the_highest_that_its_examples_reach(page: Page):
    """The header promises no more and no less than the findings of its own bad blocks."""
    if page.code in WITHOUT_BAD_BLOCK:
        pytest.skip(WITHOUT_BAD_BLOCK[page.code])
    found = [each for block in page.samples if block.kind == "bad" for each in findings_of(block)]
    reached = max((each.certainty for each in found if each.code == page.code), default=None)
    assert page.certainty == (reached.name.lower() if reached is not None else "nothing found")


@OF_A_PAGE
def test_page_shows_the_mistake_the_remedy_and_the_proof(page: Page):
    """At least one block of each kind."""
    kinds = {block.kind for block in page.samples}
    exempt = {"bad": WITHOUT_BAD_BLOCK, "good": WITHOUT_GOOD_BLOCK, "torch": WITHOUT_TORCH_BLOCK}
    assert [kind for kind, codes in exempt.items() if kind not in kinds and page.code not in codes] == []


@OF_A_PAGE
def test_links_lead_somewhere(page: Page):
    """A link without a scheme is a file beside the page."""
    local = [link for link in page.links if "://" not in link]
    assert [link for link in local if not (PAGES / link).is_file()] == []


def test_every_rule_has_a_page_and_every_page_a_rule():
    """The two halves of a rule exist together."""
    from torchtielint.checks.registry import all_rules

    assert [page.code for page in READ] == list(all_rules())
