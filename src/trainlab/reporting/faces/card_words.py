"""The data card in words: what terminal and page both say of a data set."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from trainlab.data.card import Card, InputFacts
from trainlab.data.column_facts import ColumnFacts
from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.plain import percent, plain
from trainlab.reporting.wording.words import counted, listing, number, some

BLOCKS = "▁▂▃▄▅▆▇█"
_LONGEST = 2_000
_MOST_NAMES = 8
_MOST_BLOCKS = 12


class Entry(NamedTuple):
    """One fact: what it is about, and what there is to say."""

    term: str
    text: str


def card_entries(card: Card) -> tuple[Entry, ...]:
    """Say what holds for the data set as a whole."""
    entries = [
        Entry("task", _task(card)),
        Entry("rows", f"{card.rows:,}"),
    ]
    if card.sealed_rows:
        entries.append(Entry("test set", f"{counted(card.sealed_rows, 'row')} under seal"))
    if card.columns:
        entries.append(Entry("columns", _columns(card)))
    else:
        entries += [Entry(f"input {clean(one.name)}".strip(), input_text(one)) for one in card.inputs]
    if card.groups is not None:
        entries.append(
            Entry("groups", f"{card.groups:,}, the largest of {counted(card.largest_group, 'row')}")
        )
    if card.times is not None:
        entries.append(Entry("time", counted(card.times, "different time")))
    if card.near_constant:
        names = some([clean(name, 60) for name in card.near_constant], _MOST_NAMES)
        entries.append(Entry("nearly constant", f"{names}: 99 % or more of the rows have one value"))
    entries += [
        Entry("memory", size_text(card.bytes)),
        Entry("licence", clean(card.licence, _LONGEST) or "not known"),
        Entry("source", "not written down" if card.source is None else clean(plain(card.source), _LONGEST)),
        Entry("fingerprint", card.fingerprint),
    ]
    return tuple(entries)


def input_text(facts: InputFacts) -> str:
    """Say what an input is.

    >>> input_text(InputFacts("", (8, 8, 1), "uint8", 0.0625, 0.0, 16.0, 4.88, 0.0, 3))
    '8 × 8 × 1, uint8 from 0 to 16, mean 4.88, seen times 1/16; 3 of 64 are the same in all rows'
    """
    parts = [" × ".join(f"{length:,}" for length in facts.shape)]
    if facts.low is None or facts.high is None or facts.mean is None:
        return f"{parts[0]}, without any value"
    parts.append(f"{facts.kept} from {number(facts.low)} to {number(facts.high)}")
    parts.append(f"mean {number(facts.mean)}")
    if facts.scale != 1:
        parts.append(f"seen times {_factor(facts.scale)}")
    if facts.missing:
        parts.append(f"{percent(round(facts.missing, 4))} missing")
    still = f"; {facts.still:,} of {facts.numbers:,} are the same in all rows" if facts.still else ""
    return ", ".join(parts) + still


def _factor(scale: float) -> str:
    """Write a scale as a part of one where it is one: 1/255 says more than 0.003922."""
    parts = round(1 / scale)
    return f"1/{parts}" if parts > 1 and math.isclose(scale * parts, 1) else number(scale)


def size_text(count: int) -> str:
    """Write a size as people read it.

    >>> size_text(900), size_text(460_000), size_text(47_280_000)
    ('900 bytes', '460 kB', '47.3 MB')
    """
    if count < 1_000:
        return counted(count, "byte")
    power = min(int(math.log10(count)) // 3, 4)
    return f"{count / 1000**power:.3g} {('', 'kB', 'MB', 'GB', 'TB')[power]}"


def sparkline(bins: Sequence[int]) -> str:
    """Draw a histogram with blocks of eight heights, 12 of them at most; a gap is a part without rows.

    >>> sparkline([1, 0, 4, 8])
    '▁ ▄█'
    """
    together = math.ceil(len(bins) / _MOST_BLOCKS)
    parts = [sum(bins[start : start + together]) for start in range(0, len(bins), together or 1)]
    most = max(parts, default=0)
    return "".join(BLOCKS[max(math.ceil(8 * rows / most), 1) - 1] if rows else " " for rows in parts)


def kind_text(column: ColumnFacts) -> str:
    """Say what a column holds; of a text its numbers are those of words."""
    return "text, in words" if column.kind == "text" else column.kind


def levels_text(column: ColumnFacts, most: int) -> str:
    """Say which levels of a category are frequent.

    >>> levels_text(
    ...     ColumnFacts("a", "category", 0.0, None, None, None, 3, (), (("x", 6), ("y", 2)), 2, False), 1
    ... )
    'x 60 %, others 40 %'
    """
    rows = sum(count for _, count in column.levels) + column.more_levels
    told = column.levels[:most]
    rest = rows - sum(count for _, count in told)
    parts = [f"{clean(name, 40)} {_share(count, rows)}" for name, count in told]
    return ", ".join([*parts, f"others {_share(rest, rows)}"] if rest else parts)


def missing_text(column: ColumnFacts) -> str:
    """Write the share of missing values; nothing where there are none."""
    return percent(round(column.missing, 4)) if column.missing else ""


def _share(count: int, rows: int) -> str:
    return percent(round(count / rows, 3))


def _columns(card: Card) -> str:
    (table,) = card.inputs
    kinds = {kind: sum(column.kind == kind for column in card.columns) for kind in ("category", "text")}
    named = [counted(kinds["category"], "category", "categories")] if kinds["category"] else []
    named += [f"{kinds['text']:,} of texts"] if kinds["text"] else []
    beside = f", among them {listing(named)}" if named else ""
    missing = f"; {percent(round(table.missing, 4))} of the values are missing" if table.missing else ""
    seen = f"; seen times {_factor(table.scale)}" if table.scale != 1 else ""
    return f"{table.numbers:,}{beside}{missing}{seen}"


def _task(card: Card) -> str:
    if card.classes:
        return f"{card.task}, {counted(len(card.classes), 'class', 'classes')}"
    return f"{card.task}, {counted(len(card.targets), 'target')}"
