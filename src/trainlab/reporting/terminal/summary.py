"""The answer as one plain object: what ``run --json`` and ``show --json`` print."""

from typing import Any

from trainlab.comparison.comparison import Comparison
from trainlab.reporting.facts.diagnosed import diagnosis_of
from trainlab.reporting.facts.tuned import progress
from trainlab.results.table import Results


def summary(results: Results, comparison: Comparison) -> dict[str, Any]:
    """Give the stored answer in the form of ``trainlab/run/1``.

    Args:
        results: what an experiment gave.
        comparison: the same results, compared.
    """
    found = diagnosis_of(results)
    return {
        "schema": "trainlab/run/1",
        "folder": str(results.folder),
        "runs": results.runs,
        "outcomes": results.outcome_counts,
        "variants": [
            {
                "name": score.variant,
                "metric": results.metric.name,
                "mean": score.mean,
                "low": score.low,
                "high": score.high,
                "n": score.n,
            }
            for score in comparison.scores
        ],
        "seconds": results.seconds,
        "findings": list(results.facts.get("findings") or ()),
        "diagnosis": [] if found is None else [row.document() for row in found.rows],
        "baselines": list(results.facts.get("baselines") or ()),
        "sealed": results.facts.get("sealed") or None,
        "openings": list(results.facts.get("openings") or ()),
        "reference": results.reference,
        "fingerprint": results.facts.get("fingerprint"),
        "interrupted": bool(results.facts.get("interrupted")),
        "tuning": progress(results),
    }
