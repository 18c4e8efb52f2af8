"""The diagnosis as far as what is stored allows one."""

from dataclasses import replace

from trainlab.diagnosis.diagnose import Diagnosis, diagnose
from trainlab.results.remembered import remembered
from trainlab.results.table import Results


@remembered
def diagnosis_of(results: Results) -> Diagnosis | None:
    """Diagnose, once; None before the first epoch, and where an older version stored too little.

    Args:
        results: what was measured.
    """
    if not results.curves["train_loss"].shape[-1]:
        return None
    try:
        found = diagnose(results)
    except KeyError:
        return None
    # The parts of single rows are large, and nobody shows them.
    return replace(found, decomposition=tuple(replace(one, by_row=()) for one in found.decomposition))
