"""TL145: validation better than training."""


def test_validation_above_training_is_told(seen):
    """
    99.2 % on 1,000 validation rows above 97.7 % on training rows, in every seed, is told with its interval.
    """
    leaking = {"score": [0.992, 0.991, 0.993], "train_score": [0.977, 0.977, 0.977]}
    [finding] = seen("TL145", {"leak": leaking})

    assert finding.severity == "warn"
    assert "`leak` +1.50 [+1.25, +1.75] percentage points" in finding.evidence


def test_validation_below_training_is_silent(seen):
    """
    The usual way round needs no word.
    """
    assert seen("TL145", {"a": {"score": [0.95, 0.94], "train_score": [0.99, 0.98]}}) == []


def test_what_the_draw_of_rows_explains_is_silent(seen):
    """
    One point among 1,000 rows of which a fifth are wrong is within three standard errors (3.8 points).
    """
    assert seen("TL145", {"a": {"score": [0.81, 0.811], "train_score": [0.80, 0.80]}}) == []


def test_where_less_is_better_the_gap_is_turned(seen):
    """
    A smaller loss on validation rows is the better one.
    """
    scores = {"score": [0.2, 0.21], "train_score": [0.9, 0.9]}

    assert len(seen("TL145", {"a": scores}, metric="log_loss")) == 1
    assert seen("TL145", {"a": {"score": [0.9, 0.9], "train_score": [0.2, 0.2]}}, metric="log_loss") == []
