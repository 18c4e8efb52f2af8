"""What findings of the protocol take away from verdicts: the words that limit a verdict's own sentence."""

from collections.abc import Iterable, Mapping
from typing import Any


def limits(findings: Iterable[Mapping[str, Any]], *variants: str) -> tuple[str, ...]:
    """Give the limits of a verdict on these variants, each once.

    A finding that was lifted with a written reason still limits: the reason allows the run, not the claim.

    Args:
        findings: documents of ``results.finding.Finding``.
        variants: names of the variants that the verdict is about; none for limits of all verdicts alone.

    >>> one_rate = {"limit": "at a learning rate of 0.01 for all", "variants": []}
    >>> strength = {"limit": "at one strength", "variants": ["l2"]}
    >>> limits([one_rate, strength], "dropout", "baseline")
    ('at a learning rate of 0.01 for all',)
    >>> limits([one_rate, strength], "l2", "baseline")
    ('at a learning rate of 0.01 for all', 'at one strength')
    """
    found = []
    for finding in findings:
        words, named = finding.get("limit") or "", finding.get("variants") or ()
        if words and (not named or set(named) & set(variants)):
            found.append(str(words))
    return tuple(dict.fromkeys(found))
