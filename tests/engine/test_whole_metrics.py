"""A real run by a metric that is no average over rows: scored, watched, stopped by, put together."""

import numpy as np
import pytest
import sklearn.metrics

import trainlab as tl
from trainlab.data.splitting.validations import KFold
from trainlab.measures.measure import pseudo_values, value
from trainlab.testing.worlds import tiny_data, tiny_experiment


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Macro F1 on two folds of unequal classes: a network, one that stops by it, an ensemble, a guess."""
    whole = tiny_data(rows=120)
    rows = np.flatnonzero((np.arange(120) % 3 > 0) | (np.arange(120) % 2 > 0))
    asked = tiny_experiment(
        data=tl.Dataset(whole.x[rows], whole.y[rows], raw=False),
        variants={
            "baseline": {},
            "stops": {"early_stopping": {"patience": 1, "monitor": "metric"}},
            "pair": {"ensemble": {"members": 2, "control": False}},
        },
        validation=KFold(2),
        metric="f1_macro",
        baselines=["dummy"],
    )
    return tl.run(asked, tmp_path_factory.mktemp("whole") / "run")


def told(results):
    """Each run's place, predictions and row scores, with the targets of its fold."""
    for place, name in enumerate(results.variants):
        for fold, wanted in enumerate(results.validation_targets):
            runs = zip(
                results.rows("outputs", name, fold), results.rows("row_scores", name, fold), strict=True
            )
            for seed, (outputs, rows) in enumerate(runs):
                yield (place, seed, fold), outputs, rows, wanted


def test_a_score_is_the_metric_of_all_validation_rows(results):
    """
    The stored score is scikit-learn's of the stored predictions, of stopped runs and ensembles as of others.
    """
    for place, outputs, _, wanted in told(results):
        expected = sklearn.metrics.f1_score(wanted, outputs.argmax(axis=1), average="macro")
        assert results.scores[place] == pytest.approx(expected, rel=1e-9)


def test_row_scores_are_its_pseudo_values(results):
    """
    Stored row scores average to the score and are the pseudo-values of the stored predictions.
    """
    for place, outputs, rows, wanted in told(results):
        np.testing.assert_allclose(rows, pseudo_values("f1_macro", outputs, wanted), rtol=1e-5)
        assert rows.mean(dtype=np.float64) == pytest.approx(results.scores[place], rel=1e-6)


def test_the_last_epoch_of_a_curve_is_what_was_scored(results):
    """
    A run that trains to its end has on each half of its rows what its curve says there.
    """
    for (place, seed, fold), outputs, _, wanted in told(results):
        if results.variants[place] == "baseline":
            for half, mask in (("a", results.halves[fold]), ("b", ~results.halves[fold])):
                last = results.curves[f"validation_metric_{half}"][place, seed, fold, -1]
                assert last == pytest.approx(value("f1_macro", outputs[mask], wanted[mask]), rel=1e-6)


def test_an_epoch_is_chosen_by_the_metric(results):
    """
    The best epoch of a run that stops by the metric is the first where its curve is highest.
    """
    place = results.variants.index("stops")
    curves = results.validation_curve("metric")[place]

    for seed, fold in np.ndindex(curves.shape[:2]):
        assert results.endings["best_epoch"][place, seed, fold] == 1 + np.nanargmax(curves[seed, fold])


def test_training_rows_are_measured_too(results):
    """
    The score over all training rows is a share, and that of the watched ones stands in the curves.
    """
    trained = results.endings["train_score"][: results.variants.index("pair")]

    assert ((trained > 0.2) & (trained <= 1)).all()
    assert np.isfinite(results.curves["train_metric"][0]).all()


def test_the_guess_is_scored_by_the_same_metric(results):
    """
    The most frequent class said always has scikit-learn's F1, and an interval within 0 and 1.
    """
    (guess,) = results.facts["baselines"]
    expected = [
        sklearn.metrics.f1_score(wanted, np.full(len(wanted), np.bincount(wanted).argmax()), average="macro")
        for wanted in results.validation_targets
    ]

    assert guess["scores"] == pytest.approx(expected)
    assert "most frequent class" in guess["label"]


def test_variants_are_compared_by_it(results):
    """
    The difference of two variants is that of their mean scores, and is told in units of the metric.
    """
    rows = tl.compare(results).rows

    for row in rows:
        means = [np.mean(results.scores[results.variants.index(name)]) for name in (row.variant, row.against)]
        assert row.difference == pytest.approx(means[0] - means[1], abs=1e-6)
        assert "units of macro F1" in row.sentence
