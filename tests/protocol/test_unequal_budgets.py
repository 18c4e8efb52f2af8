"""TL152: unequal budgets or ranges of tuning."""

RATE = {"learning_rate": {"log": [0.001, 1.0]}}
LOWER = {"learning_rate": {"log": [0.00001, 0.01]}}
WIDER = {"learning_rate": {"log": [0.00001, 1.0]}}


def test_more_trials_for_one_are_told(found):
    """
    Sixty-four trials for one and 16 for another limit the verdict between them.
    """
    variants = {"a": {}, "b": {"l2": 0.1, "budget": 64}}
    [finding] = found("TL152", variants=variants, tune=RATE)

    assert finding.evidence == "trials that each is tuned with: `a` 16 and `b` 64"
    assert (finding.limit, finding.variants) == ("tuned with unequal budgets", ("b",))


def test_more_seeds_or_other_splits_are_more_of_a_budget(found):
    """
    As many trials with three seeds each, or with three inner folds, choose with less noise.
    """
    seeds = {"a": {}, "b": {"l2": 0.1, "budget": {"trials": 16, "seeds": 3}}}
    splits = {"a": {}, "b": {"l2": 0.1, "budget": {"trials": 16, "validation": {"kfold": 3}}}}

    assert "`b` 16 of 3 seeds" in found("TL152", variants=seeds, tune=RATE)[0].evidence
    assert "scored on other inner splits" in found("TL152", variants=splits, tune=RATE)[0].evidence


def test_unequal_ranges_of_one_number_are_told(found):
    """
    A wider range of the same number is another chance, also for another optimizer.
    """
    variants = {"sgd": {}, "adam": {"optimizer": "adam", "tune": WIDER}}
    [finding] = found("TL152", variants=variants, tune=RATE)

    assert "`sgd` in 0.001 to 1 (log) and `adam` in 1e-05 to 1 (log)" in finding.evidence
    assert (finding.limit, finding.variants) == ("tuned in unequal ranges of `learning_rate`", ("adam",))


def test_a_range_as_wide_elsewhere_suits_another_optimizer(found):
    """
    Three decades each are equal for SGD and Adam, and not for two variants of one optimizer.
    """
    other = {"sgd": {}, "adam": {"optimizer": "adam", "tune": LOWER}}
    same = {"sgd": {}, "l2": {"l2": 0.1, "tune": LOWER}}

    assert found("TL152", variants=other, tune=RATE) == []
    assert len(found("TL152", variants=same, tune=RATE)) == 1


def test_equal_budgets_and_ranges_are_silent(found):
    """
    One `tune` for all is fair, and so is none.
    """
    assert found("TL152", variants={"a": {}, "b": {"l2": 0.1}}, tune=RATE, budget=8) == []
    assert found("TL152") == []


def test_a_search_beside_less_tuned_variants_is_told(found):
    """
    The best of 64 against the best of 16 is told with both numbers.
    """
    [finding] = found("TL152", variants={"a": {}}, tune=RATE, search={"space": RATE, "sampler": "random"})

    assert finding.evidence == "trials that each is tuned with: `a` 16 and `found` 64"
    assert finding.variants == ("found",)
