"""Places: where in an experiment a value stands.

A place reads as a dotted text (``variants.dropout.dropout``) in Python's messages, and keeps its keys apart,
so that the reader of experiment files finds the line and column, whatever the names in between.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from trainlab.errors import UsageError

Key = str | int


class Place(str):
    """The keys that lead to a value, readable as a dotted text.

    Args:
        keys: from the outermost to the innermost; none is the experiment as a whole.
        meant: ``"value"``, or ``"key"`` where the last key itself is meant and not what it holds.

    >>> place = Place("variants", "v1.5") / "dropout"
    >>> place
    'variants.v1.5.dropout'
    >>> place.keys
    ('variants', 'v1.5', 'dropout')
    """

    __slots__ = ("keys", "meant")

    keys: tuple[Key, ...]
    meant: str

    def __new__(cls, *keys: Key, meant: str = "value") -> Self:  # noqa: D102  # a text is made here
        place = super().__new__(cls, ".".join(str(key) for key in keys))
        place.keys = keys
        place.meant = meant
        return place

    @classmethod
    def of(cls, where: str) -> "Place":
        """Take a place as it is, and another text as one key.

        >>> (Place.of("recipe") / "epochs").keys
        ('recipe', 'epochs')
        """
        if isinstance(where, Place):
            return where
        return cls(where) if where else cls()

    def __truediv__(self, key: object) -> "Place":
        return Place(*self.keys, key if isinstance(key, int) else str(key))

    def key(self, key: object) -> "Place":
        """Mean a key itself, not what it holds.

        >>> Place("recipe").key("epoch").meant
        'key'
        """
        return Place(*self.keys, key if isinstance(key, int) else str(key), meant="key")


@contextmanager
def standing_at(where: str) -> Iterator[None]:
    """Give a refusal from a room that knows no places the place where its value stands.

    >>> with standing_at(Place("validation", "holdout")):
    ...     raise UsageError("not a share of the rows", "fraction", 3)
    Traceback (most recent call last):
    trainlab.errors.UsageError: validation.holdout: not a share of the rows (got 3).
    """
    try:
        yield
    except UsageError as error:
        raise UsageError(error.message, where, error.value, error.cure) from error
