"""A mean loss and its parts, as values, and the sentence that says them.

How they are measured stands in ``decomposing`` and ``decomposition``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from trainlab.diagnosis.decomposing import Floats, LossName
from trainlab.experiment.metrics import amount

LABELS: Mapping[LossName, str] = {
    "squared_error": "mean squared error",
    "brier": "Brier score",
    "log_loss": "log loss",
    "zero_one": "error rate",
}


@dataclass(frozen=True)
class Part:
    """A part of a mean loss, in its unit.

    Args:
        value: an estimate without bias; that of a part near zero may be negative.
        low: lower end of the 95 % interval over disjoint sets, or of the middle 95 % of resamples; None where
            there are too few sets (3, and 20 resamples).
        high: upper end.
    """

    value: float
    low: float | None
    high: float | None

    def document(self) -> dict[str, float | None]:
        """Give plain values."""
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class LossParts:
    """A mean loss and its parts: ``total = noise + bias + chance + data + seed``, to rounding.

    Args:
        loss: ``"squared_error"``, ``"brier"``, ``"log_loss"`` or ``"zero_one"``.
        label: what it is called.
        total: mean loss of one network.
        noise: mean loss of the curve that the data were made from, which no model gets below; None where it
            is not known and so is part of the bias.
        bias: what the average over training sets and seeds loses; for squared losses and votes the bias^2.
        chance: what noise and bias have in common on these rows, by chance: zero over many rows; None where
            the noise is not known.
        variance: what averaging over training sets and seeds would take away: data and seed together.
        data: the part of it that comes with the training rows; None where there is one seed.
        seed: the part of it that comes with the seed, given the training rows; None where there is one seed.
        sentence: all this in words.
    """

    loss: LossName
    label: str
    total: Part
    noise: Part | None
    bias: Part
    chance: Part | None
    variance: Part
    data: Part | None
    seed: Part | None
    sentence: str

    def document(self) -> dict[str, Any]:
        """Give plain values, None where a part cannot be told."""
        parts = ("total", "noise", "bias", "chance", "variance", "data", "seed")
        found = {name: getattr(self, name) for name in parts}
        return {
            "loss": self.loss,
            **{name: None if part is None else part.document() for name, part in found.items()},
            "sentence": self.sentence,
        }


@dataclass(frozen=True, eq=False)
class ByRow:
    """The parts of one loss for each row, to be drawn.

    Args:
        rows: ``(row,)`` numbers of the rows in the data set.
        total: ``(row,)`` mean loss.
        bias: ``(row,)``, with the noise in it.
        data: ``(row,)``; with the seed's part in it where there is one seed.
        seed: ``(row,)``; None where there is one seed.
    """

    rows: NDArray[Any]
    total: Floats
    bias: Floats
    data: Floats
    seed: Floats | None


def parts_in_words(
    loss: LossName, parts: Mapping[str, Part | None], larger: Part, *, describes: bool, sets: int
) -> str:
    """Say what a loss is made of, and whether bias or variance is larger.

    Args:
        loss: which loss.
        parts: its parts by the names that ``LossParts`` has; None where one cannot be told.
        larger: bias minus variance.
        describes: whether intervals only describe resamples.
        sets: training sets that were counted.

    >>> parts = dict.fromkeys(("noise", "data", "seed")) | {"total": Part(0.5, None, None)}
    >>> parts |= {"bias": Part(0.4, 0.3, 0.5), "variance": Part(0.1, 0.05, 0.15)}
    >>> said = parts_in_words("brier", parts, Part(0.3, 0.2, 0.4), describes=False, sets=5)
    >>> said.split("; ")[0]
    'Brier score 0.5 = bias² 0.4 [0.3, 0.5] + variance 0.1 [0.05, 0.15]'
    """
    named = {
        "noise": "noise",
        "bias": "bias" if loss == "log_loss" else "bias²",
        "data": "variance of the training rows",
        "seed": "variance of the seed",
        "variance": "variance",
        "chance": "chance (what noise and bias share on these rows)",
    }
    if parts["data"] is not None:
        del named["variance"]
    told = [f"{name} {_shown(loss, parts[key])}" for key, name in named.items() if parts.get(key) is not None]
    total = parts["total"]
    equation = f"{LABELS[loss]} {'' if total is None else _number(loss, total.value)} = {' + '.join(told)}"
    noisy = "bias (with the noise in it)" if parts["noise"] is None else "bias"
    first, second = (noisy, "variance") if larger.value > 0 else ("variance", noisy)
    outweighs = f"{first} outweighs {second}"
    if describes:
        outweighs += " in these resamples"
    elif larger.low is None or larger.high is None or larger.low <= 0 <= larger.high:
        outweighs = f"{sets} training sets cannot tell whether {noisy} or variance is larger"
    seeds = (
        "" if parts["data"] is not None else "; one seed cannot tell its part from that of the training rows"
    )
    near = any(part is not None and part.value < 0 for part in parts.values())
    negative = "; a part near zero may come out negative" if near else ""
    return f"{equation}; {outweighs}{seeds}{negative}"


def _shown(loss: LossName, part: Part | None) -> str:
    if part is None:
        return ""
    if part.low is None or part.high is None:
        return _number(loss, part.value)
    low, high = _number(loss, part.low), _number(loss, part.high)
    return f"{_number(loss, part.value)} [{low}, {high}]"


def _number(loss: LossName, value: float) -> str:
    text = f"{100 * value:.2f} %" if loss == "zero_one" else amount(value)
    return text.replace("-", "−", 1) if text.startswith("-") else text
