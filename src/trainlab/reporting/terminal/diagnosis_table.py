"""The diagnosis for a terminal: a verdict for each variant, what it rests on, what to try, what checks saw.

Colour repeats what words say, and rich leaves it out where ``NO_COLOR`` is set or the output is no terminal.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trainlab.diagnosis.diagnose import Diagnosed, Diagnosis
from trainlab.diagnosis.verdict import Name
from trainlab.reporting.terminal.findings_table import findings_table
from trainlab.reporting.terminal.wrapped import Wrapped
from trainlab.reporting.wording.names import clean, labels

if TYPE_CHECKING:
    from rich.console import Group, RenderableType
    from rich.table import Table

_LABEL = 30
_MOST_ROWS = 100
_MOST_SENTENCES = 12
_MOST_WORDS = 1_000
_STYLES: Mapping[Name, str] = {
    "healthy": "green",
    "diverged": "bold red",
    "cannot_tell": "yellow",
    "not_converged": "yellow",
    "underfitting": "red",
    "overfitting": "red",
    "both": "red",
}


def diagnosis_table(diagnosis: Diagnosis) -> "Group":
    """Show verdicts as a table, then what each rests on and what to try next, then the findings.

    Args:
        diagnosis: what ``diagnose`` gives.
    """
    from rich.console import Group
    from rich.text import Text

    if not diagnosis.rows:
        return Group(Text("No run has ended yet, so there is nothing to judge."))
    parts: list[RenderableType] = [_verdicts(diagnosis), Text()]
    for row in diagnosis.rows[:_MOST_SENTENCES]:
        parts += _told(row)
    if len(diagnosis.rows) > _MOST_SENTENCES:
        parts.append(Text(f"… {len(diagnosis.rows) - _MOST_SENTENCES} more with `--json`.", style="dim"))
    measured = [one.sentence for one in diagnosis.decomposition]
    measured += (
        [] if diagnosis.learning_curve is None else [line.sentence for line in diagnosis.learning_curve.lines]
    )
    if measured:
        parts += [Text(), Text("What was measured over training sets", style="bold")]
        parts += [Wrapped(clean(said, _MOST_WORDS)) for said in measured[:_MOST_SENTENCES]]
    if diagnosis.findings:
        parts += [Text(), Text("What single checks saw", style="bold")]
        parts.append(findings_table(finding.document() for finding in diagnosis.findings))
    return Group(*parts)


def ready(changes: Mapping[str, Any]) -> str:
    """Write changes as a variant of an experiment file has them.

    >>> ready({"hidden": [64, 64], "early_stopping": True, "learning_rate": 0.01})
    '{hidden: [64, 64], early_stopping: true, learning_rate: 0.01}'
    """
    told = ", ".join(f"{key}: {_plain(value)}" for key, value in changes.items())
    return f"{{{told}}}"


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ready(value)
    return value if isinstance(value, str) and value.isidentifier() else json.dumps(value, ensure_ascii=False)


def _verdicts(diagnosis: Diagnosis) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("variant", "verdict", "runs", "next"):
        table.add_column(head, overflow="fold")
    shown = labels([row.variant for row in diagnosis.rows], _LABEL)
    for row, label in list(zip(diagnosis.rows, shown, strict=True))[:_MOST_ROWS]:
        following = "–" if row.next is None else ready(row.next.added)
        verdict = row.verdict.replace("_", " ")
        table.add_row(
            Text(label),
            Text(verdict, style=_STYLES[row.verdict]),
            Text(row.agreement),
            Text(clean(following, 200)),
        )
    if len(diagnosis.rows) > _MOST_ROWS:
        table.add_row(Text(f"… {len(diagnosis.rows) - _MOST_ROWS} more", style="dim"))
    return table


def _told(row: Diagnosed) -> "list[RenderableType]":
    """Give what a verdict rests on, and the ready variant below it."""
    from rich.padding import Padding

    said = f"`{clean(row.variant, 60)}`: {clean(row.evidence, _MOST_WORDS)}."
    parts: list[RenderableType] = [Wrapped(said)]
    if row.next is not None:
        changes = clean(ready(row.next.changes), 400)
        line = f"Next: `{clean(row.next.name, 100)}: {changes}`, to see {clean(row.next.why, 200)}."
        parts.append(Padding(Wrapped(line, "dim"), (0, 0, 0, 2), expand=False))
    return parts
