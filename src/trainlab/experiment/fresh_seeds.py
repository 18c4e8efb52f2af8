"""Seeds that nothing has been chosen by: what is tuned or treated on some seeds is judged on others."""

import itertools
from collections.abc import Sequence

LARGEST_SEED = 2**32 - 1


def fresh_seeds(used: Sequence[int], seeds: int) -> tuple[int, ...]:
    """Give seeds beyond those that were used.

    >>> fresh_seeds((0, 1, 7), 3), fresh_seeds((0, 4294967295), 2)
    ((8, 9, 10), (1, 2))
    """
    taken = set(used)
    beyond = range(max(used) + 1, LARGEST_SEED + 1)
    free = itertools.chain(beyond, (seed for seed in range(max(used)) if seed not in taken))
    return tuple(itertools.islice(free, seeds))
