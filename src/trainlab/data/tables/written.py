"""What people write into the cells of a table: numbers in many fashions, dates, and signs for nothing.

Only numbers as programs write them are read; another fashion is named, so that the refusal can say how to
mend it. Knows single values and columns of text, never what a column is for.
"""

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars as pl

MISSING = ("NA", "N/A", "#N/A", "n/a", "<NA>", "NaN", "nan", "null", "NULL")
"""Texts that stand for a missing value in a CSV file, beside the empty cell."""

_DAY = r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})"
_HOUR = r"\d{1,2}:\d{2}(:\d{2}.*)?"
_DATE = rf"^{_DAY}([ T]{_HOUR})?$|^{_HOUR}$"

_PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(inf|Inf|INF|infinity|Infinity)$"
_ZERO_FIRST = r"^0\d+$"


class Fashion(NamedTuple):
    """One way in which a number is written that no program reads: its pattern, and how to mend it."""

    pattern: str
    cure: str


FASHIONS = (
    Fashion(
        r"^[+-]?\d{1,3}([,' \u00a0\u202f]\d{3})+(\.\d+)?$",
        "Write thousands without a sign between them, as 1234567.",
    ),
    Fashion(
        r"^[+-]?\d*,\d+$|^[+-]?\d{1,3}(\.\d{3})+,\d+$",
        "Write a decimal point, as 1.5; where all numbers of the file are written so, write "
        "`decimal: \",\"` beside `csv:` (in Python `decimal=','`).",
    ),
    Fashion(
        r"^[+-]?[\d.,]+\s?%$", "Write the number alone, as 12.5, and the per cent into the column's name."
    ),
    Fashion(
        r"^[+-]?[$€£¥]\s?[+-]?[\d.,]+$|^[+-]?[\d.,]+\s?[$€£¥]$",
        "Write the number alone, and the currency into the column's name.",
    ),
    Fashion(r"^[+-]?\d+(_\d+)+$", "Write digits without underscores."),
)


def trimmed(texts: "pl.Series", missing: tuple[str, ...]) -> "pl.Series":
    """Take the spaces around texts away; empty ones and those that stand for nothing become null.

    Args:
        texts: ``(row,)``.
        missing: what stands for a missing value.

    >>> import polars
    >>> trimmed(polars.Series([" a", "NA", ""]), MISSING).to_list()
    ['a', None, None]
    """
    plain = texts.str.strip_chars()
    return plain.set(plain.is_in(["", *missing]).fill_null(value=False), None)


def as_numbers(texts: "pl.Series", decimal: str = ".") -> "pl.Series":
    """Read numbers that are written as programs do; other texts become null.

    Args:
        texts: ``(row,)`` trimmed.
        decimal: the sign between units and tenths, a point or a comma.

    >>> import polars
    >>> as_numbers(polars.Series(["1e3", "-.5", "+7", "1,5", "inf", "0x1F"])).to_list()
    [1000.0, -0.5, 7.0, None, inf, None]
    """
    import polars as pl

    if decimal == ",":
        points = texts.str.contains(".", literal=True)
        texts = texts.str.replace(",", ".", literal=True).set(points.fill_null(value=False), None)
    plain = texts.set(~texts.str.contains(_PLAIN).fill_null(value=True), None)
    return plain.cast(pl.Float64, strict=False)


def begins_with_zero(texts: "pl.Series") -> bool:
    """Tell whether some text is a whole number written with a zero first, as names of things are.

    >>> import polars
    >>> begins_with_zero(polars.Series(["007", "12"])), begins_with_zero(polars.Series(["0", "0.5"]))
    (True, False)
    """
    return bool(texts.str.contains(_ZERO_FIRST).any())


def like_numbers(texts: "pl.Series") -> "pl.Series":
    """Tell which texts are numbers to a person.

    >>> import polars
    >>> like_numbers(polars.Series(["$3", "1,5", "12 %", "twelve", "4"])).to_list()
    [True, True, True, False, True]
    """
    return texts.str.contains("|".join([_PLAIN, *(fashion.pattern for fashion in FASHIONS)]))


def like_dates(texts: "pl.Series") -> "pl.Series":
    """Tell which texts are dates or times of day.

    >>> import polars
    >>> like_dates(polars.Series(["2026-11-21", "21.11.26", "12:30", "21"])).to_list()
    [True, True, True, False]
    """
    return texts.str.contains(_DATE)


def how_to_mend(text: str) -> str:
    """Say how to write a number so that it is read; nothing where no number is seen.

    >>> print(how_to_mend("1,5"))
    Write a decimal point, as 1.5; where all numbers of the file are written so, write \
`decimal: ","` beside `csv:` (in Python `decimal=','`).
    """
    return next((fashion.cure for fashion in FASHIONS if re.match(fashion.pattern, text)), "")
