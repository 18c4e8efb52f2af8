"""The marks of trials and their axis: nothing is lost, and nothing stands where it did not score."""

import dataclasses
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from trainlab.experiment.metrics import METRICS
from trainlab.reporting.drawing.slices import Cell, slices
from trainlab.reporting.drawing.trial_marks import marks_in_words, score_axis, strip_in_words
from trainlab.reporting.facts.trials import Axis, Studied, Tried

ACCURACY, ERROR = METRICS["accuracy"], METRICS["mse"]


def tried(number, score, outcome="finished"):
    """A trial of one learning rate."""
    value = 10.0 ** (-4 + 3 * number / 20)
    there = outcome == "diverged"
    return Tried(
        number, 0, outcome, None if there else score, None, None, 1, 5, 100, (value,), {}, f"rate {value}", ()
    )


def studied(*trials, chosen=None):
    """A study of these trials."""
    scored = [place for place, trial in enumerate(trials) if trial.scored]
    best = max(scored, key=lambda place: trials[place].score) if scored else None
    axis = Axis("learning rate", "log", 1e-4, 1e-1, False, (), False, "")
    usual = {"name": "sgd", "variant": 0, "label": "sgd", "searched": False, "fold": 0, "axes": (axis,)}
    return Studied(
        **usual,
        trials=trials,
        best=best,
        chosen=best if chosen is None else chosen,
        asked=len(trials),
        ended=True,
        seeds=1,
        rows="20 % of the training rows, held out",
        sampler="quasi-random",
        simplest=False,
        as_good=1,
        pruning="",
        importances=(),
        refused="",
        left_out=(),
        effects=None,
        final="",
    )


def test_scores_stand_in_their_place():
    """
    Every score that is not far below the others stands at its own height, inside of the axis.
    """
    study = studied(*(tried(place, score) for place, score in enumerate([0.7, 0.8, 0.85, 0.9])))

    scale = score_axis(ACCURACY, [study])

    heights = [scale.of(trial) for trial in study.trials]
    assert heights == pytest.approx([70, 80, 85, 90])
    assert scale.low < 70
    assert scale.high > 90
    assert scale.strip is None


def test_a_score_far_below_does_not_press_the_others_together():
    """
    One network that learned nothing stands in the strip at the foot, and the caption counts it.
    """
    study = studied(*(tried(place, score) for place, score in enumerate([0.1, 0.86, 0.88, 0.89, 0.9])))

    scale = score_axis(ACCURACY, [study])

    assert scale.of(study.trials[0]) == scale.strip
    assert scale.low > 80
    assert scale.low < scale.strip < scale.worst == pytest.approx(86)
    assert strip_in_words(scale, [study]) == (
        "Triangles: 1 trial that scored too far below the others to be drawn to scale."
    )


def test_of_an_error_the_strip_is_above():
    """
    Where less is better, trials that diverged stand above the worst error and not at the best.
    """
    study = studied(tried(0, 0.2), tried(1, 0.3), tried(2, None, "diverged"))

    scale = score_axis(ERROR, [study])

    assert scale.of(study.trials[2]) == scale.strip > scale.worst == pytest.approx(0.3)


def test_what_was_given_up_has_no_score_of_its_own():
    """
    The score that a pruned trial had then is not compared with those of whole trials.
    """
    study = studied(tried(0, 0.8), tried(1, 0.95, "pruned"))

    scale = score_axis(ACCURACY, [study])

    assert scale.of(study.trials[1]) == scale.strip
    assert "upright strokes are trials that were given up early" in marks_in_words([study])


def test_without_any_score_there_is_an_axis_all_the_same():
    """
    A study whose trials all diverged can be drawn.
    """
    study = studied(tried(0, None, "diverged"), tried(1, None, "diverged"))
    scale = score_axis(ACCURACY, [study])

    svg = slices(ACCURACY, scale, [Cell("sgd", study.axes[0], ((study, 0),))], "learning rate", wide=True)

    assert svg.count("<use") + svg.count("#c4003b") >= 2


@pytest.mark.parametrize("wide", [True, False])
def test_every_trial_is_marked_at_its_value(wide):
    """
    The marks of a cell are as many as its trials, and their distances are those of the logarithms.
    """
    study = studied(*(tried(place, 0.8 + 0.004 * place) for place in range(0, 20, 2)))
    scale = score_axis(ACCURACY, [study])

    svg = slices(ACCURACY, scale, [Cell("sgd", study.axes[0], ((study, 0),))], "learning rate", wide=wide)

    root = ET.fromstring(svg)  # noqa: S314  # our own drawing
    uses = [element for element in root.iter() if element.tag.endswith("use")]
    circles = sorted(float(use.get("x")) for use in uses if "#006ab5" in use.get("style", ""))
    assert len(circles) == 9  # the tenth was taken, and is a diamond
    np.testing.assert_allclose(np.diff(circles), np.diff(circles)[0], atol=0.02)


def test_choices_with_long_labels_are_written_upright():
    """
    Labels of choices are cut and turned instead of running into one another.
    """
    choices = tuple(f"schedule of kind {place}" for place in range(6))
    axis = Axis("schedule", "choice", 0.0, 0.0, False, choices, False, "")
    trial = dataclasses.replace(tried(0, 0.8), values=(2.0,))
    study = dataclasses.replace(studied(trial), axes=(axis,))

    svg = slices(
        ACCURACY, score_axis(ACCURACY, [study]), [Cell("all", axis, ((study, 0),))] * 4, "", wide=True
    )

    assert svg.count("rotate(-90") >= 24
