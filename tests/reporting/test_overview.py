"""Whole experiments in one row each: the words of verdicts, and what the drawing holds."""

import dataclasses
import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from trainlab.comparison.compare import compare
from trainlab.experiment.metrics import METRICS
from trainlab.reporting.drawing.overview import WIDE, Case, overview, verdict_words
from trainlab.reporting.facts.outline import outline
from trainlab.reporting.facts.variants import Difference
from trainlab.reporting.facts.weight_counts import WeightCounts, WeightFacts


@pytest.fixture(scope="module")
def facts(techniques):
    """The four techniques as facts, one run of "both" diverged."""
    return outline(techniques)


@pytest.fixture(scope="module")
def weighed(facts):
    """The same with hidden weights, of which half of the last variant's are zero."""
    bins = (0.2, 0.6, 0.2)
    counts = [WeightCounts(place, 100, 0.0, bins, 0.1) for place in range(3)]
    cut = WeightCounts(3, 100, 0.5, (0.2, 0.1, 0.2), 0.1)
    return dataclasses.replace(facts, weights=WeightFacts((-1.0, -0.3, 0.3, 1.0), (*counts, cut), ""))


def texts(svg):
    """All texts of a drawing."""
    root = ET.fromstring(svg)  # noqa: S314  # our own drawing
    return [element.text for element in root.iter() if element.text and element.text.strip()]


def circles(svg):
    """Middles of the open circles, as the drawing places them: one list for each colour."""
    root = ET.fromstring(svg)  # noqa: S314  # our own drawing
    found = {}
    for element in root.iter():
        if element.tag.endswith("use") and "fill: none" in element.get("style", ""):
            stroke = re.search(r"stroke: (#\w+)", element.get("style"))[1]
            found.setdefault(stroke, []).append(float(element.get("x")))
    return found


def differing(facts, **numbers):
    """A variant with another difference to the reference, and the experiment it belongs to."""
    told = {"value": 0.0, "low": None, "high": None, "p": None, "verdict": "undecided"} | numbers
    return dataclasses.replace(facts.variants[2], difference=Difference(**told))


def test_the_words_hold_the_numbers_of_the_comparison(techniques, facts):
    """
    Difference and interval are those that ``compare`` gives, in points, with the verdict behind them.
    """
    row = next(row for row in compare(techniques).rows if row.variant == "dropout")

    words = verdict_words(facts, facts.variants[2])

    numbers = [float(text) for text in re.findall(r"[+-]?\d+\.\d", words.replace("−", "-"))]
    assert numbers == [round(100 * value, 1) for value in (row.difference, row.low, row.high)]
    assert words.endswith(f"]: {row.verdict}")


def test_the_reference_is_compared_with_nothing(facts):
    """
    A baseline has no words, since it is what the others are compared with.
    """
    assert verdict_words(facts, facts.variants[0]) == ""


def test_runs_that_diverged_are_said(facts):
    """
    One run of "both" diverged, and its words end with that.
    """
    assert verdict_words(facts, facts.variants[3]).endswith(", 1 run diverged")


@pytest.mark.parametrize(
    "value,shown", [(-12_345.6, "−12,346"), (140.0, "+140"), (99.4, "+99"), (0.0123, "+0.012")]
)
def test_large_amounts_have_no_exponent(facts, value, shown):
    """
    Amounts have two digits, and all before the point where these are more.
    """
    amounts = dataclasses.replace(facts, metric=METRICS["mse"])

    assert verdict_words(amounts, differing(amounts, value=value)) == f"{shown}: undecided"


@pytest.mark.parametrize(
    "value,shown", [(0.0004, "+0.04 points"), (0.0, "0 points"), (-0.0231, "−2.3 points")]
)
def test_a_small_difference_is_not_shown_as_none(facts, value, shown):
    """
    A rate has one decimal of a point, and one digit where that would be zero.
    """
    assert verdict_words(facts, differing(facts, value=value)) == f"{shown}: undecided"


def test_other_metrics_have_two_digits_and_no_points(make_results, tmp_path):
    """
    A difference in the mean squared error is written with two digits, whatever its size.
    """
    facts = outline(make_results(tmp_path, metric="mse", seeds=2))

    words = verdict_words(facts, differing(facts, value=-12.345, low=-20.02, high=-0.1, verdict="better"))

    assert words == "−12 [−20, −0.10]: better"


def test_every_seed_is_a_circle_in_the_order_of_its_score(weighed):
    """
    There is one open circle for each run with a score, and within a variant they lie as the scores do.
    """
    found = circles(overview([Case("what was asked", weighed)]))

    scores = [[one for one in variant.scores if one is not None] for variant in weighed.variants]
    assert sorted(map(len, found.values())) == sorted(map(len, scores)) == [4, 5, 5, 5]
    for drawn, known in zip(found.values(), scores, strict=True):
        np.testing.assert_allclose(np.corrcoef(drawn, known)[0, 1], 1, atol=1e-4)


def test_names_titles_and_zeros_can_be_read(weighed):
    """
    Titles of all cases, names of all variants, units and the share of weights that is zero are texts.
    """
    svg = overview([Case("first case", weighed), Case("second case", weighed)])

    told = texts(svg)
    assert {"first case", "second case", "baseline", "accuracy, %", "epoch", "weight"} <= set(told)
    assert told.count("50 % are zero") == 2
    assert "% of weights in a bin, log scale" in told
    assert re.match(rf'<svg [^>]*viewBox="0 0 {WIDE:.0f}', svg)


def test_without_weights_the_panel_says_so(facts):
    """
    An old folder without files of weights is drawn, with words in place of the histogram.
    """
    assert "no hidden weights were kept" in texts(overview([Case("old", facts)]))


def test_the_same_facts_give_the_same_bytes(weighed):
    """
    Drawn twice, a picture is the same to the byte, and small.
    """
    once, again = (overview([Case("what was asked", weighed)]) for _ in range(2))

    assert once == again
    assert len(once) < 60_000


def test_more_variants_than_colours_leaves_the_last_out(make_results, tmp_path):
    """
    Of nine variants the reference and six others are drawn, each in a colour of its own.
    """
    names = {"baseline": 0.9} | {f"v{number}": 0.9 + 0.005 * number for number in range(8)}
    facts = outline(make_results(tmp_path, names, seeds=2, epochs=3))

    told = texts(overview([Case("many", facts)]))

    assert "v5" in told
    assert "v6" not in told
