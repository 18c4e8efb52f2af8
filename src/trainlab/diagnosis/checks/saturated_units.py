"""TL209: saturated units: in the flat ends of their activation on nearly all rows, with tiny gradients."""

from collections.abc import Iterator

from trainlab.diagnosis.layer_shares import worst_layers
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results

MANY = 0.5


def examine(results: Results) -> Iterator[Finding]:
    """Look for hidden layers half of whose units are saturated on nearly all probed training rows."""
    worst = list(worst_layers(results, lambda probe: probe.saturated, MANY))
    if worst:
        yield CHECK.found(
            "activation",
            f"units in the flat ends of their activation: {listed(one.told for one in worst)}",
            "Scale the inputs, begin from `initializer: glorot_uniform`, normalize (`batch_norm: true`), or "
            "lower the learning rate.",
            variants=tuple(one.variant for one in worst),
        )


CHECK = AfterCheck("TL209", "warn", "saturated units", examine)
