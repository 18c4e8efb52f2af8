"""Baselines as facts: what simple models reach on the same folds, beside the variants.

They were fitted once on each fold; they come to no verdict, and stand for what is to be beaten.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainlab.comparison.splits import Kind
from trainlab.reporting.facts.curves import Numbers
from trainlab.reporting.facts.variants import LABEL, known
from trainlab.reporting.wording.names import clean

_MOST = 12
_SHORT = {"dummy": "guess", "linear": "linear", "trees": "trees"}
_LONGEST_SHORT = 16


@dataclass(frozen=True)
class BaselineFacts:
    """What one baseline scored.

    Args:
        label: what it is, in words.
        short: what it is, in a word, for a picture.
        mean: mean score over folds; None where it has none.
        low: lower end of its interval; None where there is none.
        high: upper end.
        scores: score of each fold.
        note: what to know about it: fewer rows, failures.
    """

    label: str
    short: str
    mean: float | None
    low: float | None
    high: float | None
    scores: Numbers
    note: str


def baseline_facts(baselines: Iterable[Mapping[str, Any]] | None) -> tuple[BaselineFacts, ...]:
    """Give the baselines that were stored; none for results of before there were any.

    >>> told = {"label": "most frequent class", "mean": 0.1, "scores": [0.1]}
    >>> baseline_facts([told])[0].mean
    0.1
    """
    return tuple(
        BaselineFacts(
            label=clean(one.get("label") or one.get("name") or "(no name)", LABEL),
            short=_SHORT.get(str(one.get("name")))
            or clean(one.get("name") or one.get("label") or "(no name)", _LONGEST_SHORT),
            mean=known(one.get("mean")),
            low=known(one.get("low")),
            high=known(one.get("high")),
            scores=tuple(known(score) for score in one.get("scores") or ()),
            note=clean(one.get("note") or "", 300),
        )
        for one in list(baselines or ())[:_MOST]
    )


def baseline_note(baselines: Sequence[BaselineFacts], splits: Kind) -> str:
    """Say what stands below the rule of a table, and for what its intervals hold; empty where nothing does.

    Args:
        baselines: what stands there.
        splits: how rows were shared out.
    """
    if not baselines:
        return ""
    said = "Below the rule stand simple models on the same rows"
    if splits == "one split" and any(one.low is not None for one in baselines):
        said += ", fitted once each: their intervals are over validation rows"
    return f"{said}."
