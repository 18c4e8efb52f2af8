"""The comparison over several splits: folds, time series, resamples, one row out, divergence, limits."""

import json
import re

import numpy as np
import pytest
from scipy import stats

from trainlab.comparison.compare import compare
from trainlab.comparison.over_folds import percentiles
from trainlab.comparison.power import Needed
from trainlab.results.outcome import Outcome

CLASSIFICATION = {"task": "classification", "class_counts": [60, 40]}


def errors(mean, *, seeds=3, folds=5, rows=40, spread=0.05, start=0):
    """Errors row by row: hard rows that all runs share, folds and seeds with their own."""
    rng, hard = np.random.default_rng(start), np.random.default_rng(99)
    own = [hard.normal(size=rows) for _ in range(folds)]
    return [
        [
            mean + 0.3 * own[fold] + spread * rng.normal() + 0.02 * rng.normal(size=rows)
            for fold in range(folds)
        ]
        for _ in range(seeds)
    ]


def table(arm):
    """``(seed, fold)`` scores as a run stores them, means of 32-bit numbers."""
    return np.array(
        [[np.mean(np.asarray(run, np.float32), dtype=np.float64) for run in seed] for seed in arm]
    )


def by_hand(differences, ratio, confidence=0.95):
    """The corrected resampled t interval, with SciPy's t alone."""
    error = np.sqrt((1 / len(differences) + ratio) * np.var(differences, ddof=1))
    return stats.t(len(differences) - 1, loc=np.mean(differences), scale=error).interval(confidence)


def only(comparison):
    """The one row of a comparison."""
    (row,) = comparison.rows
    return row


def test_seeds_are_averaged_within_a_fold_and_folds_are_corrected(stored_folds):
    """
    Difference, interval, p and each fold's difference are those of the formula on the stored scores.
    """
    base, other = errors(1.0), errors(0.9, start=1)
    comparison = compare(stored_folds({"baseline": base, "l2": other}))
    row = only(comparison)
    folds = (table(other) - table(base)).mean(axis=0)

    assert row.folds == pytest.approx(folds)
    assert row.difference == pytest.approx(folds.mean())
    assert (row.low, row.high) == pytest.approx(by_hand(folds, 1 / 4))
    assert row.p == pytest.approx(2 * stats.t(4).sf(abs(folds.mean()) / (0.45 * folds.var(ddof=1)) ** 0.5))
    assert (comparison.claim, comparison.splits) == (
        "for training sets of this size drawn like these",
        "folds",
    )
    assert (row.verdict, row.seeds) == ("better", 3)
    assert row.sentence.startswith("l2 beats baseline by 0.")


def test_the_ratio_is_that_of_the_stored_rows(stored_folds):
    """
    Folds that train on 30 of 200 rows and validate 40 widen the variance by 40 / 30.
    """
    base, other = errors(1.0), errors(0.9, start=1)
    row = only(compare(stored_folds({"baseline": base, "l2": other}, training=[30] * 5)))
    folds = (table(other) - table(base)).mean(axis=0)

    assert (row.low, row.high) == pytest.approx(by_hand(folds, 40 / 30))


def test_a_score_over_folds_has_the_corrected_interval_too(stored_folds):
    """
    Mean over folds of the means over seeds, with Nadeau and Bengio's interval; n counts runs.
    """
    runs = errors(1.0)
    score = compare(stored_folds({"baseline": runs})).scores[0]
    folds = table(runs).mean(axis=0)

    assert score.mean == pytest.approx(folds.mean())
    assert (score.low, score.high) == pytest.approx(by_hand(folds, 1 / 4))
    assert (score.n, score.diverged) == (15, 0)


def test_intervals_are_adjusted_for_all_rows(stored_folds):
    """
    With two variants beside the reference each interval leaves out half of 5 %.
    """
    runs = {"baseline": errors(1.0), "a": errors(0.9, start=1), "b": errors(1.1, start=2)}
    comparison = compare(stored_folds(runs))

    for row in comparison.rows:
        folds = (table(runs[row.variant]) - table(runs["baseline"])).mean(axis=0)

        assert (row.low, row.high) == pytest.approx(by_hand(folds, 1 / 4, 1 - 0.025))
        assert "simultaneous 95 % interval" in row.sentence


def test_one_seed_is_enough_where_there_are_folds(stored_folds):
    """
    Folds show the spread that one seed on one split cannot; the narrower interval over seeds is not there.
    """
    row = only(compare(stored_folds({"baseline": errors(1.0, seeds=1), "l2": errors(0.5, seeds=1, start=1)})))

    assert row.verdict == "better"
    assert row.low is not None
    assert row.seeds_only is None


def test_undecided_over_folds_says_what_would_settle_it(stored_folds):
    """
    A number of folds, seeds or rows beyond those at hand.
    """
    results = stored_folds(
        {"baseline": errors(1.0, spread=0.2), "l2": errors(1.0, spread=0.2, start=1)}, smallest=0.2
    )
    row = only(compare(results))

    assert row.verdict == "undecided"
    assert row.needed.what in {"folds", "seeds", "rows"}
    at_hand = {"folds": 5, "seeds": 3, "rows": 200}[row.needed.what]
    assert f"; about {row.needed.n - at_hand:,} more {row.needed.what[:-1]}" in row.sentence
    assert row.sentence.endswith("would settle a difference of 0.2 units of mean squared error")


def test_where_two_would_settle_it_together_both_are_said(stored_folds):
    """
    The sentence names two numbers, in all, that would do together.
    """
    rng = np.random.default_rng(3)
    wide = [[run + 0.3 * rng.normal(size=40) for run in seed] for seed in errors(1.0, start=1)]
    results = stored_folds({"baseline": errors(1.0), "l2": wide}, smallest=0.01)
    row = only(compare(results))
    named = [
        f"about {count:,} {what}"
        for count, what in (
            (row.needed.folds, "folds"),
            (row.needed.seeds, "seeds"),
            (row.needed.rows, "rows"),
        )
        if count
    ]

    assert (row.needed.what, len(named)) == ("none", 2)
    assert (
        f"alone would settle a difference of 0.01 units of mean squared error, {' and '.join(named)} would"
        in (row.sentence)
    )


def test_a_time_series_is_described_and_never_decided(stored_folds):
    """
    However clear: no interval, no p, the ends over folds, and the sentence why; scores have a mean only.
    """
    results = stored_folds(
        {"baseline": errors(1.0), "l2": errors(0.5, start=1)}, validation={"time_series": 5, "gap": 0}
    )
    comparison = compare(results)
    row = only(comparison)

    assert (row.low, row.high, row.p, row.verdict, row.needed) == (
        None,
        None,
        None,
        "undecided",
        Needed("none"),
    )
    assert f"−{-min(row.folds):.4g} to −{-max(row.folds):.4g} over 5 folds" in row.sentence
    assert row.sentence.endswith("so that their spread describes and proves nothing")
    assert (comparison.scores[0].low, comparison.scores[0].n) == (None, 15)
    assert comparison.describes


def test_disjoint_training_sets_are_compared_by_the_plain_t(stored_folds):
    """
    Sets that share no row are as independent as they seem: no correction, on exactly the rows they share.
    """
    scores = {name: errors(mean, seeds=3, folds=6, start=place) for place, (name, mean) in enumerate(MEANS)}
    count = len(next(iter(scores.values()))[0][0])
    same = [np.arange(count)] * 6

    comparison = compare(stored_folds(scores, validation={"disjoint": 6, "common": 0.2}, validating=same))

    row = only(comparison)
    differences = (table(scores["l2"]) - table(scores["baseline"])).mean(axis=0)
    wanted = stats.t.interval(0.95, 5, differences.mean(), stats.sem(differences))
    assert (row.low, row.high) == pytest.approx(wanted, rel=1e-4)
    assert row.p == pytest.approx(stats.ttest_1samp(differences, 0).pvalue, rel=1e-3)
    assert comparison.claim == (
        "for training sets of this size drawn like these, on exactly these validation rows"
    )
    assert not comparison.describes
    assert row.needed.what in {"nothing", "folds", "seeds", "none"}


def test_what_disjoint_sets_lack_is_more_of_them(stored_folds):
    """
    Undecided, the sentence asks for training sets, and one of them alone for a second.
    """
    scores = {name: errors(1.0, seeds=1, folds=4, start=place) for place, (name, _) in enumerate(MEANS)}
    same = [np.arange(len(next(iter(scores.values()))[0][0]))] * 4
    given = {"disjoint": 4, "common": 0.2}

    few = only(compare(stored_folds(scores, validation=given, validating=same, smallest=1e-3)))

    assert few.verdict == "undecided"
    assert "training sets" in few.sentence
    assert "fold" not in few.sentence


def test_resamples_are_described_by_percentiles(stored_folds):
    """
    The middle 95 % of 25 resamples, no p and no verdict; with fewer than 20 not even that.
    """
    many = {name: errors(mean, seeds=1, folds=25, start=place) for place, (name, mean) in enumerate(MEANS)}
    comparison = compare(stored_folds(many, validation={"bootstrap": 25}))
    row = only(comparison)
    few = dict(zip(many, ([arm[0][:5]] for arm in many.values()), strict=True))
    short = only(compare(stored_folds(few, validation={"bootstrap": 5})))

    assert (row.low, row.high) == pytest.approx(percentiles((table(many["l2"]) - table(many["baseline"]))[0]))
    assert (row.p, row.verdict, row.needed) == (None, "undecided", Needed("none"))
    assert "the middle 95 % of 25 resamples" in row.sentence
    assert comparison.claim == "over resamples of these rows"
    assert (short.low, short.verdict) == (None, "undecided")
    assert short.sentence.endswith("5 resamples are too few to describe a spread")


MEANS = (("baseline", 1.0), ("l2", 0.8))


def test_leaving_one_row_out_takes_every_row_for_a_fold(stored_folds):
    """
    Thirty folds of one row: the corrected t with 29 degrees of freedom, and rows are what is asked for.
    """
    runs = {
        name: errors(mean, seeds=2, folds=30, rows=1, start=place) for place, (name, mean) in enumerate(MEANS)
    }
    row = only(compare(stored_folds(runs, validation={"leave_one_out": True}, smallest=0.05)))
    folds = (table(runs["l2"]) - table(runs["baseline"])).mean(axis=0)
    close = {name: errors(1.0, seeds=1, folds=30, rows=1, start=place) for place, name in enumerate(runs)}
    undecided = only(compare(stored_folds(close, validation={"leave_one_out": True}, smallest=0.01)))

    assert (row.low, row.high) == pytest.approx(by_hand(folds, 1 / 29))
    assert row.verdict == "better"
    assert (undecided.verdict, undecided.needed.what) == ("undecided", "rows")


def test_a_time_series_with_one_fold_is_no_plain_split(stored_folds):
    """
    One part of a series does not claim what new rows like it would show.
    """
    runs = {"baseline": errors(1.0, folds=1), "l2": errors(0.5, folds=1, start=1)}
    comparison = compare(stored_folds(runs, validation={"time_series": 1, "gap": 0}))

    assert comparison.claim == "on these parts of the series"
    assert only(comparison).verdict == "undecided"


def test_the_same_networks_over_folds_are_equivalent(stored_folds):
    """
    No run differs on any row of any fold.
    """
    runs = errors(1.0)
    row = only(compare(stored_folds({"baseline": runs, "again": runs})))

    assert (row.verdict, row.low, row.high, row.p) == ("equivalent", 0.0, 0.0, 1.0)
    assert row.sentence.startswith("no difference is measurable")


def test_networks_that_are_right_on_the_same_few_rows_are_not_sworn_to_be_equal(stored_folds):
    """
    Two folds of ten rows without a difference leave room for rows of a kind that was not met.
    """
    runs = [[np.ones(10), np.ones(10)]] * 2
    row = only(
        compare(stored_folds({"a": runs, "b": runs}, metric="accuracy", data=CLASSIFICATION, smallest=0.005))
    )

    assert (row.verdict, row.difference) == ("undecided", 0.0)
    assert row.high == pytest.approx(np.log(20) / 20)


# ------------------------------------------------------------------------------------ runs that are not there


def test_folds_and_seeds_that_did_not_end_are_left_out(stored_folds):
    """
    A fold without a pair of ended runs is no part of the mean, a fold with some has the mean of these.
    """
    base, other = errors(1.0), errors(0.9, start=1)
    for seed in range(3):
        other[seed][4] = Outcome.INTERRUPTED
    other[0][0] = Outcome.RUNNING
    row = only(compare(stored_folds({"baseline": base, "l2": other}, training=[160] * 5)))
    whole = table([seed[:4] for seed in errors(0.9, start=1)]) - table([seed[:4] for seed in base])
    folds = [whole[1:, 0].mean(), *whole[:, 1:].mean(axis=0)]

    assert row.folds == pytest.approx((*folds, None))
    assert (row.low, row.high) == pytest.approx(by_hand(folds, 1 / 4))
    assert row.seeds == 2
    assert row.sentence.endswith("11 of 15 pairs of runs have ended in both")


def test_nothing_in_common_is_undecided(stored_folds):
    """
    Without a run that ended in both there is no number at all, and no NaN.
    """
    nothing = [[Outcome.INTERRUPTED] * 5] * 3
    row = only(compare(stored_folds({"baseline": errors(1.0), "l2": nothing})))

    assert (row.difference, row.low, row.p, row.seeds_only, row.seeds) == (None, None, None, None, 0)
    assert (row.verdict, row.needed) == ("undecided", Needed("folds", 2))
    assert row.sentence == "undecided: no run has ended in both l2 and baseline"


def test_one_fold_that_ended_cannot_decide(stored_folds):
    """
    The sentence says that a second fold is needed.
    """
    cut = [[run[0], *[Outcome.INTERRUPTED] * 4] for run in errors(0.5, start=1)]
    row = only(compare(stored_folds({"baseline": errors(1.0), "l2": cut})))

    assert (row.verdict, row.low, row.needed) == ("undecided", None, Needed("folds", 2))
    assert "one fold cannot show whether that is luck; at least 2 folds are needed" in row.sentence


def test_a_diverged_run_counts_as_the_mean_predictor_of_its_fold(stored_folds):
    """
    Targets are one and so is their mean: a diverged run has an error of zero in its fold, and is counted.
    """
    base, other = errors(1.0), errors(0.9, start=1)
    other[1][2] = Outcome.DIVERGED
    comparison = compare(stored_folds({"baseline": base, "l2": other}))
    row = only(comparison)
    filled = errors(0.9, start=1)
    filled[1][2] = np.zeros(40)

    assert row.folds == pytest.approx((table(filled) - table(base)).mean(axis=0))
    assert (row.diverged.variant, row.diverged.against, row.diverged.seeds) == (1, 0, 15)
    assert "1 of 15 runs of l2 diverged and counts as the mean predictor" in row.sentence
    assert (comparison.scores[1].n, comparison.scores[1].diverged) == (14, 1)


def test_verdicts_that_differ_with_and_without_diverged_runs_are_undecided(stored_folds):
    """
    Counted as the mean predictor, which is perfect here, diverged runs blur a clear loss.
    """
    other = errors(1.2, start=1)
    for fold in range(3):
        other[0][fold] = other[1][fold] = Outcome.DIVERGED
    row = only(compare(stored_folds({"baseline": errors(1.0), "l2": other})))

    assert row.verdict == "undecided"
    assert "the verdict is undecided with diverged runs counted as the mean predictor" in row.sentence
    assert "and worse on the 9 pairs of runs completed in both" in row.sentence
    assert row.needed == Needed("none")


# ------------------------------------------------------------------------------ findings and the object

LIMITS = [
    {"code": "TL107", "severity": "warn", "limit": "at a learning rate of 0.01 for all", "variants": []},
    {"code": "TL112", "severity": "warn", "limit": "at one strength", "variants": ["l2"]},
    {
        "code": "TL113",
        "severity": "refuse",
        "limit": "with both changed",
        "variants": ["b"],
        "override": "meant",
    },
    {"code": "TL140", "severity": "note", "limit": "", "variants": []},
]


def test_a_verdict_ends_with_the_limits_of_findings(stored_folds):
    """
    Those of all verdicts and its own, also where a reason lifted the refusal, and none of other variants.
    """
    runs = {"baseline": errors(1.0), "l2": errors(0.9, start=1), "b": errors(1.2, start=2)}
    of_l2, of_b = compare(stored_folds(runs, findings=LIMITS)).rows

    assert of_l2.limits == ("at a learning rate of 0.01 for all", "at one strength")
    assert of_l2.sentence.endswith("), at a learning rate of 0.01 for all, at one strength")
    assert of_b.sentence.endswith("), at a learning rate of 0.01 for all, with both changed")


def test_one_split_ends_with_its_limits_too(stored):
    """
    The sentence on a single split carries the limit behind the count of seeds.
    """
    results = stored({"baseline": [np.ones(50)] * 3, "other": [np.zeros(50)] * 2 + [Outcome.INTERRUPTED]})
    results.facts["findings"] = LIMITS
    row = only(compare(results))

    assert row.sentence.endswith("2 of 3 seeds have ended in both, at a learning rate of 0.01 for all")


def test_the_document_is_plain_json_without_nan(stored_folds):
    """
    Whatever the kind of splits, it can be written by a strict writer, and no sentence has a gap.
    """
    cut = errors(0.9, start=1)
    cut[0][0] = Outcome.DIVERGED
    runs = {"baseline": errors(1.0), "l2": cut, "gone": [[Outcome.INTERRUPTED] * 5] * 3}
    for validation in ({"kfold": 5}, {"time_series": 5}, {"bootstrap": 5}, {"splitter": "mine"}):
        document = compare(stored_folds(runs, validation=validation)).document()

        assert json.loads(json.dumps(document, allow_nan=False)) == document
        assert all(not re.search(r"None|nan|-\d", row["sentence"]) for row in document["rows"])
        assert [len(row["folds"]) for row in document["rows"]] == [5, 5]
