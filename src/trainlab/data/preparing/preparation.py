"""What is done to inputs and targets before the network sees them, as values: steps, and what they are for.

Nothing is fitted here, and no value here holds a fitted number: a mean or a list of words exists only inside
a fold, where `prepared` makes it from training rows. Knows no rows.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import get_args

from trainlab.data.arguments import finite_number, whole_number
from trainlab.data.columns import Kind
from trainlab.data.table_words import Way, ways
from trainlab.errors import UsageError

SCALING = ("standardize", "min_max", "rescale", "none")
ENCODERS = ("one_hot", "ordinal")
COUNTERS = ("bag_of_words", "tf_idf")
FILLS = ("mean", "median", "most_frequent")
TARGET_STEPS = ("none", "standardize", "min_max")
WORDS = 1_000
MOST_WORDS = 100_000
MISSING = "missing"
EMPTY = "empty"

FITTING = {
    "number": ("impute", "clip", *SCALING),
    "category": ("impute", *ENCODERS, "clip", *SCALING),
    "text": ("impute", *COUNTERS),
}
"""Steps that a column can take, by its kind."""

STEPS = ("standardize", "min_max", "rescale", "clip", "impute", *ENCODERS, *COUNTERS, "none")
"""Every step, as an experiment file names it."""

PLURALS: dict[Kind, str] = {"number": "numbers", "category": "categories", "text": "texts"}

Value = float | str | tuple[float, float] | tuple[str, ...] | None


@dataclass(frozen=True)
class Step:
    """One step of preparation.

    Args:
        name: one of `STEPS`.
        value: what the step takes: the constant of ``rescale``; the bounds of ``clip``; ``mean``, ``median``,
            ``most_frequent``, ``missing``, ``empty``, a level or a number for ``impute``; all levels in their
            order for ``ordinal``, or nothing; how many words for ``bag_of_words`` and ``tf_idf`` (1000).
        quantiles: whether the bounds of ``clip`` are shares of the training rows, between 0 and 1.

    Raises:
        UsageError: for an unknown name, and for a value that the step does not take.

    >>> Step("clip", (0.01, 0.99), quantiles=True)
    Step(name='clip', value=(0.01, 0.99), quantiles=True)
    >>> Step("rescale", 0)
    Traceback (most recent call last):
    trainlab.errors.UsageError: prepare: rescale: not a number to divide by (got 0). Give a number above 0, \
as `{rescale: 255}`.
    """

    name: str
    value: Value = None
    quantiles: bool = False

    def __post_init__(self) -> None:
        if self.name not in STEPS:
            cure = f"Known are: {', '.join(STEPS)}."
            raise UsageError("unknown step of preparation", "prepare", self.name, cure)
        if self.quantiles and self.name != "clip":
            raise UsageError(f"`{self.name}` takes no quantiles", "prepare", None, "Only `clip` does.")
        object.__setattr__(self, "value", _READ[self.name](self))

    def document(self) -> object:
        """Give the step as an experiment file writes it.

        >>> Step("standardize").document(), Step("clip", (0, 1)).document()
        ('standardize', {'clip': [0.0, 1.0]})
        """
        if self.value is None:
            return self.name
        value: object = list(self.value) if isinstance(self.value, tuple) else self.value
        return {self.name: {"quantiles": value} if self.quantiles else value}

    def __str__(self) -> str:
        if self.value is None:
            return self.name.replace("_", " ")
        said = {"impute": "fill missing with", "rescale": "divide by", "clip": "clip to", "ordinal": "order"}
        verb = said.get(self.name, self.name.replace("_", " "))
        if self.name in COUNTERS:
            return f"{verb} of {self.value} words"
        if isinstance(self.value, tuple):
            shown = [f"{part:g}" if isinstance(part, float) else part for part in self.value]
            return f"{verb} {'quantiles ' if self.quantiles else ''}[{', '.join(shown)}]"
        return f"{verb} {self.value:g}" if isinstance(self.value, float) else f"{verb} {self.value}"


Steps = tuple[Step, ...]


@dataclass(frozen=True)
class Prepare:
    """What an experiment says about preparation; what is left empty is decided by the type of a column.

    Args:
        numbers: steps for every column of numbers, and for images.
        categories: steps for every column of categories.
        texts: steps for every column of texts.
        target: ``"none"``, ``"standardize"`` or ``"min_max"`` for the targets of a regression; left out, it
            is decided by who knows the loss.
        columns: name and steps of single columns; of single inputs, where there are several.

    Raises:
        UsageError: for steps that do not fit a kind of column, for an order that cannot be meant, for another
            way to scale a target, and for a column that is named twice.

    >>> Prepare(numbers=[Step("impute", "median"), Step("standardize")]).numbers[0].value
    'median'
    """

    numbers: Steps = ()
    categories: Steps = ()
    texts: Steps = ()
    target: str | None = None
    columns: tuple[tuple[str, Steps], ...] = ()

    def __post_init__(self) -> None:
        for kind in get_args(Kind):
            steps = tuple(getattr(self, PLURALS[kind]))
            check_steps(steps, kind, f"prepare: {PLURALS[kind]}")
            object.__setattr__(self, PLURALS[kind], steps)
        if self.target is not None and self.target not in TARGET_STEPS:
            cure = f"Choose one of: {', '.join(TARGET_STEPS)}."
            raise UsageError("unknown way to scale a target", "prepare: target", self.target, cure)
        named = tuple((name, tuple(steps)) for name, steps in self.columns)
        names = [name for name, _ in named]
        for name in names:
            if names.count(name) > 1:
                raise UsageError("a column is named twice", "prepare: columns", name, "Say it once.")
        # By name: two experiments that say the same are equal, whatever came first.
        object.__setattr__(self, "columns", tuple(sorted(named)))


def check_steps(steps: Iterable[Step], kind: Kind, where: str) -> None:
    """Refuse steps that a kind of column cannot take, and an order that cannot be meant.

    Args:
        steps: in the order in which they act.
        kind: ``"number"``, ``"category"`` or ``"text"``.
        where: the place of the steps.

    Raises:
        UsageError: with what the kind takes, or the order that is meant.

    >>> check_steps([Step("one_hot")], "number", "prepare.age")
    Traceback (most recent call last):
    trainlab.errors.UsageError: prepare.age: `one_hot` does not fit a column of kind number. Choose from: \
impute, clip, standardize, min_max, rescale, none. A column of numbers that stand for names is declared a \
category where the data are read.
    >>> check_steps([Step("standardize"), Step("impute", "mean")], "number", "prepare.age")
    Traceback (most recent call last):
    trainlab.errors.UsageError: prepare.age: `impute` stands after `standardize`, which cannot be fitted on \
missing values. Write `impute` first.
    """
    given = tuple(steps)
    names = [step.name for step in given]
    for step in given:
        _check_kind(step, kind, where)
    for name in names:
        if names.count(name) > 1 and name != "clip":
            raise UsageError(f"`{name}` stands twice", where, None, "Write it once.")
    if "impute" in names[1:]:
        message = f"`impute` stands after `{names[0]}`, which cannot be fitted on missing values"
        raise UsageError(message, where, None, "Write `impute` first.")
    for rivals, reason in (
        (SCALING, "undoes"),
        (ENCODERS, "has nothing to read after"),
        (COUNTERS, "repeats"),
    ):
        found = [name for name in names if name in rivals]
        if len(found) > 1:
            message = f"`{found[1]}` {reason} `{found[0]}`"
            raise UsageError(message, where, None, f"Write one of them: {', '.join(rivals)}.")
    if kind == "category":
        _check_category(given, names, where)


def _check_kind(step: Step, kind: Kind, where: str) -> None:
    if step.name not in FITTING[kind]:
        cure = f"Choose from: {', '.join(FITTING[kind])}."
        if kind == "number" and step.name in ENCODERS:
            cure += (
                " A column of numbers that stand for names is declared a category where the data are read."
            )
        if kind == "category" and step.name in COUNTERS:
            found = re.search(r"^prepare(?:: |\.)(?:columns(?:: |\.))?(.+)$", where)
            # All categories stand under their kind, and no column is named.
            column = found[1] if found and found[1] not in PLURALS.values() else "COLUMN"
            cure = f"To count its words, declare it as text: {ways(Way('text', column))}. {cure}"
        raise UsageError(f"`{step.name}` does not fit a column of kind {kind}", where, None, cure)
    if step.name != "impute":
        return
    value = step.value
    choices = {
        "number": (*FILLS, "a number"),
        "category": (MISSING, "most_frequent", "one of its levels"),
        "text": (EMPTY,),
    }[kind]
    fits = {
        "number": isinstance(value, float) or value in FILLS,
        # Means are asked for by mistake; a level of that name is not worth the confusion.
        "category": isinstance(value, str) and value not in {"mean", "median"},
        "text": value == EMPTY,
    }[kind]
    if not fits:
        message = f"a column of kind {kind} cannot be filled so"
        raise UsageError(message, where, value, f"Choose from: {', '.join(choices)}.")


def _check_category(steps: Steps, names: list[str], where: str) -> None:
    scaled = [name for name in names if name in {"clip", "standardize", "min_max", "rescale"}]
    encoder = next((name for name in names if name in ENCODERS), None)
    if "none" in names:
        cure = "Choose one of: one_hot, ordinal; or leave the column out where the data are read."
        raise UsageError("a network reads numbers, and a category is none", where, "none", cure)
    if scaled and (encoder != "ordinal" or names.index(scaled[0]) < names.index("ordinal")):
        message = f"`{scaled[0]}` needs numbers, and only those of `ordinal` before it are some"
        raise UsageError(message, where, None, f"Write `[ordinal, {scaled[0]}]`.")
    if encoder == "ordinal" and steps[0] == Step("impute", MISSING):
        cure = "Fill with most_frequent or one of the levels, or encode by one_hot."
        raise UsageError("a missing value has no place in an order", where, MISSING, cure)


def _nothing(step: Step) -> Value:
    if step.value is None:
        return None
    raise UsageError(f"`{step.name}` takes no value", _where(step), step.value, f"Write `{step.name}`.")


def _constant(step: Step) -> Value:
    value = finite_number(step.value)
    if not value > 0:
        cure = "Give a number above 0, as `{rescale: 255}`."
        raise UsageError("not a number to divide by", _where(step), step.value, cure)
    return value


def _bounds(step: Step) -> Value:
    given = step.value
    cure = "Write `{clip: [0, 1]}`, or `{clip: {quantiles: [0.01, 0.99]}}`."
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise UsageError("not a lower and an upper bound", _where(step), given, cure)
    low, high = (finite_number(bound) for bound in given)
    if not low < high:
        raise UsageError("the lower bound is not below the upper", _where(step), given, cure)
    if step.quantiles and not 0 <= low < high <= 1:
        raise UsageError("quantiles that are not between 0 and 1", _where(step), given, cure)
    return low, high


def _fill(step: Step) -> Value:
    value = step.value
    if isinstance(value, str) and value:
        return str(value)
    number = finite_number(value)
    if number != number:  # noqa: PLR0124  # NaN: nothing that a column could be filled with
        cure = f"Choose from: {', '.join(FILLS)}, {MISSING}, a number."
        raise UsageError("not a way to fill missing values", _where(step), value, cure)
    return number


def _order(step: Step) -> Value:
    given = step.value
    if given is None:
        return None
    cure = "Write all levels from the lowest to the highest, as `{ordinal: [low, mid, high]}`."
    if not isinstance(given, (tuple, list)) or len(given) < 2:
        raise UsageError("not an order of levels", _where(step), given, cure)
    levels = tuple(str(level) for level in given)
    if len(set(levels)) < len(levels):
        raise UsageError("a level stands twice", _where(step), given, cure)
    return levels


def _words(step: Step) -> Value:
    count = whole_number(WORDS if step.value is None else step.value, _where(step), 1)
    if count > MOST_WORDS:
        raise UsageError("too many words", _where(step), count, f"Give at most {MOST_WORDS}.")
    return count


def _where(step: Step) -> str:
    return f"prepare: {step.name}"


_READ: dict[str, Callable[[Step], Value]] = {
    **dict.fromkeys(("standardize", "min_max", "one_hot", "none"), _nothing),
    "rescale": _constant,
    "clip": _bounds,
    "impute": _fill,
    "ordinal": _order,
    **dict.fromkeys(COUNTERS, _words),
}
