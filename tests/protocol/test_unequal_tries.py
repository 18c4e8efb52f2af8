"""TL126: unequal numbers of tries."""


def test_rates_tried_for_one_optimizer_only_are_counted(found):
    """
    SGD with three rates against Adam with one is told with both counts.
    """
    variants = {
        "sgd": {},
        "sgd 0.01": {"learning_rate": 0.01},
        "sgd 0.3": {"learning_rate": 0.3},
        "adam": {"optimizer": "adam", "learning_rate": 0.001},
    }
    [finding] = found("TL126", variants=variants)

    assert finding.evidence == "learning rates tried: as `sgd`: 3 and `optimizer: adam`: 1"
    assert (finding.limit, finding.variants) == ("after unequal numbers of tries", ("adam",))


def test_settings_with_parts_are_told_as_a_file_writes_them(found):
    """
    A schedule with its rate is told in the words of an experiment file, and not in Python's.
    """
    decay = {"schedule": {"inverse_time": {"rate": 0.2}}}
    variants = {"plain": {}, "decay": decay, "plain 0.01": {"learning_rate": 0.01}}
    [finding] = found("TL126", variants=variants)

    told = "as `plain`: 2 and `schedule: {inverse_time: {rate: 0.2}}`: 1"
    assert finding.evidence == f"learning rates tried: {told}"


def test_strengths_tried_unequally_are_counted(found):
    """
    Four rates of dropout against one strength of L2 are told: the best of four is luckier than one.
    """
    swept = {"dropout": [0.1, 0.2, 0.3, 0.5], "l2": [0.001]}
    [finding] = found("TL126", variants={}, one_at_a_time=swept)

    assert finding.evidence == "strengths tried: `dropout`: 4 and `l2`: 1"
    assert "l2=0.001" in finding.variants


def test_equal_budgets_are_silent(found):
    """
    As many rates of each optimizer, and about as many strengths of each technique, are fair.
    """
    grid = {"optimizer": ["sgd", "adam"], "learning_rate": [0.1, 0.01, 0.001]}

    assert found("TL126", variants={}, grid=grid) == []
    assert found("TL126", variants={}, one_at_a_time={"dropout": [0.1, 0.3], "l2": [0.01, 0.001]}) == []


def test_one_contender_with_several_rates_is_silent(found):
    """
    A study of the learning rate alone compares nobody's budget.
    """
    assert found("TL126", variants={}, grid={"learning_rate": [0.1, 0.01]}) == []
