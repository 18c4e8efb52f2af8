"""What a check is: a code for life, a severity, a title, and a function from a subject to findings.

A check before training is given a ``protocol.check.Question``, one after it the `Results`. Which checks there
are, in what order their findings stand and how one is muted is said in ``protocol.lint``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from trainlab.results.finding import Finding, Severity
from trainlab.results.table import Results

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Check(Generic[Subject]):
    """One thing that is looked at.

    Args:
        code: its name for life, as ``"TL121"``; it stands in files (`override`), reports and the guide.
        severity: what its findings mean, unless one says otherwise.
        title: what it is about, in a few words.
        examine: gives the findings; none where all is well.

    >>> def no_seeds(seeds: tuple[int, ...]) -> Iterable[Finding]:
    ...     if len(seeds) < 2:
    ...         yield CHECK.found("seeds", "1 seed", "Write `seeds: 5`.")
    >>> CHECK = Check("TL128", "warn", "one seed", no_seeds)
    >>> [finding.code for finding in CHECK.examine((0,))]
    ['TL128']
    """

    code: str
    severity: Severity
    title: str
    examine: Callable[[Subject], Iterable[Finding]]

    def found(
        self,
        where: str,
        evidence: str,
        cure: str,
        *,
        limit: str = "",
        variants: tuple[str, ...] = (),
        severity: Severity | None = None,
    ) -> Finding:
        """Make a finding of this check.

        Args:
            where: the key, column, rows or variants that are meant.
            evidence: what was seen, with its numbers.
            cure: what to do, a full sentence.
            limit: how the sentence of a verdict is limited by it.
            variants: names of the variants whose verdicts it limits; none for all.
            severity: where this one is graver or milder than the check is.
        """
        return Finding(
            code=self.code,
            severity=self.severity if severity is None else severity,
            title=self.title,
            where=where,
            evidence=evidence,
            cure=cure,
            limit=limit,
            variants=variants,
        )


AfterCheck = Check[Results]
"""A check of what was measured."""
