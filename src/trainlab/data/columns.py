"""The columns of a table: what each is called and how its numbers are read. Knows no rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from trainlab.errors import UsageError

Kind = Literal["number", "category", "text"]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Args:
        name: what it is called.
        kind: ``"number"``, ``"category"`` or ``"text"``. A category or text column holds, instead of values,
            their positions in ``levels``.
        levels: of a category, its levels in their order; of a text column, the different texts. What levels
            there are is known before the rows are looked at, as the names of classes are; which of them a
            network is shown is fitted on training rows.

    Raises:
        UsageError: for a name that is none, an unknown kind, levels of numbers, and a level named twice.

    >>> Column("ocean", "category", ("near", "far")).levels
    ('near', 'far')
    """

    name: str
    kind: Kind = "number"
    levels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name:
            raise UsageError("not the name of a column", "columns", self.name, "Give a short text.")
        if self.kind not in get_args(Kind):
            cure = f"Choose one of: {', '.join(get_args(Kind))}."
            raise UsageError("unknown kind of column", f"columns: {self.name}", self.kind, cure)
        levels = tuple(self.levels)
        if bool(levels) == (self.kind == "number"):
            cure = "Name the levels of categories and texts, and of no number."
            raise UsageError("the levels do not fit", f"columns: {self.name}", levels[:3], cure)
        if len(set(levels)) < len(levels):
            raise UsageError("a level is named twice", f"columns: {self.name}", None, "Name each once.")
        object.__setattr__(self, "levels", levels)


def read_columns(given: Iterable[Column | str] | None, shape: Sequence[int]) -> tuple[Column, ...]:
    """Take the columns of an array, where they are named.

    Args:
        given: one for each column; a name alone is a column of numbers.
        shape: of the array.

    Raises:
        UsageError: where there are not as many as the array has columns, and for a name that stands twice.

    >>> read_columns(["age", "height"], (10, 2))[0]
    Column(name='age', kind='number', levels=())
    """
    if given is None:
        return ()
    columns = tuple(Column(one) if isinstance(one, str) else one for one in given)
    if not columns:
        return ()
    if len(shape) != 2 or len(columns) != shape[1]:
        message = f"x has the shape {tuple(shape)}, and {len(columns)} columns are named"
        raise UsageError(message, "columns", None, "Name every column of a two-dimensional array once.")
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            raise UsageError("two columns of one name", "columns", column.name, "Rename one of them.")
        seen.add(column.name)
    return columns
