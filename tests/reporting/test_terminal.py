"""The answer on a terminal: within its width, numbers aligned, names harmless."""

import dataclasses
import functools
import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console

from trainlab.comparison.compare import compare
from trainlab.reporting.terminal.answer_table import answer_table

compared = functools.cache(compare)

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def printed(results, *, columns=80, **settings):
    """What a terminal of that many columns gets."""
    console = Console(file=io.StringIO(), width=columns, **settings)
    console.print(answer_table(results, compared(results)))
    return console.file.getvalue()


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("world", ["techniques", "regression", "one_seed", "nasty", "many"])
def test_no_line_is_wider_than_the_terminal(world, columns, request):
    """
    At 60, 80 and 120 columns every line fits, and no number is cut.
    """
    text = printed(request.getfixturevalue(world), columns=columns)

    lines = text.splitlines()
    assert max(cell_len(line) for line in lines) <= columns
    if columns >= 80 and world not in {"nasty", "many"}:
        assert "…" not in text


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_techniques_and_targets_fit_the_terminal(techniques, columns):
    """
    Below the sentences stand what early stopping did and the time to the target, at any width.
    """
    experiment = techniques.facts["experiment"]
    variants = {**experiment["variants"], "l2": {"early_stopping": True}}
    asked = {**experiment, "variants": variants, "target_score": 0.93}
    results = dataclasses.replace(techniques, facts={**techniques.facts, "experiment": asked})

    text = printed(results, columns=columns)

    assert max(cell_len(line) for line in text.splitlines()) <= columns
    said = " ".join(text.split())
    assert "“l2”: early stopping ended none of 5 runs before epoch 20" in said
    assert "Time to the target of 93.00 %" in said
    assert "more than" in said


def test_a_row_holds_score_interval_difference_verdict_epochs_and_time(techniques):
    """
    At 80 columns the row of a variant tells everything, intervals below their numbers.
    """
    results = compare(techniques)
    score, row = results.scores[1], results.rows[0]

    lines = printed(techniques).splitlines()

    value, high = f"{100 * row.difference:+.2f}", f"{100 * row.high:+.2f}"
    place = next(number for number, line in enumerate(lines) if line.startswith("l2 "))
    assert lines[place].split() == ["l2", f"{100 * score.mean:.2f}", value, row.verdict, "20", "2.3", "s"]
    assert f"{100 * score.low:.2f} to {100 * score.high:.2f}" in lines[place + 1]
    edges = [line.index(text) + len(text) for line, text in zip(lines[place:], (value, high), strict=False)]
    assert edges[0] == edges[1]


def test_a_diverged_run_shows(techniques):
    """
    The variant's row and a sentence tell of the run that diverged.
    """
    text = printed(techniques)

    assert "1 diverged" in text
    assert "1 of 20 runs diverged." in text


def test_every_sentence_of_the_comparison_is_printed(techniques):
    """
    Below the table stand the sentences and the claim.
    """
    text = " ".join(printed(techniques).split())

    for row in compare(techniques).rows:
        assert row.sentence.removeprefix("undecided: ") in text
    assert compare(techniques).claim in text


def test_names_are_neither_markup_nor_commands(nasty):
    """
    Markup of rich is printed as it is written, and no escape of a name reaches the terminal.
    """
    text = printed(nasty, force_terminal=True, color_system="truecolor", columns=200)

    assert "[bold]markup[/bold] [/]" in ESCAPE.sub("", text)
    assert "\x1b[31mred" not in text.replace("\x1b[2m", "")
    assert not re.search("[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)
    text.encode("utf-8")


def test_colour_is_left_out_where_it_is_not_wanted(techniques, monkeypatch):
    """
    With NO_COLOR set a terminal gets no colour, and a file gets no escape at all.
    """
    monkeypatch.setenv("NO_COLOR", "1")

    told = printed(techniques, force_terminal=True)

    assert not re.search(r"\x1b\[[0-9;]*\b3[0-9]\b", told)
    assert "\x1b" not in printed(techniques)
