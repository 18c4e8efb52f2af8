"""Which of the tuned settings mattered: the share of each in reaching the best quarter of the trials.

Where too few trials finished to tell, nothing is said but why. Knows nothing of pictures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from trainlab.errors import MissingError
from trainlab.tuning.optuna_study import need_optuna, quiet, rebuilt
from trainlab.tuning.trials import Study

LEAST = 32
LEAST_EACH = 8
BEST = 0.25


@dataclass(frozen=True)
class Importances:
    """How much each setting mattered.

    Args:
        shares: name of a parameter -> its share, largest first; together they are 1. Empty where refused.
        trials: finished trials that they come from.
        left_out: parameters that too few of these had, or that had the same value in all.
        refusal: why there are none, a sentence; empty where there are some.
    """

    shares: Mapping[str, float]
    trials: int
    left_out: tuple[str, ...] = ()
    refusal: str = ""


def importances(study: Study) -> Importances:
    """Tell how much each setting mattered for being among the best quarter of the trials.

    It is PED-ANOVA: how differently a setting is spread among the best trials and among all of them. It reads
    what was tried, so that it holds within the ranges searched, and more where the sampler went more often. A
    setting that applies to some trials only is judged among these. Trials that diverged, were pruned or are
    under way say nothing. The same trials give the same shares: nothing is drawn.

    It is refused below 32 finished trials, and below 8 for each parameter. In a simulation (40 smooth
    functions of each size, whose parameters differ in weight by factors of 2; noise of half their spread) the
    rank correlation of shares and weights, and how often the weightiest parameter came first, were:

    ============  ===========  ===========  ===========  ===========
    parameters    16 trials    32 trials    64 trials    128 trials
    ============  ===========  ===========  ===========  ===========
    4             0.43, 60 %   0.69, 82 %   0.82, 82 %   0.89, 90 %
    6             0.20, 35 %   0.66, 78 %   0.77, 75 %   0.84, 90 %
    ============  ===========  ===========  ===========  ===========

    With Optuna's own best tenth it was 0.30, 0.56, 0.69, 0.73 for 4 and 0.16, 0.46, 0.64, 0.77 for 6.
    Neighbours in the ranking change places even with 128 trials: read the first ones and the last ones.

    Args:
        study: what was tried.

    Returns:
        The shares, or why there are none.

    Source:
        Watanabe et al., *PED-ANOVA*, IJCAI 2023, in Optuna, with its extension to conditional parameters
        (arXiv 2601.20800); the best quarter in place of the best tenth.

    >>> from trainlab.testing import made_up_trials
    >>> from trainlab.tuning.trials import read_studies
    >>> [study] = read_studies(made_up_trials({"sgd": {"scores": [0.7, 0.9, 0.8]}}))
    >>> importances(study).refusal
    '3 finished trials of 1 number or choice are too few to tell what mattered: at least 32 are needed.'
    """
    finished = study.scored
    there = {
        parameter.name: [trial.point[parameter.name] for trial in finished if parameter.name in trial.point]
        for parameter in study.parameters
    }
    judged = [name for name, values in there.items() if len(values) >= LEAST_EACH and len(set(values)) > 1]
    refusal = _refusal(len(finished), len(study.parameters), len(judged))
    if refusal:
        return Importances(MappingProxyType({}), len(finished), refusal=refusal)
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

    with quiet():
        shares = get_param_importances(
            rebuilt(study), evaluator=PedAnovaImportanceEvaluator(target_quantile=BEST), params=judged
        )
    left_out = tuple(name for name in there if name not in judged)
    return Importances(MappingProxyType(dict(shares)), len(finished), left_out)


def _refusal(finished: int, parameters: int, judged: int) -> str:
    needed = max(LEAST, LEAST_EACH * parameters)
    if finished < needed:
        of = f"{parameters} numbers and choices" if parameters > 1 else "1 number or choice"
        many = f"{finished} finished trial{'s' * (finished != 1)} of {of}"
        return f"{many} are too few to tell what mattered: at least {needed} are needed."
    if judged < 2:
        return "With a single setting that varied there is nothing to share."
    try:
        need_optuna()
    except MissingError as error:
        return f"{error.message[0].upper()}{error.message[1:]}. {error.cure}"
    return ""
