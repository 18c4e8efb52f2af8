"""TL126: contenders with unequal numbers of tries: the best of many is compared with the only one."""

from collections.abc import Hashable, Iterator, Mapping

from trainlab.protocol.check import Question
from trainlab.protocol.differences import STRENGTHS, strength, things, told
from trainlab.protocol.tuned import fixed
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import as_written, listed

Contender = frozenset[tuple[str, Hashable]]

LIMIT = "after unequal numbers of tries"


def examine(question: Question) -> Iterator[Finding]:
    """Count what was tried of each contender: learning rates, and strengths of its technique.

    Variants whose rate is tuned are no tries of one rate each: TL151 and TL152 look at these.
    """
    contenders = _contenders(question)
    yield from _rates(question, contenders)
    yield from _strengths(question, contenders)


def _rates(question: Question, contenders: Mapping[Contender, list[str]]) -> Iterator[Finding]:
    kept = fixed(question, "learning_rate")
    reference = question.experiment.reference.name
    if reference not in kept:
        return
    contenders = {
        contender: [name for name in names if name in kept] for contender, names in contenders.items()
    }
    rates = {
        contender: {question.recipes[name].step_size for name in names}
        for contender, names in contenders.items()
        if names
    }
    counts = {contender: len(tried) for contender, tried in rates.items()}
    if max(counts.values()) > min(counts.values()):
        own = next(counts[contender] for contender, names in contenders.items() if reference in names)
        limited = [
            name
            for contender, names in contenders.items()
            for name in names
            if counts[contender] != own and name != reference
        ]
        yield CHECK.found(
            "learning_rate",
            f"learning rates tried: {_counted(counts, reference)}",
            "Try the same learning rates for each: `grid: {..., learning_rate: [0.1, 0.01, 0.001]}`.",
            limit=LIMIT,
            variants=tuple(limited),
        )


def _strengths(question: Question, contenders: Mapping[Contender, list[str]]) -> Iterator[Finding]:
    strengths: dict[Contender, int] = {}
    for contender, names in contenders.items():
        keys = [key for key, _ in contender]
        if len(keys) == 1 and keys[0] in STRENGTHS:
            tried = {repr(strength(getattr(question.recipes[name], keys[0]))) for name in names}
            strengths[contender] = len(tried)
    if strengths and max(strengths.values()) >= 2 * min(strengths.values()):
        yield CHECK.found(
            "variants",
            f"strengths tried: {_counted(strengths, question.experiment.reference.name)}",
            "Try as many strengths of each.",
            limit=LIMIT,
            variants=tuple(name for contender in strengths for name in contenders[contender]),
        )


def _contenders(question: Question) -> dict[Contender, list[str]]:
    """Sort variants by what they stand for: rates and strengths are tries of one contender."""
    found: dict[Contender, list[str]] = {frozenset(): [question.experiment.reference.name]}
    for name, changes in question.changes.items():
        changed = [key for key in things(changes) if key != "learning_rate"]
        which = frozenset((key, "") if key in STRENGTHS else told(key, changes) for key in changed)
        found.setdefault(which, []).append(name)
    return found


def _counted(counts: Mapping[Contender, int], reference: str) -> str:
    return listed(
        f"{_called(contender) or f'as `{reference}`'}: {count}"
        for contender, count in sorted(counts.items(), key=lambda counted: -counted[1])
    )


def _called(contender: Contender) -> str:
    parts = []
    for key, value in sorted(contender, key=str):
        written = value.document() if hasattr(value, "document") else value
        parts.append(f"`{key}: {as_written(written)}`" if written else f"`{key}`")
    return " with ".join(parts)


CHECK = Check("TL126", "warn", "unequal numbers of tries", examine)
