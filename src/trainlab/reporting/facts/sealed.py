"""The sealed test set as facts: how many rows are sealed, and every time they were opened.

An opening is shown in every later report: a test set that was looked at is none any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainlab.experiment.metrics import METRICS
from trainlab.reporting.facts.variants import LABEL, known
from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.words import counted, interval
from trainlab.results.table import Results


@dataclass(frozen=True)
class OpeningFacts:
    """One opening, every part as it is shown.

    Args:
        time: when.
        variant: whose model was scored.
        reason: why, as it was written.
        score: what it reached, with its interval.
        claim: how many rows, and for what the interval holds.
    """

    time: str
    variant: str
    reason: str
    score: str
    claim: str


@dataclass(frozen=True)
class SealedFacts:
    """The sealed rows.

    Args:
        told: what is sealed, and whether it was opened, in words.
        openings: every opening, the first one first.
    """

    told: str
    openings: tuple[OpeningFacts, ...]


def sealed_facts(results: Results) -> SealedFacts | None:
    """Give what is known of the sealed rows; None where none were sealed."""
    sealed, openings = results.facts.get("sealed"), results.facts.get("openings") or ()
    if not sealed and not openings:
        return None
    return SealedFacts(
        told=f"{_what(sealed)} {opened_in_words(openings)}",
        openings=tuple(_opening(opening, results.metric.name) for opening in openings),
    )


def opened_in_words(openings: Sequence[object]) -> str:
    """Say how often the seal was opened, and what follows.

    >>> opened_in_words([])
    'Never opened.'
    """
    if not openings:
        return "Never opened."
    if len(openings) == 1:
        return "Opened 1 time."
    return (
        f"Opened {len(openings)} times: from the second time on, what is chosen may be chosen for its luck "
        "on these rows."
    )


def _what(sealed: object) -> str:
    """Say what is sealed; results of before may hold a sentence, or nothing beside an opening."""
    if isinstance(sealed, Mapping):
        how = clean(sealed.get("how") or "").rstrip(".")
        verb = "is" if sealed.get("rows") == 1 else "are"
        rows = counted(int(sealed.get("rows") or 0), "row")
        return f"{rows} {verb} sealed for the test{f': {how}' if how else ''}."
    return clean(sealed, 1_000) if sealed else "Which rows were sealed is not recorded."


def _opening(opening: Mapping[str, Any], usual: str) -> OpeningFacts:
    metric = METRICS.get(str(opening.get("metric")), METRICS[usual])
    mean, low, high = (known(opening.get(name)) for name in ("mean", "low", "high"))
    score = f"{metric.label} " + ("not recorded" if mean is None else metric.shown(mean))
    if low is not None and high is not None:
        score += f", 95 % interval {interval(metric, low, high)}{' %' if metric.is_rate else ''}"
    rows = opening.get("rows")
    claim = [counted(int(rows), "row")] if rows else []
    if opening.get("claim"):
        claim.append(clean(opening["claim"], 1_000))
    return OpeningFacts(
        time=clean(opening.get("time") or "at an unknown time", LABEL),
        variant=clean(opening.get("variant") or "(no name)", LABEL),
        reason=clean(opening.get("reason") or "no reason was written", 1_000),
        score=score,
        claim=", ".join(claim),
    )
