"""TL201: overfitting, and gaps so large that a less flexible variant should be tried."""

from collections.abc import Iterator

import numpy as np

from trainlab.diagnosis.evidence import Evidence, evidence
from trainlab.diagnosis.next_experiment import Asked, Next, next_experiment
from trainlab.diagnosis.saying import with_half
from trainlab.diagnosis.verdict import Judged, judge, overfits
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed, named
from trainlab.results.table import Results


def examine(results: Results) -> Iterator[Finding]:
    """Tell variants that overfit, and apart from them gaps that nothing yet explains.

    A gap is normal. One that is larger than the training error itself, where no less flexible variant was
    tried, asks for one.
    """
    told: dict[str, str] = {}
    asking: dict[str, str] = {}
    for found in evidence(results):
        judged = judge(results, found)
        if judged.verdict in {"overfitting", "both"}:
            told[found.variant] = _told(results, judged)
        elif judged.verdict == "healthy" and found.simpler is None and _large(results, found):
            asking[found.variant] = f"`{found.variant}` {_gap(results, found)}"
    if told:
        yield CHECK.found(
            "variants",
            f"learned by heart: {listed(told.values())}",
            "Stop earlier (`early_stopping: true`), or give it less room: dropout, a penalty, fewer units.",
            variants=tuple(told),
        )
    if asking:
        ready = [_asked(results, name) for name in asking]
        names = [one.name for one in ready if one is not None]
        which = f" as {named(names)}" if names else ""
        yield CHECK.found(
            "variants",
            "the gap between training and validation is larger than the training error, and no less flexible "
            f"variant was tried: {listed(asking.values())}",
            f"Try one, such{which}: it tells whether the gap costs anything."
            if which
            else "Try one: it tells whether the gap costs anything.",
            variants=tuple(asking),
        )


def _told(results: Results, judged: Judged) -> str:
    found = judged.evidence
    return f"`{found.variant}` in {judged.agreement} runs, {_gap(results, found)}"


def _gap(results: Results, found: Evidence) -> str:
    metric = results.metric
    return "" if found.gap is None else f"gap {with_half(metric, found.gap)} {metric.unit_of_difference}"


def _large(results: Results, found: Evidence) -> bool:
    """Tell whether the gap is shown to be larger than what matters, and than the error on training rows."""
    if found.gap is None or found.gap.exceeds(found.matters) != "yes" or overfits(found) != "no":
        return False
    metric, trained = results.metric, results.endings["train_score"][found.place]
    best = metric.highest if metric.higher_is_better else 0.0
    return bool(found.gap.mean > abs(best - float(np.nanmean(trained))))


def _asked(results: Results, variant: str) -> Next | None:
    rows = min(len(half) for half in results.halves)
    return next_experiment(Asked(variant, results.facts["experiment"], rows), ["overfitting"])


CHECK = AfterCheck("TL201", "note", "overfitting", examine)
