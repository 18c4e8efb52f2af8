"""What is said of a baseline, and what is stored of it."""

import json

import numpy as np

from trainlab.baselines.baseline import Baseline, Said


def test_a_document_holds_plain_values_that_never_change():
    """
    What is stored is JSON with the mean over folds, and without seconds, which differ from run to run.
    """
    made = Baseline("dummy", "guess", (0.25, 0.75), (np.zeros(2), np.ones(2)), 0.1, 0.9, 1.23, "")

    assert json.loads(json.dumps(made.document())) == {
        "name": "dummy",
        "label": "guess",
        "mean": 0.5,
        "low": 0.1,
        "high": 0.9,
        "scores": [0.25, 0.75],
        "note": "",
    }


def test_a_baseline_that_was_not_fitted_has_no_mean():
    """
    Without scores there is no mean, and the note alone speaks.
    """
    said = Said("boosted trees").but("left out: 900 folds would take about 90 s")
    made = Baseline("trees", said.label, (), (), None, None, 0.0, said.note([]))

    assert made.mean is None
    assert made.note == "Left out: 900 folds would take about 90 s."


def test_a_label_says_on_what_part():
    """
    Where not all rows were taken, the label itself says so.
    """
    assert Said("boosted trees").on("5,000 of 54,000 rows").label == "boosted trees, on 5,000 of 54,000 rows"
    assert Said("boosted trees").on("").label == "boosted trees"
