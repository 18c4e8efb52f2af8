"""What the checks of the protocol said, as facts that are fit to be shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.words import counted, listing

SEVERITIES = ("refuse", "warn", "note")

_MOST_WORDS = 1_000
_NOUNS = {"refuse": "refusal", "warn": "warning"}


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
