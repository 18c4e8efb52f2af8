"""TL144: effects smaller than the noise floor: one run each would not have shown them."""

from collections.abc import Iterator

import numpy as np

from trainlab.diagnosis.measured import by_seed, shown
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import listed
from trainlab.results.table import Results


def examine(results: Results) -> Iterator[Finding]:
    """Look for differences of means that are smaller than what two seeds of one variant differ by."""
    scores = {name: by_seed(results.scores[place]) for place, name in enumerate(results.variants)}
    own = scores[results.reference]
    small: dict[str, str] = {}
    for name, found in scores.items():
        if name == results.reference or len(found) < 2 or len(own) < 2:
            continue
        noise = float(np.sqrt((found.var(ddof=1) + own.var(ddof=1)) / 2))
        effect = float(found.mean() - own.mean())
        if abs(effect) < noise:
            told = results.metric.shown_difference(noise).removeprefix("+")
            small[name] = f"`{name}` {shown(results, effect)} (standard deviation over seeds {told})"
    if small:
        yield CHECK.found(
            "seeds",
            f"smaller than the difference between two seeds: {listed(small.values())}",
            "Judge by the verdict, which is paired over all seeds, and never by a single run.",
            variants=tuple(small),
        )


CHECK = AfterCheck("TL144", "note", "an effect smaller than the noise floor", examine)
