"""TL202: underfitting."""

LINEAR = {"name": "linear", "label": "linear model", "scores": [0.9], "low": 0.88, "high": 0.92}
DUMMY = {"name": "dummy", "label": "most frequent class", "scores": [0.5], "low": 0.47, "high": 0.53}
POOR = {"score": [0.70, 0.71, 0.69], "train_score": [0.71, 0.72, 0.70]}


def test_training_short_of_another_variant_is_told(seen):
    """
    Training rows at 71 % beside another's validation rows at 95 % are 24 points short.
    """
    good = {"score": [0.95, 0.95, 0.95], "train_score": [0.97, 0.97, 0.97]}
    [finding] = seen("TL202", {"good": good, "poor": POOR})

    assert finding.variants == ("poor",)
    assert "`poor` in 3 of 3 runs, 24.00 ± " in finding.evidence
    assert finding.evidence.endswith("short of `good`")


def test_the_score_to_reach_goes_before_contenders(seen):
    """
    Where a target is set it is the level, however good others are.
    """
    target = {"experiment": {"target_score": 0.7}}

    assert seen("TL202", {"poor": POOR}, facts=target | {"baselines": [LINEAR]}) == []


def test_a_baseline_is_a_level(seen):
    """
    Twenty points below a linear model is underfitting; the guess is a level that all reach.
    """
    [finding] = seen("TL202", {"poor": POOR}, facts={"baselines": [DUMMY, LINEAR]})

    assert "short of the baseline (linear model)" in finding.evidence
    assert seen("TL202", {"poor": POOR}, facts={"baselines": [DUMMY]}) == []
