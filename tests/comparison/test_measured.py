"""Every measure of every variant from stored predictions: scikit-learn's, and the comparison's scores."""

import itertools

import numpy as np
import pytest
import sklearn.metrics

from trainlab.comparison.compare import compare
from trainlab.comparison.measured import all_measures
from trainlab.measures.calibration import reliability
from trainlab.measures.measure import MEASURES, pseudo_values, value
from trainlab.results.outcome import Outcome
from trainlab.results.store import Writer
from trainlab.results.table import open_results

RANDOM = np.random.default_rng(3)
LABELS = RANDOM.integers(0, 2, 60)


def shares(better):
    """Probabilities that tell the labels more or less."""
    sure = 1 / (1 + np.exp(-RANDOM.normal(better * (2 * LABELS - 1), 1.0)))
    return np.stack([1 - sure, sure], axis=1).astype(np.float16)


@pytest.fixture
def one_split(stored):
    """Two variants of three seeds on one split, and what they said; the second's last run diverged."""
    said = {name: [shares(better) for _ in range(3)] for name, better in (("one", 0.5), ("other", 1.5))}
    rows = {name: [pseudo_values("auc", one, LABELS) for one in of] for name, of in said.items()}
    rows["other"][2] = Outcome.DIVERGED
    results = stored(rows, metric="auc", targets=LABELS)
    with Writer(results.folder) as writer:
        for place, (name, seed) in enumerate(itertools.product(said, range(3))):
            writer.write_arrays(f"run/{place}", {"outputs": said[name][seed]})
    return open_results(results.folder), said


def test_each_measure_is_the_mean_over_completed_runs(one_split):
    """
    Values are scikit-learn's, averaged over the seeds that have a score; n counts them.
    """
    results, said = one_split

    one, other = all_measures(results)

    assert [found.measure.name for found in one.values] == [
        name for name, measure in MEASURES.items() if measure.task == "classification"
    ]
    by_name = {found.measure.name: found for found in one.values}
    f1 = [sklearn.metrics.f1_score(LABELS, of.argmax(axis=1), average="macro") for of in said["one"]]
    assert by_name["f1_macro"].mean == pytest.approx(np.mean(f1))
    assert by_name["f1_macro"].low < np.mean(f1) < by_name["f1_macro"].high
    briers = [2 * sklearn.metrics.brier_score_loss(LABELS, of[:, 1].astype(float)) for of in said["one"]]
    assert by_name["brier"].mean == pytest.approx(np.mean(briers), rel=1e-2)
    assert (other.runs, {found.n for found in other.values}) == (2, {2})


def test_the_metric_itself_is_the_score_of_the_comparison(one_split):
    """
    What was compared is taken as it was scored: mean, interval and count are the comparison's own.
    """
    results, _ = one_split

    for found, score in zip(all_measures(results), compare(results).scores, strict=True):
        (own,) = (one for one in found.values if one.measure.name == "auc")
        assert (own.mean, own.low, own.high, own.n) == (score.mean, score.low, score.high, score.n)


def test_confusion_and_reliability_are_of_all_rows_together(one_split):
    """
    Counts are added over the runs, classes told from the sum, and bins filled from every row.
    """
    results, said = one_split

    one, other = all_measures(results)

    answers = np.concatenate([of.argmax(axis=1) for of in said["one"]])
    wanted = np.tile(LABELS, 3)
    np.testing.assert_array_equal(one.confusion, sklearn.metrics.confusion_matrix(wanted, answers))
    np.testing.assert_allclose(
        one.per_class.f1, sklearn.metrics.f1_score(wanted, answers, average=None), rtol=1e-12
    )
    assert other.confusion.sum() == 120
    assert one.reliability.error == reliability(np.concatenate(said["one"]), wanted).error
    document = one.document()
    assert document["confusion"] == one.confusion.tolist()
    assert sum(document["reliability"]["counts"]) == 180


def test_over_folds_intervals_are_those_of_folds(stored_folds):
    """
    Amounts are measured fold by fold; another measure than the metric has an interval of the same kind.
    """
    amounts = [RANDOM.normal(1.0, 1.0, (30, 1)) for _ in range(4)]
    said = [[RANDOM.normal(1.0, 0.5, (30, 1)) for _ in range(4)] for _ in range(2)]
    rows = {
        "one": [
            [((one - wanted) ** 2)[:, 0] for one, wanted in zip(seed, amounts, strict=True)] for seed in said
        ]
    }
    results = stored_folds(rows, training=[90] * 4)
    with Writer(results.folder) as writer:
        for fold, wanted in enumerate(amounts):
            writer.write_arrays(f"fold/{fold}", {"targets": wanted})
            for seed in range(2):
                writer.write_arrays(f"run/{4 * seed + fold}", {"outputs": said[seed][fold]})

    (found,) = all_measures(open_results(results.folder))

    mse, mae, r2 = found.values
    assert (mse.measure.name, mae.measure.name, r2.measure.name) == ("mse", "mae", "r2")
    by_fold = [
        np.mean([value("r2", seed[fold], wanted) for seed in said]) for fold, wanted in enumerate(amounts)
    ]
    assert r2.mean == pytest.approx(np.mean(by_fold))
    half = 3.1824463 * np.std(by_fold, ddof=1) * np.sqrt(1 / 4 + 30 / 90)
    assert r2.low == pytest.approx(np.mean(by_fold) - half)
    assert r2.high == pytest.approx(min(1.0, np.mean(by_fold) + half))
    assert (found.confusion, found.per_class, found.reliability) == (None, None, None)
    assert found.document()["per_class"] is None


def test_a_variant_without_a_completed_run_has_no_numbers(stored):
    """
    Where every run diverged there is nothing to measure, and nothing is made up.
    """
    results = stored({"one": [np.ones(60)], "other": [Outcome.DIVERGED]}, targets=LABELS)

    one, other = all_measures(results)

    assert {found.mean for found in other.values} == {None}
    assert (other.confusion, other.runs) == (None, 0)
    # Predictions of old runs may not be there; their score is.
    assert {found.measure.name: found.mean for found in one.values}["accuracy"] == 1.0
