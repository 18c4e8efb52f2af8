"""What the checks of the protocol said, as facts that are fit to be shown, and as a table for a terminal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trainlab.reporting.names import clean
from trainlab.reporting.words import counted, listing
from trainlab.reporting.wrapped import Wrapped

if TYPE_CHECKING:
    from rich.console import Group, RenderableType
    from rich.text import Text

SEVERITIES = ("refuse", "warn", "note")

_MOST_WORDS = 1_000
_NOUNS = {"refuse": "refusal", "warn": "warning"}
_STYLES = {"refuse": "bold red", "warn": "yellow", "note": "cyan"}


@dataclass(frozen=True)
class FindingFacts:
    """What a check said, clean.

    Args:
        code: the check's code.
        severity: ``"refuse"``, ``"warn"`` or ``"note"``.
        title: what it is about.
        where: what is meant.
        evidence: what was seen.
        cure: what to do.
        limit: how it limits verdicts.
        override: the written reason that lifted it; empty where there is none.
    """

    code: str
    severity: str
    title: str
    where: str
    evidence: str
    cure: str
    limit: str = ""
    override: str = ""


def finding_facts(findings: Iterable[Mapping[str, Any]]) -> tuple[FindingFacts, ...]:
    """Give findings that are fit to be shown, the gravest first.

    Args:
        findings: documents of ``results.finding.Finding``; old ones may lack keys.

    >>> note, warn = {"code": "TL140", "severity": "note"}, {"code": "TL107", "severity": "warn"}
    >>> [found.code for found in finding_facts([note, warn])]
    ['TL107', 'TL140']
    """
    keys = ("code", "severity", "title", "where", "evidence", "cure", "limit", "override")
    found = [FindingFacts(*(clean(one.get(key) or "", _MOST_WORDS) for key in keys)) for one in findings]
    return tuple(sorted(found, key=lambda one: (*SEVERITIES, one.severity).index(one.severity)))


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


def findings_in_words(findings: Iterable[FindingFacts]) -> str:
    """Count findings by severity, and say whether they stop a run.

    >>> findings_in_words([FindingFacts("TL101", "refuse", "shared rows", "", "", "")])
    '1 finding: 1 refusal. Nothing is trained before it is mended, or lifted with a written reason: \
`override: {TL101: "..."}`.'
    """
    found = list(findings)
    counts = {
        severity: sum(one.severity == severity for one in found)
        for severity in dict.fromkeys(one.severity for one in found)
    }
    each = listing([counted(count, _NOUNS.get(severity, severity)) for severity, count in counts.items()])
    said = f"{counted(len(found), 'finding')}: {each}."
    stopping = [one for one in found if one.severity == "refuse" and not one.override]
    if not stopping:
        return said
    which = "it is" if len(stopping) == 1 else "they are"
    lift = f'`override: {{{stopping[0].code}: "..."}}`'
    return f"{said} Nothing is trained before {which} mended, or lifted with a written reason: {lift}."


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
