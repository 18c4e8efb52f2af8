"""The sealed test set: what is sealed, and every opening, in every report."""

import dataclasses

from trainlab.reporting.facts.sealed import sealed_facts


def with_facts(results, **facts):
    """The same results with other facts."""
    return dataclasses.replace(results, facts={**results.facts, **facts})


def test_every_opening_is_told(folded):
    """
    When, for which variant, why, what it reached, with its interval and its claim.
    """
    told = sealed_facts(folded)

    assert told.told.startswith("360 rows are sealed for the test: 20 % of the rows, drawn by split seed 0.")
    assert "Opened 2 times" in told.told
    first, second = told.openings
    assert first.score == "accuracy 96.10 %, 95 % interval 94.00 to 98.00 %"
    assert first.claim == "360 rows, on new rows like the test rows"
    assert (first.variant, first.reason) == ("dropout", "the paper is written")
    assert (second.score, second.claim) == ("accuracy 94.00 %", "360 rows")


def test_a_seal_that_was_never_opened_says_so(folded):
    """
    The rows and that nobody has looked.
    """
    assert sealed_facts(with_facts(folded, openings=[])).told.endswith("Never opened.")


def test_old_results_and_results_without_a_seal_are_shown(folded, techniques):
    """
    A sentence of before stays as it is, an opening alone is still told, and nothing is nothing.
    """
    assert sealed_facts(techniques).told.startswith(
        "360 rows are sealed for the test; nothing has seen them."
    )
    assert sealed_facts(with_facts(folded, sealed=None)).told.startswith(
        "Which rows were sealed is not recorded."
    )
    assert sealed_facts(with_facts(folded, sealed=None, openings=[])) is None


def test_an_opening_with_gaps_is_told_without_a_none(folded):
    """
    Missing parts are said to be missing.
    """
    (opening,) = sealed_facts(with_facts(folded, openings=[{}])).openings

    assert "None" not in " ".join(dataclasses.astuple(opening))
    assert opening.score == "accuracy not recorded"
