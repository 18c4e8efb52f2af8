"""TL158: many trials as good as the best, as far as the inner validation rows can tell."""

from collections.abc import Iterator

from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.table import Results
from trainlab.tuning.choosing import within_one_error
from trainlab.tuning.of_variants import of_variants

SHARE = 0.25
LEAST = 3


def examine(results: Results) -> Iterator[Finding]:
    """Look for studies of which a quarter of the trials, and at least three, are within one standard error.

    Which of them was chosen is luck; that the chosen one is compared on other rows with other seeds keeps the
    comparison fair.
    """
    for name, studies in of_variants(results).items():
        counts = [(len(within_one_error(study)), len(study.scored)) for study in studies]
        alike, scored = max(counts, key=lambda count: count[0] / max(count[1], 1))
        many = [alike >= max(LEAST, SHARE * scored) for alike, scored in counts]
        if 2 * sum(many) <= len(many):
            continue
        folds = f" (the most in {len(studies)} folds)" if len(studies) > 1 else ""
        yield CHECK.found(
            "tune",
            f"`{name}`: {alike} of {scored} trials{folds} are within one standard error of the best one's "
            "score, so that their settings cannot be told apart",
            "Give each trial more seeds or folds, `budget: {trials: ..., validation: {kfold: 3}}`, or take "
            "the simplest of them, `choose: simplest`.",
            variants=(name,),
        )


CHECK = AfterCheck("TL158", "note", "trials that cannot be told apart", examine)
