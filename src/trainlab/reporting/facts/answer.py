"""The answer in sentences, from the verdicts alone: nothing is called better that no verdict calls so."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trainlab.comparison.comparison import Comparison, Row
from trainlab.reporting.facts.tuned import unfinished
from trainlab.reporting.wording.names import clean, quoted
from trainlab.reporting.wording.shared_out import UNITS
from trainlab.reporting.wording.words import NOT_RECORDED, counted, interval, listing, number
from trainlab.results.table import Results

_MOST_NAMES = 3
_MOST_WORDS = 2_000
_ORDER = ("better", "worse", "equivalent", "undecided")


@dataclass(frozen=True)
class Answer:
    """The answer in a paragraph.

    Args:
        headline: what the verdicts come to, in one or a few sentences.
        sentences: one sentence for each comparison; those with a verdict come first.
        claim: for what the verdicts hold.
        limits: sentences that a reader must know before believing it: one seed, diverged or missing runs.
    """

    headline: str
    sentences: tuple[str, ...]
    claim: str
    limits: tuple[str, ...]

    @property
    def paragraph(self) -> str:
        """Everything but the single comparisons, as one paragraph."""
        return " ".join(part for part in (self.headline, *self.limits, self.claim) if part)


def answer(results: Results, comparison: Comparison, labels: Mapping[str, str]) -> Answer:
    """Put the verdicts into sentences.

    Args:
        results: what was measured.
        comparison: the verdicts on it.
        labels: name of each variant -> how it is shown.
    """
    return Answer(
        headline=_headline(results, comparison, labels),
        sentences=tuple(
            sentence_shown(row.sentence, labels)
            for row in sorted(comparison.rows, key=lambda row: _ORDER.index(row.verdict))
        ),
        claim=claim_in_words(comparison),
        limits=tuple(_limits(results, comparison)),
    )


def _headline(results: Results, comparison: Comparison, labels: Mapping[str, str]) -> str:
    if not comparison.scores:
        return "There is no verdict: facts that the comparison reads are not recorded."
    if not comparison.rows:
        return _alone(results, comparison, labels)
    if len(comparison.rows) == 1:
        return sentence_shown(comparison.rows[0].sentence, labels)
    if all(row.against == results.reference for row in comparison.rows):
        return _against_reference(comparison.rows, labels)
    decided = sum(row.verdict != "undecided" for row in comparison.rows)
    return f"{decided} of {counted(len(comparison.rows), 'comparison')} came to a verdict."


def _alone(results: Results, comparison: Comparison, labels: Mapping[str, str]) -> str:
    first, metric = comparison.scores[0], results.metric
    if first.mean is None:
        return "No run has a score yet."
    known = first.low is not None and first.high is not None
    over = UNITS[comparison.splits]
    what = "the middle 95 % of resamples" if over == "resample" else f"95 % interval over {over}s"
    sure = f", {what} {interval(metric, first.low, first.high)}" if known else ""
    return (
        f"{_quoted([labels[first.variant]])} reaches {metric.shown(first.mean)} {metric.label} on the "
        f"validation rows (mean of {counted(first.n, 'run')}{sure}). It stands alone: nothing is compared."
    )


def _against_reference(rows: Sequence[Row], labels: Mapping[str, str]) -> str:
    by_verdict: dict[str, list[str]] = {}
    for row in rows:
        by_verdict.setdefault(row.verdict, []).append(labels[row.variant])
    better, worse, equivalent = (by_verdict.get(verdict, []) for verdict in ("better", "worse", "equivalent"))
    undecided = [labels[row.variant] for row in rows if row.verdict not in {"better", "worse", "equivalent"}]
    reference = _quoted([labels[rows[0].against]])
    if len(undecided) == len(rows):
        return f"Undecided: these runs tell no variant from {reference}."
    sentences = []
    if len(worse) == len(rows):
        others = "Both other" if len(rows) == 2 else f"All {len(rows)} other"
        return f"{others} variants are worse than {reference}."
    if better:
        sentences.append(f"{_quoted(better)} {_are(better)} better than {reference}.")
        if len(better) > 1:
            sentences.append("Which of these is the best was not compared.")
    else:
        sentences.append(f"No variant is shown to beat {reference}.")
    if equivalent:
        sentences.append(f"{_quoted(equivalent)} {_are(equivalent)} equivalent to it.")
    if worse:
        sentences.append(f"{_quoted(worse)} {_are(worse)} worse than it.")
    if undecided:
        sentences.append(f"Undecided: {_quoted(undecided)}.")
    return " ".join(sentences)


def _limits(results: Results, comparison: Comparison) -> list[str]:
    limits = [told for told in (unfinished(results),) if told]
    shared = _shared(comparison.rows)
    if len(comparison.rows) > 1 and shared:  # of one comparison the headline says it itself
        limits.append(f"All verdicts are limited: {clean('; '.join(shared), _MOST_WORDS).rstrip('.')}.")
    if len(results.seeds) == 1 and results.folds == 1:
        limits.append(
            "Each variant was trained with one seed only: what is the variant and what is luck cannot be "
            "told apart."
        )
    counts = results.outcome_counts
    if counts["diverged"]:
        limits.append(f"{counts['diverged']} of {counted(results.runs, 'run')} diverged.")
    if counts["pruned"]:
        limits.append(f"{counts['pruned']} of {counted(results.runs, 'run')} were given up by the search.")
    if counts["interrupted"]:
        limits.append(
            f"{counts['interrupted']} of {counted(results.runs, 'run')} did not come to their end: "
            "the answer is provisional."
        )
    return limits


def _shared(rows: Sequence[Row]) -> list[str]:
    """Give the limits that every verdict has."""
    return [limit for limit in rows[0].limits if all(limit in row.limits for row in rows)] if rows else []


def claim_in_words(comparison: Comparison) -> str:
    """Say for what the verdicts hold; nothing where there is no interval to hold."""
    claim = quoted(clean(comparison.claim, _MOST_WORDS)).rstrip(".")
    if comparison.describes:
        return f"Numbers describe what was seen {claim}; no verdict follows from them." if claim else ""
    sure = any(row.low is not None for row in comparison.rows)
    return f"Differences and verdicts hold {claim}." if claim and sure else ""


def smallest_difference_in_words(results: Results, smallest: float) -> str:
    """Write the smallest difference that matters with its unit: that of a rate in percentage points."""
    if math.isnan(smallest):
        return NOT_RECORDED
    metric = results.metric
    return f"{number(100 * smallest) if metric.is_rate else number(smallest)} {metric.unit_of_difference}"


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _quoted(names: Sequence[str]) -> str:
    if len(names) == _MOST_NAMES + 1:  # "and 1 more" takes the room of the name
        return listing([f"“{name}”" for name in names])
    shown = [f"“{name}”" for name in names[:_MOST_NAMES]]
    if len(names) > _MOST_NAMES:
        shown.append(f"{len(names) - _MOST_NAMES} more")
    return listing(shown)


def sentence_shown(told: str, labels: Mapping[str, str]) -> str:
    """Make a sentence of what a comparison tells: names as they are shown, a capital where no name begins.

    Args:
        told: the sentence of a comparison's row.
        labels: name of each variant -> how it is shown.
    """
    for name in sorted(labels, key=len, reverse=True):
        if labels[name] != name:
            told = told.replace(name, labels[name])
    told = clean(told, _MOST_WORDS)
    if told.startswith(("undecided:", "no difference")):
        told = told[0].upper() + told[1:]
    return told if told.endswith((".", "!", "?")) else f"{told}."
