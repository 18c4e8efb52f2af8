"""Going on from a checkpoint, in the middle of everything that training keeps books of."""

import numpy as np
import pytest

import trainlab as tl
from trainlab.engine import training
from trainlab.engine.checkpoint import FOLDER, KEPT, load_checkpoint, save_checkpoint
from trainlab.results.store import Reader
from trainlab.testing import same_bits, tiny_experiment

VARIANTS = {
    "baseline": {},
    "stopping": {"early_stopping": {"patience": 2, "smooth": 2}},
    "two": {"ensemble": 2},
    "pruned": {"prune": 0.5, "early_stopping": {"patience": 3, "monitor": "metric"}},
    "reduced and averaged": {
        "schedule": {"plateau": {"patience": 1, "factor": 0.5, "cooldown": 1}},
        "ema": 0.8,
        "early_stopping": True,
    },
}


def test_interrupted_in_every_cohort_and_resumed_the_bits_are_the_same(tmp_path, monkeypatch):
    """
    Early stopping, plateaus, averages, pruning and ensembles end with the bits of an uninterrupted run.
    """
    monkeypatch.setattr(training, "SECONDS_BETWEEN_CHECKPOINTS", 0.0)
    # Losses that rise and fall: lanes stop, rates are reduced, and the best epoch is not the last.
    recipe = tl.Recipe(optimizer={"sgd": {"momentum": 0.9}}, learning_rate=0.8, batch_size=16, epochs=7)
    experiment = tiny_experiment(recipe=recipe, variants=VARIANTS, seeds=2)
    whole = tl.run(experiment, tmp_path / "whole")
    cuts, seen = {0: 3.4, 1: 4.4}, {}  # cohort -> epochs after which it is cut, once

    def cut(progress):
        if not progress.doing.startswith("cohort"):
            return
        cohort = int(progress.doing.split()[1]) - 1
        runs = int(progress.doing.split()[4])
        start = seen.setdefault(cohort, progress.done)
        if cohort in cuts and (progress.done - start) / runs >= cuts[cohort]:
            del cuts[cohort]
            raise KeyboardInterrupt

    results = tl.run(experiment, tmp_path / "cut", show=cut)
    times = 0
    while results.outcome_counts["interrupted"]:
        results = tl.resume(tmp_path / "cut", experiment, show=cut)
        times += 1

    assert times == 2
    assert whole.outcome_counts["stopped_early"] > 0
    assert same_bits(whole.folder, results.folder)
    assert not list((tmp_path / "cut" / FOLDER).iterdir())


def test_a_checkpoint_holds_all_that_training_changes(start_lanes, tmp_path):
    """
    Books, plateaus, best weights, optimizer state and learning rates come back equal to the bit.
    """
    recipe = tl.Recipe(optimizer="sgd", learning_rate=2.0, batch_size=16, epochs=6, ema=0.5)
    plateau = {"schedule": {"plateau": {"patience": 1}}}
    experiment = tiny_experiment(
        recipe=recipe, variants={"a": {**plateau, "early_stopping": {"patience": 2}}, "b": plateau}
    )
    chunk, other = start_lanes(experiment), start_lanes(experiment)
    for _ in range(5):
        chunk.train_epoch(lambda share: None)
        chunk.evaluate_epoch()
        save_checkpoint(tmp_path, "lanes", chunk)
    found = load_checkpoint(tmp_path, "lanes", other)

    assert found
    assert len(list((tmp_path / FOLDER).iterdir())) == KEPT
    assert (other.epoch, list(other.active)) == (5, list(chunk.active))
    assert (chunk.plateau.scale < 1).any()
    for mine, theirs in [(chunk.books, other.books), (chunk.plateau, other.plateau)]:
        for name, value in vars(mine).items():
            np.testing.assert_array_equal(value, getattr(theirs, name))
    for name in ("trained_epochs", "diverged_step", "recorded"):
        np.testing.assert_array_equal(getattr(chunk, name), getattr(other, name))
    for mine, theirs in [
        (chunk.state, other.state),
        (chunk.best, other.best),
        (chunk.numbers, other.numbers),
    ]:
        for one, two in zip(leaves(mine), leaves(theirs), strict=True):
            assert one.tobytes() == two.tobytes()


def leaves(tree):
    """Give the arrays of a tree."""
    import jax

    return [np.asarray(leaf) for leaf in jax.tree.leaves(tree)]


@pytest.mark.parametrize("damage", ["cut short", "all gone"])
def test_a_damaged_checkpoint_is_passed_over(start_lanes, tmp_path, damage):
    """
    Where the newest file is cut short the one before it is taken; without any, training starts anew.
    """
    chunk = start_lanes(tiny_experiment())
    for epoch in (1, 2):
        chunk.epoch = epoch
        save_checkpoint(tmp_path, "lanes", chunk)
    for path in (tmp_path / FOLDER).iterdir():
        if damage == "all gone" or "000002" in path.name:
            path.write_bytes(path.read_bytes()[:100])
    other = start_lanes(tiny_experiment())

    assert load_checkpoint(tmp_path, "lanes", other) == (damage == "cut short")
    assert other.epoch == (1 if damage == "cut short" else 0)


def test_only_ensembles_wait_when_members_are_done(tmp_path, monkeypatch):
    """
    Killed after the last member and before they were put together, an ensemble is completed without training.
    """
    from trainlab.engine import ensembles

    def killed(*arguments):
        raise KeyboardInterrupt

    experiment = tiny_experiment(variants={"two": {"ensemble": {"members": 2, "control": False}}}, seeds=1)
    with monkeypatch.context() as patch:
        patch.setattr(ensembles, "put_together", killed)
        cut = tl.run(experiment, tmp_path / "out")
    monkeypatch.setattr(training, "train_chunk", None)
    done = tl.resume(tmp_path / "out", experiment)

    assert cut.outcome_counts["interrupted"] == 1
    assert done.outcome_counts["finished"] == 1
    with Reader(tmp_path / "out") as reader:
        assert [run["member"] for run in reader.runs()] == [0, 1, 2]
