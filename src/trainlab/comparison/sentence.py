"""The sentence that a person reads for each comparison; every number in it is one that the row holds.

Knows the words, not how anything was measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from trainlab.comparison.diverged import Diverged
from trainlab.comparison.power import Needed
from trainlab.comparison.splits import Kind
from trainlab.comparison.verdict import Verdict, within
from trainlab.experiment.metrics import Metric

LONGEST_NAME = 80
# More than these nobody could gather or train: the number says less than that it can't be had.
MOST_TO_HAVE = {"seeds": 10_000, "folds": 10_000, "rows": 1_000_000}


@dataclass(frozen=True)
class Told:
    """What a sentence tells, all in the unit of the metric and variant minus reference.

    Args:
        variant: name of the variant.
        against: name of the reference.
        metric: what is compared.
        smallest: the smallest difference that matters.
        comparisons: how many comparisons the interval holds for at once.
        difference: the mean difference; None where no run ended in both.
        interval: its interval; None where there is none.
        verdict: what is told.
        needed: what an undecided one still needs.
        at_hand: what there is of what may be needed: ``seeds``, ``rows`` and, over several splits, ``folds``.
        runs: pairs of runs that ended in both.
        asked: pairs of runs that the experiment asks for.
        diverged: how many runs diverged.
        predictor: what diverged runs count as.
        contradiction: why diverged runs leave it undecided, where they do.
        same: whether no run differs on any row.
        limits: what findings take away from the verdict, in words.
        splits: how rows were shared out.
        ends: least and largest difference of a fold; None on one split.
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
    at_hand: Mapping[str, int]
    runs: int
    asked: int
    diverged: Diverged
    predictor: str
    contradiction: str | None = None
    same: bool = False
    limits: tuple[str, ...] = ()
    splits: Kind = "one split"
    ends: tuple[float, float] | None = None


def sentence(told: Told) -> str:
    """Say what a comparison gave, what limits it, and what would settle it."""
    parts = [_answer(told)]
    for name, count in ((told.variant, told.diverged.variant), (told.against, told.diverged.against)):
        if count:
            runs = "run" if told.runs == 1 else "runs"
            counts = "counts" if count == 1 else "count"
            parts.append(f"{count} of {told.runs} {runs} of {_short(name)} diverged and {counts}")
            parts[-1] += f" as {told.predictor}"
    if 0 < told.runs < told.asked:
        what = "seeds" if told.splits == "one split" else "pairs of runs"
        parts.append(f"{told.runs} of {told.asked} {what} have ended in both")
    return ", ".join(["; ".join(parts), *told.limits])


def _answer(told: Told) -> str:
    metric, variant, against = told.metric, _short(told.variant), _short(told.against)
    if told.difference is None:
        what = "seed" if told.splits == "one split" else "run"
        return f"undecided: no {what} has ended in both {variant} and {against}"
    minus = f"{variant} minus {against} is {_signed(metric, told.difference)} {metric.unit_of_difference}"
    if told.interval is None or told.splits in {"time series", "resamples"}:
        return f"undecided: {_described(told, minus)}"
    if told.verdict in {"better", "worse"}:
        return _decided(told, told.difference, told.interval)
    seen = f"{minus} ({_interval_of(told)} {_ends(metric, told.interval)})"
    if told.verdict == "undecided":
        return f"undecided: {seen}; {told.contradiction or _settling(told)}"
    if told.same:
        return f"no difference is measurable: {variant} and {against} are the same on every row in every run"
    return f"{variant} and {against} are equivalent: {seen}, within ±{_size(metric, told.smallest)}"


def _described(told: Told, minus: str) -> str:
    """Say what was seen where no verdict follows, and why none does."""
    if told.splits in {"one split", "folds", "disjoint sets"}:
        what = {"seeds": "seed", "folds": _fold(told)}.get(told.needed.what, "validation row")
        return f"{minus}, and one {what} cannot show whether that is luck; at least 2 {what}s are needed"
    folds = told.at_hand["folds"]
    if told.splits == "time series":
        seen = ""
        if told.ends is not None and folds > 1:
            seen = f" ({_ends(told.metric, told.ends)} over {folds} folds)"
        return (
            f"{minus}{seen}; folds of a time series follow one another and share their past, so that their "
            "spread describes and proves nothing"
        )
    if told.interval is None:
        few = "1 resample is" if folds == 1 else f"{folds} resamples are"
        return f"{minus}; {few} too few to describe a spread"
    return (
        f"{minus} (the middle 95 % of {folds} resamples: {_ends(told.metric, told.interval)}); resamples "
        "hold the same rows again, so that they describe these rows and prove nothing beyond them"
    )


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
    both = _both(told)
    if both:
        alone = (
            "neither more seeds nor more rows"
            if told.splits == "one split"
            else f"no more {_fold(told)}s, seeds or rows"
        )
        beyond = _beyond_reach(told)
        if beyond:
            return f"{alone} alone would settle {difference}, and together they would take {beyond}"
        return f"{alone} alone would settle {difference}, {both} would"
    if told.needed.out_of_reach:
        what = "seeds or rows" if told.splits == "one split" else f"{_fold(told)}s, seeds or rows like these"
        return f"no number of {what} that could be had would settle {difference}"
    if told.needed.n is None:
        return f"{difference} would likely have shown; no number is sure to settle a smaller one"
    beyond = _beyond_reach(told)
    if beyond:
        return f"settling {difference} would take {beyond}"
    more = told.needed.n - told.at_hand[told.needed.what]
    rows = "validation row" if told.splits == "one split" else "row"
    what = {"seeds": "seed", "folds": _fold(told)}.get(told.needed.what, rows)
    of_which = " of this size" if told.needed.what == "folds" else ""
    plural = "" if more == 1 else "s"
    return f"about {more:,} more {what}{plural}{of_which} would settle {difference}"


def _beyond_reach(told: Told) -> str:
    """Name what is needed and could not be had; empty where all of it could."""
    needed = told.needed
    wanted = {"folds": needed.folds, "seeds": needed.seeds, "rows": needed.rows}
    if needed.n is not None:
        wanted = {needed.what: needed.n}
    rows = "validation rows" if told.splits == "one split" else "rows"
    beyond = [
        rows if what == "rows" else f"{_fold(told)}s" if what == "folds" else what
        for what, count in wanted.items()
        if count is not None and count - told.at_hand.get(what, 0) > MOST_TO_HAVE[what]
    ]
    return f"more {' and more '.join(beyond)} than could be had" if beyond else ""


def _both(told: Told) -> str:
    """Name the two numbers that would do together; empty where there are none."""
    needed = told.needed
    rows = "validation rows" if told.splits == "one split" else "rows"
    named = [
        f"about {count:,} {what}"
        for count, what in ((needed.folds, f"{_fold(told)}s"), (needed.seeds, "seeds"), (needed.rows, rows))
        if count is not None
    ]
    return " and ".join(named) if told.splits != "one split" else " on ".join(named).replace("on about", "on")


def _fold(told: Told) -> str:
    """Name what is counted over several splits."""
    return "training set" if told.splits == "disjoint sets" else "fold"


def _interval_of(told: Told) -> str:
    return "95 % interval" if told.comparisons == 1 else "simultaneous 95 % interval"


def _ends(metric: Metric, ends: tuple[float, float]) -> str:
    low, high = (_signed(metric, end).removeprefix("+") for end in ends)
    return f"{low} to {high}"


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
