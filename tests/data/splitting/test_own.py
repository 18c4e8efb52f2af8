"""A user's own splitter: what it sees, what it may answer, and what is refused."""

import numpy as np
import pytest
from sklearn import model_selection

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.splits import fold_count, split
from trainlab.data.splitting.validations import Splitter
from trainlab.errors import UsageError

LABELS = np.repeat([0, 1], [12, 8])
DATA = Dataset(np.arange(20.0), LABELS, groups=np.arange(20) // 2)


class Answering:
    """A splitter with a ready answer, which notes what it was shown."""

    def __init__(self, *answer):
        self.answer = answer

    def split(self, X, y=None, groups=None):  # noqa: N803  # scikit-learn's name
        """Answer."""
        self.shown = X, y, groups
        return iter(self.answer)


@pytest.mark.parametrize(
    "theirs",
    [
        model_selection.StratifiedKFold(4, shuffle=True, random_state=0),
        model_selection.GroupKFold(5),
        model_selection.ShuffleSplit(3, random_state=1),
        model_selection.LeaveOneOut(),
        model_selection.PredefinedSplit(np.arange(20) % 4),
    ],
)
def test_scikit_learns_splitters_split_as_they_do_there(theirs):
    """
    Rows are those that the splitter gives by itself.
    """
    made = split(DATA, Splitter(theirs))

    groups = DATA.groups if isinstance(theirs, model_selection.GroupKFold) else None
    expected = list(theirs.split(np.zeros((20, 1)), LABELS, groups))
    assert len(made) == len(expected) == fold_count(DATA, Splitter(theirs))
    for fold, (train, held) in zip(made, expected, strict=True):
        np.testing.assert_array_equal(fold.train, np.sort(train))
        np.testing.assert_array_equal(fold.validation, np.sort(held))


def test_a_splitter_sees_no_inputs_and_cannot_change_targets():
    """
    It is shown as many rows as there are, without a column, and copies of targets and groups.
    """
    own = Answering((range(10), range(10, 20)), (range(10, 20), range(10)))
    with pytest.raises(UsageError, match=r"fold 0: none of the 10 training rows is of class '1'"):
        split(DATA, Splitter(own))

    inputs, targets, groups = own.shown
    assert inputs.shape == (20, 0)
    np.testing.assert_array_equal(targets, LABELS)
    targets[:] = groups[:] = 0
    np.testing.assert_array_equal(DATA.y, LABELS)
    assert DATA.groups.max() == 9


@pytest.mark.parametrize(
    "answer, match",
    [
        ([], "the splitter gives no fold"),
        ([5], "fold 0: not a pair of rows"),
        ([([0, 19], [1], [2])], "fold 0: not a pair of rows"),
        ([([0, 19], [20])], r"fold 0: validation: no such row \(got 20\).*from 0 to 19"),
        ([([0, 19], [1]), ([0, 19], [0])], r"fold 1: 1 of its rows both train and validate \(got 0\)"),
        ([([0, 19], [1, 1])], "fold 0: validation: a row is listed twice"),
        ([([], [1])], "fold 0: train: not a list of row numbers"),
        ([(LABELS == 0, [1])], "fold 0: train: not a list of row numbers"),
    ],
)
def test_an_impossible_answer_is_refused_with_its_fold(answer, match):
    """
    Whatever a splitter gives is judged before anything is trained on it.
    """
    with pytest.raises(UsageError, match=match):
        split(DATA, Splitter(Answering(*answer)))


def test_a_splitter_that_changes_its_mind_is_refused():
    """
    Without a fixed seed no run could be repeated; errors inside a splitter are told as its own.
    """
    with pytest.raises(UsageError, match=r"answers differently each time .*KFold.*`random_state=0`"):
        split(DATA, Splitter(model_selection.KFold(4, shuffle=True)))
    with pytest.raises(UsageError, match=r"the splitter fails: .*n_splits=30.*greater than"):
        split(DATA, Splitter(model_selection.KFold(30)))
    with pytest.raises(UsageError, match="the splitter fails: "):
        split(DATA, Splitter(model_selection.KFold))


def test_pairs_are_taken_as_they_are():
    """
    Rows may repeat in training, and stay out of a fold.
    """
    (fold,) = split(DATA, Splitter([([19, 0, 0], [3, 2])]))

    assert fold.train.tolist() == [0, 0, 19]
    assert fold.validation.tolist() == [2, 3]
