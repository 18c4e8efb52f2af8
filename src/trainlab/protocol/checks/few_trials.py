"""TL153: few trials for the numbers that are tuned."""

from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import counted, listed, named

EACH = 4
"""So many trials for each number: fewer leave whole decades of a learning rate untried."""


def examine(question: Question) -> Iterator[Finding]:
    """Count the trials for each number or choice that is tuned."""
    few: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for name, tuning in question.experiment.tunings.items():
        numbers = tuple(parameter.name for parameter in tuning.space.parameters)
        if tuning.trials < EACH * len(numbers):
            few.setdefault((tuning.trials, numbers), []).append(name)
    for (trials, numbers), names in few.items():
        inside = names == ["found"] and question.experiment.search is not None
        yield CHECK.found(
            "search" if inside else "budget",
            f"{counted(trials, 'trial')} for {counted(len(numbers), 'number')} of {named(names)}: "
            f"{listed(f'`{number}`' for number in numbers)}",
            f"Give at least {EACH} trials to each: "
            + (f"`trials: {EACH * len(numbers)}`." if inside else f"`budget: {EACH * len(numbers)}`."),
            variants=tuple(names),
        )


CHECK = Check("TL153", "note", "few trials for the numbers that are tuned", examine)
