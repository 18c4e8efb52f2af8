"""TL107: whether the validation rows can show the difference that is sought."""

import math

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.named.embedded import diabetes, digits
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import Holdout, KFold
from trainlab.experiment.spec import Experiment
from trainlab.protocol.check import Question
from trainlab.protocol.checks.validation_size import CHECK, smallest_shown

VARIANTS = {"baseline": {}, "dropout": {"dropout": 0.3}}


def asked(data, validation=Holdout(0.2), **more):  # noqa: B008  # a frozen value
    """The question of two variants on a data set."""
    experiment = Experiment(data, variants=VARIANTS, validation=validation, **more)
    return Question(experiment, split(experiment.data, experiment.validation))


def rows(count):
    """So many rows of two classes."""
    return Dataset(np.arange(count)[:, None], np.arange(count) % 2)


def found(question):
    """What the check says."""
    return list(CHECK.examine(question))


def test_two_hundred_rows_are_said_to_show_six_points():
    """
    1,000 rows to train and 200 to validate, as in a lab sheet, show 6.4 points, not half a point.
    """
    (finding,) = found(asked(rows(1_200), Holdout(200 / 1_200)))

    assert (finding.code, finding.severity) == ("TL107", "note")
    assert "200 validation rows show 6.4 points with 80 % probability" in finding.evidence
    assert "sought are 0.5 points (the difference that matters by default)" in finding.evidence
    assert "repeated_kfold" in finding.cure


def test_a_difference_that_was_named_and_cannot_be_seen_is_a_warning():
    """
    Digits can't show one point; with rows enough the cure says the share to write.
    """
    (finding,) = found(asked(digits(), smallest_difference=0.01))
    (other,) = found(asked(rows(60_000), Holdout(0.01), smallest_difference=0.02))

    assert finding.severity == "warn"
    assert "sought are 1 points (`smallest_difference`)" in finding.evidence
    assert "About 1,960 validation rows would do: write `validation: {holdout: 0.04}`." in other.cure


def test_what_the_cure_says_is_enough():
    """
    Written as told, the warning is gone.
    """
    assert found(asked(rows(60_000), Holdout(0.04), smallest_difference=0.02)) == []


def test_enough_rows_are_passed_in_silence():
    """
    Digits by default, 12,000 rows at a point, losses, and one variant alone get no word.
    """
    assert found(asked(digits())) == []
    assert found(asked(rows(60_000), smallest_difference=0.01)) == []
    assert found(asked(diabetes())) == []
    assert found(asked(digits(), metric="log_loss", smallest_difference=0.01)) == []


def test_the_smallest_difference_of_a_holdout_is_that_of_the_normal_approximation():
    """
    2.8 standard errors of a difference on rows of which one in ten differs, for many rows.
    """
    shown = smallest_shown(asked(rows(40_000), Holdout(0.25)))

    assert shown == pytest.approx((1.96 + 0.84) * math.sqrt(0.1 / 10_000), rel=0.05)


def test_the_smallest_difference_of_folds_is_found_four_times_in_five():
    """
    Fold means drawn at that difference, with the spread that the corrected t assumes, exclude zero in 80 %.
    """
    from scipy.stats import t

    question = asked(rows(1_000), KFold(5))
    shown = smallest_shown(question)
    random = np.random.default_rng(0)
    # Folds that share training rows: variance of a fold v, covariance so that the mean has v (1/5 + 1/4).
    variance = (0.1 - shown**2) / 200
    common = random.normal(0, math.sqrt(variance * 0.25), (20_000, 1))
    means = shown + common + random.normal(0, math.sqrt(variance), (20_000, 5))
    error = np.sqrt(means.var(axis=1, ddof=1) * (1 / 5 + 200 / 800))

    told = (means.mean(axis=1) - t.ppf(0.975, 4) * error > 0).mean()

    assert told == pytest.approx(0.8, abs=0.01)


def test_one_seed_shows_nothing():
    """
    With one seed and one split no difference of any size is shown, and that is what is said.
    """
    (finding,) = found(asked(digits(), seeds=1))

    assert "show no difference at all" in finding.evidence
    assert finding.cure.startswith("Write `seeds: 5`")
