"""What the checks of the protocol said, as a terminal shows it: in full, or a line each."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from trainlab.reporting.facts.findings import FindingFacts, finding_facts, findings_in_words
from trainlab.reporting.terminal.wrapped import Wrapped

if TYPE_CHECKING:
    from rich.console import Group, RenderableType
    from rich.text import Text

_STYLES = {"refuse": "bold red", "warn": "yellow", "note": "cyan"}


def findings_table(findings: Iterable[Mapping[str, Any]]) -> "Group":
    """Show findings in full, as ``trainlab lint`` prints them: what was seen, and what to do.

    Args:
        findings: documents of ``results.finding.Finding``.
    """
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    found = finding_facts(findings)
    if not found:
        return Group(Text("No check has anything to say."))
    parts: list[RenderableType] = []
    for one in found:
        parts.append(_headed(one))
        said = [Wrapped(one.evidence)] if one.evidence else []
        if one.cure:
            said.append(Wrapped(f"Cure: {one.cure}", "dim"))
        if one.limit:
            said.append(Wrapped(f"Verdicts are limited: {one.limit}", "dim"))
        if one.override:
            said.append(Wrapped(f"Lifted, with the reason: {one.override}", "magenta"))
        parts += [Padding(text, (0, 0, 0, 2), expand=False) for text in said]
        parts.append(Text(""))
    return Group(*parts, Wrapped(findings_in_words(found)))


def findings_lines(findings: Iterable[FindingFacts]) -> "list[Text]":
    """Give one short line for each finding, to stand above an answer: code, severity, title, override, place.

    The place tells two findings of one code apart.
    """
    return [_headed(one, brief=True) for one in findings]


def _headed(one: FindingFacts, *, brief: bool = False) -> "Text":
    from rich.text import Text

    line = Text()
    line.append(one.code, style="bold")
    line.append(" ")
    line.append(one.severity, style=_STYLES.get(one.severity, ""))
    line.append(f" {one.title}")
    if brief and one.override:
        line.append(f" (lifted: {one.override})", style="dim")
    if one.where:
        line.append(f", at {one.where}", style="dim")
    return line
