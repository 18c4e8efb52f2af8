"""TL202: underfitting: training rows are scored worse than others score rows they have not seen."""

from collections.abc import Iterator

from trainlab.diagnosis.evidence import evidence
from trainlab.diagnosis.saying import with_half
from trainlab.diagnosis.verdict import judge
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results


def examine(results: Results) -> Iterator[Finding]:
    """Tell variants that underfit, with the level that they fall short of."""
    told: dict[str, str] = {}
    metric = results.metric
    for found in evidence(results):
        judged = judge(results, found)
        if judged.verdict in {"underfitting", "both"} and found.reference is not None:
            short = with_half(metric, found.reference.shortfall)
            fallen = f"{short} {metric.unit_of_difference} short of {found.reference.what}"
            told[found.variant] = f"`{found.variant}` in {judged.agreement} runs, {fallen}"
    if told:
        yield CHECK.found(
            "variants",
            "training rows are scored worse than others score rows they have not seen: "
            f"{listed(told.values())}",
            "Take off what keeps it from learning, or give it more: units, layers, epochs, a larger rate.",
            variants=tuple(told),
        )


CHECK = AfterCheck("TL202", "note", "underfitting", examine)
