"""TL156: the best trial lies at the edge of what was tried."""

from collections.abc import Iterator

from trainlab.experiment.parameter import Parameter, Value
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.table import Results
from trainlab.tuning.edges import Edge, edges
from trainlab.tuning.of_variants import limited, of_variants


def examine(results: Results) -> Iterator[Finding]:
    """Look for numbers whose best value lies at the end of its range, with scores that rise towards it.

    Of several outer folds at least half must agree.
    """
    for name, studies in of_variants(results).items():
        found: dict[tuple[str, str], list[Edge]] = {}
        for study in studies:
            for edge in edges(study):
                found.setdefault((edge.parameter.name, edge.side), []).append(edge)
        for (number, side), of_folds in found.items():
            if 2 * len(of_folds) < len(studies):
                continue
            edge = of_folds[0]
            folds = f", in {len(of_folds)} of {len(studies)} folds" if len(studies) > 1 else ""
            yield CHECK.found(
                f"tune.{number}",
                f"`{name}`: the best `{number}`, {_told(edge.value)}, is at the {side} edge of what was "
                f"tried ({_range(edge.parameter)}), and scores rise towards it over the {edge.others} other "
                f"trials near it{folds}",
                _cure(edge),
                limit=f"with the best {number} at the edge of its range",
                variants=limited(results, name),
            )


def _cure(edge: Edge) -> str:
    if edge.beyond is None:
        return f"List values beyond {_told(edge.value)} too."
    low, high = edge.parameter.low, edge.parameter.high
    width = high / low if edge.parameter.kind == "log" else high - low
    # Half as wide again on its own scale: enough to see scores fall, or to see that they go on rising.
    if edge.parameter.kind == "log":
        low, high = (low, high * width**0.5) if edge.side == "upper" else (low / width**0.5, high)
    else:
        low, high = (low, high + width / 2) if edge.side == "upper" else (low - width / 2, high)
    if edge.parameter.whole:
        low, high = round(low), round(high)
    bounds = f"{{{edge.parameter.kind}: [{low:.2g}, {high:.2g}]}}"
    return f"Widen the range at its {edge.side} end, as `{edge.parameter.name}: {bounds}`."


def _range(parameter: Parameter) -> str:
    if parameter.kind == "choice":
        return ", ".join(parameter.choices)
    return f"{parameter.low:g} to {parameter.high:g}"


def _told(value: Value) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


CHECK = AfterCheck("TL156", "warn", "the best trial lies at the edge of its range", examine)
