"""TL146: a sealed test set that was opened more than once."""

from collections.abc import Iterator, Mapping

from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import named
from trainlab.results.table import Results


def examine(results: Results) -> Iterator[Finding]:
    """Count the openings: from the second on, what was seen before may have steered the choice."""
    openings = results.facts.get("openings") or ()
    if len(openings) > 1:
        variants = [
            opening["variant"]
            for opening in openings
            if isinstance(opening, Mapping) and "variant" in opening
        ]
        seen = f", for {named(dict.fromkeys(variants))}" if variants else ""
        yield CHECK.found(
            "test",
            f"the test set was opened {len(openings)} times{seen}",
            "Report the first opening; for another choice, seal rows that nothing has seen.",
            limit=f"on a test set opened {len(openings)} times",
        )


CHECK = AfterCheck("TL146", "warn", "the test set was opened more than once", examine)
