"""How conclusions would differ at other budgets, against counting every subset."""

import itertools

import numpy as np
import pytest

from trainlab.testing import made_up_trials
from trainlab.tuning.budgets import budgets
from trainlab.tuning.trials import read_studies


def studies(rng, *names, trials=6, rows=40, diverged=0, metric="accuracy"):
    """Make studies with tied scores on both halves, of which the last few trials diverged."""
    made = {}
    for name in names:
        halves = rng.integers(8, 17, (trials, 2)) / (rows / 2)
        halves[trials - diverged :] = np.nan
        made[name] = {"scores": halves.mean(axis=1), "halves": np.nan_to_num(halves)}
    return read_studies(made_up_trials(made, rows=rows, metric=metric))


def selected(study, drawn, way):
    """Give the score on one half of the trial that is best on the other; None where none was scored."""
    turn = 1 if study.metric.higher_is_better else -1
    there = [trial for trial in (study.trials[place] for place in drawn) if trial.scored]
    best = max(there, key=lambda trial: (turn * trial.halves[way], -trial.number), default=None)
    return None if best is None else turn * best.halves[1 - way]


def every(study, budget, way):
    """Give what every subset of so many trials would have scored."""
    return [selected(study, drawn, way) for drawn in itertools.combinations(range(len(study.trials)), budget)]


@pytest.mark.parametrize("metric", ["accuracy", "log_loss"])
@pytest.mark.parametrize("diverged", [0, 2])
def test_expected_scores_are_those_of_all_subsets(metric, diverged):
    """
    Mean, tenths and share of failures agree with counting every draw, ties and diverged trials among them.
    """
    [study] = studies(np.random.default_rng(1), "a", diverged=diverged, metric=metric)
    found = budgets([study]).expected["a"]
    turn = 1 if study.metric.higher_is_better else -1

    assert [one.trials for one in found] == [1, 2, 4, 6]
    for one in found:
        draws = [score for way in (0, 1) for score in every(study, one.trials, way)]
        there = turn * np.array([score for score in draws if score is not None])
        low, high = np.quantile(there, [0.1, 0.9], method="inverted_cdf")
        assert one.failed == pytest.approx(np.mean([score is None for score in draws]))
        assert (one.mean, one.low, one.high) == pytest.approx((there.mean(), low, high))


@pytest.mark.parametrize("diverged", [0, 3])
def test_wins_are_those_of_all_pairs_of_subsets(diverged):
    """
    Three variants draw independently: who is best and who beats the reference is counted, ties shared.
    """
    three = studies(np.random.default_rng(2), "a", "b", "c", trials=4, diverged=diverged)
    found = budgets(three, "a").wins[1]
    best, beats = dict.fromkeys("abc", 0.0), dict.fromkeys("bc", 0.0)
    for way in (0, 1):
        draws = list(itertools.product(*(every(study, 2, way) for study in three)))
        for scores in draws:
            known = dict(zip("abc", (-np.inf if score is None else score for score in scores), strict=True))
            winners = [name for name, score in known.items() if score == max(known.values())]
            for name in winners:
                best[name] += 1 / len(winners) / len(draws) / 2
            for name in beats:
                won = (known[name] > known["a"]) + 0.5 * (known[name] == known["a"])
                beats[name] += won / len(draws) / 2

    assert found.trials == 2
    assert found.best == pytest.approx(best)
    assert found.beats == pytest.approx(beats)
    assert sum(found.best.values()) == pytest.approx(1)


def test_noise_is_not_taken_at_its_word(study_of):
    """
    Of 64 equal trials the best scored some two errors too high; scored on the other half it is as it is.
    """
    rng = np.random.default_rng(0)
    rows, truth, found, naive = 200, 0.8, [], []
    for _ in range(100):
        halves = rng.binomial(rows // 2, truth, (64, 2)) / (rows // 2)
        study = study_of({"dropout": [0.1, 0.2]}, [{}] * 64, halves.mean(axis=1), halves=halves)
        found.append(budgets([study]).expected["a"][-1].mean)
        naive.append(study.best.mean)

    assert np.mean(naive) - truth > 0.05
    assert abs(np.mean(found) - truth) < 3 * np.std(found, ddof=1) / np.sqrt(100)


def test_outer_folds_are_averaged():
    """
    Two folds with opposite winners leave each variant half of the draws.
    """
    low, high = {"halves": [[0.5, 0.5]] * 2}, {"halves": [[0.9, 0.9]] * 2}
    found = budgets(read_studies(made_up_trials({"a": [low, high], "b": [high, low]})))

    assert found.wins[-1].best == {"a": 0.5, "b": 0.5}
    assert found.expected["a"][0].mean == pytest.approx(0.7)


def test_one_trial_or_no_halves_say_nothing():
    """
    A single trial has no other budgets, and trials that all diverged have no scores.
    """
    assert budgets(read_studies(made_up_trials({"a": {"scores": [0.9]}}))) is None
    assert budgets(read_studies(made_up_trials({"a": {"scores": [np.nan, np.nan]}}))) is None
    assert budgets(()) is None


def test_the_sentence_says_where_the_winner_changes():
    """
    It names the winner at one trial with its share of draws, and from which budget on another one wins.
    """
    steady = {"halves": [[0.8, 0.8]] * 4}
    rare = {"halves": [[0.7, 0.7]] * 3 + [[0.9, 0.9]]}
    turned = budgets(read_studies(made_up_trials({"sgd": steady, "adam": rare})))
    same = budgets(read_studies(made_up_trials({"sgd": steady, "adam": {"halves": [[0.7, 0.7]] * 4}})))

    assert (
        turned.sentence == "with 1 trial each `sgd` would have won in 75 % of draws; from 4 trials on `adam`"
    )
    assert same.sentence == "with 1 trial each `sgd` would have won in 100 % of draws, with 4 in 100 %"
