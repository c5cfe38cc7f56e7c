"""The measurement of construction counts each class once, whatever becomes of its process."""

import importlib.util
import json
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parent.parent / "benchmarks" / "construction.py"


@pytest.fixture(name="construction")
def _construction(monkeypatch):
    """The benchmark, as a module; it needs nothing but the standard library until it builds."""
    spec = importlib.util.spec_from_file_location("construction_benchmark", FILE)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


def test_a_crash_costs_the_class_that_it_happened_in(construction, monkeypatch):
    batches = []

    def lives(module, name):
        row = construction.Row(module, name, "concrete", "ok", "", "meta", 0.1)
        return [json.dumps({"started": module, "name": name}), json.dumps(asdict(row))]

    def child(_package, _folder, batch):
        batches.append(list(batch))
        if len(batches) == 1:
            return [*lives("a", "First"), json.dumps({"started": "a", "name": "Dies"})]
        return [*lives("a", "Last"), *lives("b", "Other"), json.dumps({"started": "end", "name": ""})]

    monkeypatch.setattr(construction, "_child", child)
    rows = list(construction.measured("some", None, ["a", "b"]))

    assert [["a", "b"], ["a:Dies", "b"]] == batches
    assert [("First", "ok"), ("Dies", "failed"), ("Last", "ok"), ("Other", "ok")] == [
        (row.name, row.status) for row in rows
    ]


def test_a_crash_while_a_module_is_imported_costs_the_module(construction, monkeypatch):
    batches = []

    def child(_package, _folder, batch):
        batches.append(list(batch))
        return [json.dumps({"started": batch[0] if len(batches) == 1 else "end", "name": ""})]

    monkeypatch.setattr(construction, "_child", child)
    rows = list(construction.measured("some", None, ["a", "b"]))

    assert [["a", "b"], ["b"]] == batches
    assert [("a", "", "the process crashed")] == [(row.module, row.name, row.text) for row in rows]


@pytest.mark.parametrize(
    ("reason", "package"),
    [
        ("ImportError: Loss requires the nowhere library but it was not found in your environment.", "nowhere"),
        ("ModuleNotFoundError: No module named 'nowhere.inner'", "nowhere"),
        ("ImportError: Loss requires the json library but it was not found in your environment.", ""),
        ("ValueError: requires the nowhere library but it was not found", ""),
        ("ImportError: cannot import name 'nowhere'", ""),
    ],
)
def test_only_what_is_not_installed_is_a_missing_package(construction, reason, package):
    assert package == construction.missing_package(reason)


def test_the_share_is_taken_over_what_needs_no_missing_package(construction):
    statuses = ["ok", "ok", "ok", "failed", "needs", "needs", "skipped"]
    rows = [construction.Row("m", f"C{at}", "concrete", one, "", "meta", 1.0) for at, one in enumerate(statuses)]

    table = construction.report("some", rows, show=False)

    assert "| some | 4 | 3 | 75.0% | 3 | 2 | 1 | 7 s |" == table
