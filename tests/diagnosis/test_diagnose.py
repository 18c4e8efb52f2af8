"""The diagnosis: verdicts in their order, agreement of runs, the object, and the next experiment with it."""

import json
import subprocess
import sys

import numpy as np
import pytest

from trainlab.diagnosis.diagnose import diagnose

CALM = [0.60, 0.80, 0.87, 0.89, 0.90, 0.90, 0.90, 0.90]
BY_HEART = [0.60, 0.80, 0.90, 0.88, 0.84, 0.80, 0.77, 0.75]
CLIMBING = np.linspace(0.50, 0.90, 8)
FALLING = np.linspace(0.69, 0.20, 8)
VERDICTS = {"healthy", "underfitting", "overfitting", "both", "not_converged", "diverged", "cannot_tell"}


def rows(results, variants, **others):
    """The rows of a diagnosis by variant."""
    return {row.variant: row for row in diagnose(results(variants, **others)).rows}


@pytest.fixture
def well(jittered):
    """A variant that is healthy."""
    return {"metric": jittered(CALM), "train_score": jittered([0.92])[:, 0]}


@pytest.fixture
def wide(jittered):
    """A variant that learned by heart."""
    return {"metric": jittered(BY_HEART), "train_score": [0.99] * 5}


def test_an_overfitting_variant_is_told_from_a_healthy_one(results, well, wide):
    """
    A gap with a best epoch long past overfits in five of five; a gap of two points does not.
    """
    found = rows(results, {"well": well, "wide": wide})

    assert (found["wide"].verdict, found["wide"].agreement) == ("overfitting", "5 of 5")
    assert "its best epoch (3 of 8) beats the last by 14.92 ± 0.14" in found["wide"].evidence
    assert (found["well"].verdict, found["well"].next) == ("healthy", None)


def test_a_less_flexible_variant_is_evidence(results, well):
    """
    Without a better epoch, a variant that adds nothing but dropout and wins by four points shows it too.
    """
    flat = {"score": [0.85, 0.86, 0.85, 0.86, 0.85], "train_score": [0.99] * 5}
    dropout = {**flat, "score": [0.90, 0.91, 0.90, 0.91, 0.90], "changes": {"dropout": 0.3}}
    other = {**dropout, "changes": {"dropout": 0.3, "optimizer": "sgd"}}

    assert "the less flexible `b` beats it by 5.00" in rows(results, {"a": flat, "b": dropout})["a"].evidence
    assert rows(results, {"a": flat, "b": other})["a"].verdict == "healthy"


def test_a_loss_that_still_falls_comes_before_the_level(results, well):
    """
    Who has not converged is not said to underfit, however low its score.
    """
    slow = {"metric": [CLIMBING - 0.3] * 5, "train_loss": [FALLING] * 5, "train_score": [0.6] * 5}
    found = rows(results, {"well": well, "slow": slow})["slow"]

    assert found.verdict == "not_converged"
    assert dict(found.next.changes) == {"epochs": 20}


def test_learning_by_heart_is_no_convergence_under_way(results, well, wide):
    """
    A training loss that falls while the validation loss surely rises needs no more epochs.
    """
    rising = {**wide, "train_loss": [FALLING] * 5, "loss": np.add(FALLING[::-1], np.zeros((5, 1)))}
    creeping = np.array(BY_HEART) + np.r_[np.zeros(6), 0.0, 0.021]

    assert (
        rows(results, {"well": well, "wide": rising | {"metric": [creeping] * 5}})["wide"].verdict
        == "overfitting"
    )


def test_both_are_told(results, well):
    """
    Training ten points short of another's validation, and a best epoch that beats the last: both.
    """
    sick = {"metric": [np.array(BY_HEART) - 0.2] * 5, "train_score": [0.75, 0.76, 0.75, 0.76, 0.75]}

    assert rows(results, {"well": well, "sick": sick})["sick"].verdict == "both"


def test_half_of_the_runs_diverged_is_diverged(results, well):
    """
    Three of five without a finite score; one of five is told where nothing else is wrong, with its count.
    """
    most = rows(results, {"well": well, "a": {**well, "outcomes": [3, 3, 3, 1, 1]}})["a"]
    one = rows(results, {"well": well, "a": {**well, "outcomes": [3, 1, 1, 1, 1]}})["a"]

    assert (most.verdict, most.agreement, dict(most.next.changes)) == (
        "diverged",
        "3 of 5",
        {"learning_rate": 1e-4},
    )
    assert (one.verdict, one.agreement) == ("diverged", "1 of 5")


def test_a_training_loss_above_its_start_diverged(results, well, probe):
    """
    Finite, and three nats above where it began, in all runs.
    """
    probe(losses=np.array([0.7, 4.0, 4.0, 4.0]))

    assert rows(results, {"a": well})["a"].verdict == "diverged"


def test_too_few_rows_say_how_many_would_do(results):
    """
    A gap of three points on 100 rows cannot be told from none: the rows are named, with a number.
    """
    flat = {"score": [0.90, 0.91], "train_score": [0.93, 0.93]}
    found = rows(results, {"a": flat, "b": {**flat, "score": [0.92, 0.92], "changes": {"dropout": 0.3}}})["a"]

    assert found.verdict == "cannot_tell"
    assert "would" in found.evidence
    assert "cannot resolve 0.50 percentage points" in found.evidence


def test_every_row_keeps_the_contract(results, well, wide):
    """
    The object is plain JSON, each verdict is one of seven, and agreements count runs.
    """
    document = diagnose(results({"well": well, "wide": wide})).document()

    assert document["schema"] == "trainlab/diagnose/1"
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    for row in document["rows"]:
        assert set(row) >= {"variant", "verdict", "agreement", "evidence", "next"}
        assert row["verdict"] in VERDICTS
        assert row["agreement"].split(" of ")[1] == "5"


def test_regressions_are_judged_in_their_own_unit(results):
    """
    Of squared errors less is better: a training error far below a validation error that once was lower.
    """
    rising = {
        "metric": np.add([1.0, 0.5, 0.4, 0.6, 0.8, 1.0], [[0.0], [0.01], [0.02]]),
        "train_score": [0.01] * 3,
    }

    assert rows(results, {"a": rising}, metric="mse", smallest=0.05)["a"].verdict == "overfitting"


def test_folds_are_judged_by_the_corrected_interval(results):
    """
    Five folds of one seed tell what five seeds of one fold do.
    """
    curves = np.add(BY_HEART, np.linspace(0, 0.02, 5)[:, None])[None]
    found = rows(results, {"a": {"metric": curves, "train_score": 0.99}}, folds=5)["a"]

    assert (found.verdict, found.agreement) == ("overfitting", "5 of 5")


def test_markup_in_names_is_shown_as_text(results, well, wide):
    """
    A notebook shows a name, and runs nothing that it says.
    """
    shown = diagnose(results({"<script>": well, "b": wide}))._repr_html_()

    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_a_diagnosis_loads_neither_jax_nor_keras():
    """
    What is stored is judged without the machinery that trained it.
    """
    code = "import sys, trainlab.diagnosis.diagnose; print(sorted({'jax', 'keras'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout == "[]\n"
