"""What intervals may claim: how rows were shared out, and how the settings that are compared came about."""

import pytest

from trainlab.comparison.compare import compare
from trainlab.comparison.splits import CLAIMS, splits_of
from trainlab.testing import made_up, made_up_trials

TWO = {"scores": [0.7, 0.9]}


def test_where_nothing_is_tuned_the_claim_is_that_of_the_splits():
    """
    Results without tuning claim what they did before there was any, to the letter.
    """
    for folds, kind in ((1, "one split"), (3, "folds")):
        made = made_up({"a": {"score": [0.8, 0.9]}, "b": {"score": [0.7, 0.9]}}, folds=folds)

        assert compare(made).claim == CLAIMS[kind]


def test_the_claim_names_the_settings_that_were_found():
    """
    One split claims something of the settings at hand, and nothing of what other trials would have found.
    """
    claim = compare(made_up_trials({"sgd": TWO, "adam": TWO})).claim

    assert claim == f"{CLAIMS['one split']}, each at the settings that 2 trials found"


def test_folds_that_are_tuned_anew_cover_the_tuning():
    """
    Over outer folds each is tuned on its own training rows, and the claim says so.
    """
    made = made_up_trials({"sgd": [TWO] * 3, "adam": [TWO] * 3})

    assert splits_of(made).claim == f"{CLAIMS['folds']}, each tuned anew with 2 trials in each fold"


def test_unequal_tuning_is_told_by_name():
    """
    Who is as written, and who had how many trials, stands in the claim.
    """
    scores = {name: {"score": [0.8, 0.9]} for name in ("plain", "sgd", "found", "one")}
    four = {"scores": [0.7, 0.9, 0.8, 0.6]}
    made = made_up_trials({"sgd": four, "found": four, "one": {"scores": [0.7]}}, variants=scores)

    assert splits_of(made).settings == (
        "`plain` as written, `sgd` and `found` at the settings that 4 trials found, "
        "`one` at the settings that 1 trial found"
    )


@pytest.mark.filterwarnings("error")
def test_a_variant_whose_trials_all_diverged_is_as_written():
    """
    Where nothing was chosen the settings are those of the file.
    """
    gone = {"scores": [float("nan")] * 2}
    scores = {"sgd": {"score": [0.8, 0.9]}, "adam": {"score": [0.8, 0.9]}}
    made = made_up_trials({"sgd": TWO, "adam": gone}, variants=scores)

    assert splits_of(made).settings == "`sgd` at the settings that 2 trials found, `adam` as written"
