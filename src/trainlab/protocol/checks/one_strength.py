"""TL125: a regularizer compared at one strength only."""

from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.protocol.differences import STRENGTHS, is_on, strength
from trainlab.protocol.tuned import fixed
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import listed


def examine(question: Question) -> Iterator[Finding]:
    """Look for strengths that only one value was tried of, and no trial tunes: it may help at another."""
    single: dict[str, object] = {}
    limited: dict[str, None] = {}
    for key in STRENGTHS:
        names = [name for name, changes in question.changes.items() if key in changes]
        given = [getattr(recipe, key) for recipe in question.recipes.values()]
        tried = {strength(one) for one in given if is_on(one)}
        if names and len(tried) == 1 and len(fixed(question, key)) == len(question.recipes):
            single[key] = tried.pop()
            limited |= dict.fromkeys(names)
    if single:
        told = listed(f"`{key}` at {_written(value)}" for key, value in single.items())
        key, value = next(iter(single.items()))
        more = f"{0.1 * value:g}, {value:g}, {10 * value:g}" if isinstance(value, float) else "..., ..."
        if isinstance(value, float) and value > 0.1:  # a share of units, or a bound
            more = f"{value / 2:g}, {value:g}, {min(1.5 * value, (1 + value) / 2):g}"
        yield CHECK.found(
            "variants",
            f"one strength each: {told}",
            f"Try several strengths of each: `one_at_a_time: {{{key}: [{more}]}}`.",
            limit="at the one strength tried",
            variants=tuple(limited),
        )


def _written(value: object) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


CHECK = Check("TL125", "warn", "one strength only of a regularizer", examine)
