"""Numbers and lists as people read them."""

from collections.abc import Sequence

from trainlab.experiment.metrics import Metric, amount

NOT_RECORDED = "not recorded"


def listing(words: Sequence[str], last: str = "and") -> str:
    """Join words as in a sentence.

    >>> listing(["a", "b", "c"])
    'a, b and c'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def some(words: Sequence[str], most: int) -> str:
    """Join at most so many words, and say how many more there are.

    >>> some(["a", "b", "c"], 3), some(["a", "b", "c", "d"], 2)
    ('a, b and c', 'a, b and 2 more')
    """
    if len(words) <= most + 1:  # "1 more" takes the room of the word
        return listing(words)
    return listing([*words[:most], f"{len(words) - most} more"])


def counted(number: int, singular: str, plural: str = "") -> str:
    """Write a number with its noun.

    >>> counted(1, "run"), counted(1200, "run")
    ('1 run', '1,200 runs')
    """
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"


def duration(seconds: float | None) -> str:
    """Write a time with the unit that fits it.

    >>> duration(0.0123), duration(3.21), duration(75.0), duration(7260.0), duration(None)
    ('12 ms', '3.2 s', '1 min 15 s', '2 h 1 min', 'not recorded')
    """
    if seconds is None:
        return NOT_RECORDED
    if seconds < 0.95:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    whole = round(seconds / 60)
    return f"{whole // 60} h {whole % 60} min"


def span(least: int, most: int) -> str:
    """Write a range of whole numbers.

    >>> span(3, 3), span(3, 1200)
    ('3', '3 to 1,200')
    """
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def number(value: float) -> str:
    """Write a number with four digits, from 10,000 on as a whole number.

    >>> number(0.001), number(1234.5678), number(5), number(50514.2)
    ('0.001', '1235', '5', '50,514')
    """
    return amount(value)


def score(metric: Metric, value: float | None) -> str:
    """Write a score without its unit, for a table whose head names it.

    >>> from trainlab.experiment.metrics import METRICS
    >>> score(METRICS["accuracy"], 0.9712), score(METRICS["mse"], None)
    ('97.12', '–')
    """
    return "–" if value is None else metric.shown(value).removesuffix(" %")


def interval(metric: Metric, low: float | None, high: float | None) -> str:
    """Write an interval of scores without its unit; nothing where there is none.

    >>> from trainlab.experiment.metrics import METRICS
    >>> interval(METRICS["accuracy"], 0.9712, 0.9801)
    '97.12 to 98.01'
    """
    return "" if low is None or high is None else f"{score(metric, low)} to {score(metric, high)}"


def difference(metric: Metric, value: float | None) -> str:
    """Write a difference with its sign, in points where the metric is a rate.

    >>> from trainlab.experiment.metrics import METRICS
    >>> difference(METRICS["accuracy"], -0.0061)
    '−0.61'
    """
    return "–" if value is None else metric.shown_difference(value).replace("-", "−", 1)


def difference_interval(metric: Metric, low: float | None, high: float | None) -> str:
    """Write an interval of differences; nothing where there is none.

    >>> from trainlab.experiment.metrics import METRICS
    >>> difference_interval(METRICS["accuracy"], -0.0061, 0.0102)
    '−0.61 to +1.02'
    """
    return "" if low is None or high is None else f"{difference(metric, low)} to {difference(metric, high)}"


def unit(metric: Metric) -> str:
    """Name the metric with the unit of its scores.

    >>> from trainlab.experiment.metrics import METRICS
    >>> unit(METRICS["accuracy"]), unit(METRICS["mse"])
    ('accuracy, %', 'mean squared error')
    """
    return f"{metric.label}, %" if metric.is_rate else metric.label
