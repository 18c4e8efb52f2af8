"""The results as one value: every number in its place, opened without JAX."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.results.outcome import Outcome
from trainlab.results.store import Writer
from trainlab.results.table import open_results


@pytest.fixture
def opened(tmp_path, record, ending, declared):
    """Results of two variants, one finished after three epochs and one under way after one."""
    with Writer(tmp_path) as writer:
        declared(writer)
        for epoch in (1, 2, 3):
            writer.write_epoch(epoch, {0: record(epoch, validation_loss_a=0, validation_loss_b=3)})
        writer.write_epoch(1, {1: record(9, train_loss=float("inf"))})
        writer.write_endings({0: ending()})
    return open_results(tmp_path)


def test_numbers_stand_at_their_variant_seed_fold_and_epoch(opened):
    """
    Curves and endings are in the order of the axes; what is missing is NaN.
    """
    assert (opened.variants, opened.seeds, opened.folds, opened.runs) == (("plain", "dropout"), (7,), 1, 2)
    np.testing.assert_array_equal(opened.curves["train_metric"][:, 0, 0], [[1, 2, 3], [9, np.nan, np.nan]])
    np.testing.assert_array_equal(opened.curves["train_loss"][1, 0, 0], [np.nan] * 3)
    np.testing.assert_array_equal(opened.scores[:, 0, 0], [0.75, np.nan])
    np.testing.assert_array_equal(opened.endings["epochs"][:, 0, 0], [3, 1])
    np.testing.assert_array_equal(opened.outcomes[:, 0, 0], [Outcome.FINISHED, Outcome.RUNNING])


def test_a_run_under_way_counts_as_interrupted(opened):
    """
    Whoever reads while nothing writes sees how many runs have no ending.
    """
    counts = opened.outcome_counts

    assert counts == {"finished": 1, "stopped_early": 0, "diverged": 0, "pruned": 0, "interrupted": 1}


def test_halves_are_put_together_by_their_rows(opened):
    """
    Over all validation rows a loss is weighted by the rows of each half: two with 0 and one with 3 give 1.
    """
    np.testing.assert_allclose(opened.validation_curve("loss")[0, 0, 0], [1, 1, 1])


def test_rows_of_the_chosen_epoch_come_by_name(opened):
    """
    A finished run gives its rows, one under way gives none, and so does what was not stored.
    """
    (scores,), (nothing,) = opened.rows("row_scores", "plain"), opened.rows("row_scores", "dropout")

    np.testing.assert_array_equal(scores, [1, 0, 1])
    assert nothing is None
    assert opened.rows("row_losses", "plain") == [None]
    np.testing.assert_array_equal(opened.validation_targets[0], [0, 1, 1])
    np.testing.assert_array_equal(opened.validation_rows[0], [4, 5, 9])


def test_results_are_shown_as_a_table_with_names_escaped(opened):
    """
    A notebook shows each variant with its mean score, and a dash where there is none.
    """
    shown = opened._repr_html_()

    row = r'<th scope="row"><bdi>(.*?)</bdi>.*?<span class="value">(.*?)</span>'
    assert re.findall(row, shown, re.DOTALL) == [("plain", "75.00"), ("dropout", "–")]


def test_results_without_any_epoch_open(tmp_path, declared):
    """
    Straight after the start there are runs and no epochs: the curves have length zero.
    """
    with Writer(tmp_path) as writer:
        declared(writer)

    results = open_results(str(tmp_path))

    assert results.curves["train_loss"].shape == (2, 1, 1, 0)
    assert results.seconds == {"train": 1.5}


def test_a_run_that_ended_before_it_was_described_is_told(tmp_path):
    """
    A process killed before the question was stored leaves a folder that says so.
    """
    with Writer(tmp_path) as writer:
        writer.declare_runs([(0, 0, 0, 0, 0, 0, 0)])

    with pytest.raises(UsageError, match=r"ended before training began.*into a new folder"):
        open_results(tmp_path)


def test_results_of_format_1_open_as_any_others(format_1):
    """
    Scores, outcomes and curves of a folder from before ensembles are in their places, without members.
    """
    results = open_results(format_1)

    np.testing.assert_array_equal(results.scores[..., 0], [[0.75, 0.5], [0.625, np.nan]])
    assert results.outcome_counts["diverged"] == 1
    assert results.endings["diverged_step"][1, 1, 0] == 8
    np.testing.assert_array_equal(results.curves["train_loss"][1, 0, 0], [2.25, 2.5])
    assert np.isnan(results.endings["unpruned_score"]).all()
    assert (results.endings["pruned_share"] == 0).all()
    assert results.member_scores.shape == (2, 2, 1, 0)


def test_curves_of_an_ensemble_are_means_over_its_members(tmp_path, record, ending, declared):
    """
    The epochs of members make the mean curve of their ensemble, and their scores stand one by one.
    """
    with Writer(tmp_path) as writer:
        declared(writer)
        ensemble = [
            (2 + member, 1, 1, 0, -1 if member == 0 else 1, member, 2 * (member == 0)) for member in range(3)
        ]
        writer.declare_runs(ensemble)
        writer.write_facts(
            {"experiment": {"variants": {"plain": {}, "two": {}}, "seeds": [7, 8], "metric": "accuracy"}}
        )
        writer.write_epoch(1, {3: record(1.0), 4: record(4.0, penalty=float("nan"))})
        writer.write_epoch(2, {4: record(6.0)})
        writer.write_endings({2: ending(0.8), 3: ending(0.5), 4: ending(0.75)})
    results = open_results(tmp_path)

    np.testing.assert_array_equal(results.curves["train_loss"][1, 1, 0], [2.5, 6.0])
    np.testing.assert_array_equal(results.curves["penalty"][1, 1, 0], [1.0, 6.0])
    np.testing.assert_array_equal(results.member_scores[1, 1, 0], [0.5, 0.75])
    assert np.isnan(results.member_scores[0]).all()
    assert results.scores[1, 1, 0] == 0.8
    assert results.run_numbers[1, 1, 0] == 2


def test_opening_results_loads_neither_jax_nor_keras(opened):
    """
    In a fresh process results are opened and read without the packages that trained them.
    """
    code = """
import json, sys
import trainlab as tl
results = tl.open_results(sys.argv[1])
results.rows("outputs", "plain"), results.validation_curve("loss"), results.outcome_counts
print(json.dumps([name for name in ("jax", "jaxlib", "keras", "tensorflow") if name in sys.modules]))
"""

    answer = subprocess.run(
        [sys.executable, "-c", code, str(opened.folder)], capture_output=True, text=True, check=True
    )

    assert json.loads(answer.stdout) == []
