"""TL127: variants that differ in nothing, so that only chance could tell them apart."""

from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.protocol.differences import told
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import named


def examine(question: Question) -> Iterator[Finding]:
    """Look for variants of the same settings in force: a best one among them is a best draw.

    Settings that are tuned are in force once they are found, so that variants of other spaces differ.
    """
    reference, tunings = question.experiment.reference.name, question.experiment.tunings
    alike: dict[tuple[object, ...], list[str]] = {(frozenset(), tunings.get(reference)): [reference]}
    for name, changes in question.changes.items():
        settings = frozenset(told(key, changes) for key in changes)
        alike.setdefault((settings, tunings.get(name)), []).append(name)
    for names in alike.values():
        if len(names) > 1:
            yield CHECK.found(
                f"variants.{names[1]}",
                f"{named(names)} have the same settings in force: one contender under {len(names)} names",
                f"Leave {named(names[1:])} out; chance is seen over `seeds`, which every variant shares.",
                variants=tuple(names[1:]),
            )


CHECK = Check("TL127", "warn", "variants that differ in nothing", examine)
