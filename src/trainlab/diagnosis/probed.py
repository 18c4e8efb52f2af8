"""The probes of a variant's runs: what was seen inside the networks, where it was stored."""

from collections.abc import Iterator

from trainlab.results.probes import MOMENTS, Probe, probes_of
from trainlab.results.remembered import remembered
from trainlab.results.table import Results

START, FIRST, CHOSEN, LAST = range(len(MOMENTS))

Probed = list[tuple[tuple[int, int], Probe]]


@remembered
def probed(results: Results, place: int) -> Probed:
    """Give ``(seed, fold)`` and the probe of every run of a variant that has one; read once.

    Args:
        results: what is stored.
        place: which variant.
    """
    return list(_probes(results, place))


def _probes(results: Results, place: int) -> Iterator[tuple[tuple[int, int], Probe]]:
    for seed, of_seed in enumerate(probes_of(results, results.variants[place])):
        for fold, probe in enumerate(of_seed):
            if probe is not None:
                yield (seed, fold), probe
