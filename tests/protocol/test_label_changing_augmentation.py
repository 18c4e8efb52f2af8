"""TL108: augmentation that may turn a row into one of another class."""

import numpy as np
import pytest

from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.named.embedded import digits
from trainlab.experiment.spec import Experiment
from trainlab.protocol.check import Question
from trainlab.protocol.checks.label_changing_augmentation import CHECK


def found(data, augment):
    """What the check says of a data set and an augmentation of one variant."""
    variants = {"baseline": {}, "augmented": {"augment": augment}}
    return list(CHECK.examine(Question(Experiment(data, variants=variants), ())))


def test_a_mirrored_digit_is_named_with_what_mirroring_does():
    """
    A horizontal flip of digits, tried "anyway" in a lab sheet, limits the verdict on that variant.
    """
    (finding,) = found(digits(), {"flip": "horizontal"})

    assert (finding.code, finding.severity) == ("TL108", "warn")
    assert finding.variants == ("augmented",)
    assert "`flip: horizontal` on digits or letters" in finding.evidence
    assert "of the rows as they are and of" in finding.evidence
    assert "Leave the flip out" in finding.cure


def test_the_evidence_is_that_of_scikit_learns_nearest_neighbour():
    """
    The two shares are those of scikit-learn's nearest neighbour among the mean images, on the same rows.
    """
    from sklearn.neighbors import KNeighborsClassifier

    data = digits()
    rows = np.random.default_rng(0).permutation(data.rows)
    half = data.rows // 2
    images = data.x[rows].astype(np.float32)
    labels = data.y[rows][:half]
    means = [images[:half][labels == label].mean(axis=0).ravel() for label in range(10)]
    fitted = KNeighborsClassifier(1).fit(means, range(10))
    shares = [
        100 * fitted.score(shown.reshape(len(shown), -1), data.y[rows][half:])
        for shown in (images[half:], images[half:, :, ::-1])
    ]

    (finding,) = found(data, {"flip": "horizontal"})

    assert (
        f"{shares[0]:.0f} % of the rows as they are and of {shares[1]:.0f} % of them mirrored"
        in finding.evidence
    )


@pytest.mark.parametrize("turn", [0.25, 0.5])
def test_a_strong_turn_of_digits_is_named(turn):
    """
    A quarter of a turn makes a six of a nine on its way.
    """
    (finding,) = found(digits(), {"rotation": turn})

    assert f"({'up to'} {360 * turn:.0f} degrees either way)" in finding.evidence


@pytest.mark.parametrize("augment", [{"rotation": 0.03}, {"translation": 0.1, "zoom": 0.1}, {"noise": 0.1}])
def test_what_keeps_a_digit_is_passed(augment):
    """
    A slight turn, a shift and noise leave a digit what it is.
    """
    assert found(digits(), augment) == []


def test_images_without_a_name_are_judged_by_what_mirroring_does():
    """
    Of unnamed images, those that lie elsewhere when mirrored get a note, symmetrical ones none.
    """
    data = digits()
    unnamed = Dataset(data.x, data.y, scale=1 / 16)
    mirrored = np.concatenate([data.x, data.x[:, :, ::-1]])
    symmetrical = Dataset(np.maximum(mirrored[: data.rows], mirrored[data.rows :]), data.y, scale=1 / 16)

    (finding,) = found(unnamed, {"flip": "horizontal"})

    assert finding.severity == "note"
    assert finding.limit == ""
    assert found(symmetrical, {"flip": "horizontal"}) == []
    assert found(Dataset(symmetrical.x, data.y, name="fashion_mnist"), {"flip": "horizontal"}) == []


def test_noise_and_mixtures_of_categories_are_named():
    """
    Half a level is no level: mixing rows of a table with categories is told, one of numbers is not.
    """
    x = np.column_stack([np.arange(20.0) % 3, np.linspace(0, 1, 20)])
    table = Dataset(x, np.arange(20) % 2, columns=[Column("town", "category", ("a", "b", "c")), "area"])

    (finding,) = found(table, {"mixup": 0.2})

    assert "`mixup` on categories: `town`" in finding.evidence
    assert found(Dataset(x, np.arange(20) % 2), {"mixup": 0.2}) == []
