"""Preparation in words, from what results hold."""

from trainlab.reporting.facts.prepared import PreparationFacts, preparation_facts


def test_a_sentence_is_taken_apart_at_its_first_colon():
    """
    Columns stand before it and steps behind, further colons and all; without one all columns are meant.
    """
    told = preparation_facts(["sex (2 levels): one-hot: sex=f, sex=m (default)", "divided by 255"])

    assert told == (
        PreparationFacts("sex (2 levels)", "one-hot: sex=f, sex=m (default)", usual=False),
        PreparationFacts("all columns", "divided by 255", usual=False),
    )


def test_a_mapping_may_say_that_nobody_asked():
    """
    What such columns get by default is marked, and missing words are made up for.
    """
    told = preparation_facts([{"columns": "age", "steps": "standardized", "default": True}, {}])

    assert told == (
        PreparationFacts("age", "standardized", usual=True),
        PreparationFacts("all columns", "as they are", usual=False),
    )


def test_old_results_have_none():
    """
    Nothing stored is nothing told.
    """
    assert preparation_facts(None) == ()
