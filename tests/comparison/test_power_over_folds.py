"""How many folds, seeds or rows: the promise of 80 %, on folds drawn as the correction supposes."""

import numpy as np
import pytest

from trainlab.comparison.over_folds import FoldLayout, OverFolds, fold_half_width, widened
from trainlab.comparison.power import PROMISED, Needed
from trainlab.comparison.power_over_folds import FoldParts, fold_parts, needed_over_folds, power_over_folds

LAYOUT = FoldLayout(folds=5, ratio=0.25, rows=500, seeds=3)


def measured_like(variance, layout=LAYOUT, mean=0.0):
    """A mean over folds with that variance between them."""
    return OverFolds(mean, variance, layout)


def drawn_power(parts, layout, alpha, difference, times=40_000):
    """The share of drawn experiments whose interval excludes zero on the side of the difference."""
    rng, variance = np.random.default_rng(5), parts.variance(layout)
    means = difference + rng.normal(size=times) * np.sqrt(variance * widened(layout))
    spreads = variance * rng.chisquare(layout.folds - 1, times) / (layout.folds - 1)
    return np.mean(means > fold_half_width(spreads, layout, alpha))


@pytest.mark.parametrize("folds", [3, 5, 10, 30])
@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_power_is_what_drawn_experiments_show(folds, alpha):
    """
    Within 1.5 points of 40,000 experiments, at differences of two and four standard errors.
    """
    layout = FoldLayout(folds=folds, ratio=0.25, rows=500)
    parts = FoldParts(0.004, 0.0, 0.0)
    error = (parts.variance(layout) * widened(layout)) ** 0.5

    for difference in (2 * error, 4 * error):
        expected = drawn_power(parts, layout, alpha, difference)

        assert power_over_folds(parts, layout, alpha, difference) == pytest.approx(expected, abs=0.015)


def test_the_parts_make_up_the_variance():
    """
    What seeds and rows explain and the rest come to the variance between folds, and none is negative.
    """
    for seed, row in ((0.0, 0.0), (1.5, 0.2), (9.0, 4.0)):
        parts = fold_parts(measured_like(2.0), seed=seed, row=row)

        assert parts.variance(LAYOUT) == pytest.approx(2.0)
        assert min(parts.training, parts.seed, parts.row) >= 0


@pytest.mark.parametrize(
    "parts, what",
    [
        (FoldParts(0.0, 3 * 0.0020, 0.0), "seeds"),
        (FoldParts(0.0, 0.0, 500 * 0.0020), "rows"),
        (FoldParts(0.0018, 0.0, 500 * 0.0002), "folds"),
    ],
)
def test_named_is_what_dominates_and_the_number_keeps_the_promise(parts, what):
    """
    Seeds where seeds spread, rows where rows do, else folds; one less than the number would not do.
    """
    measured = measured_like(0.0020)
    answer = needed_over_folds(measured, parts, smallest=0.1)

    assert answer.what == what
    for n, kept in ((answer.n, True), (answer.n - 1, False)):
        layout = FoldLayout(**{**vars(LAYOUT), what: n})
        assert (power_over_folds(parts, layout, 0.05, 0.1) >= PROMISED) == kept


@pytest.mark.parametrize("seed, row, smallest", [(0.0008, 0.0012, 0.045), (0.001, 0.001, 0.02)])
def test_where_none_alone_would_do_two_are_named_that_do_together(seed, row, smallest):
    """
    Two of folds, seeds and rows keep the promise together, and each alone does not.
    """
    parts = FoldParts(0.0, 3 * seed, 500 * row)
    answer = needed_over_folds(measured_like(0.0020), parts, smallest=smallest)
    together = {name: getattr(answer, name) for name in ("folds", "seeds", "rows") if getattr(answer, name)}

    def promised(**changed):
        layout = FoldLayout(**{**vars(LAYOUT), **changed})
        return power_over_folds(parts, layout, 0.05, smallest) >= PROMISED

    assert (answer.what, answer.n, answer.out_of_reach, len(together)) == ("none", None, False, 2)
    assert promised(**together)
    assert not any(promised(**alone) for alone in ({"folds": 10_000}, {"rows": 10**9}, {"seeds": 10_000}))


def test_where_only_the_training_rows_spread_no_number_may_do():
    """
    Overlap leaves a part that neither folds nor seeds nor rows take away, and that is said.
    """
    answer = needed_over_folds(measured_like(0.01), FoldParts(0.01, 0.0, 0.0), smallest=0.02)

    assert answer == Needed("none", out_of_reach=True)


def test_where_the_difference_would_have_shown_none_is_needed():
    """
    Folds that leave power for the smallest difference, and room to rule it out, need nothing more.
    """
    answer = needed_over_folds(measured_like(1e-6), FoldParts(1e-6, 0.0, 0.0), smallest=0.1)

    assert answer == Needed("none")


def test_leaving_one_row_out_asks_for_rows():
    """
    There are no more folds than rows: more rows are more folds.
    """
    layout = FoldLayout(folds=40, ratio=1 / 39, rows=40)
    answer = needed_over_folds(
        measured_like(1.0, layout), FoldParts(1.0, 0.0, 0.0), smallest=0.2, one_row=True
    )

    assert answer.what == "rows"
    grown = FoldLayout(folds=answer.n, ratio=1 / (answer.n - 1), rows=answer.n)
    assert power_over_folds(FoldParts(1.0, 0.0, 0.0), grown, 0.05, 0.2) >= PROMISED


def test_one_fold_needs_another():
    """
    Without a spread there is nothing to foresee.
    """
    layout = FoldLayout(folds=1, ratio=0.25, rows=500)

    assert needed_over_folds(OverFolds(0.1, None, layout), FoldParts(0, 0, 0), smallest=0.1) == Needed(
        "folds", 2
    )
