"""The time of a step: what is measured is steps, not what a call costs by itself."""

from types import SimpleNamespace

import pytest

from trainlab.engine.clock import steady_step


def calls_of(overhead, step, full_steps):
    """A chunk whose calls take so long, and a list of the steps that were asked for."""
    asked = []

    def time_call(steps, only):
        asked.append(steps)
        return overhead + step * min(steps, full_steps)

    return SimpleNamespace(time_call=time_call, full_steps=full_steps), asked


@pytest.mark.parametrize("overhead", [0.0, 0.001, 0.3])
@pytest.mark.parametrize("full_steps", [1, 7, 400, 100_000])
def test_what_a_call_costs_is_no_part_of_a_step(overhead, full_steps):
    """
    Many lanes make a call dear; a step takes what many steps take longer than none.
    """
    chunk, _ = calls_of(overhead, 2e-4, full_steps)

    assert steady_step(chunk) == pytest.approx(2e-4, rel=1e-9)


def test_as_many_steps_are_taken_as_stand_out():
    """
    Steps go on until they take longer than a call does, or until the epoch has no more.
    """
    chunk, asked = calls_of(0.2, 1e-3, 10_000)

    steady_step(chunk)

    assert 1e-3 * max(asked) > 0.2
    assert max(asked) < 10_000
