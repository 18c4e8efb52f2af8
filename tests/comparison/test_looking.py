"""Looking while seeds are added: false alarms over the whole procedure, and folders that stop early."""

import numpy as np
import pytest

from trainlab.comparison.compare import compare
from trainlab.comparison.crossed import crossed
from trainlab.comparison.looking import (
    chance_of_verdict,
    growing_on_one_split,
    last_level,
    levels,
)
from trainlab.comparison.looks import Plan, planned_looks
from trainlab.comparison.spending import spent
from trainlab.results.outcome import Outcome
from trainlab.results.store import Writer
from trainlab.results.table import open_results

# Shares of the variance of the mean of 10 seeds: seeds, rows, and the rest.
SHARES = {"seeds": (0.90, 0.05, 0.05), "mixed": (0.40, 0.40, 0.20), "rows": (0.05, 0.90, 0.05)}
ROWS = 100


def scores(rng, share, seeds):
    """Scores of an arm ``(seed, row)`` without any effect."""
    seed, row, rest = np.sqrt(share) * np.sqrt([10, ROWS, 10 * ROWS])
    return (
        seed * rng.normal(size=(seeds, 1))
        + row * rng.normal(size=ROWS)
        + rest * rng.normal(size=(seeds, ROWS))
    )


def whole_procedure(differences, plan, alpha, smallest):
    """How one comparison ends, and its interval then: as a folder is looked at, without the folder."""
    looks = []
    for seeds in plan.seeds:
        measured = crossed(differences[:seeds])
        looks.append(growing_on_one_split(measured))
        taken = levels(looks, plan, alpha)
        interval = measured.interval(1 - max(taken[-1], 1e-12))
        if interval[0] > 0 or interval[1] < 0:
            return "alarm", seeds, interval
        if max(-interval[0], interval[1]) <= smallest:
            return "equivalent", seeds, interval
        if seeds < plan.at_most:
            last = last_level(looks, taken, plan, alpha)
            if chance_of_verdict(looks, (*taken, last), plan, smallest) < 0.05:
                return "hopeless", seeds, interval
    return "undecided", plan.at_most, interval


def experiments(world, variants, worlds, plan, *, effect=0.0, smallest=0.01):
    """All comparisons with one reference, of many experiments."""
    rng = np.random.default_rng([5, variants, len(world)])
    for _ in range(worlds):
        reference = scores(rng, SHARES[world], plan.at_most)
        arms = [scores(rng, SHARES[world], plan.at_most) + effect for _ in range(variants)]
        yield [whole_procedure(arm - reference, plan, 0.05 / variants, smallest) for arm in arms]


@pytest.mark.parametrize("world", SHARES)
def test_equal_variants_are_rarely_told_apart(world):
    """
    Of 500 A/A experiments with two looks, 5 % at most and two standard errors raise an alarm.
    """
    found = [ends for [[ends, *_]] in experiments(world, 1, 500, planned_looks(20))]

    assert np.mean([ends == "alarm" for ends in found]) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 500)


@pytest.mark.slow
@pytest.mark.parametrize("variants", [1, 5])
@pytest.mark.parametrize("world", SHARES)
def test_equal_variants_are_rarely_told_apart_over_four_looks(world, variants):
    """
    Of 2,000 A/A experiments 5 % at most, and two standard errors, raise an alarm in any comparison.
    """
    plan = planned_looks(80)
    found = list(experiments(world, variants, 2_000, plan))
    limit = 0.05 + 2 * np.sqrt(0.05 * 0.95 / 2_000)

    assert np.mean([any(ends == "alarm" for ends, *_ in rows) for rows in found]) <= limit


@pytest.mark.slow
@pytest.mark.parametrize("world", SHARES)
def test_the_interval_at_the_end_covers_a_difference_that_is_there(world):
    """
    However it ended, the last interval holds a true difference in 95 % of 1,000 experiments.
    """
    found = [rows[0] for rows in experiments(world, 1, 1_000, planned_looks(80), effect=2.0)]

    covered = np.mean([low <= 2.0 <= high for _, _, (low, high) in found])
    assert covered >= 0.95 - 2 * np.sqrt(0.05 * 0.95 / 1_000)


def test_where_rows_dominate_it_stops_at_once():
    """
    Seeds that change little are hardly added: nine of ten experiments end at the first look.
    """
    found = [rows[0] for rows in experiments("rows", 1, 40, planned_looks(80))]

    assert np.mean([seeds == 10 for _, seeds, _ in found]) > 0.85


def test_where_seeds_dominate_a_difference_is_found_with_more_of_them():
    """
    A difference of 1.3 standard errors of ten seeds is found in most worlds, after ten seeds in few.
    """
    found = [rows[0] for rows in experiments("seeds", 1, 60, planned_looks(160), effect=1.8, smallest=1.8)]

    assert np.mean([ends == "alarm" for ends, *_ in found]) > 0.6
    assert np.mean([ends == "alarm" and seeds == 10 for ends, seeds, _ in found]) < 0.3


def looked(stored, runs, plan, **parts):
    """Stored results of a folder whose seeds were added by a plan."""
    made = stored(runs, **parts)
    with Writer(made.folder) as writer:
        document = {**made.facts["experiment"], "seeds": list(range(plan.at_most))}
        writer.write_facts({"looks": {**plan.document(), "asked": [], "ended": True}, "experiment": document})
    return open_results(made.folder)


@pytest.fixture
def losses():
    """A function that draws the scores of one arm's seeds, with a mean."""
    rng = np.random.default_rng(3)

    def draw(mean, seeds):
        return list(mean + 0.05 * rng.normal(size=(seeds, 1)) + 0.01 * rng.normal(size=(seeds, 60)))

    return draw


def test_a_folder_is_compared_at_the_last_look_of_each_variant(stored, losses):
    """
    Each variant has its own look and level, and runs that were not asked for count nowhere.
    """
    plan = Plan((10, 20, 40))
    runs = {"base": losses(1.0, 20), "far": losses(0.5, 10), "near": losses(1.01, 20)}
    results = looked(stored, runs, plan, metric="log_loss", smallest=0.01)

    far, near = compare(results).rows

    assert (results.runs, len(results.seeds)) == (50, 20)
    assert (results.outcomes == Outcome.NOT_ASKED).sum() == 10
    assert (far.look.number, far.look.seeds, far.look.ends, far.verdict) == (1, 10, "decided", "better")
    assert (near.look.number, near.look.seeds, near.verdict) == (2, 20, "undecided")
    assert far.look.level < 0.025
    assert "at 10 seeds, and the interval holds however often was looked (Pocock-type" in far.sentence
    assert "have ended in both" not in far.sentence


def test_intervals_are_wider_than_those_of_a_single_look(stored, losses):
    """
    Ten seeds have a wider interval and a larger p where more looks were planned, else the plain ones.
    """
    runs = {"base": losses(1.0, 10), "near": losses(1.03, 10)}
    plain = compare(stored(runs, metric="log_loss")).rows[0]
    (early,) = compare(looked(stored, runs, Plan((10, 20, 40)), metric="log_loss")).rows
    (only,) = compare(looked(stored, runs, Plan((10,)), metric="log_loss")).rows

    assert early.high - early.low > plain.high - plain.low
    assert early.p > plain.p
    assert (only.low, only.high) == pytest.approx((plain.low, plain.high))
    assert only.p == pytest.approx(plain.p, rel=2e-3)


@pytest.mark.parametrize("mean", [1.02, 1.035, 1.05, 1.08])
def test_p_agrees_with_the_interval(stored, losses, mean):
    """
    The p is below 0.05 exactly where the interval of the look leaves out zero.
    """
    runs = {"base": losses(1.0, 20), "near": losses(mean, 20)}
    (row,) = compare(looked(stored, runs, Plan((10, 20, 40)), metric="log_loss")).rows

    assert (row.p < 0.05) == (row.low > 0 or row.high < 0)


def test_half_a_look_is_not_looked_at(stored, losses):
    """
    Interrupted between two looks, the comparison is that of the look before.
    """
    runs = {"base": losses(1.0, 14), "near": losses(1.01, 13)}
    whole = {name: seeds[:10] for name, seeds in runs.items()}
    plan = Plan((10, 20))
    (row,) = compare(looked(stored, runs, plan, metric="log_loss")).rows
    (before,) = compare(looked(stored, whole, plan, metric="log_loss")).rows

    assert (row.low, row.high, row.look) == (before.low, before.high, before.look)


def test_before_the_first_look_the_sentence_says_so(stored, losses):
    """
    Seeds that are in before the first look are shown, with what the plan lets them spend.
    """
    runs = {"base": losses(1.0, 7), "near": losses(1.01, 6)}
    (row,) = compare(looked(stored, runs, Plan((10, 20)), metric="log_loss")).rows

    assert row.look.number == 0
    assert row.sentence.endswith("; the first planned look is not reached yet")


def test_diverged_runs_that_contradict_end_it(stored, losses):
    """
    Where the verdict rests on diverged runs alone no more seeds are added, and the sentence says why.
    """
    gone = [Outcome.DIVERGED] * 9 + losses(0.2, 1)
    runs = {"base": losses(0.2, 10), "wild": gone}
    results = looked(stored, runs, Plan((10, 20)), metric="log_loss")
    (row,) = compare(results).rows

    assert row.low > 0
    assert (row.verdict, row.look.ends) == ("undecided", "diverged")
    assert row.sentence.endswith("since runs that diverge are mended, not outnumbered")


def test_folds_are_looked_at_too(stored_folds):
    """
    Where folds differ more than seeds do, nearly all is known at the first look, and it ends there.
    """
    rng = np.random.default_rng(4)
    by_fold = rng.normal(size=(2, 5, 1))

    def arm(place):
        noise = 0.001 * rng.normal(size=(10, 5, 12))
        return [list(run) for run in 2.0 + by_fold[place] + noise]

    made = stored_folds({"base": arm(0), "other": arm(1)}, smallest=0.01)
    with Writer(made.folder) as writer:
        writer.write_facts({"looks": {**Plan((10, 40)).document(), "asked": [], "ended": True}})
    (row,) = compare(open_results(made.folder)).rows

    assert row.look.level > 0.99 * spent(1.0, 0.05)
    assert row.look.ends == "hopeless"
    assert "rows or training sets, not from seeds" in row.sentence


def test_the_document_says_the_look(stored, losses):
    """
    `compare --json` has the look of each row, and null where all seeds were asked for at once.
    """
    runs = {"base": losses(1.0, 10), "near": losses(1.01, 10)}
    (row,) = compare(looked(stored, runs, Plan((10, 20)), metric="log_loss")).document()["rows"]
    (plain,) = compare(stored(runs, metric="log_loss")).document()["rows"]

    assert row["look"]["planned"] == 2
    assert plain["look"] is None


def test_growing_keeps_what_was_measured():
    """
    With the seeds at hand the foreseen variance is that of the table's components.
    """
    measured = crossed(np.random.default_rng(1).normal(size=(10, 50)) + np.arange(10)[:, None])
    growing = growing_on_one_split(measured)
    parts = measured.components

    assert growing.variance(10) == pytest.approx(parts.seed / 10 + parts.row / 50 + parts.rest / 500)
    assert growing.half_width(10, 0.05) == pytest.approx(np.diff(measured.interval())[0] / 2, rel=0.02)
