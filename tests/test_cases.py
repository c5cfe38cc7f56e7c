"""Each case of `tests/cases/` is found where it is marked, and only there."""

from __future__ import annotations

import ast

import pytest
from page_harness import Sample, all_cases, marks_differ, read_cases, run_claims

READ = [case for path in all_cases() for case in read_cases(path)]
CLAIMING = [case for case in READ if case.claims]


@pytest.mark.parametrize("case", READ, ids=str)
def test_marks_are_exactly_what_the_linter_finds(case: Sample):
    """A case is flagged on its marked lines and nowhere else."""
    assert marks_differ(case) == ""


@pytest.mark.parametrize("case", READ, ids=str)
def test_case_is_python(case: Sample):
    """A case parses, so that its silence means something."""
    ast.parse(case.text)


@pytest.mark.parametrize("case", CLAIMING, ids=str)
def test_torch_does_what_the_case_claims(case: Sample):
    """Every `# torch:` line is true."""
    run_claims(case)


def test_titles_are_unique_within_a_file():
    """A title says which case failed."""
    titles = [(case.path.name, case.title) for case in READ]
    assert sorted({each for each in titles if titles.count(each) > 1}) == []
