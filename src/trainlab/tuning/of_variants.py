"""The studies of each variant, for the checks that look at what tuning gave."""

from trainlab.results.remembered import remembered
from trainlab.results.table import Results
from trainlab.tuning.trials import Study, read_studies


@remembered
def of_variants(results: Results) -> dict[str, tuple[Study, ...]]:
    """Give the studies of each variant, one for each outer fold; none where nothing was tuned.

    >>> from trainlab.testing import made_up_trials
    >>> results = made_up_trials({"sgd": {"scores": [0.7, 0.9]}})
    >>> [(name, len(studies)) for name, studies in of_variants(results).items()]
    [('sgd', 1)]
    """
    found: dict[str, tuple[Study, ...]] = {}
    for study in read_studies(results):
        found[study.variant] = (*found.get(study.variant, ()), study)
    return found


def limited(results: Results, name: str) -> tuple[str, ...]:
    """Name the variants whose verdicts what is wrong with one variant limits: all, for the reference."""
    return () if name == results.reference else (name,)
