"""TL132: other numbers of rows, or augmentation, at equal epochs."""

import numpy as np

from trainlab.data.dataset import Dataset


def test_fewer_rows_at_equal_epochs_are_told_with_their_updates(found):
    """
    72 rows are 15 updates in 3 epochs and 16 rows 3: the evidence counts both.
    """
    [finding] = found("TL132", variants={"all": {}, "few": {"train_rows": 16}})

    assert finding.evidence == "updates in 3 epochs: 15 in `all` (72 rows), 3 in `few` (16 rows)"
    assert (finding.limit, finding.variants) == ("at equal epochs", ("few",))


def test_a_share_and_resampling_change_the_rows_too(found):
    """
    Half of the rows, and rows of a small class repeated to as many as the others, are counted as trained.
    """
    unequal = Dataset(np.arange(180.0).reshape(90, 2), [0] * 60 + [1] * 30, name="arrays")
    variants = {"all": {}, "half": {"train_fraction": 0.5}, "over": {"resample": "over"}}
    [finding] = found("TL132", data=unequal, variants=variants)

    assert "9 in `half` (36 rows)" in finding.evidence
    assert "18 in `over` (96 rows)" in finding.evidence


def test_as_many_updates_are_silent(found):
    """
    Fewer rows with the epochs of as many updates are a fair view.
    """
    variants = {"all": {}, "few": {"train_rows": 16, "epochs": 15}}

    assert found("TL132", variants=variants) == []


def test_augmentation_at_equal_epochs_is_told(found):
    """
    Augmented rows never come twice and take longer to learn; at equal epochs that is told.
    """
    variants = {"baseline": {}, "noise": {"augment": {"noise": 0.1}}}
    [finding] = found("TL132", variants=variants)

    assert "`noise` and `baseline` train for 3 epochs each" in finding.evidence
    assert (finding.limit, finding.variants) == ("at equal epochs", ("noise",))


def test_early_stopping_on_both_sides_is_silent(found):
    """
    Where each trains until it is done, equal epochs are only an upper bound.
    """
    recipe = {"optimizer": "sgd", "epochs": 100, "early_stopping": True}
    variants = {"baseline": {}, "few": {"train_rows": 16}, "noise": {"augment": {"noise": 0.1}}}

    assert found("TL132", recipe=recipe, variants=variants) == []
