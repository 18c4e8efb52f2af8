"""TL214: worse than a linear model."""

LINEAR = {"name": "linear", "label": "linear model", "scores": [0.9], "low": 0.88, "high": 0.92}


def test_a_network_below_the_linear_model_is_told(seen):
    """
    Ten points below it on 1,000 rows is more than their luck.
    """
    variants = {"a": {"score": [0.80, 0.81, 0.79]}, "b": {"score": [0.89, 0.90, 0.91]}}
    [finding] = seen("TL214", variants, facts={"baselines": [LINEAR]})

    assert finding.variants == ("a",)
    assert (
        "worse than the linear model with its 90.00 %, in percentage points: `a` by 10.00 ± "
        in finding.evidence
    )


def test_a_variant_on_fewer_rows_is_not_asked(seen):
    """
    The linear model learned from all rows: who was given fewer is not held against it.
    """
    few = {"a": {"score": [0.80, 0.81, 0.79], "changes": {"train_rows": 50}}}

    assert seen("TL214", few, facts={"baselines": [LINEAR]}) == []
