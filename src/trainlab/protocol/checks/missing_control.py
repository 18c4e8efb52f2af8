"""TL124: a control is missing: techniques only together, or noise columns without columns of zeros."""

from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.protocol.combined import missing_parts, several_kinds
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import named


def examine(question: Question) -> Iterator[Finding]:
    """Look for what was added together and never alone, and for noise without its control."""
    yield from _together(question)
    yield from _noise(question)


def _together(question: Question) -> Iterator[Finding]:
    missing = missing_parts(question)
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for name, changed, kind in several_kinds(question):
        if kind == "techniques" and missing[name]:
            found.setdefault((changed, missing[name]), []).append(name)
    for (changed, lacking), names in found.items():
        yield CHECK.found(
            f"variants.{names[0]}",
            f"{named(names)} {'changes' if len(names) == 1 else 'change'} {named(changed, most=8)} together, "
            f"and no variant changes {named(lacking)} alone",
            f"Add a variant for each alone: {named(lacking)}.",
            limit=f"with {named(changed)} changed together",
            variants=tuple(names),
        )


def _noise(question: Question) -> Iterator[Finding]:
    """Columns of noise bring weights of their own; as many columns of zeros bring the same, and no noise."""
    zeros = {
        recipe.irrelevant_features.zeros for recipe in question.recipes.values() if recipe.irrelevant_features
    }
    lacking = {
        name: changes["irrelevant_features"].noise
        for name, changes in question.changes.items()
        if changes.get("irrelevant_features") and changes["irrelevant_features"].noise
        if changes["irrelevant_features"].noise not in zeros
    }
    if lacking:
        count = next(iter(lacking.values()))
        yield CHECK.found(
            f"variants.{next(iter(lacking))}.irrelevant_features",
            f"{named(lacking)} {'appends' if len(lacking) == 1 else 'append'} {count} columns of noise, and "
            "with them weights; no variant appends as many columns of zeros",
            f"Add the control `irrelevant_features: {{zeros: {count}}}`.",
            limit="without a control of as many weights",
            variants=tuple(lacking),
        )


CHECK = Check("TL124", "warn", "a control is missing", examine)
