"""The comparison of stored results: pairing, adjustment, direction, divergence, and the words."""

import dataclasses
import json
import math
import re

import numpy as np
import pytest
from scipy import stats

from trainlab.comparison.compare import compare
from trainlab.comparison.crossed import crossed
from trainlab.comparison.power import Needed
from trainlab.comparison.splits import CLAIM
from trainlab.errors import UsageError
from trainlab.results.outcome import Outcome

REGRESSION = {"task": "regression", "target_mean": [1.0]}


def right(share, *, seeds=5, rows=2_000, start=0):
    """Accuracy row by row: rows that are hard for every network, and a little luck in each run."""
    rng = np.random.default_rng(start)
    hard = np.random.default_rng(99).random(rows)
    return [(hard + 0.02 * rng.normal(size=rows) < share).astype(float) for _ in range(seeds)]


def amounts(mean, *, seeds=5, rows=300, start=0):
    """Losses row by row around a mean."""
    rng = np.random.default_rng(start)
    return [mean + 0.1 * rng.normal(size=rows) for _ in range(seeds)]


def only(comparison):
    """The one row of a comparison."""
    (row,) = comparison.rows
    return row


def test_the_difference_is_the_variant_minus_the_reference(stored):
    """
    Its interval and p are those of the crossed layout, its narrower interval that of the paired t test.
    """
    base, other = right(0.90), right(0.95, start=1)
    row = only(compare(stored({"baseline": base, "wide": other})))

    expected = crossed(np.array(other) - np.array(base), step=1.0)
    paired = stats.ttest_rel(np.mean(other, axis=1), np.mean(base, axis=1)).confidence_interval()

    assert (row.variant, row.against, row.seeds) == ("wide", "baseline", 5)
    assert row.difference == pytest.approx(expected.mean)
    assert (row.low, row.high) == pytest.approx(expected.interval())
    assert row.p == pytest.approx(expected.p)
    assert row.seeds_only == pytest.approx((paired.low, paired.high))
    assert row.high - row.low > row.seeds_only[1] - row.seeds_only[0]


def test_a_clear_advantage_is_said_in_points(stored):
    """
    The sentence names who wins, by how much, and the interval.
    """
    row = only(compare(stored({"baseline": right(0.90), "wide": right(0.95, start=1)})))

    assert row.verdict == "better"
    assert row.needed == Needed("nothing")
    low, high = 100 * row.low, 100 * row.high
    assert row.sentence == (
        f"wide beats baseline by {100 * row.difference:.2f} percentage points"
        f" (95 % interval {low:.2f} to {high:.2f})"
    )


def test_a_clear_disadvantage_has_no_minus(stored):
    """
    "Worse by 5 points", with the interval from small to large.
    """
    row = only(compare(stored({"baseline": right(0.95), "narrow": right(0.90, start=1)})))

    assert row.verdict == "worse"
    assert row.sentence.startswith(
        f"narrow is worse than baseline by {-100 * row.difference:.2f} percentage points"
    )
    assert f"(95 % interval {-100 * row.high:.2f} to {-100 * row.low:.2f})" in row.sentence


def test_better_means_better_where_the_metric_is_a_loss(stored):
    """
    A smaller loss beats a larger one, and the difference keeps its sign.
    """
    results = stored(
        {"baseline": amounts(1.0), "l2": amounts(0.8, start=1)}, metric="mse", data=REGRESSION, smallest=0.05
    )
    row = only(compare(results))

    assert row.verdict == "better"
    assert row.difference < 0
    assert row.low < row.high < 0
    assert row.sentence.startswith("l2 beats baseline by 0.")
    assert "units of mean squared error" in row.sentence


def test_an_advantage_that_does_not_matter_is_called_so(stored):
    """
    Certain and small are said together.
    """
    results = stored(
        {"baseline": amounts(1.0), "l2": amounts(0.9, start=1)}, metric="mse", data=REGRESSION, smallest=0.5
    )
    row = only(compare(results))

    assert row.verdict == "better"
    assert row.sentence.endswith(", by less than matters")


def test_a_small_difference_that_is_known_to_be_small_is_equivalent(stored):
    """
    The interval holds zero and lies within what matters.
    """
    results = stored(
        {"baseline": amounts(1.0), "l2": amounts(1.0, start=1)}, metric="mse", data=REGRESSION, smallest=0.05
    )
    row = only(compare(results))

    assert row.verdict == "equivalent"
    assert row.needed == Needed("nothing")
    assert row.sentence.endswith("within ±0.05")


def test_undecided_says_what_would_settle_it(stored):
    """
    A number of seeds or rows, counted from those at hand, for the difference that matters.
    """
    base = [np.full(300, value) for value in (1.0, 1.1, 0.9, 1.2, 0.8)]
    other = [np.full(300, value) for value in (1.1, 1.0, 1.1, 1.0, 0.9)]
    results = stored({"baseline": base, "l2": other}, metric="mse", data=REGRESSION, smallest=0.1)
    row = only(compare(results))

    assert row.verdict == "undecided"
    assert row.needed.what == "seeds"
    assert row.sentence == (
        "undecided: l2 minus baseline is +0.02 units of mean squared error"
        f" (95 % interval −{-row.low:.4g} to {row.high:.4g});"
        f" about {row.needed.n - 5} more seeds would settle a difference of 0.1 units of mean squared error"
    )


def test_intervals_and_p_are_adjusted_for_all_rows(stored):
    """
    With three variants beside the reference, each interval has a confidence of 1 - 0.05 / 3.
    """
    base = right(0.90)
    others = {f"v{index}": right(0.905, start=index) for index in (1, 2, 3)}
    comparison = compare(stored({"baseline": base, **others}))

    for row in comparison.rows:
        expected = crossed(np.array(others[row.variant]) - np.array(base), step=1.0)

        assert (row.low, row.high) == pytest.approx(expected.interval(1 - 0.05 / 3))
        assert row.p == pytest.approx(min(1.0, 3 * expected.p))
        assert (row.p < 0.05) == (row.low > 0 or row.high < 0)
        assert "simultaneous 95 % interval" in row.sentence


def test_another_reference_turns_the_difference_around(stored):
    """
    `against` takes any variant, and the interval is the same from the other side.
    """
    results = stored({"baseline": right(0.90), "wide": right(0.95, start=1)})
    row, turned = only(compare(results)), only(compare(results, against="wide"))

    assert (turned.variant, turned.against, turned.verdict) == ("baseline", "wide", "worse")
    assert (turned.low, turned.high) == pytest.approx((-row.high, -row.low))


def test_an_unknown_reference_is_refused(stored):
    """
    The message names what was probably meant.
    """
    results = stored({"baseline": right(0.90), "wide": right(0.95)})

    with pytest.raises(UsageError, match="Did you mean `wide`"):
        compare(results, against="wid")


def test_one_variant_is_compared_with_nothing(stored):
    """
    Its score is there, rows are not.
    """
    comparison = compare(stored({"baseline": right(0.90)}))

    assert comparison.rows == ()
    assert len(comparison.scores) == 1


def test_one_seed_is_undecided_however_large_the_difference(stored):
    """
    The sentence says why, and how many seeds are needed at least.
    """
    comparison = compare(stored({"baseline": right(0.5, seeds=1), "wide": right(0.99, seeds=1)}))
    row = only(comparison)

    assert row.verdict == "undecided"
    assert (row.low, row.high, row.p, row.seeds_only) == (None, None, None, None)
    assert row.needed == Needed("seeds", 2)
    assert row.sentence.startswith("undecided: wide minus baseline is +")
    assert row.sentence.endswith("one seed cannot show whether that is luck; at least 2 seeds are needed")
    assert (comparison.scores[0].low, comparison.scores[0].high, comparison.scores[0].n) == (None, None, 1)


def test_scores_have_their_own_interval_over_seeds(stored):
    """
    It equals the t interval of SciPy.
    """
    runs = right(0.90)
    score = compare(stored({"baseline": runs})).scores[0]
    means = np.mean(runs, axis=1)
    expected = stats.ttest_1samp(means, 0).confidence_interval()

    assert (score.mean, score.low, score.high) == pytest.approx((means.mean(), expected.low, expected.high))
    assert (score.n, score.diverged) == (5, 0)


def test_the_same_network_twice_is_equivalent(stored):
    """
    Where losses agree too there is nothing to tell apart, however few rows there are.
    """
    runs = right(0.9, rows=30)
    losses = {"baseline": amounts(0.5, rows=30), "again": amounts(0.5, rows=30)}
    row = only(compare(stored({"baseline": runs, "again": runs}, losses=losses)))

    assert (row.verdict, row.low, row.high, row.p) == ("equivalent", 0.0, 0.0, 1.0)
    assert row.sentence.startswith("no difference is measurable")


def test_other_networks_that_are_right_on_the_same_few_rows_are_undecided(stored):
    """
    Thirty rows without a difference say little about new rows: more rows are needed.
    """
    runs = right(0.9, rows=30)
    losses = {"baseline": amounts(0.5, rows=30), "other": amounts(0.4, rows=30, start=1)}
    row = only(compare(stored({"baseline": runs, "other": runs}, losses=losses)))

    assert (row.difference, row.p, row.verdict) == (0.0, 1.0, "undecided")
    assert row.high == pytest.approx(math.log(20) / 30)
    assert row.needed == Needed("rows", 600)


def test_only_seeds_that_ended_in_both_are_paired(stored):
    """
    An interrupted run leaves its seed out, and the sentence says how many are left.
    """
    base, other = right(0.90), right(0.95, start=1)
    cut = [Outcome.INTERRUPTED, *other[1:4], Outcome.RUNNING]
    row = only(compare(stored({"baseline": base, "wide": cut})))

    assert row.seeds == 3
    assert row.difference == pytest.approx(np.mean(np.array(other[1:4]) - np.array(base[1:4])))
    assert row.sentence.endswith("3 of 5 seeds have ended in both")


def test_nothing_in_common_is_undecided(stored):
    """
    Without a seed that ended in both there is no number at all, and no NaN.
    """
    row = only(compare(stored({"baseline": right(0.90), "wide": [Outcome.INTERRUPTED] * 5})))

    assert (row.difference, row.low, row.p, row.seeds_only, row.seeds) == (None, None, None, None, 0)
    assert (row.verdict, row.needed) == ("undecided", Needed("seeds", 2))
    assert row.sentence == "undecided: no seed has ended in both wide and baseline"


# ------------------------------------------------------------------------------------ runs that diverged


def test_a_diverged_run_counts_as_the_class_prior(stored):
    """
    Its rows are right where the commonest class is, and it is counted, not dropped.
    """
    targets = np.arange(2_000) % 2
    base, other = right(0.90, seeds=8), right(0.95, seeds=8, start=1)
    broken = [*other[:7], Outcome.DIVERGED]
    comparison = compare(stored({"baseline": base, "wide": broken}, targets=targets))
    row = only(comparison)
    filled = np.array([*other[:7], (targets == 0).astype(float)])

    assert row.difference == pytest.approx(np.mean(filled - np.array(base)))
    assert (row.diverged.variant, row.diverged.against, row.seeds) == (1, 0, 8)
    assert "1 of 8 runs of wide diverged and counts as the class-prior predictor" in row.sentence
    assert (comparison.scores[1].n, comparison.scores[1].diverged) == (7, 1)
    assert comparison.scores[1].mean == pytest.approx(np.mean(other[:7]))


def test_verdicts_that_differ_with_and_without_diverged_runs_are_undecided(stored):
    """
    Without the diverged run the variant would win; the sentence tells both verdicts.
    """
    base, other = right(0.90), right(0.95, start=1)
    row = only(compare(stored({"baseline": base, "wide": [*other[:4], Outcome.DIVERGED]})))

    assert row.verdict == "undecided"
    assert row.needed == Needed("none")
    assert "the verdict is undecided with diverged runs counted as the class-prior predictor" in row.sentence
    assert "and better on the 4 seeds completed in both" in row.sentence


def test_a_variant_that_always_diverges_is_worse(stored):
    """
    Where no seed was completed in both, the variant that diverged is the worse one.
    """
    row = only(compare(stored({"baseline": right(0.95), "wild": [Outcome.DIVERGED] * 5})))

    assert row.verdict == "worse"
    assert row.diverged.p == pytest.approx(0.0625)
    assert "5 of 5 runs of wild diverged" in row.sentence


def test_a_variant_that_always_diverges_never_wins(stored):
    """
    The trivial predictor may have the smaller loss: that is no merit of the variant.
    """
    targets = np.ones((300, 1), np.float32)
    results = stored(
        {"baseline": amounts(3.0), "wild": [Outcome.DIVERGED] * 5},
        metric="mse",
        data=REGRESSION,
        targets=targets,
        smallest=0.1,
    )
    row = only(compare(results))

    assert row.high < 0
    assert row.verdict == "undecided"
    assert "no seed was completed in both" in row.sentence


def test_two_variants_that_always_diverge_are_not_equivalent(stored):
    """
    There is nothing to compare where nothing was learned.
    """
    runs = {"baseline": [*right(0.9, seeds=1), *[Outcome.DIVERGED] * 4], "a": [Outcome.DIVERGED] * 5}
    comparison = compare(stored({**runs, "b": [Outcome.DIVERGED] * 5}), against="a")

    assert comparison.rows[1].verdict == "undecided"
    assert comparison.rows[1].diverged.p == 1.0


def test_a_finished_run_that_overflows_on_a_row_counts_as_diverged(stored):
    """
    What is not finite has no score, so it counts as the trivial predictor, too.
    """
    base, other = amounts(1.0), amounts(0.8, start=1)
    other[2][7] = np.inf
    comparison = compare(
        stored({"baseline": base, "l2": other}, metric="mse", data=REGRESSION, smallest=0.05)
    )

    assert only(comparison).diverged.variant == 1
    assert (comparison.scores[1].n, comparison.scores[1].diverged) == (4, 1)


# ---------------------------------------------------------------------------------- the object and its words


def worlds(stored):
    """Results of every kind that has gaps."""
    yield stored({"baseline": right(0.90), "wide": right(0.95, start=1), "deep": right(0.91, start=2)})
    yield stored({"baseline": right(0.90, seeds=1), "wide": right(0.95, seeds=1)})
    yield stored({"baseline": right(0.90), "wide": [Outcome.INTERRUPTED] * 5, "wild": [Outcome.DIVERGED] * 5})
    yield stored({"baseline": right(0.90), "same": right(0.90)})
    yield stored({"baseline": [np.ones(50)] * 3, "other": [np.zeros(50)] * 3})


def test_the_document_is_plain_json_without_nan(stored):
    """
    It can be written by a strict writer, and holds the fields of the contract.
    """
    for results in worlds(stored):
        document = compare(results).document()
        again = json.loads(json.dumps(document, allow_nan=False))

        assert again == document
        assert (again["schema"], again["metric"], again["claim"]) == ("trainlab/compare/1", "accuracy", CLAIM)
        for row in again["rows"]:
            assert {"variant", "against", "difference", "low", "high", "p", "verdict", "needed"} <= set(row)
            assert {"what", "n"} <= set(row["needed"])
            assert row["verdict"] in {"better", "worse", "equivalent", "undecided"}


def test_sentences_have_no_gaps(stored):
    """
    No sentence shows a None, a NaN, or a minus zero.
    """
    for results in worlds(stored):
        for row in compare(results).rows:
            assert not re.search(r"None|nan|−0\.00\b|-\d|\+0\.00\b", row.sentence)


def test_a_comparison_is_a_frozen_value(stored):
    """
    Comparing twice gives equal values, and they cannot be changed.
    """
    results = stored({"baseline": right(0.90), "wide": right(0.95, start=1)})
    comparison = compare(results)

    assert comparison == compare(results)
    with pytest.raises(dataclasses.FrozenInstanceError):
        comparison.claim = "for everybody"


def test_a_notebook_shows_names_safely(stored):
    """
    What a variant is called cannot become markup.
    """
    shown = compare(stored({"baseline": right(0.90), "<b>wide</b>": right(0.95, start=1)}))._repr_html_()

    assert "<b>" not in shown
    assert "&lt;b&gt;wide&lt;/b&gt;" in shown


def test_a_long_name_is_cut_in_the_sentence_only(stored):
    """
    The row keeps the whole name.
    """
    name = "hidden=" + "512-" * 100
    row = only(compare(stored({"baseline": right(0.90), name: right(0.95, start=1)})))

    assert row.variant == name
    assert len(row.sentence) < 250
