"""TL211: gradients so large beside the weights that a usual step throws these off."""

from collections.abc import Iterator

from trainlab.diagnosis.gradients import Flow, flows, told
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results

LARGE = 10.0  # times the norm of all weights is that of the gradient,
GROWN = 1e3  # or so many times larger is the first layer's than the last one's


def examine(results: Results) -> Iterator[Finding]:
    """Look at the gradients before training and after the first epoch."""
    found: dict[str, str] = {}
    for place, name in enumerate(results.variants):
        runs = list(flows(results, place))
        large = [next((flow for flow in run if explodes(flow)), None) for run in runs]
        seen = [flow for flow in large if flow is not None]
        if seen and 2 * len(seen) >= len(runs):
            flow = seen[0]
            found[name] = (
                f"`{name}` {flow.gradients:.3g} beside weights of {flow.weights:.3g} {told(flow.moment)} in "
                f"{len(seen)} of {len(runs)} runs"
            )
    if found:
        yield CHECK.found(
            "clip_norm",
            f"the norm of the gradient is large beside that of the weights: {listed(found.values())}",
            "Scale inputs and targets, clip (`clip_norm: 1`), or lower the learning rate.",
            variants=tuple(found),
        )


def explodes(flow: Flow) -> bool:
    """Tell whether a gradient is so large that steps along it lead anywhere.

    >>> (
    ...     explodes(Flow(0, 800.0, 20.0, 900.0, 5.0, 3, ("a", "b"))),
    ...     explodes(Flow(0, 0.5, 0.4, 1.0, 5.0, 3, ("a", "b"))),
    ... )
    (True, False)
    """
    grown = flow.kernels > 1 and flow.last > 0 and flow.first > GROWN * flow.last
    return flow.gradients > LARGE * flow.weights > 0 or grown


CHECK = AfterCheck("TL211", "warn", "exploding gradients", examine)
