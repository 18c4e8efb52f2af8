"""The linter: which checks there are, in what order findings stand, and how one is muted."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.errors import UsageError
from trainlab.protocol import lint as linting
from trainlab.protocol.lint import AFTER_CHECKS, CHECKS, lint, look_back
from trainlab.results.check import Check
from trainlab.testing import tiny_data

# For life: files mute them, reports name them. A code that is gone is never given again.
DATA = tuple(f"TL{number}" for number in range(101, 115))
DESIGN = tuple(f"TL{number}" for number in (*range(121, 137), *range(151, 156)))
AFTER = tuple(f"TL{number}" for number in (*range(141, 147), *range(156, 160), *range(201, 217)))

GUIDE = Path(__file__).parents[2] / "docs" / "guide"


def failing(question):
    """A check with a fault of its own."""
    raise ZeroDivisionError("division by zero\nsecond line")


def copied():
    """Data of which every row stands twice, so that rows which train also validate."""
    data = tiny_data()
    return Dataset(np.r_[data.x, data.x], np.r_[data.y, data.y], raw=False)


def severities_in_code(check):
    """Give the severities that the file of a check names."""
    tree = ast.parse(Path(inspect.getfile(check.examine)).read_text(encoding="utf-8"))
    said = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {severity for severity in ("refuse", "warn", "note") if severity in said}


def only(*checks):
    """The linter's table with these checks alone."""
    return MappingProxyType({check.code: check for check in checks})


def test_the_codes_are_these():
    """
    Every code is there, once, and stands for one file.
    """
    assert tuple(CHECKS) == DATA + DESIGN
    assert tuple(AFTER_CHECKS) == AFTER
    assert len({check.title for check in (*CHECKS.values(), *AFTER_CHECKS.values())}) == len(
        DATA + DESIGN + AFTER
    )


@pytest.mark.parametrize("code", DATA + DESIGN + AFTER)
def test_every_code_stands_in_the_table_of_the_guide(code):
    """
    The table of the guide names code and title of each check, and its link leads to a section that is there.
    """
    lines = (GUIDE / "protocol.md").read_text(encoding="utf-8").splitlines()
    [line] = [line for line in lines if line.startswith(f"| [{code}]")]
    page, anchor = re.search(r"\]\(([\w.-]+)#([\w-]+)\)", line).groups()
    headings = re.findall(r"^## (.+)$", (GUIDE / page).read_text(encoding="utf-8"), re.MULTILINE)

    assert f"| {(CHECKS | AFTER_CHECKS)[code].title} |" in line
    assert anchor in {re.sub(r"[^a-z0-9 -]", "", head.lower()).replace(" ", "-") for head in headings}


@pytest.mark.parametrize("code", DATA + DESIGN + AFTER)
def test_every_table_of_the_guide_has_the_severities_of_the_code(code):
    """
    A check is in the guide as grave as its file makes its findings, and no graver.
    """
    check = (CHECKS | AFTER_CHECKS)[code]
    pages = [GUIDE / name for name in ("protocol.md", "protocol-data.md", "protocol-design.md")]
    lines = [line for page in pages for line in page.read_text(encoding="utf-8").splitlines()]
    told = [line.split("|")[2].strip() for line in lines if line.startswith(f"| [{code}]")]

    assert told
    for severities in told:
        assert set(re.findall(r"\w+", severities)) - {"or"} == severities_in_code(check) | {check.severity}


@pytest.mark.parametrize("code", DESIGN + AFTER)
def test_every_code_of_a_comparison_has_a_section(code):
    """
    The page on comparisons, or on diagnosis, has a section for each of its codes, under the check's title.
    """
    page = (GUIDE / ("diagnosis.md" if code > "TL200" else "protocol-design.md")).read_text(encoding="utf-8")

    assert f"\n## {code}: {(CHECKS | AFTER_CHECKS)[code].title}\n" in page


def test_findings_stand_gravest_first(question):
    """
    A refusal stands before warnings, these before notes, and equals by their code.
    """
    asked = question(
        data=copied(),
        variants={"baseline": {}, "again": {}, "hasty": {"early_stopping": {"patience": 1}, "dropout": 0.3}},
        seeds=1,
    )
    severities = [finding.severity for finding in lint(asked)]
    codes = [finding.code for finding in lint(asked)]

    assert codes[0] == "TL101"
    assert severities == sorted(severities, key=("refuse", "warn", "note").index)
    for severity in ("warn", "note"):
        told = [code for code, one in zip(codes, severities, strict=True) if one == severity]
        assert told == sorted(told)


def test_a_written_reason_lifts_a_refusal_and_stays(question):
    """
    Overridden, a refusal refuses no more, and stands in the record with its reason, as a warning does.
    """
    asked = question(data=copied(), seeds=1)
    reasons = {"TL101": "  to see what\ncopies do ", "TL128": "a first look"}
    findings = {finding.code: finding for finding in lint(asked, reasons)}

    assert findings["TL101"].severity == "refuse"
    assert not findings["TL101"].refuses
    assert findings["TL101"].override == "to see what copies do"
    assert findings["TL128"].override == "a first look"
    assert findings["TL129"].override == ""
    assert any(finding.refuses for finding in lint(asked))


def test_an_override_of_what_was_not_found_gives_nothing(question):
    """
    A reason for a finding that there is not adds none, whether its check comes before training or after.
    """
    reasons = {"TL128": "a first look", "TL141": "short on purpose"}

    assert lint(question(), reasons) == lint(question())


@pytest.mark.parametrize(
    "overrides, said",
    [
        ({"TL1277": "why"}, r"override.TL1277: no such check \(got 'TL1277'\). Did you mean `TL127`?"),
        ({"seeds": "why"}, "Known are: TL101, TL102,"),
        ({"TL128": ""}, r"override.TL128: an override without a reason \(got ''\). Write why"),
        ({"TL128": True}, "override.TL128: not a text"),
    ],
)
def test_an_override_that_says_nothing_is_refused(question, overrides, said):
    """
    An unknown code, an empty reason, and a reason that is no text are refused where they stand.
    """
    with pytest.raises(UsageError, match=said):
        lint(question(), overrides)


def test_a_check_that_fails_becomes_a_note(question, monkeypatch):
    """
    A fault in a check costs nobody the run: it is noted with the error's first line, and the others go on.
    """
    checks = only(Check("TL101", "refuse", "rows shared", failing), CHECKS["TL128"])
    monkeypatch.setattr(linting, "CHECKS", checks)
    one_seed, failed = lint(question(seeds=1))

    assert one_seed.code == "TL128"
    assert (failed.code, failed.severity) == ("TL101", "note")
    assert failed.evidence == "the check failed (ZeroDivisionError: division by zero)"


def test_an_interruption_is_no_fault_of_a_check(question, monkeypatch):
    """
    Ctrl-C while a check looks at many rows ends the command, and becomes no finding.
    """

    def interrupted(question):
        raise KeyboardInterrupt

    monkeypatch.setattr(linting, "CHECKS", only(Check("TL101", "refuse", "rows shared", interrupted)))

    with pytest.raises(KeyboardInterrupt):
        lint(question())


def test_what_is_found_after_a_run_is_muted_by_its_own_experiment(results):
    """
    Findings of results carry the reasons that their experiment gave.
    """
    losses = [[0.6, 0.5, 0.4, 0.3]] * 2
    made = results({"a": {"metric": [[0.5, 0.6, 0.7, 0.8]] * 2, "loss": losses, "train_loss": losses}})
    [finding] = look_back(made)
    made.facts["experiment"]["override"] = {"TL141": "short on purpose"}

    assert (finding.code, finding.override) == ("TL141", "")
    assert look_back(made)[0].override == "short on purpose"


def test_an_honest_experiment_is_refused_nothing(question):
    """
    Nothing refuses the tiny world; what it lacks, rows under seal and a second strength, is told.
    """
    findings = lint(question())

    assert not any(finding.refuses for finding in findings)
    assert {"TL125", "TL129"} <= {finding.code for finding in findings}
    assert not [finding for finding in findings if "the check failed" in finding.evidence]


def test_nothing_is_found_where_nothing_is_wrong(question):
    """
    A design without fault draws no word from any check of comparisons.
    """
    swept = {"dropout": [0.1, 0.3], "l2": [0.01, 0.001]}
    asked = question(variants={}, one_at_a_time=swept, test={"holdout": 0.2}, baselines=True)

    assert [finding for finding in lint(asked) if finding.code in DESIGN] == []


def test_the_linter_loads_neither_jax_nor_keras():
    """
    A protocol is judged without the machinery that would train it.
    """
    code = "import sys, trainlab.protocol.lint; print(sorted({'jax', 'keras'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout == "[]\n"
