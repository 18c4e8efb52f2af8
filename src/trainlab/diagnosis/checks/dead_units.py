"""TL208: dead units: zero on every row, so that no gradient moves them any more."""

from collections.abc import Iterator

from trainlab.diagnosis.layer_shares import worst_layers
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results

MANY = 0.5


def examine(results: Results) -> Iterator[Finding]:
    """Look for hidden layers half of whose units are zero on every probed training row."""
    worst = list(worst_layers(results, lambda probe: probe.dead, MANY))
    if worst:
        from_start = all(one.start >= MANY for one in worst)
        yield CHECK.found(
            "initializer" if from_start else "learning_rate",
            f"units that are zero on every probed row: {listed(one.told for one in worst)}",
            "Begin from `initializer: he_normal`, or take units that cannot die: `activation: leaky_relu`."
            if from_start
            else "Lower the learning rate, or take units that cannot die: `activation: leaky_relu`.",
            variants=tuple(one.variant for one in worst),
        )


CHECK = AfterCheck("TL208", "warn", "dead units", examine)
