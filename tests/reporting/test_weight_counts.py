"""Histograms of hidden weights: facts counted from files that a run would leave, then drawings."""

import dataclasses

import numpy as np
import pytest

from trainlab.reporting.drawing import figures
from trainlab.reporting.faces.html import page
from trainlab.reporting.facts import weight_counts
from trainlab.reporting.facts.outline import outline
from trainlab.reporting.facts.weight_counts import hidden_kernels, weight_facts
from trainlab.results.files import write_arrays

NAMES = ["one/kernel", "one/bias", "two/kernel", "output/kernel", "output/bias"]
SHAPES = [(8, 6), (6,), (6, 5), (5, 3), (3,)]
RUNS = 20


def weights_of(run):
    """Made-up weights of one run, the wider the higher its number; those of the output are huge."""
    random = np.random.default_rng(run)
    sizes = (0.1 + 0.01 * run, 50.0, 0.1 + 0.01 * run, 50.0, 50.0)
    return [
        random.normal(0, size, shape).astype(np.float32) for size, shape in zip(sizes, SHAPES, strict=True)
    ]


def leave(folder, runs, which=("last",), label="cohort-0000"):
    """Write a file of weights as a run does; other weights than the last of ``which`` are far off."""
    place = folder / "weights"
    place.mkdir(exist_ok=True)
    arrays = {}
    for name in which:
        for index in range(len(NAMES)):
            stacked = np.stack([weights_of(run)[index] for run in runs])
            arrays[f"{name}/weights/{index}"] = stacked if name == which[-1] else stacked + 1_000
    notes = {"runs": list(runs), "weights": NAMES, "layers": []}
    write_arrays(place / f"{label}.safetensors", arrays, notes)


@pytest.fixture
def stored(techniques, tmp_path):
    """The results of four variants with five seeds each, in a folder of its own."""
    return dataclasses.replace(techniques, folder=tmp_path)


def hidden(runs):
    """All hidden weights of some runs."""
    return np.concatenate([weights_of(run)[place].ravel() for run in runs for place in (0, 2)]).astype(float)


def test_shares_are_those_of_numpy(stored):
    """
    Share in each bin, number and spread are those that NumPy gives for the kernels of hidden layers alone.
    """
    leave(stored.folder, range(12))
    leave(stored.folder, range(12, RUNS), label="cohort-0001")

    facts = weight_facts(stored, (0, 2))

    assert [counts.variant for counts in facts.variants] == [0, 2]
    edges = np.array(facts.edges)
    np.testing.assert_allclose(edges, -edges[::-1])
    for counts, runs in zip(facts.variants, (range(5), range(10, 15)), strict=True):
        values = hidden(runs)
        inside = np.clip(values, edges[0], edges[-1])
        np.testing.assert_allclose(counts.shares, np.histogram(inside, edges)[0] / values.size)
        assert sum(counts.shares) == pytest.approx(1.0)
        assert (counts.weights, counts.zero) == (values.size, 0.0)
        assert counts.spread == pytest.approx(np.sqrt((values**2).mean()))


def test_the_scored_weights_are_taken_where_they_stand_apart(stored):
    """
    With early stopping or pruning the file keeps what is scored, and that is counted, not the last.
    """
    leave(stored.folder, range(RUNS), which=("last", "best", "scored"))

    facts = weight_facts(stored, (0,))

    assert facts.variants[0].spread == pytest.approx(np.sqrt((hidden(range(5)) ** 2).mean()))


def test_normalized_weights_are_counted_as_they_act(stored):
    """
    Under weight normalization a kernel is its direction at the length of its gain, whatever its own length.
    """
    random = np.random.default_rng(0)
    direction, gain = random.normal(size=(RUNS, 8, 6)), random.uniform(1, 2, (RUNS, 1, 6))
    names = ["one/kernel", "one/weight_norm_gain", "output/kernel"]
    place = stored.folder / "weights"
    place.mkdir()
    parts = (1_000 * direction, gain, np.ones((RUNS, 6, 3)))
    arrays = {f"last/weights/{index}": part.astype(np.float32) for index, part in enumerate(parts)}
    write_arrays(place / "cohort-0000.safetensors", arrays, {"runs": list(range(RUNS)), "weights": names})

    (counts,) = weight_facts(stored, (0,)).variants

    acting = gain * direction / np.linalg.norm(direction, axis=1, keepdims=True)
    assert counts.spread == pytest.approx(np.sqrt(np.mean(acting[: len(stored.seeds)] ** 2)), rel=1e-5)


def test_runs_without_a_score_are_left_out(stored):
    """
    The run of "both" that diverged is no part of its histogram.
    """
    leave(stored.folder, range(RUNS))

    facts = weight_facts(stored, (3,))

    assert facts.variants[0].weights == hidden([15, 16, 17, 19]).size


def test_members_belong_to_their_ensemble(stored):
    """
    Runs that are numbered behind an ensemble are its members, whose weights are the ensemble's.
    """
    numbers = 4 * stored.run_numbers  # every run an ensemble of three
    leave(stored.folder, [1, 2, 3, 4 * 5 + 1])

    facts = weight_facts(dataclasses.replace(stored, run_numbers=numbers), (0, 1))

    assert [counts.weights for counts in facts.variants] == [hidden([1, 2, 3]).size, hidden([21]).size]


def test_weights_that_are_zero_are_counted_apart(stored, monkeypatch):
    """
    Half of the weights pruned: half are exactly zero, and the bins hold the others.
    """
    plain = weights_of
    monkeypatch.setitem(globals(), "weights_of", lambda run: [np.where(w > 0, w, 0) for w in plain(run)])
    leave(stored.folder, range(RUNS))
    values = hidden(range(5))

    (counts,) = weight_facts(stored, (0,)).variants

    assert counts.zero == pytest.approx((values == 0).mean())
    assert sum(counts.shares) == pytest.approx((values > 0).mean())


def test_a_linear_model_has_no_hidden_weights(stored):
    """
    The only kernel is the output's; so there is nothing to draw.
    """
    assert hidden_kernels(["output/kernel", "output/bias"]) == ()
    assert weight_facts(stored, (0,)) is None


def test_damaged_and_huge_files_are_said_and_not_fatal(stored, monkeypatch):
    """
    A file cut short is left out with a sentence, and files that are too large are not read.
    """
    leave(stored.folder, range(5))
    leave(stored.folder, range(5, RUNS), label="cohort-0001")
    broken = stored.folder / "weights" / "cohort-0001.safetensors"
    broken.write_bytes(broken.read_bytes()[:-9])

    facts = weight_facts(stored, (0, 1))
    monkeypatch.setattr(weight_counts, "MOST_BYTES", 10)
    huge = weight_facts(stored, (0, 1))

    assert [counts.variant for counts in facts.variants] == [0]
    assert facts.note == "1 file of weights could not be read."
    assert huge.variants == ()
    assert "were not read" in huge.note


def test_the_report_folds_the_histograms_in(stored, techniques):
    """
    With files of weights there is a panel for each variant and a caption; without, there is nothing.
    """
    leave(stored.folder, range(RUNS))
    facts = dataclasses.replace(outline(techniques), weights=weight_facts(stored, (0, 1, 2, 3)))

    text = page(facts)

    assert len(figures.weight_pictures(facts)) == 4
    assert figures.weight_pictures(facts) == figures.weight_pictures(facts)
    assert "Histograms of the hidden weights of 4 variants" in text
    assert outline(techniques).weights is None
