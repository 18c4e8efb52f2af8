"""What was stored of networks comes back by seed, fold and moment."""

import time

import numpy as np
import pytest

from trainlab.results.probes import MomentSeen, prediction_of, probes_of
from trainlab.results.store import Writer
from trainlab.results.table import open_results
from trainlab.results.watched import Watched
from trainlab.testing.making_up import made_up

WATCHED = Watched(
    weights=("one/kernel", "one/bias"),
    kernels=("one/kernel",),
    layers=("one",),
    activations=("relu",),
    rows=8,
)


def moment(epoch, size=1.0):
    """Make up what one moment showed."""
    counts = np.zeros((2, 128), np.uint32)
    counts[:, 64:68] = 5
    return MomentSeen(
        epoch=epoch,
        loss=size,
        validation_loss=2.5 if epoch == 0 else np.nan,
        weight_norms=np.array([size, 2 * size]),
        gradient_norms=np.array([3 * size, 4 * size]),
        dead=np.array([0.25]),
        saturated=np.array([np.nan]),
        powers=np.array([0.0, 1.0]),
        counts=counts,
    )


def seen(results, runs, **facts):
    """Store what runs showed: number -> moment -> what it was."""
    with Writer(results.folder) as writer:
        writer.write_arrays_of(
            {
                f"run/{number}": {
                    name: array for when, one in moments.items() for name, array in one.arrays(when).items()
                }
                for number, moments in runs.items()
            }
        )
        writer.write_facts(facts)
    return open_results(results.folder)


def test_probes_come_back_by_seed_and_fold():
    """
    Each run has what was stored of it, in the order of seeds and folds, and None where nothing was.
    """
    results = made_up({"a": {"score": 0.5}, "b": {"score": [0.5, 0.6]}}, rows=6, folds=2)
    # Variants, then seeds, then folds: the runs of b are 4 to 7.
    runs = {number: {"start": moment(0, number)} for number in (4, 5, 7)}
    results = seen(results, runs, probes={"b": WATCHED.document()})

    found = probes_of(results, "b")

    assert [[one and one.losses[0] for one in folds] for folds in found] == [[4.0, 5.0], [None, 7.0]]
    assert probes_of(results, "a") == [[None, None], [None, None]]


def test_moments_stand_in_their_places():
    """
    Numbers stand at their moment, weight and layer; a moment that was not seen is NaN and has no counts.
    """
    results = made_up({"a": {"score": 0.5}}, rows=6)
    moments = {"start": moment(0), "first": moment(1, 10.0), "last": moment(3, 20.0)}
    [[probe]] = probes_of(seen(results, {0: moments}, probes={"a": WATCHED.document()}), "a")

    assert probe.epochs.tolist() == [0, 1, -1, 3]
    assert probe.validation_loss_at_start == 2.5
    assert probe.weight_norms[1].tolist() == [10.0, 20.0]
    assert probe.gradient_norms[3].tolist() == [60.0, 80.0]
    assert np.isnan(probe.weight_norms[2]).all()
    assert probe.dead[:, 0].tolist()[:2] == [0.25, 0.25]
    assert np.isnan(probe.saturated).all()
    assert probe.weight_counts.sum(axis=2)[:, 0].tolist() == [20, 20, 0, 20]
    assert probe.activation_counts.sum(axis=2)[:, 0].tolist() == [20, 20, 0, 20]
    assert (probe.weight_edges[0, 0], probe.activation_edges[0, 0]) == (0.0, 0.0)
    assert probe.weights == WATCHED.weights
    assert probe.activations == ("relu",)


def test_an_ensemble_shows_its_first_member():
    """
    Where networks answer together, the run that is read is the first behind the ensemble.
    """
    results = made_up({"a": {"score": 0.5}}, rows=6)
    said = {**WATCHED.document(), "members": 3}
    results = seen(results, {0: {"start": moment(0, 9.0)}, 1: {"start": moment(0, 1.0)}}, probes={"a": said})

    [[probe]] = probes_of(results, "a")

    assert probe.losses[0] == 1.0


def test_results_of_before_have_no_probes():
    """
    Results that were stored without looking are read as they are.
    """
    results = made_up({"a": {"score": [0.5, 0.6]}}, rows=6)

    assert probes_of(results, "a") == [[None], [None]]
    assert prediction_of(results) == {}


@pytest.mark.slow
def test_a_thousand_runs_are_read_in_under_a_second():
    """
    Probes of 1,000 runs, 4 moments each, are read in less than a second.
    """
    results = made_up({"a": {"score": np.full(1000, 0.5)}}, rows=4)
    runs = {
        number: {when: moment(0) for when in ("start", "first", "chosen", "last")} for number in range(1000)
    }
    results = seen(results, runs, probes={"a": WATCHED.document()})

    began = time.process_time()
    found = probes_of(results, "a")

    assert time.process_time() - began < 1
    assert all(probe is not None for [probe] in found)
