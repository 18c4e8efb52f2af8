"""What stands beside a verdict, as facts: the size of an effect, how often a run wins, what is believed."""

from collections.abc import Mapping
from dataclasses import dataclass

from trainlab.comparison.comparison import Comparison
from trainlab.reporting.facts.variants import known

Interval = tuple[float | None, float | None, float | None]


@dataclass(frozen=True)
class BeliefFacts:
    """What stands beside one comparison.

    Args:
        variant: place of the variant.
        against: place of the one it is compared with.
        size: the difference by the standard deviation of its pairs, with its interval.
        wins: probability that a new run of the variant beats a new run of the other, with its interval.
        beliefs: probabilities that the variant is better, equivalent and worse; None where not told.
        detectable: the smallest true difference that this comparison finds with 80 % probability.
    """

    variant: int
    against: int
    size: Interval
    wins: Interval
    beliefs: tuple[float, float, float] | None
    detectable: float | None


def belief_facts(comparison: Comparison, places: Mapping[str, int]) -> tuple[BeliefFacts, ...]:
    """Give the facts of every comparison that has some.

    Args:
        comparison: the comparisons.
        places: name of a variant -> its place among the variants.
    """
    found = []
    for row in comparison.rows:
        effect, bayes = row.effect, row.bayes
        if effect is None and bayes is None:
            continue
        size: Interval = (None, None, None)
        wins: Interval = (None, None, None)
        if effect is not None:
            size = (known(effect.size), known(effect.low), known(effect.high))
            wins = (
                known(effect.probability),
                known(effect.probability_low),
                known(effect.probability_high),
            )
        beliefs = None if bayes is None else (bayes.better, bayes.equivalent, bayes.worse)
        at = places[row.variant], places[row.against]
        found.append(BeliefFacts(*at, size, wins, beliefs, known(row.detectable)))
    return tuple(found)
