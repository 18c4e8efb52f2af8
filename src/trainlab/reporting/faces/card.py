"""The data card for the terminal and as one HTML file: a drawing of the facts that ``data.card`` tells.

The page loads nothing, and every text in it is escaped: names, levels and texts of data are foreign.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from trainlab.data.card import Card, card
from trainlab.data.column_facts import ColumnFacts
from trainlab.data.dataset import Dataset
from trainlab.reporting.drawing.card_pictures import MOST_STRIPS, strips, text_rows
from trainlab.reporting.drawing.theme import DARK, LIGHT, css_variables
from trainlab.reporting.faces.card_words import (
    card_entries,
    kind_text,
    levels_text,
    missing_text,
    size_text,
    sparkline,
)
from trainlab.reporting.faces.pages import environment, write_page
from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.plain import percent
from trainlab.reporting.wording.words import counted, number

if TYPE_CHECKING:
    from rich.console import Group, RenderableType
    from rich.table import Table

_TERMINAL_COLUMNS = 60
_TERMINAL_CLASSES = 40
_TERMINAL_LEVELS = 3
_PAGE_LEVELS = 8
_BAR = 30


def card_text(told: Card) -> "Group":
    """Give the card as something that rich prints: facts, columns with their histograms, classes, notes."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    facts = Table.grid(padding=(0, 2, 0, 0))
    for entry in card_entries(told):
        facts.add_row(Text(entry.term, style="dim"), Text(entry.text, overflow="fold"))
    parts: list[RenderableType] = [Text(clean(told.name), style="bold"), facts]
    if told.columns:
        parts += [Text(), columns_table(told.columns, "column")]
        hidden = told.more_columns + max(0, len(told.columns) - _TERMINAL_COLUMNS)
        if hidden:
            parts.append(Text(f"… {counted(hidden, 'more column')}", style="dim"))
    if told.classes:
        parts += [Text(), _classes(told)]
        if len(told.classes) > _TERMINAL_CLASSES:
            rest = len(told.classes) - _TERMINAL_CLASSES
            parts.append(Text(f"… {counted(rest, 'more class', 'more classes')}", style="dim"))
    else:
        parts += [Text(), columns_table(told.targets, "target")]
    if told.notes:
        parts.append(Text())
        parts += [Text(f"• {clean(note, 2_000)}", style="dim") for note in told.notes]
    return Group(*parts)


def write_card(dataset: Dataset, path: str | Path) -> Path:
    """Write the card as one HTML file with pictures: examples of images, histograms, some rows of texts.

    Args:
        dataset: what is told of; of sealed rows only how many there are.
        path: the file to write; an older one is replaced.

    Returns:
        The path of the file.

    Raises:
        MissingError: where the file cannot be written.
    """
    return write_page(card_page(dataset), path, "the card")


def card_page(dataset: Dataset) -> str:
    """Give the card's HTML; the same data give the same page."""
    told = card(dataset)
    return (
        environment()
        .get_template("card.html.j2")
        .render(
            card=told,
            name=clean(told.name),
            entries=card_entries(told),
            strips=strips(dataset),
            hidden_strips=max(0, len(told.classes) - MOST_STRIPS),
            text_rows=text_rows(dataset),
            most=max((one.rows for one in told.classes), default=1),
            page_levels=_PAGE_LEVELS,
            clean=clean,
            counted=counted,
            kind_text=kind_text,
            levels_text=levels_text,
            missing_text=missing_text,
            number=number,
            percent=percent,
            size_text=size_text,
            light=css_variables(LIGHT),
            dark=css_variables(DARK),
        )
    )


def columns_table(columns: tuple[ColumnFacts, ...], head: str) -> "Table":
    """Give a row for each of the first 60 columns: kind, range, different values, histogram or levels."""
    from rich.text import Text

    shown = columns[:_TERMINAL_COLUMNS]
    kinds = any(column.kind != "number" for column in shown)
    gaps = any(column.missing for column in shown)
    # What all columns share takes no room: names need it, in a terminal of 80 characters.
    table = _table(head, *["kind"] * kinds, "from", "mean", "to", "different", *["missing"] * gaps, "values")
    for column in shown:
        known = column.low is not None and column.mean is not None and column.high is not None
        ends = (column.low or 0.0, column.mean or 0.0, column.high or 0.0)
        cells = [
            *[Text(kind_text(column), style="dim")] * kinds,
            *(Text(number(value) if known else "") for value in ends),
            Text("" if column.distinct is None else f"{column.distinct:,}"),
            *[Text(missing_text(column))] * gaps,
        ]
        if column.kind == "category":
            cells.append(Text(levels_text(column, _TERMINAL_LEVELS)))
        else:
            cells.append(Text(sparkline(column.bins)))
        table.add_row(Text(clean(column.name, 40)), *cells)
    return table


def _classes(told: Card) -> "Table":
    from rich.text import Text

    most = max(one.rows for one in told.classes)
    table = _table("class", "rows", "share", "")
    for one in told.classes[:_TERMINAL_CLASSES]:
        bar = "█" * round(_BAR * one.rows / most) or ("▏" if one.rows else "")
        table.add_row(Text(clean(one.name, 40)), f"{one.rows:,}", percent(round(one.share, 4)), bar)
    return table


def _table(*heads: str) -> "Table":
    from rich.table import Table

    left = {"column", "target", "class", "kind", "", "values"}
    # Where there is too little room, names and levels are folded; numbers and drawings stay whole.
    folded = {"column": 12, "target": 12, "class": 5, "values": 12}
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    for head in heads:
        table.add_column(
            head,
            justify="left" if head in left else "right",
            no_wrap=head not in folded,
            overflow="fold",
            min_width=folded.get(head),
        )
    return table
