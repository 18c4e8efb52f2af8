"""Baselines as they are shown: what was stored, clean, and what their intervals mean."""

from trainlab.reporting.facts.baselines import BaselineFacts, baseline_facts, baseline_note


def test_baselines_are_as_they_were_stored(folded):
    """
    Label, mean, interval, scores and note of each, with None for what is not there.
    """
    dummy, linear, trees = baseline_facts(folded.facts["baselines"])

    assert dummy == BaselineFacts("most frequent class", "guess", 0.101, None, None, (0.1,) * 5, "")
    assert (linear.low, linear.high, linear.note) == (0.921, 0.947, "on 1,000 of 1,437 rows")
    assert (trees.mean, trees.scores, trees.note) == (None, (), "out of memory")


def test_a_picture_has_room_for_a_word():
    """
    What is known has a word of its own; what is not is named as it was stored, cut where it is long.
    """
    told = baseline_facts(
        [
            {"name": "dummy", "label": "guess: the most frequent class"},
            {"name": "trees", "label": "boosted trees of the first 2,000 columns"},
            {"name": "forest", "label": "a random forest"},
            {"label": "nearest neighbours of old"},
            {},
        ]
    )

    assert [one.short for one in told] == ["guess", "trees", "forest", "nearest … of old", "(no name)"]


def test_a_score_that_is_no_number_is_none():
    """
    NaN of a stored document is shown as missing.
    """
    (told,) = baseline_facts([{"name": "linear", "mean": float("nan"), "scores": [float("inf"), 0.5]}])

    assert (told.label, told.mean, told.scores) == ("linear", None, (None, 0.5))


def test_the_note_tells_intervals_over_rows_from_those_over_folds(folded):
    """
    On one split baselines have no seeds, so their intervals are over rows, and that is said.
    """
    told = baseline_facts(folded.facts["baselines"])

    assert baseline_note(told, "one split").endswith("their intervals are over validation rows.")
    assert baseline_note(told, "folds") == "Below the rule stand simple models on the same rows."
    assert baseline_note((), "folds") == ""
