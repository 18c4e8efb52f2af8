"""Examples of rows as a section: suspicious labels, confused pairs, and an example of each class."""

from collections.abc import Sequence

from trainlab.reporting.drawing.example_grid import example_grid
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.facts.examples import Example, Examples
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.sections.blocks import Block, Figure, Paragraph, Section, Table
from trainlab.reporting.wording.plain import percent
from trainlab.reporting.wording.words import counted, number

MOST_SUSPICIOUS = 12
MOST_PAIRS = 6
IN_A_PAIR = 4
MOST_RIGHT = 12
MOST_FURTHEST = 12


def examples_section(facts: Outline) -> Section | None:
    """Give examples of validation rows; None where no rows were kept for it."""
    seen = facts.details.examples
    if seen is None or not seen.rows:
        return None
    blocks: list[Block] = [Paragraph(_told(facts, seen), "quiet")]
    if seen.classes:
        blocks += _classes(seen)
    else:
        table = _table(seen, seen.furthest[:MOST_FURTHEST])
        blocks.append(Section("Rows that are missed by most", (table,), 3))
    out_of_fold = ", out of fold" if facts.folds > 1 else ""
    return Section(f"Examples (validation rows{out_of_fold})", tuple(blocks))


def _told(facts: Outline, seen: Examples) -> str:
    when = " that did not train on it" if facts.folds > 1 else ""
    return (
        f"What {counted(seen.networks, 'network')}{when}, of all variants together, say of a row on the "
        "mean. Rows are counted from 0 in the data set; sealed rows are never shown."
    )


def _classes(seen: Examples) -> list[Block]:
    blocks: list[Block] = []
    suspicious, confused = seen.suspicious, seen.confused
    if suspicious:
        note = (
            f"Most networks put these rows into another class{_of(suspicious, MOST_SUSPICIOUS)}: either the "
            "label is wrong, or the row is hard. Look before anything is changed."
        )
        shown = _shown(seen, suspicious[:MOST_SUSPICIOUS], note, "suspicious")
        blocks.append(Section("Most suspicious labels", (shown,), 3))
    else:
        blocks.append(Paragraph("No label is suspicious: no row is put into another class by most networks."))
    pairs = [one for _, _, rows in confused[:MOST_PAIRS] for one in rows[:IN_A_PAIR]]
    if pairs:
        note = "Rows of the classes that are taken for one another most often, pair by pair."
        blocks.append(Section("Most confused pairs", (_shown(seen, pairs, note, "confused"),), 3))
    if seen.right:
        shown = _shown(seen, seen.right[:MOST_RIGHT], "Rows that the networks tell right.", "right")
        blocks.append(Section("An example of each class", (shown,), 3, folded=True))
    return blocks


def _of(rows: Sequence[Example], most: int) -> str:
    return f" ({most} of {len(rows)} that were kept)" if len(rows) > most else ""


def _shown(seen: Examples, rows: Sequence[Example], note: str, name: str) -> Block:
    if any(one.picture is None for one in rows):
        return _table(seen, rows, note)
    told = f"{note} The percentage is the mean probability of what is said."
    return Figure(Picture(example_grid(rows, wide=True), example_grid(rows, wide=False), told), name)


def _table(seen: Examples, rows: Sequence[Example], note: str = "") -> Table:
    if seen.classes:
        head = ("row", "is", "said", "mean\nprobability", "networks\nwrong", *seen.columns)
        cells = [
            (f"{one.row:,}", one.target, one.said, _share(one.confidence), _share(one.wrong), *one.values)
            for one in rows
        ]
        numeric = tuple(range(3, 5 + len(seen.columns)))
    else:
        head = ("row", "target", "mean of networks", "error", *seen.columns)
        cells = [(f"{one.row:,}", one.target, one.said, _error(one.error), *one.values) for one in rows]
        numeric = tuple(range(1, 4 + len(seen.columns)))
    left_out = f"{counted(seen.more_columns, 'more column')} are left out." if seen.more_columns else ""
    return Table(head, tuple(cells), " ".join(part for part in (note, left_out) if part), numeric)


def _share(value: float | None) -> str:
    return "–" if value is None else percent(round(value, 2))


def _error(value: float) -> str:
    shown = number(float(f"{abs(value):.3g}"))
    return f"{'−' if value < 0 else '+'}{shown}"
