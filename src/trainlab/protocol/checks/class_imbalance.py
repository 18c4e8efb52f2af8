"""TL112: accuracy where one class is nearly everything."""

from collections.abc import Iterator

from trainlab.protocol.check import Question
from trainlab.results.check import Check
from trainlab.results.finding import Finding

LARGE_SHARE = 0.8


def examine(question: Question) -> Iterator[Finding]:
    """Look for accuracy as the metric where saying the largest class alone is right four times in five."""
    data = question.experiment.data
    if question.experiment.metric.name != "accuracy" or not data.classes:
        return
    counts = data.class_counts
    largest, smallest = max(counts), min(counts)
    if largest < LARGE_SHARE * data.rows:
        return
    name, rare = data.classes[counts.index(largest)], data.classes[counts.index(smallest)]
    yield CHECK.found(
        "metric",
        f"{100 * largest / data.rows:.3g} % of the rows are {name!r}, so a network that always says so "
        "has that "
        f"accuracy; {rare!r} has {smallest:,} of {data.rows:,} rows",
        "Compare by `metric: balanced_accuracy` or `f1_macro`, which count every class alike, `auc`, which "
        "sees how rows are ranked, or by `log_loss`, which sees how sure an answer is.",
    )


CHECK = Check("TL112", "note", "accuracy on unbalanced classes", examine)
