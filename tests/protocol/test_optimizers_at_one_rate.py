"""TL121: optimizers at one untuned rate."""

SGD_AND_ADAM = {"sgd": {}, "adam": {"optimizer": "adam"}}


def test_one_rate_for_all_optimizers_limits_the_verdict(found):
    """
    SGD and Adam at the one rate 0.1 are told, and the verdict of Adam is limited to that rate.
    """
    [finding] = found("TL121", variants=SGD_AND_ADAM)

    assert finding.severity == "warn"
    assert finding.evidence == "2 optimizers, each at one learning rate: sgd at 0.1 and adam at 0.1"
    assert (finding.limit, finding.variants) == ("at a learning rate of 0.1 for all", ("adam",))


def test_a_default_against_a_rate_set_by_hand_is_told(found):
    """
    Adam at its own default beside an SGD whose rate and momentum were set is one rate each, and said so.
    """
    variants = {
        "adam": {"optimizer": "adam", "learning_rate": 0.001},
        "sgd": {"optimizer": {"sgd": {"momentum": 0.9}}, "learning_rate": 0.01},
    }
    [finding] = found("TL121", variants=variants)

    assert "adam at 0.001 and sgd (momentum 0.9) at 0.01" in finding.evidence
    assert finding.limit == "at the one learning rate tried for each"


def test_a_grid_over_rates_is_silent(found):
    """
    Optimizers that were each tried at the same three rates are compared fairly.
    """
    grid = {"optimizer": ["sgd", "adam", "rmsprop"], "learning_rate": [0.1, 0.01, 0.001]}

    assert found("TL121", variants={}, grid=grid) == []


def test_one_optimizer_is_no_comparison(found):
    """
    Where every variant has the same optimizer, nothing is said of its rate.
    """
    assert found("TL121") == []
