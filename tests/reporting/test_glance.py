"""A first glance at a table on a terminal."""

import io
import re
from dataclasses import replace

import numpy as np
from rich.console import Console

from trainlab.data.column_facts import describe_column
from trainlab.data.columns import Column
from trainlab.data.tables.glance import Glance, Undecided
from trainlab.reporting.faces.glance import glance_text

SEEN = Glance(
    "people",
    4,
    ("age", "day"),
    (describe_column(Column("age"), np.array([1.0, 2.0, 2.0, 4.0]), counted=True),),
    (Undecided("day", "dates in 4 of 4 rows (got '2026-01-01')", "Write time='day'."),),
    ("read with semicolons",),
)


def printed(seen, columns=80):
    """What a terminal of that many columns gets."""
    console = Console(file=io.StringIO(), width=columns)
    console.print(glance_text(seen), markup=False, highlight=False)
    return console.file.getvalue()


def test_columns_and_decisions_are_told():
    """
    Name, counts, a row for each column, what has to be decided with its choices, and the notes.
    """
    text = printed(SEEN)

    assert text.startswith("people\n4 rows, 2 columns")
    assert re.search(r"age +1 +2\.25 +4 +3", text)
    assert "• day: dates in 4 of 4 rows (got '2026-01-01'). Write time='day'." in text
    assert "• read with semicolons" in text
    assert "more column" not in text


def test_columns_that_are_not_shown_are_counted():
    """
    Those beyond the terminal's share and those that nobody looked at are one number.
    """
    many = replace(SEEN, columns=SEEN.columns * 70, names=tuple(f"c{place}" for place in range(100)))

    # 100 columns, of which 60 are shown and 1 is undecided.
    assert "… 39 more columns" in printed(many)


def test_foreign_words_are_harmless(nasty_names):
    """
    Neither markup nor escapes of names, cells and notes reach the terminal.
    """
    odd = [Undecided(name, name, name) for name in nasty_names]
    text = printed(replace(SEEN, name=nasty_names[0], undecided=tuple(odd), notes=tuple(nasty_names)), 200)

    assert "[bold]markup[/bold]" in text
    assert not re.search("[\\x00-\\x08\\x0b-\\x1f\\x7f\\u202a-\\u202e\\u2066-\\u2069]", text)
