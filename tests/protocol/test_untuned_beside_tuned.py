"""TL151: contenders that are tuned beside contenders that are not."""

RATE = {"learning_rate": {"log": [0.001, 1.0]}}
OPTIMIZERS = {"sgd": {}, "adam": {"optimizer": "adam"}}


def test_a_variant_that_fixes_what_others_tune_is_told(found):
    """
    A rate written down beside tuned ones limits the verdict on it, since the reference is tuned.
    """
    variants = OPTIMIZERS | {"adam 0.001": {"optimizer": "adam", "learning_rate": 0.001}}
    [finding] = found("TL151", variants=variants, tune=RATE)

    assert finding.severity == "warn"
    assert finding.evidence == "`learning_rate` is tuned for `sgd` and `adam`, and fixed for `adam 0.001`"
    assert (finding.limit, finding.variants) == ("untuned beside tuned contenders", ("adam 0.001",))


def test_an_untuned_reference_limits_the_tuned_ones(found):
    """
    Where the reference is not tuned, the verdicts on those that are tuned are limited, and no others.
    """
    variants = {"sgd": {"tune": False}, "plain": {"tune": False, "l2": 0.1}, "adam": {"optimizer": "adam"}}
    [finding] = found("TL151", variants=variants, tune=RATE)

    assert finding.variants == ("adam",)


def test_tuning_all_alike_or_none_is_silent(found):
    """
    Nothing is said where all tune the same settings, and where nobody tunes any.
    """
    assert found("TL151", variants=OPTIMIZERS, tune=RATE) == []
    assert found("TL151", variants=OPTIMIZERS) == []


def test_what_others_lack_is_no_head_start(found):
    """
    The strength of a technique and the momentum of one optimizer belong to the variant that has them.
    """
    dropout = {"baseline": {}, "dropout": {"tune": {"dropout": {"linear": [0.1, 0.5]}}}}
    momentum = {
        "adam": {"optimizer": "adam"},
        "sgd": {"tune": {"optimizer": {"sgd": {"momentum": {"linear": [0.0, 0.99]}}}}},
    }

    assert found("TL151", variants=dropout) == []
    assert found("TL151", variants=momentum, tune=RATE) == []


def test_what_a_search_found_gets_a_note(found):
    """
    Beside variants as written it is told, without a limit, since the claim of the comparison says it.
    """
    [finding] = found("TL151", variants={"baseline": {}}, search={"space": RATE, "trials": 8})

    assert (finding.severity, finding.limit) == ("note", "")
    assert finding.evidence == "`found` is the best of 8 trials, and `baseline` is as written"
