"""TL127: variants that differ in nothing, and seeds that would be variants."""

import pytest

from trainlab.errors import UsageError
from trainlab.experiment.spec import overridden
from trainlab.testing import tiny_experiment


def test_one_contender_under_two_names_is_told(found):
    """
    A second empty variant, and one that says what is in force anyway, are the baseline under other names.
    """
    variants = {"baseline": {}, "again": {}, "said": {"learning_rate": 0.1}, "dropout": {"dropout": 0.3}}
    [finding] = found("TL127", variants=variants)

    assert finding.severity == "warn"
    assert not finding.refuses
    assert "`baseline`, `again` and `said` have the same settings in force" in finding.evidence
    assert finding.variants == ("again", "said")


def test_variants_that_differ_are_silent(found):
    """
    Different variants, and an ensemble with its control, are different contenders.
    """
    variants = {"baseline": {}, "dropout": {"dropout": 0.3}, "five": {"ensemble": 5}}

    assert found("TL127", variants=variants) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"variants": {"baseline": {}, "lucky": {"seed": 42}}},
        {"grid": {"seed": [1, 2, 3]}},
        {"grid": {"seeds": [1, 2, 3]}},
    ],
)
def test_a_seed_is_no_setting(asked):
    """
    A seed in a variant or a grid is refused where it stands: all variants share `seeds`.
    """
    with pytest.raises(
        UsageError, match=r"seeds?: `seeds?` is repeated, not chosen \(got 'seeds?'\).*`seeds: 5`"
    ):
        tiny_experiment(**asked)


def test_fewer_epochs_leave_no_twins(question):
    """
    Variants that `--epochs` makes alike become one before anybody looks.
    """
    asked = question(variants={}, grid={"epochs": [5, 9]})

    assert len(overridden(asked.experiment, epochs=1).variants) == 1
