"""Attribution: which technique of a cocktail helped, where variants cross several.

The best cocktail says nothing of its parts: one may carry all of it and another cost something. Where
variants form a grid, each part has an effect of its own, averaged over all settings of the others, and each
pair an interaction: what the two do together beyond what each does. Knows stored results.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from trainlab.comparison.contrast import Measured, contrast
from trainlab.comparison.factors import Contrast, Design, Factor, design_of
from trainlab.comparison.limits import limits
from trainlab.comparison.question import ALPHA, Arm, Question, arm_of, ask
from trainlab.comparison.verdict import Verdict
from trainlab.comparison.wording import listing, signed, size
from trainlab.experiment.metrics import Metric
from trainlab.results.table import Results

SCHEMA = "trainlab/attribution/1"


@dataclass(frozen=True)
class FactorEffect:
    """What one level of a factor does, or two of two factors together, in the unit of the metric.

    Args:
        kind: ``"main effect"`` or ``"interaction"``.
        factors: the factors, one or two.
        levels: the level of each.
        against: the level of each that it is looked at against, the reference's.
        settings: how many settings of the other factors it is averaged over.
        difference: how much the score changes; of an interaction, how much more it changes than both effects
            add up to. None where no seed has ended everywhere.
        low: lower end of its interval, which holds for all effects of the grid at once (Bonferroni).
        high: upper end.
        p: adjusted for all of them alike.
        verdict: ``better`` means that it helps, also where the metric is a loss.
        sentence: all this in words.
    """

    kind: str
    factors: tuple[str, ...]
    levels: tuple[str, ...]
    against: tuple[str, ...]
    settings: int
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    verdict: Verdict
    sentence: str

    @property
    def name(self) -> str:
        """The level with its factor, as ``dropout 0.3``."""
        return " with ".join(
            f"{factor} {level}" for factor, level in zip(self.factors, self.levels, strict=True)
        )

    def document(self) -> dict[str, object]:
        """Give plain values."""
        return {
            "kind": self.kind,
            "factors": list(self.factors),
            "levels": list(self.levels),
            "against": list(self.against),
            "settings": self.settings,
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "p": self.p,
            "verdict": self.verdict,
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class Attribution:
    """Which part of a cocktail does what.

    Args:
        metric: what is compared.
        claim: what the intervals cover, in words.
        factors: the settings that are crossed, with their levels.
        full: whether every combination of levels was trained.
        effects: main effects, then two-way interactions.
        sentence: which of them helped, in words.
    """

    metric: Metric
    claim: str
    factors: tuple[Factor, ...]
    full: bool
    effects: tuple[FactorEffect, ...]
    sentence: str

    @property
    def main_effects(self) -> tuple[FactorEffect, ...]:
        """The effects of single levels."""
        return tuple(effect for effect in self.effects if effect.kind == "main effect")

    @property
    def interactions(self) -> tuple[FactorEffect, ...]:
        """What pairs of levels do beyond their single effects."""
        return tuple(effect for effect in self.effects if effect.kind == "interaction")

    def document(self) -> dict[str, object]:
        """Give plain values, None where there is none."""
        return {
            "schema": SCHEMA,
            "metric": self.metric.name,
            "claim": self.claim,
            "full": self.full,
            "factors": [
                {"name": factor.name, "levels": list(factor.levels), "follows": list(factor.follows)}
                for factor in self.factors
            ],
            "effects": [effect.document() for effect in self.effects],
            "sentence": self.sentence,
        }


def attribution(results: Results, *, against: str | None = None) -> Attribution | None:
    """Tell which technique of a cocktail helped; None where the variants do not cross two of them.

    A main effect is the mean, over all settings of the other factors that were trained with both levels, of
    the level minus the reference's level. An interaction is the mean of the effect of one level where the
    other is there, minus where it is not. In a full grid of two levels each these are the coefficients of
    least squares with levels counted as -1/2 and 1/2. Each is a sum of scores that are paired by seed, fold
    and row, and has the interval of any other difference.

    Args:
        results: what is stored, finished or not.
        against: the variant whose levels the others are looked at against; left out, the reference of the
            experiment.

    Returns:
        Main effects and two-way interactions, with intervals that hold for all of them at once. Effects of
        three and more levels together are not looked at.

    Source:
        Box, Hunter & Hunter, *Statistics for Experimenters* (2005), chapters 5 and 6. Departure: an effect is
        counted from the reference's level, not from the middle, so an interaction is twice theirs.
    """
    document = results.facts["experiment"]
    reference = results.reference if against is None else against
    design = design_of(document["variants"], document.get("recipe") or {}, reference)
    if design is None:
        return None
    question = ask(results, against=reference)
    looked_at = (*design.main_effects(), *design.interactions())
    arms = {name: arm_of(results, name) for name in results.variants}
    effects = tuple(_effect(question, arms, found, ALPHA / len(looked_at)) for found in looked_at)
    return Attribution(
        metric=results.metric,
        claim=question.splits.claim,
        factors=design.factors,
        full=design.full,
        effects=effects,
        sentence=_told(effects, design, question),
    )


def _effect(question: Question, arms: Mapping[str, Arm], found: Contrast, alpha: float) -> FactorEffect:
    measured = contrast(question, arms, found.weights, alpha)
    interval = None if measured is None else measured.interval
    verdict: Verdict = "undecided"
    contradicted = False
    if interval is not None and not question.splits.describes:
        verdict = question.decide(interval)
        gone = any(arms[name].diverged.any() for name in found.weights)
        if gone:
            kept = contrast(question, arms, found.weights, alpha, completed=True)
            contradicted = kept is None or question.decide(kept.interval) != verdict
            verdict = "undecided" if contradicted else verdict
    p = None if measured is None or measured.p is None else min(1.0, measured.p * ALPHA / alpha)
    return FactorEffect(
        kind=found.kind,
        factors=found.factors,
        levels=found.levels,
        against=found.against,
        settings=found.settings,
        difference=None if measured is None else measured.value,
        low=None if interval is None else interval[0],
        high=None if interval is None else interval[1],
        p=p,
        verdict=verdict,
        sentence=_sentence(question, found, measured, verdict, contradicted=contradicted),
    )


def _sentence(
    question: Question, found: Contrast, measured: Measured | None, verdict: Verdict, *, contradicted: bool
) -> str:
    metric = question.results.metric
    who = listing([f"{factor} {level}" for factor, level in zip(found.factors, found.levels, strict=True)])
    if measured is None:
        return f"{who}: undecided, since no seed has ended in every variant"
    by = f"{size(metric, measured.value)} {metric.unit_of_difference}"
    change = f"{signed(metric, measured.value)} {metric.unit_of_difference}"
    sure = ""
    if measured.interval is not None and not question.splits.describes:
        low, high = (signed(metric, end) for end in measured.interval)
        sure = f" (simultaneous 95 % interval {low} to {high})"
    if verdict == "undecided":
        why = "; counting diverged runs or leaving them out gives another verdict" if contradicted else ""
        return f"{who}: undecided, {change}{sure}{why}"
    if len(found.factors) == 2:
        return f"{who} {_TOGETHER[verdict].format(by=by)}{sure}"
    single = {"better": f"helps by {by}", "worse": f"costs {by}", "equivalent": f"changes little, {change}"}
    return f"{who} instead of {found.against[0]} {single[verdict]}{sure}"


_TOGETHER: Mapping[Verdict, str] = {
    "better": "do more together than both alone add up to, by {by}",
    "worse": "do less together than both alone add up to, by {by}",
    "equivalent": "add up",
}


def _told(effects: tuple[FactorEffect, ...], design: Design, question: Question) -> str:
    """Say which of the parts helped."""
    main = [effect for effect in effects if effect.kind == "main effect"]
    words = {
        "better": ("helps", "help"),
        "worse": ("costs", "cost"),
        "equivalent": ("changes little", "change little"),
    }
    parts = []
    for verdict, (one, several) in words.items():
        named = [effect.name for effect in main if effect.verdict == verdict]
        if named:
            parts.append(f"{listing(named)} {one if len(named) == 1 else several}")
    open_ones = [effect.name for effect in main if effect.verdict == "undecided"]
    if open_ones:
        parts.append(f"{listing(open_ones)} {'is' if len(open_ones) == 1 else 'are'} undecided")
    said = f"Averaged over the settings of the others, {'; '.join(parts)}."
    decided = [effect for effect in effects if effect.kind == "interaction"]
    bound = [effect.name for effect in decided if effect.verdict in {"better", "worse"}]
    if bound:
        said += f" They do not simply add up: look at {listing(bound)}."
    elif any(effect.verdict == "undecided" for effect in decided):
        said += " Whether they simply add up is not decided for every pair."
    if not design.full:
        said += " Combinations are missing: each effect is averaged over those that are there."
    limit = limits(question.results.facts.get("findings") or (), *question.results.variants)
    return f"{said[:-1]}, {', '.join(limit)}." if limit else said
