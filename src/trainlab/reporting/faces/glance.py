"""A first glance at a table, for the terminal: what each column holds, and what has to be decided."""

from typing import TYPE_CHECKING

from trainlab.data.tables.glance import Glance
from trainlab.reporting.faces.card import columns_table
from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.words import counted

if TYPE_CHECKING:
    from rich.console import Group, RenderableType

_SHOWN = 60
_LONGEST = 2_000


def glance_text(seen: Glance) -> "Group":
    """Give the glance as something that rich prints."""
    from rich.console import Group
    from rich.text import Text

    held = f"{counted(seen.rows, 'row')}, {counted(len(seen.names), 'column')}"
    parts: list[RenderableType] = [Text(clean(seen.name), style="bold"), Text(held)]
    if seen.columns:
        parts += [Text(), columns_table(seen.columns, "column")]
    hidden = seen.more_columns + max(0, len(seen.columns) - _SHOWN)
    if hidden:
        parts.append(Text(f"… {counted(hidden, 'more column')}", style="dim"))
    if seen.undecided:
        parts += [Text(), Text("Columns that are no inputs as they are", style="bold")]
    for one in seen.undecided[:_SHOWN]:
        parts.append(Text(f"• {clean(one.name, 40)}: {clean(f'{one.problem}. {one.cure}', _LONGEST)}"))
    if seen.notes:
        parts.append(Text())
        parts += [Text(f"• {clean(note, _LONGEST)}", style="dim") for note in seen.notes]
    return Group(*parts)
