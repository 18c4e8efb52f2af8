"""The verdicts of a diagnosis: for each variant, in which share of its runs what is told was seen."""

from collections.abc import Sequence

from trainlab.reporting.drawing.canvas import drawing, drawn
from trainlab.reporting.drawing.rows import Column, measured, sheet
from trainlab.reporting.drawing.theme import INK, MUTED, WARNING

_WELL, _OPEN = "healthy", "cannot_tell"


def agreement_bars(names: Sequence[str], verdicts: Sequence[str], agreements: Sequence[str]) -> str:
    """Draw one bar for each variant.

    Args:
        names: the variants, short.
        verdicts: what is said of each.
        agreements: in how many runs it was seen, as ``"9 of 10"``.
    """
    said = Column("verdict", [verdict.replace("_", " ") for verdict in verdicts], "left")
    with drawing():
        rows = sheet(
            names,
            [Column("runs", agreements), said],
            wide=True,
            bold=[verdict != _WELL for verdict in verdicts],
        )
        for verdict, agreement, place in zip(verdicts, agreements, rows.places, strict=True):
            hue = {_WELL: INK, _OPEN: MUTED}.get(verdict, WARNING)
            rows.axes.barh(place, 100 * share(agreement), height=9, color=hue, zorder=2)
        rows.axes.set_xlim(0, 100)
        measured(rows.axes, "% of runs")
        return drawn(rows.figure, f"Verdicts on {len(names)} variants")


def share(agreement: str) -> float:
    """Give the share that an agreement tells; nothing where it tells none.

    >>> share("9 of 10"), share("")
    (0.9, 0.0)
    """
    seen, _, runs = agreement.partition(" of ")
    known = seen.isdecimal() and runs.isdecimal() and int(runs) > 0
    return int(seen) / int(runs) if known else 0.0
