"""TL152: contenders tuned with unequal budgets, or in unequal ranges of the same number."""

import math
from collections.abc import Iterator

from trainlab.experiment.parameter import Parameter
from trainlab.protocol.check import Question
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import listed

AS_WIDE = 0.1
"""Ranges of the learning rate of two optimizers may differ in width by this share."""


def examine(question: Question) -> Iterator[Finding]:
    """Look for numbers of trials, of seeds a trial, and ranges of one number that differ between variants.

    The range of the learning rate may stand elsewhere for another optimizer, if it is as wide: what is a
    small step for one is a large one for another.
    """
    yield from _budgets(question)
    yield from _ranges(question)


def _budgets(question: Question) -> Iterator[Finding]:
    tunings = question.experiment.tunings
    budgets = {name: (one.trials, one.seeds, one.validation) for name, one in tunings.items()}
    if len(set(budgets.values())) < 2:
        return
    own = budgets.get(question.experiment.reference.name, next(iter(budgets.values())))
    told = listed(
        f"`{name}` {one.trials}" + (f" of {one.seeds} seeds" if one.seeds > 1 else "")
        for name, one in tunings.items()
    )
    yield CHECK.found(
        "budget",
        f"trials that each is tuned with: {told}{_inner(question)}",
        "Give all the same `budget`: the best of more trials is better without being another technique.",
        limit="tuned with unequal budgets",
        variants=tuple(name for name in question.others if name in budgets and budgets[name] != own),
    )


def _inner(question: Question) -> str:
    splits = {one.validation for one in question.experiment.tunings.values()}
    return "; scored on other inner splits" if len(splits) > 1 else ""


def _ranges(question: Question) -> Iterator[Finding]:
    found: dict[str, dict[str, Parameter]] = {}
    for name, tuning in question.experiment.tunings.items():
        for parameter in tuning.space.parameters:
            found.setdefault(parameter.name, {})[name] = parameter
    for number, of_variants in found.items():
        ranges = {name: _range(question, name, parameter) for name, parameter in of_variants.items()}
        if len(set(ranges.values())) < 2:
            continue
        own = ranges.get(question.experiment.reference.name, next(iter(ranges.values())))
        told = listed(f"`{name}` in {_told(parameter)}" for name, parameter in of_variants.items())
        yield CHECK.found(
            "tune",
            f"`{number}` is tuned in unequal ranges: {told}",
            f"Write one range, `tune: {{{number.split('.')[0]}: ...}}`, beside `variants`.",
            limit=f"tuned in unequal ranges of `{number}`",
            variants=tuple(name for name in question.others if name in ranges and ranges[name] != own),
        )


def _range(question: Question, name: str, parameter: Parameter) -> tuple[object, ...]:
    """Give what two ranges must share to be alike."""
    if parameter.name == "learning_rate" and parameter.kind == "log":
        base = question.experiment.reference.name
        if question.recipes[name].optimizer != question.recipes[base].optimizer:
            reference = question.experiment.tunings.get(base)
            theirs = () if reference is None else reference.space.parameters
            for other in theirs:
                width, wanted = (math.log(one.high / one.low) for one in (parameter, other) if one.low > 0)
                if (
                    other.name == parameter.name
                    and other.kind == "log"
                    and abs(width / wanted - 1) <= AS_WIDE
                ):
                    return (other.kind, other.low, other.high, other.choices)
    return (parameter.kind, parameter.low, parameter.high, parameter.choices)


def _told(parameter: Parameter) -> str:
    if parameter.kind == "choice":
        return f"[{', '.join(parameter.choices)}]"
    return f"{parameter.low:g} to {parameter.high:g}" + (" (log)" if parameter.kind == "log" else "")


CHECK = Check("TL152", "warn", "unequal budgets or ranges of tuning", examine)
