"""TL212: a loss before training that is not what chance gives: something is wrong before the first step."""

import math
from collections.abc import Iterator

import numpy as np

from trainlab.diagnosis.measured import LOG_LOSS, guessed_loss, settings
from trainlab.diagnosis.probed import probed
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results

ABOVE = 3.0  # times what chance gives: a usual start of a linear model comes to 1.9 on two classes
BELOW = 0.5


def examine(results: Results) -> Iterator[Finding]:
    """Look at the loss over all validation rows before training.

    Of classes it should be the logarithm of their number; of amounts it is held against guessing their mean.
    """
    high, low = {}, {}
    for place, name in enumerate(results.variants):
        starts = [probe.validation_loss_at_start for _, probe in probed(results, place)]
        known = np.array([start for start in starts if np.isfinite(start)])
        chance = _chance(results, place) if known.size else np.nan
        if not known.size or not chance > 0:
            continue
        told = f"`{name}` {np.median(known):.3g} in {known.size} runs, where chance gives {chance:.3g}"
        if 2 * (known > ABOVE * chance).sum() >= known.size:
            high[name] = told
        elif 2 * (known < BELOW * chance).sum() >= known.size:
            low[name] = told
    if high:
        yield CHECK.found(
            "initializer",
            f"the loss before training is far above that of chance: {listed(high.values())}",
            "Scale the inputs (and the targets of a regression), and look at the initializer and the head.",
            variants=tuple(high),
        )
    if low:
        yield CHECK.found(
            "model",
            f"the loss before training is far below that of chance: {listed(low.values())}",
            "Weights that were trained before explain it; else look for the targets among the inputs.",
            variants=tuple(low),
        )


def _chance(results: Results, place: int) -> float:
    data = results.facts["data"]
    loss = settings(results, results.variants[place]).get("loss")
    if data["task"] == "classification" and loss in LOG_LOSS:
        return math.log(max(len(data.get("class_counts") or ()), 2))
    return guessed_loss(results, place)


CHECK = AfterCheck("TL212", "note", "an initial loss away from chance", examine)
