"""TL210: gradients that vanish on the way back to the first layers, which then hardly learn."""

from collections.abc import Iterator

from trainlab.diagnosis.gradients import Flow, flows, told
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results

SMALL = 1e-3  # of the last layer's gradient reach the first one


def examine(results: Results) -> Iterator[Finding]:
    """Look for first layers whose gradient is a thousandth of the last one's."""
    found: dict[str, str] = {}
    for place, name in enumerate(results.variants):
        runs = list(flows(results, place))
        small = [next((flow for flow in run if vanishes(flow)), None) for run in runs]
        seen = [flow for flow in small if flow is not None]
        if seen and 2 * len(seen) >= len(runs):
            flow = seen[0]
            found[name] = (
                f"`{name}` {flow.first:.2g} in `{flow.names[0]}` beside {flow.last:.2g} in `{flow.names[1]}` "
                f"{told(flow.moment)} in {len(seen)} of {len(runs)} runs"
            )
    if found:
        yield CHECK.found(
            "activation",
            f"the norm of the gradient falls away towards the first layer: {listed(found.values())}",
            "Take `activation: relu`, an initializer that fits it, `batch_norm: true`, or fewer layers.",
            variants=tuple(found),
        )


def vanishes(flow: Flow) -> bool:
    """Tell whether hardly any gradient reaches the first layer.

    >>> vanishes(Flow(0, 1e-6, 0.1, 0.1, 5.0, 6, ("a", "b")))
    True
    """
    return flow.kernels > 1 and flow.last > 0 and flow.first < SMALL * flow.last


CHECK = AfterCheck("TL210", "warn", "vanishing gradients", examine)
