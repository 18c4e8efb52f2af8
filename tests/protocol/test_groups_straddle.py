"""TL106: rows that belong together on both sides of a split."""

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.named.embedded import breast_cancer, diabetes, digits, iris, wine
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import GroupKFold, Holdout, Splitter
from trainlab.experiment.spec import Experiment
from trainlab.protocol.check import Question
from trainlab.protocol.checks.groups_straddle import CHECK


def found(data, validation=Holdout(0.2)):  # noqa: B008  # a frozen value
    """What the check says of a data set under a validation."""
    return list(CHECK.examine(Question(Experiment(data), split(data, validation))))


def patients(**more):
    """A hundred rows of twenty patients."""
    random = np.random.default_rng(0)
    return Dataset(random.normal(size=(100, 3)), np.arange(100) % 2, **more)


def test_groups_that_a_users_split_breaks_are_counted():
    """
    A list of row numbers that knows no groups puts them on both sides, and the verdict carries that.
    """
    data = patients(groups=np.arange(100) // 5)

    (finding,) = found(data, Splitter([(np.r_[:48, 52:100:4], np.r_[48:52, 53:100:4])]))

    assert (finding.code, finding.severity) == ("TL106", "warn")
    assert "of 20 both train and validate: validation rows" in finding.evidence
    assert finding.limit == "with groups that both train and validate"
    assert "group_kfold" in finding.cure


def test_our_own_splits_keep_groups_whole():
    """
    Neither a group k-fold nor a holdout of a data set with groups gets a word.
    """
    data = patients(groups=np.arange(100) // 5)

    assert found(data, GroupKFold(5)) == []
    assert found(data, Holdout(0.2)) == []


@pytest.mark.parametrize(
    "name",
    ["patient", "Patient_ID", "customer_id", "subject no", "user", "PatientID", "group_id", "visit-id"],
)
def test_a_column_that_is_called_as_groups_are_is_named(name):
    """
    A repeated column called after who bears it is named with the key to write, in any order of rows.
    """
    random = np.random.default_rng(0)
    x = np.column_stack([random.permutation(np.arange(100) // 5), random.normal(size=100)])

    (finding,) = found(Dataset(x, np.arange(100) % 2, columns=[name, "pressure"]))

    assert (finding.where, finding.severity) == (f"`{name}`", "warn")
    assert "20 values, each in 5 rows on average" in finding.evidence
    assert f"`groups: {name}`" in finding.cure


def test_blocks_of_whole_numbers_are_a_note():
    """
    Without a name, numbers that stand in blocks look like groups, and like sorted rows.
    """
    x = np.column_stack([np.random.default_rng(0).permutation(20).repeat(5), np.linspace(0, 1, 100)])

    (finding,) = found(Dataset(x, np.arange(100) % 2))

    assert (finding.where, finding.severity) == ("column 0", "note")


@pytest.mark.parametrize("data", [digits(), wine(), iris(), breast_cancer(), diabetes()])
def test_healthy_data_are_passed_in_silence(data):
    """
    Neither measurements nor pixels look like groups.
    """
    assert found(data) == []


def test_names_that_only_sound_alike_are_passed():
    """
    `humid`, `valid` and `groups_of_carbon` name no groups, nor does an id that every row has for itself.
    """
    random = np.random.default_rng(0)
    x = np.column_stack([random.integers(0, 9, (100, 3)), np.arange(100)])

    assert (
        found(Dataset(x, np.arange(100) % 2, columns=["humid", "valid", "groups_of_carbon", "row_id"])) == []
    )


@pytest.mark.parametrize("name", ["households", "group_size", "users", "patients", "site_area", "batch2"])
def test_counts_of_bearers_name_no_groups(name):
    """
    How many households a district has is no household, however often a number repeats.
    """
    x = np.random.default_rng(0).permutation(np.arange(100) // 5)

    assert found(Dataset(np.column_stack([x, x]), np.arange(100) % 2, columns=[name, "pressure"])) == []


@pytest.mark.parametrize(
    "values",
    [
        np.arange(100) // 5 + 0.5,  # amounts with decimals
        np.r_[np.zeros(70), np.arange(1, 31)],  # most values stand once
        np.arange(100) // 1.5 // 1,  # fewer than two rows each
        np.arange(100) % 4,  # too few to be anything but kinds
    ],
)
def test_a_name_alone_makes_no_groups(values):
    """
    A column called `household` is one of groups where its whole numbers repeat, most of them.
    """
    x = np.column_stack([values, np.random.default_rng(0).normal(size=100)])

    assert found(Dataset(x, np.arange(100) % 2, columns=["household", "pressure"])) == []


def test_pairs_are_groups():
    """
    Two rows of each patient, before and after, are the smallest groups.
    """
    x = np.column_stack([np.arange(100) // 2, np.random.default_rng(0).normal(size=100)])

    (finding,) = found(Dataset(x, np.arange(100) % 2, columns=["patient", "pressure"]))

    assert "50 values, each in 2 rows on average" in finding.evidence
