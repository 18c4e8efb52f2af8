"""Seeds that nothing has been chosen by."""

from trainlab.experiment.fresh_seeds import fresh_seeds


def test_fresh_seeds_wrap_around():
    """
    Where the largest seed is used, smaller ones that were not are taken.
    """
    assert fresh_seeds((2**32 - 1, 0), 3) == (1, 2, 3)
