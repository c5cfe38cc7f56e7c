"""What people read outside of the repository is made from what it describes: pages, settings, their schema."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace

import jsonschema
import pytest
from conftest import CATALOGUE, ROOT

from torchtielint import pages
from torchtielint.checks.registry import all_rules
from torchtielint.config import settings_from_layers
from torchtielint.explain import render_page
from torchtielint.findings import RULES_URL
from torchtielint.options import KEYS, layer_from_table
from torchtielint.schema import NAME, schema, value_of

sys.path.insert(0, str(ROOT / "scripts"))

from site_pages import FAMILIES, pages_of_the_site

SCHEMA = json.loads((ROOT / "torchtielint" / NAME).read_text())
KEY = pytest.mark.parametrize("name", KEYS)


def test_the_schema_is_what_the_keys_say():
    """`python scripts/build_schema.py` writes it anew."""
    assert schema() == SCHEMA
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@KEY
def test_the_schema_takes_what_the_configuration_takes(name):
    """Of each key: the example; and not a value that the configuration refuses."""
    good = value_of(KEYS[name].example)

    jsonschema.validate({name: good}, SCHEMA)
    layer_from_table({name: good}, where="here", folder="/")
    for bad in (3, "x", True, ["x"], [3], {"x": 3}, {"x": ["y"]}, [{"target": 3}], [{"tied": [["a"]]}]):
        try:
            layer_from_table({name: bad}, where="here", folder="/")
            taken = True
        except Exception:  # whatever it says, it is refused
            taken = False
        assert taken is jsonschema.Draft7Validator(SCHEMA).is_valid({name: bad}), bad


@KEY
def test_defaults_are_what_holds_without_a_setting(name):
    """As the reference and editors show them."""
    if not KEYS[name].default or name == "cache-dir":
        return  # no value that could be given stands for it, or what it is relative to differs
    nothing = settings_from_layers(CATALOGUE, [], folder="/")
    given = layer_from_table({name: value_of(KEYS[name].default)}, where="here", folder="/")

    assert nothing == settings_from_layers(CATALOGUE, [replace(given, where="")], folder="/")


def test_every_rule_is_in_the_index_and_every_setting_in_the_reference():
    """Each with its page, or its own heading."""
    made = pages_of_the_site()
    index = made["rules/index.md"]

    assert {f"rules/{code}.md" for code in all_rules()} == set(made) - {"rules/index.md", "configuration.md"}
    assert sorted(all_rules()) == sorted(re.findall(r"^\| \[(TTL\d{3})\]\(\1\.md\)", index, re.MULTILINE))
    assert {code[3] for code in all_rules()} <= set(FAMILIES)
    assert list(KEYS) == re.findall(r"^## `(.*)`$", made["configuration.md"], re.MULTILINE)
    assert not any("```python bad" in page for page in made.values())


def test_readers_are_spared_what_pages_say_to_the_tests():
    """Claims and the tags of code; the table of facts is a sentence, and links lead somewhere from anywhere."""
    table = "| severity | default | certainty |\n| --- | --- | --- |\n| info | opt-in | likely |\n"
    code = "```python bad select=TTL101\nx = 1  # TTL101\n```\n\n```python torch\nassert x\n```\n\n"
    page = f"# a-b (TTL101)\n\nIt is.\n\n{table}\n{code}See [TTL102](TTL102.md).\n"

    assert pages.for_readers(page) == (
        "# a-b (TTL101)\n\nIt is.\n\n*Info, likely; off unless selected.*\n\n"
        f"```python\nx = 1  # TTL101\n```\n\nSee [TTL102]({RULES_URL}TTL102.md).\n"
    )


def test_a_page_in_a_terminal_sets_code_apart_and_fits():
    """At 80 columns the first example is not broken; nothing hangs on colours."""
    lines = render_page(all_rules()["TTL104"], width=80, colour=False).split("\n")

    assert "          self.layers = [nn.Linear(size, size) for _ in range(depth)]  # TTL104" in lines
    assert "Error, proven; on by default." in lines
    assert not any("assert" in line or "](" in line for line in lines)
    assert all(len(line) <= 60 for line in render_page(all_rules()["TTL104"], width=60, colour=False).split("\n")[2:])
