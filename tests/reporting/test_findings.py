"""Findings on a terminal: the gravest first, harmless, with the reason that lifted them."""

import io
import re

from rich.console import Console

from trainlab.reporting.facts.findings import finding_facts, findings_in_words
from trainlab.reporting.terminal.findings_table import findings_lines, findings_table

FINDING = {
    "code": "TL101",
    "severity": "refuse",
    "title": "Rows stand twice",
    "where": "data",
    "evidence": "3 rows are alike.",
    "cure": "Leave them out.",
}


def printed(shown, columns=80):
    """What a terminal of that many columns gets."""
    console = Console(file=io.StringIO(), width=columns)
    console.print(shown, markup=False, highlight=False)
    return console.file.getvalue()


def test_a_finding_is_told_in_full(folded):
    """
    Code, severity, title, place, evidence, cure, limit and the reason that lifted it, the gravest first.
    """
    text = printed(findings_table(folded.facts["findings"]))

    assert [line[:5] for line in text.splitlines() if re.match("TL", line)] == ["TL101", "TL107", "TL140"]
    for words in (
        "TL107 warn One learning rate for all variants, at recipe.learning_rate",
        "  0.001 in each.",
        "  Cure: Tune it.",
        "  Verdicts are limited: at a learning rate of 0.001 for all",
        "  Lifted, with the reason: they are different patients",
        "3 findings: 1 refusal, 1 warning and 1 note.",
    ):
        assert words in text
    assert "Nothing is trained" not in text


def test_a_refusal_that_stands_says_that_nothing_is_trained():
    """
    Without a written reason the count ends with what follows, and with the line that lifts the first.
    """
    twice = [FINDING, {**FINDING, "code": "TL127"}]

    assert findings_in_words(finding_facts(twice)) == (
        "2 findings: 2 refusals. Nothing is trained before they are mended, or lifted with a written reason: "
        '`override: {TL101: "..."}`.'
    )
    assert findings_in_words(finding_facts([{**FINDING, "override": "meant so"}])) == "1 finding: 1 refusal."


def test_no_finding_is_said_in_words():
    """
    An empty list is an answer, too.
    """
    assert "No check has anything to say." in printed(findings_table([]))


def test_above_an_answer_a_finding_takes_one_line():
    """
    Code, severity, title, the reason where there is one, and the place, which tells two of one code apart.
    """
    found = finding_facts(
        [{**FINDING, "override": "meant so"}, {**FINDING, "where": "test"}, {**FINDING, "where": ""}]
    )

    assert [line.plain for line in findings_lines(found)] == [
        "TL101 refuse Rows stand twice (lifted: meant so), at data",
        "TL101 refuse Rows stand twice, at test",
        "TL101 refuse Rows stand twice",
    ]


def test_foreign_words_are_harmless(nasty_names):
    """
    Neither markup nor escapes of a finding reach the terminal, and odd severities are shown last.
    """
    odd = [dict.fromkeys((*FINDING, "override", "limit"), name) for name in nasty_names]
    text = printed(findings_table([*odd, FINDING]), columns=200)

    assert text.startswith("TL101")
    assert "[bold]markup[/bold]" in text
    assert not re.search("[\\x00-\\x08\\x0b-\\x1f\\x7f\\u202a-\\u202e\\u2066-\\u2069]", text)
