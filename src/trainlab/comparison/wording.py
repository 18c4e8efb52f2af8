"""Numbers and lists as sentences of the comparison write them. Knows the metric's unit, and no verdicts."""

from collections.abc import Sequence

from trainlab.experiment.metrics import Metric


def signed(metric: Metric, value: float) -> str:
    """Write a difference with a true minus, and zero without a sign.

    >>> from trainlab.experiment.metrics import METRICS
    >>> signed(METRICS["accuracy"], -0.012), signed(METRICS["accuracy"], -0.00001)
    ('−1.20', '0.00')
    """
    text = metric.shown_difference(value)
    if not any(digit in text for digit in "123456789"):
        return text[1:]
    return "−" + text[1:] if text.startswith("-") else text


def size(metric: Metric, value: float) -> str:
    """Write how large a difference is, without its sign.

    >>> from trainlab.experiment.metrics import METRICS
    >>> size(METRICS["accuracy"], -0.012)
    '1.20'
    """
    return metric.shown_difference(abs(value)).removeprefix("+")


def listing(words: Sequence[str]) -> str:
    """Join words as in a sentence.

    >>> listing(["a", "b", "c"])
    'a, b and c'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
