"""TL113: inputs that go into the network far from its usual size."""

import numpy as np

from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.named.embedded import diabetes, digits, wine
from trainlab.data.named.synthetic import xor
from trainlab.experiment.spec import Experiment
from trainlab.protocol.check import Question
from trainlab.protocol.checks.inputs_unscaled import CHECK


def found(data, **more):
    """What the check says of a data set."""
    return list(CHECK.examine(Question(Experiment(data, **more), ())))


def test_images_of_0_to_255_are_told():
    """
    A model trained on raw bytes, as a lab sheet did: the range is told, and what divides it.
    """
    data = digits()
    raw = Dataset(np.minimum(data.x.astype(int) * 16, 255), data.y, scale=1.0)

    (finding,) = found(raw)

    assert (finding.code, finding.severity) == ("TL113", "warn")
    assert "x from 0 to 255" in finding.evidence
    assert "`prepare: {rescale: 255}`" in finding.cure
    assert found(raw, prepare={"rescale": 255}) == []


def test_columns_whose_preparation_is_switched_off_are_named():
    """
    Wine without preparation has columns beyond ten; by default it is standardized.
    """
    named = Dataset(wine().x, wine().y, columns=[f"c{at}" for at in range(13)])

    (finding,) = found(named, prepare="none")

    assert finding.where == "`c0`, `c3`, `c4` and 1 more"
    assert found(named) == []


def test_numbers_all_too_small_are_told():
    """
    Columns within a hundredth of zero starve a network as much.
    """
    data = Dataset(np.random.default_rng(0).normal(0, 1e-4, (50, 3)), np.arange(50) % 2)

    assert found(data, prepare="none")[0].evidence.startswith("1 column far from")
    assert found(data) == []


def test_a_model_of_ones_own_may_rescale_by_itself():
    """
    Of a builder nothing is known: there it is a note, and the cure says why.
    """
    (finding,) = found(wine(), prepare="none", model=lambda: None)

    assert finding.severity == "note"
    assert "`Rescaling`" in finding.cure


def test_healthy_data_are_passed_in_silence():
    """
    Scaled images, tables by default, points within ten, and categories get no word.
    """
    levels = tuple(f"town {at}" for at in range(40))
    towns = Dataset(np.arange(40.0)[:, None], np.arange(40) % 2, columns=[Column("town", "category", levels)])

    for data in (digits(), wine(), diabetes(), xor(), towns):
        assert found(data) == []
