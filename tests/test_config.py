"""Configuration becomes settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import CATALOGUE, NAMES, layer

from torchtielint.config import Resolver, split_config_options
from torchtielint.errors import ConfigError, UsageError
from torchtielint.findings import Certainty
from torchtielint.options import KEYS
from torchtielint.selectors import Catalogue, Selection, enabled_codes

DEFAULT = CATALOGUE.default
ALWAYS = CATALOGUE.always


def resolved(folder: str = ".", **how):
    """The settings of a folder."""
    return Resolver(CATALOGUE, **how).for_folder(str(Path(folder).resolve()))


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([], DEFAULT),
        ([Selection(select=("TTL301",))], ALWAYS | {"TTL301"}),
        ([Selection(select=("repeated-module", "ttl302"))], ALWAYS | {"TTL301", "TTL302"}),
        ([Selection(select=("TTL3",))], ALWAYS | {"TTL301", "TTL302", "TTL311"}),
        ([Selection(select=("ALL",))], frozenset(NAMES)),
        ([Selection(select=("ALL",), ignore=("TTL3",))], frozenset(NAMES) - {"TTL301", "TTL302", "TTL311"}),
        ([Selection(select=("TTL3",), ignore=("TTL301",))], ALWAYS | {"TTL302", "TTL311"}),
        ([Selection(select=("TTL301",), ignore=("TTL3",))], ALWAYS | {"TTL301"}),
        ([Selection(select=("TTL301",), ignore=("TTL301",))], ALWAYS),
        ([Selection(extend_select=("tied-padding-row",))], DEFAULT | {"TTL311"}),
        ([Selection(ignore=("TTL3",)), Selection(extend_select=("TTL301",))], DEFAULT - {"TTL302"}),
        ([Selection(ignore=("TTL301",)), Selection(select=("TTL3",))], ALWAYS | {"TTL301", "TTL302", "TTL311"}),
        ([Selection(extend_select=("TTL311",)), Selection(ignore=("TTL3",))], DEFAULT - {"TTL301", "TTL302"}),
        ([Selection(select=("TTL101",), ignore=("TTL0",))], frozenset({"TTL101"})),
    ],
)
def test_selection(layers, expected):
    """The highest `select` is the base; the narrower selector wins within a layer, the later layer between them."""
    assert expected == enabled_codes(CATALOGUE, layers)


def test_the_closest_configuration_wins_alone(tree):
    """There is no merging between levels, and a `pyproject.toml` without our table is none."""
    tree(
        {
            "pyproject.toml": '[tool.torchtielint]\nignore = ["TTL301"]\ncertainty = "hint"\n',
            "a/torchtielint.toml": 'ignore = ["TTL302"]\n',
            "a/b/pyproject.toml": "[tool.other]\nx = 1\n",
            "c/.torchtielint.toml": "",
            "c/torchtielint.toml": 'select = ["TTL1"]\n',
        }
    )

    assert (DEFAULT - {"TTL301"}, Certainty.HINT) == (resolved().codes, resolved().certainty)
    assert (DEFAULT - {"TTL302"}, Certainty.LIKELY) == (resolved("a/b").codes, resolved("a/b").certainty)
    assert resolved("c").codes == DEFAULT
    assert resolved("a/b/deep/er").source.endswith("a/torchtielint.toml")


def test_extend_lies_below_what_extends(tree):
    """Chains work, and each file's patterns are relative to its own folder."""
    tree(
        {
            "base.toml": 'select = ["TTL3"]\nextend-exclude = ["/gen"]\nforce-exclude = true\n',
            "mid/torchtielint.toml": 'extend = "../base.toml"\nignore = ["TTL302"]\n',
            "mid/low/torchtielint.toml": 'extend = "../torchtielint.toml"\nextend-select = ["TTL101"]\n',
        }
    )

    settings = resolved("mid/low")

    assert ALWAYS | {"TTL301", "TTL311", "TTL101"} == settings.codes
    assert settings.force_exclude
    assert settings.excludes[1].matches(str(Path("gen").resolve()), folder=True)
    assert not settings.excludes[1].matches(str(Path("mid/low/gen").resolve()), folder=True)


def test_flags_lie_above_inline_settings_above_files(tree):
    """As everywhere."""
    tree({"torchtielint.toml": 'certainty = "proven"\noutput-format = "json"\nselect = ["TTL1"]\n'})
    _, inline = split_config_options(['output-format = "concise"', 'certainty = "hint"'])

    settings = resolved(overrides=[*inline, layer(certainty=Certainty.LIKELY)])

    assert ("concise", Certainty.LIKELY) == (settings.output_format, settings.certainty)
    assert ALWAYS | {"TTL101"} == settings.codes


def test_isolated_and_a_named_file(tree):
    """One reads nothing, the other only that file."""
    root = tree({"torchtielint.toml": 'select = ["TTL1"]\n', "x/mine.toml": 'select = ["TTL301"]\n'})

    assert resolved(isolated=True).codes == DEFAULT
    assert resolved(config_file=root / "x/mine.toml").codes == ALWAYS | {"TTL301"}


def test_per_file_ignores(tree):
    """A pattern is relative to the file that it stands in, and means files and folders."""
    root = tree({"torchtielint.toml": '[per-file-ignores]\n"tests" = ["TTL3"]\n"/setup.py" = ["repeated-module"]\n'})
    settings = resolved()

    assert DEFAULT - {"TTL301", "TTL302"} == settings.codes_for(str(root / "a/tests/deep/x.py"))
    assert DEFAULT - {"TTL301"} == settings.codes_for(str(root / "setup.py"))
    assert settings.codes_for(str(root / "a/setup.py")) == DEFAULT


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('selct = ["TTL301"]', "`selct` in torchtielint.toml is no setting", "did you mean `select`?"),
        (
            "per_file_ignores = {}",
            "`per_file_ignores` in torchtielint.toml is no setting",
            "did you mean `per-file-ignores`?",
        ),
        ("zzz = 1", "`zzz` in torchtielint.toml is no setting", f"the keys are {', '.join(KEYS)}"),
        (
            'select = "TTL301"',
            '`select` in torchtielint.toml must be a list of strings, not the string "TTL301"',
            'for example `select = ["TTL3"]`',
        ),
        (
            "select = [1]",
            "`select` in torchtielint.toml must be a list of strings, not a list of other things",
            'for example `select = ["TTL3"]`',
        ),
        (
            "force-exclude = 1",
            "`force-exclude` in torchtielint.toml must be true or false, not the number 1",
            "for example `force-exclude = true`",
        ),
        (
            'certainty = "sure"',
            '`certainty` in torchtielint.toml must be one of proven, likely, hint, not the string "sure"',
            'for example `certainty = "proven"`',
        ),
        (
            "certainty = [1]",
            "`certainty` in torchtielint.toml must be one of proven, likely, hint, not a list of other things",
            'for example `certainty = "proven"`',
        ),
        ('select = ["TTL1O1"]', "`TTL1O1` in torchtielint.toml is no rule", "did you mean `TTL311`?"),
        (
            'ignore = ["repeated-modul"]',
            "`repeated-modul` in torchtielint.toml is no rule",
            "did you mean `repeated-module`?",
        ),
        ('ignore = ["E501"]', "`E501` in torchtielint.toml is no rule", "`torchtielint rule` lists every rule"),
        ('ignore = [""]', "`` in torchtielint.toml is no rule", "`torchtielint rule` lists every rule"),
        (
            'per-file-ignores = { "a" = ["X"] }',
            "`X` in `per-file-ignores` of torchtielint.toml is no rule",
            "`torchtielint rule` lists every rule",
        ),
        ('extend = "torchtielint.toml"', "torchtielint.toml extends itself", "remove one of the `extend` keys"),
        ('extend = "no.toml"', "torchtielint.toml extends `no.toml`, which is no file", ""),
    ],
)
def test_mistakes_are_named_with_what_helps(tree, text, message, hint):
    """The file, the key, the nearest valid name."""
    tree({"torchtielint.toml": text})

    with pytest.raises(ConfigError) as caught:
        resolved()

    assert (message, hint) == (caught.value.message, caught.value.hint)


@pytest.mark.parametrize(
    "files",
    [
        {"torchtielint.toml": "select = ["},
        {"torchtielint.toml": b"\xff"},
        {"pyproject.toml": "[tool.torchtielint\n"},
        {"pyproject.toml": "[tool]\ntorchtielint = 1\n"},
    ],
)
def test_a_broken_file_is_a_mistake(tree, files):
    """Rather than no configuration."""
    tree(files)

    with pytest.raises(ConfigError):
        resolved()


def test_a_broken_pyproject_of_others_is_none_of_our_business(tree):
    """Where it cannot have our table."""
    tree({"pyproject.toml": "[tool.\n"})

    assert resolved().source == ""


def test_config_options(tree):
    """A file, or settings; not two files, nor anything else."""
    root = tree({"a.toml": "", "b.toml": ""})

    assert root / "a.toml" == split_config_options(["a.toml"])[0]
    with pytest.raises(UsageError):
        split_config_options(["a.toml", "b.toml"])
    with pytest.raises(ConfigError, match="neither a file nor a setting"):
        split_config_options(["c.toml"])
    with pytest.raises(ConfigError, match="`--config selct=1` is no setting"):
        split_config_options(["selct=1"])


def test_nearest_names_a_rule():
    """Names by name, codes by code."""
    assert CATALOGUE.nearest("repeted-module") == "repeated-module"
    assert CATALOGUE.nearest("TTL310") in NAMES
    assert Catalogue({}, frozenset()).nearest("x") == ""


AIMED = Catalogue(NAMES, frozenset(NAMES), targets={"TTL301": 5})


@pytest.mark.parametrize(
    ("files", "dropped"),
    [
        ({}, set()),
        ({"requirements.txt": "torch\ntransformers<5\n"}, {"TTL301"}),
        ({"requirements.txt": "transformers[torch] >= 4.40, <5.0  # for now\n"}, {"TTL301"}),
        ({"requirements.txt": "transformers>=4.40,<5.1\n"}, set()),
        ({"requirements.txt": "transformers-stream-generator==0.0.4\n"}, set()),
        ({"pyproject.toml": '[project]\ndependencies = ["transformers==4.*"]\n'}, {"TTL301"}),
        ({"pyproject.toml": '[project]\ndependencies = ["transformers~=4.57"]\n'}, {"TTL301"}),
        ({"pyproject.toml": '[project]\ndependencies = ["transformers>=4"]\n'}, set()),
        ({"pyproject.toml": '[tool.poetry.dependencies]\ntransformers = "^4.40"\n'}, {"TTL301"}),
        ({"pyproject.toml": "[project\ntransformers"}, set()),
        ({"setup.cfg": "[options]\ninstall_requires =\n    torch\n    transformers>=4.30,<5\n"}, {"TTL301"}),
        ({"setup.py": "setup(install_requires=['torch', 'transformers[torch]==4.57.1'])\n"}, {"TTL301"}),
        ({"setup.py": "setup(install_requires=['transformers'], description='transformers 4 you')\n"}, set()),
        ({"one-1.0.dist-info/METADATA": "Name: one\nRequires-Dist: transformers ~=4.57.6\n"}, {"TTL301"}),
        ({"one-1.0.dist-info/METADATA": "Name: one\nRequires-Dist: transformers>=4; extra == 'all'\n"}, set()),
        (
            {
                "one-1.0.dist-info/METADATA": "Requires-Dist: transformers<5\n",
                "two-1.0.dist-info/METADATA": "Requires-Dist: transformers\n",
            },
            set(),
        ),
        (
            {
                "pyproject.toml": '[project]\ndependencies = ["transformers<5"]\n'
                '[tool.torchtielint]\ntarget-transformers = "5"\n'
            },
            set(),
        ),
        ({"torchtielint.toml": 'target-transformers = "4.57"\n'}, {"TTL301"}),
    ],
)
def test_rules_about_a_newer_transformers_are_off_where_an_older_one_is_pinned(tree, files, dropped):
    """The setting decides; without it the requirement of the closest folder that has one."""
    tree(files)
    resolver = Resolver(AIMED, folder=str(Path.cwd()))

    assert AIMED.default - dropped == resolver.for_folder(str(Path.cwd() / "deep" / "er")).codes
