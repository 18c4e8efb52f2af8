"""The sentence that a person reads for each comparison; every number in it is one that the row holds.

Knows the words, not how anything was measured.
"""

from dataclasses import dataclass

from trainlab.comparison.diverged import Diverged
from trainlab.comparison.power import Needed
from trainlab.comparison.verdict import Verdict, within
from trainlab.experiment.metrics import Metric

LONGEST_NAME = 80


@dataclass(frozen=True)
class Told:
    """What a sentence tells, all in the unit of the metric and variant minus reference.

    Args:
        variant: name of the variant.
        against: name of the reference.
        metric: what is compared.
        smallest: the smallest difference that matters.
        comparisons: how many comparisons the interval holds for at once.
        difference: the mean difference; None where no seed ended in both.
        interval: its interval; None for one seed or one row.
        verdict: what is told.
        needed: what an undecided one still needs.
        seeds: seeds that ended in both.
        asked: seeds that the experiment asks for.
        rows: validation rows.
        diverged: how many runs diverged.
        predictor: what diverged runs count as.
        contradiction: why diverged runs leave it undecided, where they do.
        same: whether no run differs on any row.
    """

    variant: str
    against: str
    metric: Metric
    smallest: float
    comparisons: int
    difference: float | None
    interval: tuple[float, float] | None
    verdict: Verdict
    needed: Needed
    seeds: int
    asked: int
    rows: int
    diverged: Diverged
    predictor: str
    contradiction: str | None = None
    same: bool = False


def sentence(told: Told) -> str:
    """Say what a comparison gave, what limits it, and what would settle it."""
    parts = [_answer(told)]
    for name, count in ((told.variant, told.diverged.variant), (told.against, told.diverged.against)):
        if count:
            runs = "run" if told.seeds == 1 else "runs"
            counts = "counts" if count == 1 else "count"
            parts.append(f"{count} of {told.seeds} {runs} of {_short(name)} diverged and {counts}")
            parts[-1] += f" as {told.predictor}"
    if 0 < told.seeds < told.asked:
        parts.append(f"{told.seeds} of {told.asked} seeds have ended in both")
    return "; ".join(parts)


def _answer(told: Told) -> str:
    metric, variant, against = told.metric, _short(told.variant), _short(told.against)
    if told.difference is None:
        return f"undecided: no seed has ended in both {variant} and {against}"
    minus = f"{variant} minus {against} is {_signed(metric, told.difference)} {metric.unit_of_difference}"
    if told.interval is None:
        what = "seed" if told.seeds == 1 else "validation row"
        cure = f"one {what} cannot show whether that is luck; at least 2 {what}s are needed"
        return f"undecided: {minus}, and {cure}"
    if told.verdict in {"better", "worse"}:
        return _decided(told, told.difference, told.interval)
    low, high = (_signed(metric, bound).removeprefix("+") for bound in told.interval)
    seen = f"{minus} ({_interval_of(told)} {low} to {high})"
    if told.verdict == "undecided":
        return f"undecided: {seen}; {told.contradiction or _settling(told)}"
    if told.same:
        return f"no difference is measurable: {variant} and {against} are the same on every row in every run"
    return f"{variant} and {against} are equivalent: {seen}, within ±{_size(metric, told.smallest)}"


def _decided(told: Told, difference: float, interval: tuple[float, float]) -> str:
    """Say who wins and by how much, without signs: they differ between scores and losses."""
    least, most = (_size(told.metric, bound) for bound in sorted(interval, key=abs))
    outcome = "beats" if told.verdict == "better" else "is worse than"
    size = f"{_size(told.metric, difference)} {told.metric.unit_of_difference}"
    little = ", by less than matters" if within(interval, told.smallest) else ""
    who = f"{_short(told.variant)} {outcome} {_short(told.against)}"
    return f"{who} by {size} ({_interval_of(told)} {least} to {most}){little}"


def _settling(told: Told) -> str:
    difference = f"a difference of {_size(told.metric, told.smallest)} {told.metric.unit_of_difference}"
    if told.needed.seeds is not None and told.needed.rows is not None:
        both = f"about {told.needed.seeds:,} seeds on {told.needed.rows:,} validation rows"
        return f"neither more seeds nor more rows alone would settle {difference}, {both} would"
    if told.needed.n is None:
        return f"{difference} would likely have shown; no number is sure to settle a smaller one"
    seeds = told.needed.what == "seeds"
    more = told.needed.n - (told.seeds if seeds else told.rows)
    what = ("seed" if seeds else "validation row") + ("" if more == 1 else "s")
    return f"about {more:,} more {what} would settle {difference}"


def _interval_of(told: Told) -> str:
    return "95 % interval" if told.comparisons == 1 else "simultaneous 95 % interval"


def _signed(metric: Metric, value: float) -> str:
    """Write a difference with a true minus, and zero without a sign."""
    text = metric.shown_difference(value)
    if not any(digit in text for digit in "123456789"):
        return text[1:]
    return "−" + text[1:] if text.startswith("-") else text


def _size(metric: Metric, value: float) -> str:
    return metric.shown_difference(abs(value)).removeprefix("+")


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 3]}..."
