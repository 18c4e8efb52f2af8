"""What was fitted on the training rows of one fold: arrays that a lane takes along, and what they mean.

The values here are made by ``encoding.prepare_data`` alone, which is given folds: nothing takes them back, so
a number that was fitted on one fold cannot reach another.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainlab.data.preparing.words import LOWERCASE, PATTERN

Array = NDArray[Any] | None
NUMBERS = ("fill", "low", "high", "shift", "factor")


@dataclass(frozen=True, eq=False)
class Fitted:
    """How one input is prepared in one fold; which of its arrays are there is the same for all folds.

    They act in this order: columns are taken, missing values filled, values clipped, shifted, multiplied, and
    some columns of each row divided by their Euclidean length.

    Args:
        take: ``(width,)`` uint32 numbers of the stored columns.
        fill: what stands in for NaN; NaN in columns that are not filled.
        low: lowest value.
        high: highest value.
        shift: what is subtracted.
        factor: what is multiplied with, after that; it takes the place of the data's constant scale.
        unit: ``(width,)`` bool, the columns that are divided by their length.
        padding: how many of the last columns are there only to make all folds equally wide. They are zero.
    """

    take: Array = None
    fill: Array = None
    low: Array = None
    high: Array = None
    shift: Array = None
    factor: Array = None
    unit: Array = None
    padding: int = 0

    def applied(
        self, rows: ArrayLike, dtype: type[np.floating[Any]] = np.float32
    ) -> NDArray[np.floating[Any]]:
        """Prepare rows: cast first, then all arithmetic in that type.

        Args:
            rows: ``(row, ...)`` stored inputs.
            dtype: what is computed in.

        Returns:
            ``(row, ...)`` in ``dtype``.

        >>> Fitted(shift=np.array([2.0]), factor=np.array([0.5])).applied([[2], [6]]).tolist()
        [[0.0], [2.0]]
        """
        stored = np.asarray(rows)
        values = (stored if self.take is None else stored[:, self.take]).astype(dtype)
        if self.fill is not None:
            values = np.where(np.isnan(values), self.fill.astype(dtype), values)
        if self.low is not None and self.high is not None:
            values = np.clip(values, self.low.astype(dtype), self.high.astype(dtype))
        if self.factor is not None and self.shift is not None:
            values = (values - self.shift.astype(dtype)) * self.factor.astype(dtype)
        if self.unit is not None:
            chosen = np.where(self.unit, values, dtype(0))
            length = np.sqrt((chosen * chosen).sum(axis=1, keepdims=True))
            values = np.where(self.unit, values / np.where(length == 0, dtype(1), length), values)
        prepared: NDArray[np.floating[Any]] = values
        return prepared


@dataclass(frozen=True, eq=False)
class TargetScale:
    """How the targets of a regression are scaled in one fold; scores stay in the targets' own unit.

    Args:
        shift: ``(target,)`` float64, what is subtracted.
        factor: ``(target,)`` float64, what is multiplied with, after that.
    """

    shift: NDArray[Any]
    factor: NDArray[Any]

    def applied(
        self, targets: ArrayLike, dtype: type[np.floating[Any]] = np.float32
    ) -> NDArray[np.floating[Any]]:
        """Turn amounts into what the network learns.

        >>> TargetScale(np.array([10.0]), np.array([0.5])).applied([[14.0]]).tolist()
        [[2.0]]
        """
        amounts = np.asarray(targets, dtype)
        scaled: NDArray[Any] = (amounts - self.shift.astype(dtype)) * self.factor.astype(dtype)
        return scaled

    def undone(
        self, predicted: ArrayLike, dtype: type[np.floating[Any]] = np.float32
    ) -> NDArray[np.floating[Any]]:
        """Turn what a network says back into the targets' own unit.

        >>> TargetScale(np.array([10.0]), np.array([0.5])).undone([[2.0]]).tolist()
        [[14.0]]
        """
        said = np.asarray(predicted, dtype)
        amounts: NDArray[Any] = said / self.factor.astype(dtype) + self.shift.astype(dtype)
        return amounts


@dataclass(frozen=True)
class InputColumn:
    """What one column of an encoded input means.

    Args:
        column: the column it comes from: its name, or its number where the data name none.
        kind: a number as it is, whether a category is at one level, the place of a level in an order, or how
            often a word stands in a text.
        meant: the level (None: the value is missing), the order, or the word.
    """

    column: str | int
    kind: Literal["number", "level", "order", "word"] = "number"
    meant: str | tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """What reports call it.

        >>> InputColumn("sex", "level", "f").name, InputColumn("review", "word", "good").name
        ('sex = f', 'review: good')
        """
        if self.kind == "level":
            return f"{self.column} = {'(missing)' if self.meant is None else self.meant}"
        return f"{self.column}: {self.meant}" if self.kind == "word" else str(self.column)

    def document(self) -> dict[str, object]:
        """Give what it means as plain values.

        >>> InputColumn("sex", "level", "f").document()
        {'category': 'sex', 'level': 'f'}
        """
        meant = list(self.meant) if isinstance(self.meant, tuple) else self.meant
        if self.kind == "number":
            return {"number": self.column}
        source = "text" if self.kind == "word" else "category"
        return {source: self.column, self.kind: meant}


@dataclass(frozen=True, eq=False)
class FoldPreparation:
    """Everything that was fitted on the training rows of one fold.

    Args:
        parts: how each input is prepared.
        target: how targets are scaled; None where they are not.
        inputs: names of several inputs; empty where there is one.
        columns: for each input, what its stored columns mean; empty for images.
    """

    parts: tuple[Fitted, ...]
    target: TargetScale | None = None
    inputs: tuple[str, ...] = ()
    columns: tuple[tuple[InputColumn, ...], ...] = ()

    @property
    def taken(self) -> tuple[tuple[InputColumn, ...], ...]:
        """For each input, what the columns mean that the network takes, in its order and without padding.

        >>> part = Fitted(take=np.array([1, 0], np.uint32), padding=1)
        >>> [
        ...     column.name
        ...     for column in FoldPreparation((part,), columns=((InputColumn("a"), InputColumn("b")),)).taken[
        ...         0
        ...     ]
        ... ]
        ['b']
        """
        found = []
        for fitted, meant in zip(self.parts, self.columns or ((),) * len(self.parts), strict=True):
            order = range(len(meant)) if fitted.take is None else fitted.take.tolist()
            kept = order[: len(order) - fitted.padding] if meant else ()
            found.append(tuple(meant[place] for place in kept))
        return tuple(found)

    def document(self) -> dict[str, Any]:
        """Give all of it as plain values, to be stored and to stand beside an exported model.

        Each input has its columns in the order in which the model takes them, without padding, with the
        numbers that the model itself applies. An input that is no table has these numbers by channel.

        >>> part = Fitted(shift=np.array([2.0]), factor=np.array([0.5]))
        >>> FoldPreparation((part,), columns=((InputColumn("age"),),)).document()["inputs"]
        [{'columns': [{'number': 'age', 'shift': 2.0, 'factor': 0.5}]}]
        """
        columns = self.columns or ((),) * len(self.parts)
        inputs = [_described(fitted, meant) for fitted, meant in zip(self.parts, columns, strict=True)]
        for name, described in zip(self.inputs, inputs, strict=False):
            described["name"] = name
        whole: dict[str, Any] = {"inputs": inputs}
        if any(column.kind == "word" for meant in columns for column in meant):
            whole["words"] = {"lowercase": LOWERCASE, "pattern": PATTERN}
        if self.target is not None:
            whole["target"] = {"shift": self.target.shift.tolist(), "factor": self.target.factor.tolist()}
        return whole


def _described(fitted: Fitted, meant: tuple[InputColumn, ...]) -> dict[str, Any]:
    fields = {name: values for name in NUMBERS if (values := getattr(fitted, name)) is not None}
    if not meant:
        return {"channels": {name: values.tolist() for name, values in fields.items()}}
    taken = range(len(meant)) if fitted.take is None else fitted.take.tolist()
    columns = []
    for place, at in enumerate(taken[: len(taken) - fitted.padding]):
        column = meant[at].document()
        # JSON knows neither NaN nor infinity: what does nothing is not said.
        column |= {
            name: float(values[place]) for name, values in fields.items() if np.isfinite(values[place])
        }
        if fitted.unit is not None and fitted.unit[place]:
            column["unit"] = True
        columns.append(column)
    return {"columns": columns}
