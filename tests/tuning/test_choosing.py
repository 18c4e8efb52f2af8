"""Choosing a trial: the best, or the simplest within one standard error."""

import numpy as np
import pytest

from trainlab.testing import made_up_trials
from trainlab.tuning.choosing import choose, within_one_error
from trainlab.tuning.trials import read_studies

SIMPLEST = {"choose": "simplest"}
TECHNIQUES = {"dropout": [False, 0.3], "l2": [False, 0.001]}


def study(scores, tuning=None, **told):
    """Make a study of one variant, its standard error known from its rows."""
    options = {name: told.pop(name) for name in ("space", "rows") if name in told}
    [made] = read_studies(made_up_trials({"a": {"scores": scores, **told}}, tuning=tuning, **options))
    return made


def test_the_best_is_chosen_unless_asked_otherwise():
    """
    A larger network wins by any margin where the best is asked for.
    """
    assert choose(study([0.90, 0.91], parameters=[10, 1_000])).number == 1


@pytest.mark.parametrize("rows, chosen", [(400, 0), (40_000, 1)])
def test_the_simplest_lies_within_one_error_of_the_best(rows, chosen):
    """
    A point below the best is within one error (1.4 points) on 400 rows, and beyond it (0.14) on 40,000.
    """
    assert choose(study([0.90, 0.91], SIMPLEST, parameters=[10, 1_000], rows=rows)).number == chosen


def test_of_equal_sizes_fewer_techniques_are_simpler_then_fewer_epochs():
    """
    Off counts for nothing, and where techniques are as many the shorter training is chosen.
    """
    points = [
        {"dropout": "0.3", "l2": "0.001"},
        {"dropout": "off", "l2": "0.001"},
        {"dropout": "0.3", "l2": "off"},
    ]
    made = study([0.9] * 3, SIMPLEST, space=TECHNIQUES, points=points, epochs=[5, 9, 8], parameters=[7] * 3)

    assert choose(made).number == 2


def test_where_all_diverged_nothing_is_chosen():
    """
    A study without a scored trial has no choice, whichever way is asked for.
    """
    gone = [np.nan, np.nan]

    assert choose(study(gone)) is None
    assert choose(study(gone, SIMPLEST)) is None
    assert within_one_error(study(gone)) == ()


def test_losses_count_downwards():
    """
    Of losses those within one error above the least are as good as it.
    """
    [made] = read_studies(made_up_trials({"a": {"scores": [0.300, 0.302, 0.5]}}, metric="log_loss"))

    assert made.best.error == pytest.approx(0.3 * 0.5 / np.sqrt(999))
    assert [trial.number for trial in within_one_error(made)] == [0, 1]
