"""The experiment: one question as one frozen value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trainlab.data.dataset import Dataset
from trainlab.data.splits import Holdout
from trainlab.errors import UsageError
from trainlab.experiment.checks import count, number, several, text
from trainlab.experiment.metrics import Metric, metric_for
from trainlab.experiment.models import Mlp, ModelDescription, describe_model
from trainlab.experiment.recipe import Recipe, parse_settings
from trainlab.experiment.variants import Variant, grid, one_at_a_time, parse_variants, reference

MOST_RUNS = 100_000


@dataclass(frozen=True)
class Experiment:
    """A question to be answered by training: every variant with every seed on every fold.

    Args:
        data: what is learned, from ``tl.load`` or ``tl.Dataset(x, y)``.
        model: ``tl.mlp([64])``, a function that builds a Keras model, or a Keras model.
        recipe: how every variant is trained, except where it says otherwise.
        variants: name -> changes of the recipe; the empty change is the baseline.
        grid: key -> values; every combination is a variant.
        one_at_a_time: key -> values; each value is a variant that differs from the baseline in it alone.
        validation: which rows validate.
        seeds: how many seeds, or the list of them. A seed fixes initial weights, order of rows, random layers.
        metric: what is compared; left out, accuracy or mean squared error.
        question: one line for the report.
        split_seed: splits come from this alone, never from a run's seed.
        smallest_difference: the difference in the metric that matters.

    Raises:
        UsageError: for anything impossible, naming the key.

    >>> import numpy as np
    >>> data = Dataset(np.arange(20.0).reshape(10, 2), np.arange(10) % 2)
    >>> experiment = Experiment(data, Mlp((4,)), variants={"baseline": {}, "dropout": {"dropout": 0.3}}, seeds=3)
    >>> len(experiment.variants), experiment.seeds, experiment.reference.name
    (2, (0, 1, 2), 'baseline')
    """

    data: Dataset
    model: Any = field(default_factory=Mlp)
    recipe: Recipe = field(default_factory=Recipe)
    variants: Any = ()
    grid: Any = None
    one_at_a_time: Any = None
    validation: Holdout = field(default_factory=lambda: Holdout(0.2))
    seeds: Any = 5
    metric: Any = None
    question: str = ""
    split_seed: int = 0
    smallest_difference: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.data, Dataset):
            raise UsageError("not a data set", "data", self.data, 'Give `tl.load("digits")` or `tl.Dataset(x, y)`.')
        if not isinstance(self.validation, Holdout):
            raise UsageError("not a validation", "validation", self.validation, "Give `tl.Holdout(0.2)`.")
        if isinstance(self.recipe, Mapping):
            self._set("recipe", Recipe(**parse_settings(self.recipe, "recipe")))
        if not isinstance(self.recipe, Recipe):
            raise UsageError("not a recipe", "recipe", self.recipe, "Give `tl.Recipe(epochs=20)`.")
        self._set("model", describe_model(self.model))
        self._set("variants", _gathered(self.variants, self.grid, self.one_at_a_time))
        self._set("grid", None)
        self._set("one_at_a_time", None)
        self._set("seeds", parse_seeds(self.seeds))
        self._set("question", " ".join(text(1_000)(self.question, "question").split()))
        self._set("split_seed", count(low=0)(self.split_seed, "split_seed"))
        if not isinstance(self.metric, Metric):
            self._set("metric", metric_for(self.metric, self.data.task))
        if self.smallest_difference is not None:
            check = number(low=0.0, low_open=True)
            self._set("smallest_difference", check(self.smallest_difference, "smallest_difference"))
        runs = len(self.variants) * len(self.seeds)
        if runs > MOST_RUNS:
            raise UsageError(f"{runs} runs, more than {MOST_RUNS}", "seeds", None, "Ask for fewer seeds or variants.")

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    @property
    def reference(self) -> Variant:
        """The variant that the others are compared with."""
        return reference(self.variants)

    @property
    def description(self) -> ModelDescription:
        """The model, typed."""
        described: ModelDescription = self.model
        return described

    def document(self) -> dict[str, Any]:
        """Give the whole question as plain values, defaults written out, for storing and printing."""
        return {
            "question": self.question,
            "data": self.data.name,
            "validation": {"holdout": self.validation.fraction},
            "split_seed": self.split_seed,
            "model": self.description.document(),
            "recipe": self.recipe.document(),
            "variants": {variant.name: variant.document() for variant in self.variants},
            "seeds": list(self.seeds),
            "metric": self.metric.name,
            "smallest_difference": self.smallest_difference,
        }


def parse_seeds(value: object, where: str = "seeds") -> tuple[int, ...]:
    """Read a number of seeds, or the list of them.

    >>> parse_seeds(3), parse_seeds([7, 11])
    ((0, 1, 2), (7, 11))
    """
    if isinstance(value, Sequence) and not isinstance(value, str):
        seeds: tuple[int, ...] = several(count(low=0, high=2**32 - 1), least=1)(value, where)
        if len(set(seeds)) < len(seeds):
            raise UsageError("the same seed twice", where, list(seeds), "Give every seed once.")
        return seeds
    return tuple(range(count(high=MOST_RUNS)(value, where)))


def _gathered(written: object, spanned: object, apart: object) -> tuple[Variant, ...]:
    if isinstance(written, tuple) and all(isinstance(variant, Variant) for variant in written):
        variants = written
    else:
        variants = parse_variants(written)
    if apart is not None:
        variants += one_at_a_time(apart)
    if spanned is not None:
        variants += grid(spanned)
    if not variants:
        variants = (Variant("baseline", {}),)
    seen: set[str] = set()
    for variant in variants:
        if variant.name in seen:
            raise UsageError("two variants of one name", f"variants.{variant.name}", None, "Rename one of them.")
        seen.add(variant.name)
    return variants
