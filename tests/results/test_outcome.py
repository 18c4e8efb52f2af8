"""How a run ended, as a value, a name and a sentence."""

import pytest

from trainlab.results.outcome import ENDINGS, Outcome


def test_numbers_are_kept_for_life():
    """
    Stored results name outcomes by number, so a number never changes its meaning.
    """
    assert {outcome.key: int(outcome) for outcome in Outcome} == {
        "running": 0,
        "finished": 1,
        "stopped_early": 2,
        "diverged": 3,
        "pruned": 4,
        "interrupted": 5,
        "not_asked": 6,
    }


def test_every_outcome_of_a_run_but_running_is_an_ending():
    """
    What is counted as an ending is everything but a run under way, and one that was never asked for.
    """
    assert set(ENDINGS) == set(Outcome) - {Outcome.RUNNING, Outcome.NOT_ASKED}


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_its_own_sentence(outcome):
    """
    No two outcomes are told in the same words, and only runs that reached their end are scored.
    """
    assert outcome.sentence
    assert [other for other in Outcome if other.sentence == outcome.sentence] == [outcome]
    assert outcome.scored == (outcome.key in {"finished", "stopped_early"})
