"""What helped: each technique of what was found, measured by leaving it out.

The variants without a technique are trained with the experiment's own seeds, on rows that chose nothing,
beside what was found. They differ from it in one technique, so this is an experiment and no description. It
holds for the settings that were found: they were chosen with the technique in place. Knows stored results.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trainlab.comparison.contrast import Measured, contrast
from trainlab.comparison.limits import limits
from trainlab.comparison.question import ALPHA, Arm, Question, arm_of, ask
from trainlab.comparison.verdict import Verdict
from trainlab.comparison.wording import listing, signed, size
from trainlab.experiment.cocktail import ANY, left_out
from trainlab.experiment.metrics import Metric
from trainlab.experiment.tuning import FOUND
from trainlab.results.remembered import remembered
from trainlab.results.table import Results

SCHEMA = "trainlab/helped/1"


@dataclass(frozen=True)
class Ablation:
    """What one technique does to the settings that were found: with it minus without it.

    Args:
        technique: the setting that was left out, or ``any`` for all of them at once.
        variant: name of the variant without it.
        difference: how much the score falls, or rises, by having it; None where no seed has ended in both.
        low: lower end of its interval, which holds for all techniques at once (Bonferroni).
        high: upper end.
        p: adjusted for all of them alike.
        verdict: ``better`` means that the technique helps, also where the metric is a loss.
        seeds: seeds that ended in both, or pairs of seed and fold.
        sentence: all this in words.
    """

    technique: str
    variant: str
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    verdict: Verdict
    seeds: int
    sentence: str

    def document(self) -> dict[str, object]:
        """Give plain values."""
        return {
            "technique": self.technique,
            "variant": self.variant,
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "p": self.p,
            "verdict": self.verdict,
            "seeds": self.seeds,
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class Helped:
    """What each technique does to the settings that were found.

    Args:
        metric: what is compared.
        claim: what the intervals cover, in words.
        variant: name of the variant that was found.
        ablations: one for each technique that is on, and one for all at once where there are several.
        sentence: all this in words.
    """

    metric: Metric
    claim: str
    variant: str
    ablations: tuple[Ablation, ...]
    sentence: str

    def document(self) -> dict[str, object]:
        """Give plain values."""
        return {
            "schema": SCHEMA,
            "metric": self.metric.name,
            "claim": self.claim,
            "variant": self.variant,
            "ablations": [one.document() for one in self.ablations],
            "sentence": self.sentence,
        }


@remembered
def helped(results: Results, variant: str = FOUND) -> Helped | None:
    """Tell which techniques of what was found help, by the variants that leave one of them out.

    Scores are paired by seed, fold and row, as in any comparison. A run that diverged counts as the trivial
    predictor; where leaving these runs out gives another verdict, nothing is decided.

    Args:
        results: what is stored, finished or not.
        variant: the variant that was found.

    Returns:
        None where no variant leaves anything out of it.

    Source:
        The design is that of an ablation study, as in Kadra et al. (NeurIPS 2021) tried over whole data sets.
        Departure: it is measured on the settings that were found, with seeds and rows of their own.

    >>> from trainlab.testing import made_up
    >>> scores = {"found": [0.90, 0.91, 0.905], "found: without dropout": [0.80, 0.812, 0.803]}
    >>> results = made_up({name: {"score": score} for name, score in scores.items()})
    >>> [one] = helped(results).ablations
    >>> one.technique, round(one.difference, 3), one.verdict
    ('dropout', 0.1, 'better')
    """
    names = left_out(variant, results.variants)
    if variant not in results.variants or not names:
        return None
    question = ask(results, against=variant)
    arms = {name: arm_of(results, name) for name in (variant, *names.values())}
    alpha = ALPHA / len(names)
    found = tuple(
        _ablation(question, arms, (variant, without), technique, alpha)
        for technique, without in names.items()
    )
    return Helped(results.metric, question.splits.claim, variant, found, _told(question, found))


def _ablation(
    question: Question, arms: Mapping[str, Arm], pair: tuple[str, str], technique: str, alpha: float
) -> Ablation:
    weights = dict(zip(pair, (1.0, -1.0), strict=True))
    measured = contrast(question, arms, weights, alpha)
    interval = None if measured is None else measured.interval
    verdict: Verdict = "undecided"
    contradicted = False
    if interval is not None and not question.splits.describes:
        verdict = question.decide(interval)
        if any(arms[name].diverged.any() for name in pair):
            kept = contrast(question, arms, weights, alpha, completed=True)
            contradicted = kept is None or question.decide(kept.interval) != verdict
            verdict = "undecided" if contradicted else verdict
    return Ablation(
        technique=technique,
        variant=pair[1],
        difference=None if measured is None else measured.value,
        low=None if interval is None else interval[0],
        high=None if interval is None else interval[1],
        p=None if measured is None or measured.p is None else min(1.0, measured.p * ALPHA / alpha),
        verdict=verdict,
        seeds=0 if measured is None else measured.seeds,
        sentence=_sentence(question, technique, measured, verdict, contradicted=contradicted),
    )


def _sentence(
    question: Question, technique: str, measured: Measured | None, verdict: Verdict, *, contradicted: bool
) -> str:
    metric = question.results.metric
    who = "all techniques together" if technique == ANY else technique
    if measured is None:
        return f"{who}: undecided, since no seed has ended both with and without"
    by = f"{size(metric, measured.value)} {metric.unit_of_difference}"
    sure = ""
    if measured.interval is not None and not question.splits.describes:
        low, high = (signed(metric, end) for end in measured.interval)
        sure = f" (simultaneous 95 % interval {low} to {high})"
    if verdict == "undecided":
        why = "; counting diverged runs or leaving them out gives another verdict" if contradicted else ""
        return f"{who}: undecided, {signed(metric, measured.value)} {metric.unit_of_difference}{sure}{why}"
    several = technique == ANY
    said = {
        "better": f"help{'' if several else 's'} by {by}",
        "worse": f"cost{'' if several else 's'} {by}",
        "equivalent": f"do{'' if several else 'es'} little here, {signed(metric, measured.value)} "
        f"{metric.unit_of_difference}",
    }
    return f"{who} {said[verdict]}{sure}"


def _told(question: Question, found: Sequence[Ablation]) -> str:
    """Say which techniques helped, and what is said of all together."""
    single = [one for one in found if one.technique != ANY]
    words: Mapping[Verdict, tuple[str, str]] = {
        "better": ("helps", "help"),
        "worse": ("costs", "cost"),
        "equivalent": ("does little", "do little"),
        "undecided": ("is undecided", "are undecided"),
    }
    parts = []
    for verdict, (one, several) in words.items():
        named = [ablation.technique for ablation in single if ablation.verdict == verdict]
        if named:
            parts.append(f"{listing(named)} {one if len(named) == 1 else several}")
    said = f"Left out of what was found, one at a time: {'; '.join(parts)}."
    whole = next((one for one in found if one.technique == ANY), None)
    if whole is not None:
        said += f" {whole.sentence[0].upper()}{whole.sentence[1:]}."
        if whole.verdict == "better" and all(one.verdict != "better" for one in single):
            said += " No one of them is missed when it alone is gone: they stand in for each other."
    limit = limits(
        question.results.facts.get("findings") or (), question.reference.name, *(one.variant for one in found)
    )
    return f"{said[:-1]}, {', '.join(limit)}." if limit else said
