"""For tests, ours and our users': tiny experiments, made-up results, a gauntlet that every technique passes.

>>> from trainlab.testing import tiny_experiment
>>> tiny_experiment().seeds
(0, 1)
"""

from trainlab.testing.gauntlet import Gauntlet, Trial
from trainlab.testing.making_up import made_up
from trainlab.testing.making_up_trials import made_up_trials
from trainlab.testing.trials import TRIALS
from trainlab.testing.worlds import same_bits, tiny_data, tiny_experiment

__all__ = [
    "TRIALS",
    "Gauntlet",
    "Trial",
    "made_up",
    "made_up_trials",
    "same_bits",
    "tiny_data",
    "tiny_experiment",
]
