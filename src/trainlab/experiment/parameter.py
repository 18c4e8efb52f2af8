"""One number or choice that a space leaves open: its range, its scale, and where it applies.

What the number is for stands in ``space``; who draws it, in the room ``tuning``.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["log", "linear", "choice"]
Value = float | int | str
Point = Mapping[str, Value]
"""Name of a parameter -> its value, of those that apply; a choice stands by its label."""


@dataclass(frozen=True)
class Parameter:
    """One number or choice of a space.

    Args:
        name: as pictures and tables call it: the setting, and where inside of it.
        kind: ``"log"`` and ``"linear"`` numbers lie between two bounds, on that scale; a ``"choice"`` is one
            of some labels.
        low: lower bound of a number, included.
        high: upper bound of a number, included.
        whole: whether the number counts something.
        choices: labels of a choice, each once.
        when: what must hold for it to apply: the name of an earlier parameter, and its values as texts.

    >>> rate = Parameter("learning_rate", "log", 1e-4, 1e-2)
    >>> rate.at(0.5), rate.position(1e-2)
    (0.001, 1.0)
    >>> Parameter("batch_size", "log", 16, 64, whole=True).at(0.999)
    64
    """

    name: str
    kind: Kind
    low: float = 0.0
    high: float = 0.0
    whole: bool = False
    choices: tuple[str, ...] = ()
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def applies(self, point: Point) -> bool:
        """Tell whether it applies at a point.

        Args:
            point: values of the parameters before it.
        """
        return all(name in point and str(point[name]) in values for name, values in self.when)

    def at(self, unit: float) -> Value:
        """Give the value at a position in [0, 1); every whole number and every choice has an equal part.

        On a log scale a whole number's part is that between it and the next one, on this scale.
        """
        if self.kind == "choice":
            return self.choices[min(int(unit * len(self.choices)), len(self.choices) - 1)]
        if self.whole:
            found = int(self._between(unit, self.low, self.high + 1))
            return min(max(found, int(self.low)), int(self.high))
        # Twelve digits: what a file writes reads back as the same number.
        return float(f"{self._between(unit, self.low, self.high):.12g}")

    def position(self, value: Value) -> float:
        """Give the position of a value in [0, 1]: bounds at the ends, a choice in the middle of its part."""
        if self.kind == "choice":
            return (self.choices.index(str(value)) + 0.5) / len(self.choices)
        low, high, here = self.low, self.high, float(value)
        if self.kind == "log":
            low, high, here = math.log(low), math.log(high), math.log(here)
        return (here - low) / (high - low) if high > low else 0.5

    def spaced(self, count: int) -> list[Value]:
        """Give so many values, evenly spaced on its scale with both bounds among them; all of a choice."""
        if self.kind == "choice":
            return list(self.choices)
        shares = [place / (count - 1) for place in range(count)] if count > 1 else [0.5]
        values = [self._between(share, self.low, self.high) for share in shares]
        if self.whole:
            return list(dict.fromkeys(round(value) for value in values))
        return list(dict.fromkeys(float(f"{value:.12g}") for value in values))

    def document(self) -> dict[str, Any]:
        """Give plain values, to store; ``read_parameter`` reads them."""
        if self.kind == "choice":
            told: dict[str, Any] = {"name": self.name, "kind": self.kind, "choices": list(self.choices)}
        else:
            bounds = {"low": self.low, "high": self.high, "whole": self.whole}
            told = {"name": self.name, "kind": self.kind, **bounds}
        return told | {"when": [[name, list(values)] for name, values in self.when]}

    def _between(self, share: float, low: float, high: float) -> float:
        if self.kind == "log":
            return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
        return low + share * (high - low)


def read_parameter(document: Mapping[str, Any]) -> Parameter:
    """Read what ``Parameter.document`` wrote.

    >>> depth = Parameter("hidden.layers", "linear", 1, 3, whole=True, when=(("model", ("mlp",)),))
    >>> read_parameter(depth.document()) == depth
    True
    """
    return Parameter(
        document["name"],
        document["kind"],
        low=document.get("low", 0.0),
        high=document.get("high", 0.0),
        whole=bool(document.get("whole", False)),
        choices=tuple(document.get("choices", ())),
        when=tuple((name, tuple(values)) for name, values in document["when"]),
    )
