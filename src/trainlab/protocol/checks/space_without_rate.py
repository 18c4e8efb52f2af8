"""TL154: a space that changes what the best learning rate depends on, at one learning rate."""

from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.protocol.differences import CAPACITY, NORMALIZATIONS
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import named

MOVING = ("optimizer", "batch_size", "accumulate", *NORMALIZATIONS, *CAPACITY)
"""Settings that move the best learning rate."""


def examine(question: Question) -> Iterator[Finding]:
    """Look for spaces with an optimizer, a batch size or a normalization in them, and no learning rate.

    Which option wins is then decided by which of them suits the one rate. Variants that differ in these at a
    rate that is not tuned are TL121, TL122 and TL133.
    """
    found: dict[tuple[str, ...], list[str]] = {}
    for name, tuning in question.experiment.tunings.items():
        moving = tuple(key for key in tuning.space.keys if key in MOVING)
        if moving and "learning_rate" not in tuning.space.keys:
            found.setdefault(moving, []).append(name)
    for moving, names in found.items():
        rate = question.recipes[names[0]].step_size
        yield CHECK.found(
            "search.space" if question.experiment.search is not None and names == ["found"] else "tune",
            f"{named(moving)} of {named(names)} {'is' if len(moving) == 1 else 'are'} tuned at one learning "
            f"rate, {rate:g}",
            "Tune the rate along: `learning_rate: {log: [1e-4, 1e-1]}`.",
            limit=f"with {named(moving)} tuned at one learning rate",
            variants=_limited(question, names),
        )


def _limited(question: Question, names: list[str]) -> tuple[str, ...]:
    """A reference that is limited limits every verdict."""
    return () if question.experiment.reference.name in names else tuple(names)


CHECK = Check("TL154", "warn", "a space without the learning rate", examine)
