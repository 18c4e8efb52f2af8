"""What a verdict says in words: its evidence as one sentence, each number from what was measured."""

from trainlab.diagnosis.estimate import Estimate
from trainlab.diagnosis.evidence import Evidence
from trainlab.diagnosis.verdict import Doubt, Judged, Name
from trainlab.experiment.metrics import Metric
from trainlab.results.naming import counted, listed
from trainlab.results.table import Results

SAID: dict[Name, str] = {
    "healthy": "is healthy",
    "underfitting": "underfits",
    "overfitting": "overfits",
    "both": "underfits and overfits",
    "not_converged": "has not converged",
    "diverged": "diverged",
    "cannot_tell": "cannot be judged",
}


def evidence_in_words(results: Results, judged: Judged) -> str:
    """Say what a verdict rests on, with its numbers and intervals.

    Args:
        results: whose metric the numbers are in.
        judged: the verdict.
    """
    found, metric = judged.evidence, results.metric
    said = {
        "diverged": lambda: _diverged(found),
        "not_converged": lambda: _late(found, results),
        "underfitting": lambda: _short(found, metric),
        "overfitting": lambda: _over(found, metric),
        "both": lambda: f"{_short(found, metric)}; {_over(found, metric)}",
        "healthy": lambda: _healthy(found, metric),
        "cannot_tell": lambda: "; ".join(_doubt(results, judged, doubt) for doubt in judged.doubts[:2]),
    }[judged.verdict]()
    some = found.diverged and judged.verdict != "diverged"
    return f"{said}; {_gone(found)}" if some else said


def with_half(metric: Metric, found: Estimate, *, signed: bool = False) -> str:
    """Write an estimate with half its interval, without the unit.

    Args:
        metric: whose unit it is in.
        found: the estimate.
        signed: whether a plus is written.

    >>> import numpy as np
    >>> from trainlab.experiment.metrics import METRICS
    >>> with_half(METRICS["accuracy"], Estimate(0.0412, 0.0352, 0.0472, np.zeros((2, 1))))
    '4.12 ± 0.60'
    """
    mean = metric.shown_difference(found.mean)
    mean = mean if signed else mean.removeprefix("+")
    mean = "−" + mean[1:] if mean.startswith("-") else mean
    return mean if found.half is None else f"{mean} ± {_size(metric, found.half)}"


def _diverged(found: Evidence) -> str:
    parts = [_gone(found)] if found.diverged else []
    risen = found.risen
    if risen is not None and risen.rise.exceeds(found.loss_that_matters) == "yes":
        start = "before training" if risen.measured else "for guessing"
        half = "" if risen.rise.half is None else f" ± {_number(risen.rise.half)}"
        parts.append(
            f"the training loss is {_number(risen.start)} {start} and {_number(risen.end)}{half} at its end"
        )
    return "; ".join(parts)


def _gone(found: Evidence) -> str:
    return f"{found.diverged} of {counted(found.runs, 'run')} ended without a finite loss"


def _late(found: Evidence, results: Results) -> str:
    late = found.late
    if late is None:
        return ""
    half = "" if late.bounds is None else f" ± {_number((late.bounds[1] - late.bounds[0]) / 2)}"
    sign = 1 if results.metric.higher_is_better else -1
    gained = f", {_change(results.metric, sign * late.score)}" if late.score > 0 else ""
    quarter = "epoch" if late.epochs < 8 else "quarter"
    return (
        f"the last {quarter} of {counted(late.epochs, 'epoch')} still lowered the training loss by "
        f"{_number(late.gain)}{half}{gained}"
    )


def _short(found: Evidence, metric: Metric) -> str:
    reference = found.reference
    if reference is None:
        return ""
    what = f"{reference.what}" if not reference.name else f"the validation score of {reference.what}"
    return (
        f"training {metric.label} is {with_half(metric, reference.shortfall)} {metric.unit_of_difference} "
        f"short of {what}"
    )


def _over(found: Evidence, metric: Metric) -> str:
    parts = [_gap(found, metric)]
    if found.best is not None and found.best.gain.exceeds(found.matters) == "yes":
        best = found.best
        parts.append(
            f"its best epoch ({best.epoch} of {best.epochs}) beats the last by {with_half(metric, best.gain)}"
        )
    if found.simpler is not None and found.simpler.gain.exceeds(found.matters) == "yes":
        parts.append(
            f"the less flexible `{found.simpler.variant}` beats it by {with_half(metric, found.simpler.gain)}"
        )
    if found.loss_gap is not None and metric.name not in {"loss", "log_loss", "mse"}:
        half = "" if found.loss_gap.half is None else f" ± {_number(found.loss_gap.half)}"
        parts.append(f"loss {_number(found.loss_gap.mean)}{half} higher on validation rows")
    return ", ".join(parts)


def _gap(found: Evidence, metric: Metric) -> str:
    if found.gap is None:
        return ""
    return f"gap {with_half(metric, found.gap)} {metric.unit_of_difference} between training and validation"


def _healthy(found: Evidence, metric: Metric) -> str:
    parts = [_gap(found, metric)]
    if found.best is not None:
        parts.append(f"stopping at the best epoch gains {with_half(metric, found.best.gain, signed=True)}")
    if found.simpler is not None:
        gain = with_half(metric, found.simpler.gain, signed=True)
        parts.append(f"the less flexible `{found.simpler.variant}` {gain}")
    if found.reference is not None and found.reference.known:
        parts.append(f"training reaches the level of {found.reference.what}")
    return ", ".join(parts)


def _doubt(results: Results, judged: Judged, doubt: Doubt) -> str:
    found = judged.evidence
    if doubt == "runs":
        return _unknown(results, found)
    if doubt == "epochs":
        epochs = 0 if found.late is None else found.late.epochs
        fell = f", and {_late(found, results)}" if epochs > 1 else ""
        return f"{counted(epochs, 'epoch')} cannot tell whether training had converged{fell}"
    if doubt == "level":
        wanted = "give a `target_score`, `baselines: true` or another variant"
        return f"whether it underfits cannot be told without a level to reach: {wanted}"
    if doubt == "convergence":
        return f"whether it has converged is open: {_late(found, results)}"
    if doubt == "underfitting" and found.reference is not None:
        lacking = _lacking(found.reference.shortfall, found, results)
        return f"whether it underfits is open: {_short(found, results.metric)}{lacking}"
    return f"whether it overfits is open: {_perhaps_over(results, found)}"


def _unknown(results: Results, found: Evidence) -> str:
    if found.gap is None and found.runs > 1:
        return "its score on training rows is not known, so that its gap cannot be told"
    wanted = "`seeds: 5` would begin to" if len(results.seeds) == 1 else "let the others end first"
    return f"{counted(found.runs, 'run')} cannot show what chance alone does; {wanted}"


def _perhaps_over(results: Results, found: Evidence) -> str:
    metric = results.metric
    named: list[tuple[str, Estimate]] = []
    if found.best is not None:
        named.append(("its best epoch", found.best.gain))
    if found.simpler is not None:
        named.append((f"the less flexible `{found.simpler.variant}`", found.simpler.gain))
    answers = [(what, gain, gain.exceeds(found.matters)) for what, gain in named]
    told = [
        f"{what} gains {with_half(metric, gain, signed=True)}"
        for what, gain, answer in answers
        if answer != "no"
    ]
    unresolved = [gain for _, gain, answer in answers if answer == "open"]
    decisive = unresolved[0] if unresolved else found.gap
    lacking = "" if decisive is None else _lacking(decisive, found, results)
    return f"{_gap(found, metric)}, {listed(told)}{lacking}"


def _lacking(decisive: Estimate, found: Evidence, results: Results) -> str:
    """Say which of seeds and rows can't resolve what matters, and how many would."""
    metric, lacks = results.metric, decisive.lacks
    matter = f"{_size(metric, found.matters)} {metric.unit_of_difference}"
    what = "validation rows" if lacks.what == "rows" else lacks.what
    have = len(results.validation_rows[0]) if lacks.what == "rows" else len(results.seeds)
    # What is missing is counted from the spread alone, which may be the smaller part of the interval.
    if lacks.n is None or lacks.n <= have:
        return f", too wide to resolve {matter}"
    return f"; {have:,} {what} cannot resolve {matter}, about {lacks.n:,} would"


def _change(metric: Metric, value: float) -> str:
    """Write by how much a metric changed, as "accuracy +0.64 percentage points" or "log loss −0.012"."""
    number = metric.shown_difference(value)
    number = "−" + number[1:] if number.startswith("-") else number
    return f"{metric.label} {number}" + (f" {metric.unit_of_difference}" if metric.is_rate else "")


def _number(value: float) -> str:
    """Write a loss with three digits."""
    return f"{value:.3g}"


def _size(metric: Metric, value: float) -> str:
    return metric.shown_difference(abs(value)).removeprefix("+")
