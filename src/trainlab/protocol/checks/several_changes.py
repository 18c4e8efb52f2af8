"""TL123: variants that differ from the baseline in more than one thing, without a factorial design."""

from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.protocol.combined import not_told_apart, several_kinds
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import named


def examine(question: Question) -> Iterator[Finding]:
    """Look for variants whose difference cannot be credited to any one of the things they change."""
    unknown = not_told_apart(question)
    found: dict[tuple[str, ...], list[str]] = {}
    for name, changed, kind in several_kinds(question):
        if kind == "others" and unknown[name]:
            found.setdefault(changed, []).append(name)
    reference = question.experiment.reference.name
    for changed, names in found.items():
        yield CHECK.found(
            f"variants.{names[0]}",
            f"{named(names)} {'differs' if len(names) == 1 else 'differ'} from `{reference}` in "
            f"{len(changed)} things: {named(changed, most=8)}; no variant shows what "
            f"{named(unknown[names[0]])} {'does' if len(unknown[names[0]]) == 1 else 'do'} alone",
            f"Add a variant for each alone, or span a grid of {named(changed, most=8)}.",
            limit=f"with {named(changed)} changed at once",
            variants=tuple(names),
        )


CHECK = Check("TL123", "warn", "variants that differ in several things", examine)
