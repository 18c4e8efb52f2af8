"""How much each number of a search mattered, as bars from zero."""

from collections.abc import Sequence

from trainlab.reporting.drawing.canvas import drawing, drawn
from trainlab.reporting.drawing.rows import Column, measured, sheet
from trainlab.reporting.drawing.theme import SERIES


def importance_bars(names: Sequence[str], shares: Sequence[float], *, wide: bool) -> str:
    """Draw the importances.

    Args:
        names: of the numbers, the most important first.
        shares: of each, 0 to 1.
        wide: for a wide page or a narrow one.
    """
    with drawing():
        texts = [f"{100 * share:.0f} %" for share in shares]
        rows = sheet(names, [Column("", texts)], wide=wide, bold=[False] * len(names))
        rows.axes.barh(rows.places, [100 * share for share in shares], height=10, color=SERIES[0], zorder=2)
        rows.axes.set_xlim(0, 104 * max(*shares, 0.01))
        measured(rows.axes, "importance, %")
        return drawn(rows.figure, f"Importance of {len(names)} numbers")
