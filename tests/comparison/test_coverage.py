"""How often the interval is right, in simulated worlds whose truth is known.

The figures in the docstring of ``half_width`` come from these worlds.
"""

import itertools

import numpy as np
import pytest
from scipy.special import expit, stdtrit
from scipy.stats import binom

from trainlab.comparison.crossed import Crossed, Layout, MeanSquares, crossed, half_width
from trainlab.comparison.power import power
from trainlab.comparison.verdict import decide

# Shares of the variance of the mean: seeds, rows, and the rest.
SHARES = {
    "seeds": (0.90, 0.05, 0.05),
    "rows": (0.05, 0.90, 0.05),
    "mixed": (0.40, 0.40, 0.20),
    "rest": (0.00, 0.00, 1.00),
}
EVERY_SHARE = [
    (seed, row, 1 - seed - row)
    for seed, row in itertools.product((0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1), repeat=2)
    if seed + row <= 1
]


def drawn_squares(rng, share, layout, times):
    """Mean squares as normal theory draws them, of tables whose mean has variance 1; and the expected."""
    seeds, rows = layout.seeds, layout.rows
    rest = share[2] * seeds * rows
    expected = MeanSquares(rows * share[0] * seeds + rest, seeds * share[1] * rows + rest, rest)
    freedom = seeds - 1, rows - 1, (seeds - 1) * (rows - 1)
    drawn = [
        value * rng.chisquare(df, times) / df
        for value, df in zip((expected.seed, expected.row, expected.rest), freedom, strict=True)
    ]
    return MeanSquares(*drawn), expected


def one_t_half_width(squares, layout, alpha):
    """The road not taken: one t with Satterthwaite's degrees of freedom."""
    by_seed, by_row = layout.seeds - 1, layout.rows - 1
    total = squares.seed + squares.row - squares.rest
    largest = np.maximum(np.maximum(squares.seed, squares.row), total)
    spread = squares.seed**2 / by_seed + squares.row**2 / by_row + squares.rest**2 / (by_seed * by_row)
    freedom = np.where(
        total >= largest, largest**2 / spread, np.where(squares.seed >= squares.row, by_seed, by_row)
    )
    return -stdtrit(freedom, alpha / 2) * np.sqrt(largest / (layout.seeds * layout.rows))


def drawn_table(rng, share, layout, *, heavy=False):
    """A table of differences with mean 0; heavy: rows that differ as rarely and strongly as log losses do."""
    seeds, rows = layout.seeds, layout.rows
    by_row = rng.exponential(size=rows) ** 1.5 * rng.choice([-1, 1], rows) / np.sqrt(6) if heavy else None
    table = np.sqrt(share[0] * seeds) * rng.normal(size=(seeds, 1))
    table = table + np.sqrt(share[1] * rows) * (rng.normal(size=rows) if by_row is None else by_row)
    return table + np.sqrt(share[2] * seeds * rows) * rng.normal(size=(seeds, rows))


def covered(tables, truth=0.0, step=0.0):
    """The share of tables whose 95 % interval holds the truth."""
    intervals = [crossed(table, step=step).interval() for table in tables]
    return np.mean([low <= truth <= high for low, high in intervals])


@pytest.mark.parametrize("world", SHARES)
def test_the_interval_covers(world):
    """
    At least 94 % of intervals hold the true difference, from tables drawn number by number.
    """
    rng, layout = np.random.default_rng(11), Layout(5, 100)

    assert covered(drawn_table(rng, SHARES[world], layout) for _ in range(2_000)) >= 0.94


@pytest.mark.parametrize("share", [(0.05, 0.9, 0.05), (0.4, 0.4, 0.2)])
def test_the_interval_covers_where_few_rows_differ_strongly(share):
    """
    Rows with heavy tails, as log losses have them, leave it at 94 % or more.
    """
    rng, layout = np.random.default_rng(12), Layout(5, 200)

    assert covered(drawn_table(rng, share, layout, heavy=True) for _ in range(1_000)) >= 0.94


HARD, OWN, LUCK = 3.0, 0.7, 0.3  # spread of rows, of rows in one variant, and of seeds, in logits


def accuracies(rng, layout, *leads):
    """Row by row and seed by seed who is right: hard rows, variants with their own, lucky seeds."""
    hard = 2.5 + HARD * rng.normal(size=layout.rows)
    for lead in leads:
        logits = hard + OWN * rng.normal(size=layout.rows) + lead + LUCK * rng.normal(size=(layout.seeds, 1))
        yield (logits + rng.logistic(size=(layout.seeds, layout.rows)) > 0).astype(np.float64)


def expected_accuracy(lead):
    """The accuracy on all rows and seeds there could be, by quadrature."""
    at, weights = np.polynomial.hermite_e.hermegauss(80)
    return weights @ expit(2.5 + lead + np.sqrt(HARD**2 + OWN**2 + LUCK**2) * at) / weights.sum()


def share_covered_of_accuracies(rng, layout, lead, times):
    """How often the difference of two accuracies is held by its interval."""
    pairs = (tuple(accuracies(rng, layout, lead, 0.0)) for _ in range(times))
    truth = expected_accuracy(lead) - expected_accuracy(0.0)
    return covered((ours - theirs for ours, theirs in pairs), truth, step=1.0)


@pytest.mark.parametrize("lead", [0.0, 0.5])
@pytest.mark.parametrize("layout", [Layout(5, 100, step=1.0), Layout(10, 400, step=1.0)])
def test_the_interval_covers_where_rows_are_right_or_wrong(lead, layout):
    """
    The difference of two accuracies on all rows there could be is held by at least 94 %.
    """
    assert share_covered_of_accuracies(np.random.default_rng(13), layout, lead, 600) >= 0.94


@pytest.mark.parametrize("expected_rows", [0.5, 1, 2, 4, 10])
def test_the_interval_covers_where_few_rows_differ_at_all(expected_rows):
    """
    An advantage in so few rows of 400 that the sample may hold none of them is not ruled out.
    """
    share, found = expected_rows / 400, 0.0
    for met in range(40):
        table = np.repeat((np.arange(400) < met)[None, :].astype(float), 5, axis=0)
        low, high = crossed(table, step=1.0).interval()
        found += binom.pmf(met, 400, share) * (low <= share <= high)

    assert found >= 0.94


@pytest.mark.parametrize("seeds", [2, 3, 5, 10, 30])
def test_the_interval_covers_at_the_levels_of_many_variants(seeds):
    """
    Whatever share seeds, rows and the rest have, at most 5 % are missed with 1, 5 and 20 variants together.
    """
    rng, times = np.random.default_rng(15), 20_000
    for share in EVERY_SHARE:
        layout = Layout(seeds, 300)
        squares, _ = drawn_squares(rng, share, layout, times)
        means = np.abs(rng.normal(size=times))
        for variants in (1, 5, 20):
            alpha = 0.05 / variants
            missed = np.mean(means > half_width(squares, layout, alpha))
            # Four standard errors: some hundred worlds are looked at.
            assert missed <= alpha + 4 * np.sqrt(alpha / times), (share, variants)


def test_one_t_would_not_cover_at_the_levels_of_many_variants():
    """
    With 5 seeds, Satterthwaite's degrees of freedom miss over 8 % with 5 variants and over 15 % with 20.
    """
    rng, times, layout = np.random.default_rng(16), 100_000, Layout(5, 1_000)
    squares, _ = drawn_squares(rng, (0.8, 0.05, 0.15), layout, times)
    means = np.abs(rng.normal(size=times))

    def missed(variants):
        return variants * np.mean(means > one_t_half_width(squares, layout, 0.05 / variants))

    assert missed(5) > 0.08
    assert missed(20) > 0.15


@pytest.mark.parametrize("seeds, rows", [*itertools.product((5, 10, 30), (100, 1_000, 10_000))])
def test_the_interval_is_hardly_wider_than_an_oracle_s(seeds, rows):
    """
    Its median width is at most 1.25 times that of who knows the shares of the variance, and it covers 94 %.
    """
    rng, layout, times = np.random.default_rng(17), Layout(seeds, rows), 20_000
    for share in SHARES.values():
        squares, expected = drawn_squares(rng, share, layout, times)
        halves = half_width(squares, layout, 0.05)
        oracle = one_t_half_width(expected, layout, 0.05)

        assert np.mean(np.abs(rng.normal(size=times)) <= halves) >= 0.94
        assert np.median(halves) <= 1.25 * oracle


def false_alarms(rng, arms, layout, *, step, experiments, variants):
    """The share of experiments in which some variant is called better or worse than its equal."""
    alarms = 0
    for _ in range(experiments):
        reference, *others = arms(rng, layout, variants + 1)
        verdicts = {
            decide(
                crossed(other - reference, step=step).interval(1 - 0.05 / variants),
                0.005,
                higher_is_better=True,
            )
            for other in others
        }
        alarms += bool(verdicts & {"better", "worse"})
    return alarms / experiments


def equal_accuracies(rng, layout, arms):
    """Accuracies of arms that are equal on all rows there could be."""
    yield from accuracies(rng, layout, *[0.0] * arms)


def equal_losses(rng, layout, arms):
    """Losses of arms that are equal, where seeds differ most and rows hardly."""
    for _ in range(arms):
        yield drawn_table(rng, (0.85, 0.05, 0.10), layout)


@pytest.mark.parametrize("variants", [1, 5])
@pytest.mark.parametrize("arms, step", [(equal_accuracies, 1.0), (equal_losses, 0.0)])
def test_equal_variants_raise_few_false_alarms(arms, step, variants):
    """
    At most 5 % of A/A experiments, and two standard errors, name a winner or a loser.
    """
    experiments = 600
    rng = np.random.default_rng(18)
    found = false_alarms(rng, arms, Layout(5, 100), step=step, experiments=experiments, variants=variants)

    assert found <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / experiments)


@pytest.mark.slow
@pytest.mark.parametrize("variants", [1, 5, 20])
@pytest.mark.parametrize("arms, step", [(equal_accuracies, 1.0), (equal_losses, 0.0)])
@pytest.mark.parametrize("layout", [Layout(5, 300), Layout(10, 1_000)])
def test_equal_variants_raise_few_false_alarms_in_a_longer_study(arms, step, variants, layout):
    """
    The same with more experiments, rows, seeds and variants.
    """
    experiments = 3_000 if variants < 20 else 1_500
    rng = np.random.default_rng(19)
    found = false_alarms(rng, arms, layout, step=step, experiments=experiments, variants=variants)

    assert found <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / experiments)


@pytest.mark.slow
@pytest.mark.parametrize("lead", [0.0, 0.3])
@pytest.mark.parametrize("seeds, rows", [*itertools.product((5, 10, 30), (100, 1_000))])
def test_the_interval_of_accuracies_covers_in_a_longer_study(seeds, rows, lead):
    """
    At least 94 %, over seeds and rows as experiments have them.
    """
    layout = Layout(seeds, rows, step=1.0)

    assert share_covered_of_accuracies(np.random.default_rng(20), layout, lead, 3_000) >= 0.94


@pytest.mark.slow
@pytest.mark.parametrize(
    "layout", [Layout(5, 360, step=1.0), Layout(10, 360, step=1.0), Layout(5, 1_000, step=1.0)]
)
@pytest.mark.parametrize("lead", [0.3, 0.8])
def test_the_power_of_accuracies_is_what_simulation_gives(layout, lead):
    """
    Within three points, although rows are right or wrong and nothing is normal.
    """
    rng = np.random.default_rng(21)
    pairs = (tuple(accuracies(rng, layout, lead, 0.0)) for _ in range(3_000))
    measured = [crossed(ours - theirs, step=1.0) for ours, theirs in pairs]
    seed, row, rest = np.mean([(m.squares.seed, m.squares.row, m.squares.rest) for m in measured], axis=0)
    spread = Crossed(0.0, layout, MeanSquares(seed, row, rest)).components
    truth = expected_accuracy(lead) - expected_accuracy(0.0)

    foreseen = power(spread, layout, 0.05, truth)

    assert np.mean([m.interval()[0] > 0 for m in measured]) == pytest.approx(foreseen, abs=0.03)
