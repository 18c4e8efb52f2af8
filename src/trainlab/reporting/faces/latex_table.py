"""Tables as LaTeX: booktabs, a long one in a longtable, which goes on over pages.

A line of a cell is a line of the table, so that means stand above their intervals without further packages.
"""

from collections.abc import Iterator, Sequence

from trainlab.reporting.faces.latex_text import escaped
from trainlab.reporting.faces.typesetting import breakable
from trainlab.reporting.sections.blocks import Table

_ROOM = 92  # letters of \small on a line
_LONGEST = 60
_SHORT = 14
_MOST_TOGETHER = 24
_SIZES = ((14, r"\tiny", 2), (10, r"\scriptsize", 3), (7, r"\footnotesize", 4))


def latex_table(table: Table) -> Iterator[str]:
    r"""Give the lines of a table, its caption left out.

    >>> print("\n".join(latex_table(Table(("class", "F1"), (("cat", "0.91"),), numeric=(1,)))))
    {\small
    \begin{tabular}{@{}lr@{}}
    \toprule
    class & F1 \\
    \midrule
    cat & 0.91 \\
    \bottomrule
    \end{tabular}\par}
    """
    if not table.rows and not table.below:
        return
    size, gap = _size(table.columns)
    yield f"{{{size}{gap}"
    whole = sum(_height(row) for row in (*table.rows, *table.below)) <= _MOST_TOGETHER
    kind, place = ("tabular", "") if whole else ("longtable", "[l]")
    yield rf"\begin{{{kind}}}{place}{{@{{}}{_columns(table)}@{{}}}}"
    yield r"\toprule"
    if table.head:
        yield from _row(table.head, quiet=False)
        yield from (r"\midrule",) if whole else (r"\midrule", r"\endhead")
    yield from _body(table.rows)
    if table.below:
        yield r"\midrule"
        yield from _body(table.below)
    yield from (r"\bottomrule", rf"\end{{{kind}}}\par}}")


def _body(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    apart = any("\n" in cell for row in rows for cell in row)
    for place, row in enumerate(rows):
        if apart and place:
            yield r"\addlinespace"
        yield from _row(row, quiet=True)


def _height(row: Sequence[str]) -> int:
    return max(cell.count("\n") + 1 for cell in row)


def _row(cells: Sequence[str], *, quiet: bool) -> Iterator[str]:
    """Give a row as one line for each line of its highest cell; a page does not end between them."""
    parts = [cell.split("\n") for cell in cells]
    lines = _height(cells)
    for line in range(lines):
        told = [escaped(breakable(part[line])) if line < len(part) else "" for part in parts]
        if line and quiet:
            told = [rf"\quiet{{{text}}}" if text else "" for text in told]
        end = r"\\*" if line + 1 < lines else r"\\"
        yield f"{' & '.join(told)} {end}"


def _columns(table: Table) -> str:
    """Give text columns a width of their own where they would not fit side by side."""
    rows = [row for row in (table.head, *table.rows, *table.below) if row]
    longest = [
        max(len(line) for row in rows for line in row[place].split("\n")) for place in range(table.columns)
    ]
    texts = [place for place in range(table.columns) if place not in table.numeric]
    wide = [place for place in texts if longest[place] > _SHORT]
    spare = _ROOM - 2 * table.columns - sum(size for place, size in enumerate(longest) if place not in wide)
    widths: dict[int, float] = {}
    if sum(longest[place] for place in wide) > spare:
        wanted = {place: min(longest[place], _LONGEST) for place in wide}
        room = max(0.2 * len(wide), 0.94 * spare / _ROOM)
        widths = {place: room * size / sum(wanted.values()) for place, size in wanted.items()}
    return "".join(
        rf">{{\raggedright\arraybackslash}}p{{{widths[place]:.3f}\linewidth}}"
        if place in widths
        else "r"
        if place in table.numeric
        else "l"
        for place in range(table.columns)
    )


def _size(columns: int) -> tuple[str, str]:
    for most, size, gap in _SIZES:
        if columns > most:
            return size, rf"\setlength{{\tabcolsep}}{{{gap}pt}}"
    return r"\small", ""
