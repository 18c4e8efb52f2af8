"""TL206: a learning rate that is too high, though the loss stays finite."""

from collections.abc import Iterator

import numpy as np

from trainlab.diagnosis.curves import Curves, training_curves
from trainlab.diagnosis.other_rates import trained_better
from trainlab.diagnosis.probed import FIRST, START, probed
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results

THROWN = 1.5  # times the loss of guessing, or more, after some epoch: steps threw the weights about,
GROWN = 3.0  # or weights that grew so many times in the first epoch alone,
UNLEARNED = 0.5  # and this share of what guessing costs is left at the end


def examine(results: Results) -> Iterator[Finding]:
    """Look for networks that were thrown off and did not learn, and for smaller rates that got further."""
    told: dict[str, str] = {}
    for curves in training_curves(results):
        slower = list(trained_better(results, curves.place, faster=False))
        thrown = _thrown(results, curves)
        if slower:
            name, rate = slower[0]
            told[curves.variant] = f"`{curves.variant}`, where `{name}` trained further at {rate:g}"
        elif thrown:
            told[curves.variant] = f"`{curves.variant}` {thrown}"
    if told:
        yield CHECK.found(
            "learning_rate",
            "steps threw the weights about and the loss did not come down, or a smaller rate got further: "
            f"{listed(told.values())}",
            "Try a tenth of the learning rate, a warm-up (`schedule: {warmup: 2}`), or `clip_norm: 1`.",
            variants=tuple(told),
        )


def _thrown(results: Results, curves: Curves) -> str:
    """Say by how much networks were thrown off that did not learn; empty where they were not."""
    learned = np.array([losses[-1] <= UNLEARNED * curves.guess for losses in curves.runs])
    if 2 * learned.sum() > len(learned):
        return ""
    ends = float(np.median([losses[-1] for losses in curves.runs]))
    after = int(curves.begun)  # what an untrained network costs throws nobody off
    most = curves.most(lambda losses: bool(losses[after:].max() > THROWN * curves.guess))
    if most is not None:
        top = float(np.median([losses[after:].max() for losses in curves.runs]))
        return f"up to {top:.3g} and {ends:.3g} at the end, where guessing costs {curves.guess:.3g}"
    grown = [norms[FIRST] / norms[START] for norms in _norms(results, curves.place) if norms[START] > 0]
    if grown and float(np.median(grown)) > GROWN:
        times = f"weights {float(np.median(grown)):.3g} times as large after one epoch"
        return f"with {times}, and {ends:.3g} at the end, where guessing costs {curves.guess:.3g}"
    return ""


def _norms(results: Results, place: int) -> Iterator[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Give for each run ``(moment,)`` norms of all kernels together."""
    for _, probe in probed(results, place):
        kernels = [probe.weights.index(name) for name in probe.kernels if name in probe.weights]
        if kernels:
            yield np.sqrt((probe.weight_norms[:, kernels] ** 2).sum(axis=1))


CHECK = AfterCheck("TL206", "warn", "a learning rate that is too high", examine)
