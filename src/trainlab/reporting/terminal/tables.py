"""Tables of plans, certificates and facts for the terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.words import counted


def plan_table(document: Mapping[str, Any]) -> Group:
    """Show what an experiment will take: ``trainlab/plan/1`` as a table, the reasons, and a sentence."""
    cohorts = document["cohorts"]
    table = _table("program", "runs", "at once", "devices", "memory", numbers=True)
    for number, cohort in enumerate(cohorts, start=1):
        lanes = cohort["lanes"]
        table.add_row(
            str(number),
            f"{lanes:,}",
            f"{min(cohort['width'], lanes):,}",  # the width is rounded up to whole devices
            str(cohort.get("devices", "")),
            shown_bytes(cohort.get("bytes", 0)),
        )
    reasons = Table.grid(padding=(0, 1, 0, 0))
    for number, cohort in enumerate(cohorts, start=1):
        reasons.add_row(Text(f"{number}"), Text(clean(cohort["reason"], 2_000), style="dim"))
    total = (
        f"{counted(document['runs'], 'run')} in {counted(len(cohorts), 'compiled program')}, about "
        f"{shown_bytes(document['bytes'])} beside the libraries, about {shown_seconds(document['seconds'])}."
    )
    head = "What shares a program, and what differs from lane to lane"
    return Group(table, Text(), Text(head, style="bold"), reasons, Text(), Text(total))


def certificate_table(certificate: Any) -> Group:
    """Show how far each lane is from ``keras.Model.fit`` alone."""
    table = _table("variant", "seed", "weights", "other variables", "loss")
    for lane in certificate.lanes:
        values = (lane.weights, lane.state, lane.loss)
        table.add_row(Text(clean(lane.variant, 60)), str(lane.seed), *(f"{value:.1e}" for value in values))
    word = "holds" if certificate.holds else "does not hold"
    total = (
        f"The certificate {word}: {len(certificate.lanes)} lane(s) against keras.Model.fit alone in "
        f"{certificate.dtype}, largest difference {certificate.largest_difference:.1e}, "
        f"tolerance {certificate.tolerance:.0e}."
    )
    return Group(table, Text(total))


def facts_table(facts: Mapping[str, Any]) -> Table:
    """Show facts by name."""
    table = _table("what", "here")
    for name, value in facts.items():
        table.add_row(Text(name), Text(str(value)))
    return table


def shown_bytes(count: float) -> str:
    """Write a size as people read it.

    >>> shown_bytes(1_234_567)
    '1 MB'
    """
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(count / 1e6, 1):.0f} MB"


def shown_seconds(seconds: float) -> str:
    """Write a duration as people read it.

    >>> shown_seconds(4.2), shown_seconds(300)
    ('4 s', '5 min')
    """
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _table(*heads: str, numbers: bool = False) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, head in enumerate(heads):
        left = place in ({0} if numbers else {0, len(heads) - 1})
        table.add_column(head, justify="left" if left else "right", overflow="fold")
    return table
