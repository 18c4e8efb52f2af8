"""A finding: what a check of the protocol says, as a value that is stored and shown."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

Severity = Literal["refuse", "warn", "note"]


@dataclass(frozen=True)
class Finding:
    """What one check says.

    Args:
        code: the check's code, for life.
        severity: ``"refuse"`` where results would be invalid, ``"warn"`` where conclusions are limited,
            ``"note"`` otherwise.
        title: what it is about, in a few words.
        where: the key, column, rows or variants that are meant.
        evidence: what was seen, with its numbers.
        cure: what to do, a full sentence.
        limit: how the sentence of a verdict is limited by it, as ``"at a learning rate of 0.01 for all"``.
        variants: names of the variants whose verdicts it limits; none for all.
        override: the written reason that lifted a refusal.
    """

    code: str
    severity: Severity
    title: str
    where: str
    evidence: str
    cure: str
    limit: str = ""
    variants: tuple[str, ...] = ()
    override: str = ""

    @property
    def refuses(self) -> bool:
        """Whether nothing may be trained because of it."""
        return self.severity == "refuse" and not self.override

    def document(self) -> dict[str, Any]:
        """Give plain values, as the contract names them."""
        return {
            "code": self.code,
            "severity": self.severity,
            "title": self.title,
            "where": self.where,
            "evidence": self.evidence,
            "cure": self.cure,
            "limit": self.limit,
            "variants": list(self.variants),
            "override": self.override,
        }


def read_finding(document: Mapping[str, Any]) -> Finding:
    """Read what ``Finding.document`` wrote.

    >>> found = Finding("TL128", "warn", "one seed", "seeds", "1 seed", "Write `seeds: 5`.")
    >>> read_finding(found.document()) == found
    True
    """
    known = {field.name: document[field.name] for field in fields(Finding) if field.name in document}
    return Finding(**{**known, "variants": tuple(known.get("variants", ()))})
