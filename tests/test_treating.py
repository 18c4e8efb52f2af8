"""Treating: what is tried, on which seeds, and what is said of it."""

import json

import numpy as np
import pytest

import trainlab as tl
from trainlab.cli.app import command
from trainlab.diagnosis.diagnose import Diagnosed, diagnose
from trainlab.diagnosis.next_experiment import Next
from trainlab.errors import UsageError
from trainlab.results.outcome import Outcome
from trainlab.testing import made_up, tiny_experiment
from trainlab.treating import _judged, treat, trial_of


def ill(variant, verdict, name, changes):
    """A diagnosed variant with what to try next."""
    return Diagnosed(variant, verdict, "5 of 5", "seen", Next(name, changes, "to see"), "It is ill.")


def rows_right(shares, rows=400, seed=0):
    """Right and wrong rows of each seed, nearly the same rows in every one."""
    drawn = np.random.default_rng(seed).random(rows)
    return np.array([drawn < share for share in shares], float)


def test_what_is_tried_stands_beside_what_is_ill_on_fresh_seeds():
    """
    The trial has each ill variant and its next one, the same rows, and none of the seeds that were diagnosed.
    """
    asked = tiny_experiment(variants={"baseline": {}, "wide": {"width": 4}}, seeds=3)
    results = made_up({"baseline": {"score": [0.8]}, "wide": {"score": [0.8], "changes": {"width": 4.0}}})
    sick = [ill("wide", "overfitting", "wide + l2", {"width": 4.0, "l2": 0.01})]

    trial = trial_of(asked, results, sick, 4)

    assert {one.name: dict(one.changes) for one in trial.variants} == {
        "wide": {"width": 4.0},
        "wide + l2": {"width": 4.0, "l2": 0.01},
    }
    assert trial.seeds == (3, 4, 5, 6)
    assert trial.data is asked.data
    assert all(
        np.array_equal(one.validation, other.validation)
        for one, other in zip(trial.folds, asked.folds, strict=True)
    )


def test_a_model_in_memory_is_tried_as_itself():
    """
    A model is stored as its name alone, and the variant's own model is what is trained again.
    """
    model = tl.mlp([3])
    asked = tiny_experiment(variants={"baseline": {}, "own": {"model": model}})
    stored = {"baseline": {"score": [0.8]}, "own": {"score": [0.8], "changes": {"model": {"mlp": "own"}}}}
    sick = [ill("own", "overfitting", "own + l2", {"model": {"mlp": "own"}, "l2": 0.01})]

    trial = trial_of(asked, made_up(stored), sick, 2)

    assert trial.variants[1].changes["model"] == asked.variants[1].changes["model"]


@pytest.mark.parametrize(
    "share, said",
    [
        (0.95, "`wide + l2` helped `wide`, which overfits: "),
        (0.60, "`wide + l2` made `wide`, which overfits, worse: "),
        (0.801, "whether `wide + l2` helps `wide`, which overfits, is undecided: "),
    ],
)
def test_the_sentence_says_what_came_of_it(share, said):
    """
    The verdict of the comparison is told with its interval, and what is wrong now.
    """
    before, after = rows_right([0.80] * 5), rows_right([share] * 5)
    if share == 0.801:
        after = rows_right([0.80] * 5, seed=1)
    level = {"metric": [0.8] * 8, "loss": [0.4] * 8, "train_loss": [0.4] * 8, "train_score": 0.8}
    trained = made_up(
        {"wide": {"right": before, **level}, "wide + l2": {"right": after, **level}}, rows=400, smallest=0.01
    )

    (row,) = _judged(trained, [ill("wide", "overfitting", "wide + l2", {"width": 4.0, "l2": 0.01})])

    seen = 100 * (after.mean() - before.mean())
    written = f"{seen:+.2f}".replace("-", "−")
    assert row.sentence.startswith(f"{said}{written} percentage points [")
    assert f"{100 * abs(row.low):.2f}, " in row.sentence
    assert row.sentence.endswith(".")
    assert "; now it " in row.sentence or "; it still " in row.sentence


def test_what_is_cut_short_is_not_judged():
    """
    A trial with runs that have not ended says that, and no verdict.
    """
    half = {"outcomes": [int(Outcome.FINISHED), int(Outcome.RUNNING)]}
    trained = made_up({"wide": {"score": [0.8, 0.8]}, "more": {"score": [0.8, 0.8], **half}})

    (row,) = _judged(trained, [ill("wide", "overfitting", "more", {"l2": 0.01})])

    assert (row.what, row.after) == ("not finished", None)
    assert row.sentence == "`more` for `wide` is not trained to its end."


@pytest.fixture
def healthy(tmp_path):
    """A folder in which nothing is wrong: level curves, and nothing between training and validation."""
    level = {"metric": [0.8] * 8, "loss": [0.4] * 8, "train_score": 0.8, "train_loss": [0.4] * 8}
    (tmp_path / "out").mkdir()
    results = made_up(
        {"plain": {"score": [0.80] * 10, **level}}, rows=100_000, smallest=0.05, folder=tmp_path / "out"
    )
    assert [row.next for row in diagnose(results).rows] == [None]
    return results


def test_where_nothing_is_to_be_tried_nothing_is_trained(healthy, capsys):
    """
    The answer names the variants with what was found, and no folder is made.
    """
    made = treat(healthy.folder)

    assert made.folder is None
    assert made.sentences[-1] == "Nothing was trained."
    assert not (healthy.folder / "treatments").exists()
    assert command(["treat", str(healthy.folder), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["schema"] == "trainlab/treat/1"
    assert [row["variant"] for row in printed["untreated"]] == ["plain"]


def test_runs_that_have_not_ended_are_not_diagnosed():
    """
    The error says how many, and what lets them end.
    """
    results = made_up({"a": {"score": [0.8, 0.8], "outcomes": [int(Outcome.FINISHED), int(Outcome.RUNNING)]}})

    with pytest.raises(UsageError, match=r"1 of 2 runs have not ended.*trainlab resume"):
        treat(results.folder)


@pytest.mark.slow
def test_a_variant_that_has_not_converged_is_trained_longer_once(tmp_path):
    """
    What is indicated is trained beside it on fresh seeds, and not again when asked again.
    """
    asked = tiny_experiment(
        recipe=tl.Recipe(optimizer="sgd", learning_rate=0.02, batch_size=24, epochs=4),
        variants={"baseline": {}},
        seeds=3,
    )
    tl.run(asked, tmp_path / "out")

    made = tl.treat(tmp_path / "out", asked)
    again = tl.treat(tmp_path / "out", asked)

    (row,) = made.rows
    assert row.variant == "baseline"
    assert row.treatment.startswith("baseline + ")
    assert made.folder == tmp_path / "out" / "treatments" / "0001"
    assert tl.open_results(made.folder).seeds == (3, 4, 5)
    assert again == made
