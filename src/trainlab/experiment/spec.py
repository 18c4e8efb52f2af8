"""The experiment: one question as one frozen value."""

import dataclasses
import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainlab.data.dataset import Dataset
from trainlab.data.preparing.preparation import Prepare
from trainlab.data.splitting.folds import Fold, halvable
from trainlab.data.splitting.splits import fold_count, sealed_rows
from trainlab.data.splitting.validations import Holdout, Validation
from trainlab.errors import UsageError
from trainlab.experiment.baselines import BASELINES, parse_baselines
from trainlab.experiment.checks import count, listed, number, several, text
from trainlab.experiment.fitting import check_fit
from trainlab.experiment.metrics import METRICS, Metric, metric_for
from trainlab.experiment.models import Cnn, Mlp, ModelDescription, describe_model
from trainlab.experiment.overrides import Overrides, parse_override
from trainlab.experiment.places import Place, standing_at
from trainlab.experiment.preparation import check_prepare, parse_prepare, prepare_document
from trainlab.experiment.recipe import Recipe, parse_settings, written
from trainlab.experiment.space import Space, parse_space
from trainlab.experiment.told import check_told
from trainlab.experiment.tracking import Track, parse_track
from trainlab.experiment.tuning import Budget, Search, Tuning, parse_budget, parse_search
from trainlab.experiment.tunings import tuning_of_search, tunings_of
from trainlab.experiment.validation import parse_test, parse_validation, split_at, validation_document
from trainlab.experiment.variants import (
    Variant,
    grid,
    one_at_a_time,
    parse_variants,
    reference,
    with_controls,
    with_epochs,
    with_found,
)

MOST_RUNS = 100_000

# Losses of amounts that mean the same when shift and unit of the amounts change.
SHIFTED = (None, "mean_squared_error", "mean_absolute_error", "huber", "log_cosh")


@dataclass(frozen=True, init=False)
class Experiment:
    """A question to be answered by training: every variant with every seed on every fold.

    Args:
        data: what is learned, from ``tl.load`` or ``tl.Dataset(x, y)``.
        model: ``tl.mlp([64])``, a function that builds a Keras model, or a Keras model.
        recipe: how every variant is trained, except where it says otherwise.
        variants: name -> changes of the recipe; the empty change is the baseline.
        grid: key -> values; every combination is a variant.
        one_at_a_time: key -> values; each value is a variant that differs from the baseline in it alone.
        prepare: what is done to columns and targets before a network sees them, fitted on the training rows
            of each fold: a step or a list of them, or a mapping of columns; left out, by the type of column.
        test: which rows are sealed until the test set is opened; left out, those that the data bring as
            their test rows, if any.
        validation: which rows validate.
        seeds: how many seeds, or the list of them. A seed fixes initial weights, order of rows and every
            random layer.
        metric: what is compared; left out, accuracy or mean squared error.
        question: one line for the report.
        split_seed: splits come from this alone, never from a run's seed.
        smallest_difference: the difference in the metric that matters.
        target_score: the score to reach; the report says after how many epochs, steps and seconds each
            variant did.
        baselines: which simple predictors stand beside the networks: ``dummy``, ``linear``, ``trees``.
        override: code of a finding -> why what it finds is all right here. A refusal is lifted by it, and the
            report prints the reason.
        tune: settings that are tuned for each variant, as ``{"learning_rate": {"log": [1e-4, 0.1]}}``.
        budget: how many trials each variant is tuned with, or more of it as a mapping; 16 where it is left
            out.
        search: a search for the best settings, as ``{"space": {...}, "trials": 200}``; what it finds is a
            variant called `found`.
        track: where runs are shown too, as ``{"mlflow": "http://localhost:5000"}``.

    Attributes:
        data: the rows that are not sealed.
        variants: all of them, wherever they were written, in this order: written one by one, one at a time,
            spanned by the grid. There is always one.
        seeds: the list of them.
        metric: the metric itself.

    Raises:
        UsageError: for anything impossible, naming the key.
        DataError: for data of which no share can validate.

    >>> import numpy as np
    >>> data = Dataset(np.arange(20.0).reshape(10, 2), np.arange(10) % 2)
    >>> variants = {"baseline": {}, "dropout": {"dropout": 0.3}}
    >>> experiment = Experiment(data, Mlp((4,)), variants=variants, seeds=3)
    >>> len(experiment.variants), experiment.seeds, experiment.reference.name
    (2, (0, 1, 2), 'baseline')
    """

    data: Dataset
    model: ModelDescription
    recipe: Recipe
    variants: tuple[Variant, ...]
    prepare: Prepare
    test: Holdout | None
    validation: Validation
    seeds: tuple[int, ...]
    metric: Metric
    question: str
    split_seed: int
    smallest_difference: float | None
    target_score: float | None
    baselines: tuple[str, ...]
    override: Overrides
    tune: Space | None
    budget: Budget | None
    search: Search | None
    track: Track | None

    def __init__(
        self,
        data: Dataset,
        model: Any = Mlp(),  # noqa: B008  # a frozen value
        recipe: Recipe | Mapping[str, Any] = Recipe(),  # noqa: B008  # a frozen value
        variants: Mapping[str, Mapping[str, Any] | None] | Sequence[Variant] = (),
        *,
        grid: Mapping[str, Sequence[Any]] | None = None,
        one_at_a_time: Mapping[str, Sequence[Any]] | None = None,
        prepare: Prepare | str | Sequence[Any] | Mapping[str, Any] = Prepare(),  # noqa: B008  # frozen
        test: Holdout | Mapping[str, Any] | None = None,
        validation: Validation | Mapping[str, Any] = Holdout(0.2),  # noqa: B008  # a frozen value
        seeds: int | Sequence[int] = 5,
        metric: str | Metric | None = None,
        question: str = "",
        split_seed: int = 0,
        smallest_difference: float | None = None,
        target_score: float | None = None,
        baselines: Sequence[str] | bool = BASELINES,
        override: Mapping[str, str] | Overrides = (),
        tune: Space | Mapping[str, Any] | None = None,
        budget: Budget | Mapping[str, Any] | int | None = None,
        search: Search | Mapping[str, Any] | None = None,
        track: Track | Mapping[str, Any] | str | None = None,
    ) -> None:
        if not isinstance(data, Dataset):
            cure = 'Give `tl.load("digits")` or `tl.Dataset(x, y)`.'
            raise UsageError("not a data set", Place("data"), data, cure)
        base = _recipe(recipe)
        gathered = _gathered(variants, grid, one_at_a_time)
        parts: dict[str, Any] = {
            "data": data,
            "prepare": parse_prepare(prepare),
            "test": None if test is None else parse_test(test),
            "model": describe_model(model),
            "recipe": base,
            "variants": with_controls(gathered if search is None else with_found(gathered), base),
            "validation": parse_validation(validation),
            "seeds": parse_seeds(seeds),
            "metric": metric_for(metric.name if isinstance(metric, Metric) else metric, data.task),
            "question": " ".join(text(1_000)(question, Place("question")).split()),
            "split_seed": count(low=0)(split_seed, Place("split_seed")),
            "smallest_difference": _smallest_difference(smallest_difference),
            "baselines": parse_baselines(baselines),
            "override": parse_override(override),
            "tune": None if tune is None else parse_space(tune, Place("tune")),
            "budget": None if budget is None else parse_budget(budget),
            "search": None if search is None else parse_search(search),
            "track": None if track is None else parse_track(track),
        }
        parts["data"] = _with_test_set(data, parts["test"], parts["split_seed"])
        parts["target_score"] = _target_score(target_score, parts["metric"])
        for part, value in parts.items():
            object.__setattr__(self, part, value)
        check_prepare(self.prepare, self.data, Place("prepare"))
        self._check_tuning()
        self._check_rows()
        self._check_metric()
        self._check_losses()

    def _check_tuning(self) -> None:
        """Refuse a budget with nothing to spend it on, and more trials than can be."""
        if self.budget is not None and not self.tunings:
            cure = "Write `tune: {learning_rate: {log: [1e-4, 1e-1]}}`, or leave the budget out."
            raise UsageError("a budget, and nothing to tune", Place("budget"), None, cure)
        networks = sum(tuning.trials * tuning.seeds for tuning in self.tunings.values())
        if networks * fold_count(self.data, self.validation) > MOST_RUNS:
            cure = f"Ask for fewer trials or folds: {MOST_RUNS} runs at most."
            place = Place("tune" if self.search is None else "search")
            raise UsageError(f"{networks} networks of trials in each fold", place, None, cure)

    def _check_rows(self) -> None:
        """Refuse what the rows can't give or take, while the key that asks is known."""
        runs = len(self.variants) * len(self.seeds) * fold_count(self.data, self.validation)
        if runs > MOST_RUNS:
            cure = f"Ask for fewer seeds, variants or folds: {MOST_RUNS} runs at most."
            raise UsageError(f"{runs} runs", Place("seeds"), None, cure)
        self._check_stopping()
        self._check_fit(self.recipe, self.recipe.settings(), Place("recipe"))
        for variant in self.variants:
            place = Place("variants", variant.name)
            self._check_fit(variant.recipe(self.recipe), variant.changes, place)

    def _check_fit(self, recipe: Recipe, said: Collection[str], where: Place) -> None:
        check_fit(recipe, said, self.data, folds=self.folds, split_seed=self.split_seed, where=where)

    def _check_stopping(self) -> None:
        """Refuse to choose epochs where validation rows can't be halved to score the choice."""
        if all(halvable(fold) for fold in self.folds):
            return
        for variant in self.variants:
            if variant.recipe(self.recipe).early_stopping is not None:
                key = "early_stopping"
                place = Place("variants", variant.name) if key in variant.changes else Place("recipe")
                raise UsageError(
                    "a fold with one validation row can't both choose an epoch and score it",
                    place / key,
                    None,
                    "Leave early stopping out, or validate on more rows at once, as `{kfold: 10}`.",
                )

    def _check_metric(self) -> None:
        """Refuse a metric that the validation rows can't tell."""
        stopping = (variant.recipe(self.recipe).early_stopping for variant in self.variants)
        by_halves = any(one is not None and one.monitor == "metric" for one in stopping)
        check_told(self.metric, self.data, self.folds, by_halves=by_halves)

    def _check_losses(self) -> None:
        """Refuse to compare by the loss what is trained by unlike losses: their numbers differ in kind."""
        if self.metric.name != "loss":
            return
        losses = {variant.name: variant.recipe(self.recipe).loss for variant in self.variants}
        if len(set(losses.values())) < 2:
            return
        first, other = next(
            (one, another) for one in losses for another in losses if losses[one] != losses[another]
        )
        metrics = ", ".join(
            metric.name
            for metric in METRICS.values()
            if self.data.task in metric.tasks and metric.name != "loss"
        )
        raise UsageError(
            f"variants {first!r} and {other!r} have unlike losses, whose numbers can't be compared",
            Place("metric"),
            "loss",
            f"Choose one of: {metrics}.",
        )

    @functools.cached_property
    def folds(self) -> tuple[Fold, ...]:
        """Which rows train and which validate, shared out once."""
        return split_at(self.data, self.validation, self.split_seed, Place("validation"))

    @functools.cached_property
    def tunings(self) -> Mapping[str, Tuning]:
        """How each variant is tuned, by its name; those of which nothing is are left out."""
        searched = tuning_of_search(self.search, self.data, self.model, self.recipe)
        return tunings_of(self.variants, self.tune, self.budget, searched)

    @property
    def reference(self) -> Variant:
        """The variant that the others are compared with."""
        return reference(self.variants)

    @property
    def scales_target(self) -> bool:
        """Whether the targets of a regression are standardized where nothing is said about them.

        They are for a ready-made architecture with a linear output and a loss that only changes its unit with
        them; a head that is bounded, or a loss of ratios, means the amounts as they are.
        """
        if self.data.task != "regression":
            return False
        recipes = [variant.recipe(self.recipe) for variant in self.variants]
        return all(
            isinstance(self.model if recipe.model is None else recipe.model, Mlp | Cnn)
            and recipe.output in {None, "linear"}
            and recipe.loss in SHIFTED
            for recipe in recipes
        )

    def document(self) -> dict[str, Any]:
        """Give the whole question as plain values, with what is in force written out, to store and to print.

        A learning rate that is left to the optimizer is written as that optimizer's own, for a variant that
        changes the optimizer too.
        """
        told = {
            "question": self.question,
            "data": self.data.name if self.data.source is None else self.data.source,
            "prepare": prepare_document(self.prepare),
            "test": None if self.test is None else {"holdout": self.test.fraction},
            "validation": validation_document(self.validation),
            "split_seed": self.split_seed,
            "model": self.model.document(),
            "recipe": self.recipe.document(),
            "variants": {variant.name: self._in_force(variant) for variant in self.variants},
            "seeds": list(self.seeds),
            "metric": self.metric.name,
            "smallest_difference": self.smallest_difference,
            "target_score": self.target_score,
            "baselines": list(self.baselines),
            "override": dict(self.override),
        }
        # Only where they are said: documents of experiments that know nothing of tuning stay as they were.
        for key in ("tune", "budget", "search", "track"):
            value = getattr(self, key)
            told |= {} if value is None else {key: value.document()}
        return told

    def _in_force(self, variant: Variant) -> dict[str, object]:
        recipe = variant.recipe(self.recipe)
        changes: dict[str, object] = {
            key: written(key, value)
            for key, value in variant.settings().items()
            # A search says of every technique whether it is on; those that stay off are no change.
            if key in variant.changes or getattr(recipe, key) != getattr(self.recipe, key)
        }
        step_size = recipe.step_size
        if "learning_rate" not in changes and step_size != self.recipe.step_size:
            changes["learning_rate"] = step_size
        return changes


def overridden(experiment: Experiment, *, seeds: int | None = None, epochs: int | None = None) -> Experiment:
    """Give the experiment with other numbers of seeds and epochs, as for a quick first look.

    Args:
        experiment: the question.
        seeds: how many seeds; left out, those of the experiment.
        epochs: epochs of the recipe and of every variant that says how many. Variants that a grid told apart
            by nothing else become one.

    Raises:
        UsageError: for an impossible number.

    >>> import numpy as np
    >>> data = Dataset(np.arange(20.0).reshape(10, 2), np.arange(10) % 2)
    >>> quick = overridden(Experiment(data, grid={"epochs": [20, 50]}), seeds=2, epochs=1)
    >>> [variant.name for variant in quick.variants], quick.recipe.epochs, quick.seeds
    (['epochs=1'], 1, (0, 1))
    """
    if epochs is not None:
        experiment = dataclasses.replace(
            experiment,
            recipe=experiment.recipe.changed({"epochs": epochs}, ""),
            variants=with_epochs(experiment.variants, epochs),
        )
    if seeds is not None:
        experiment = dataclasses.replace(experiment, seeds=parse_seeds(seeds))
    return experiment


def parse_seeds(value: object, where: str = "seeds") -> tuple[int, ...]:
    """Read a number of seeds, or the list of them.

    >>> parse_seeds(3), parse_seeds([7, 11])
    ((0, 1, 2), (7, 11))
    """
    place = Place.of(where)
    if listed(value) is None:
        return tuple(range(count(high=MOST_RUNS)(value, place)))
    seeds: tuple[int, ...] = several(count(low=0, high=2**32 - 1), least=1, most=MOST_RUNS)(value, place)
    places: dict[int, int] = {}
    for index, seed in enumerate(seeds):
        if places.setdefault(seed, index) < index:
            raise UsageError("the same seed twice", place / index, seed, "Give every seed once.")
    return seeds


def _with_test_set(data: Dataset, test: Holdout | None, split_seed: int) -> Dataset:
    """Put the rows under seal that ``test`` asks for, unless they are already."""
    if test is None:
        return data
    how = f"{100 * test.fraction:g} % of the rows, drawn by split seed {split_seed}"
    if data.sealed is not None and data.sealed.how == how:
        return data
    with standing_at(Place("test", "holdout")):
        return data.seal(sealed_rows(data, test.fraction, split_seed), how)


def _recipe(value: object) -> Recipe:
    if isinstance(value, Recipe):
        return value
    if isinstance(value, Mapping):
        return Recipe(**parse_settings(value, Place("recipe")))
    raise UsageError("not a recipe", Place("recipe"), value, "Give `tl.Recipe(epochs=20)`.")


def _smallest_difference(value: object) -> float | None:
    if value is None:
        return None
    difference: float = number(low=0.0, low_open=True)(value, Place("smallest_difference"))
    return difference


def _target_score(value: object, metric: Metric) -> float | None:
    if value is None:
        return None
    place = Place("target_score")
    score: float = number()(value, place)
    if score > metric.highest or (metric.is_share and score < 0):
        cure = "Write it as a share, as 0.97." if metric.is_share else f"It is at most {metric.highest:g}."
        raise UsageError(f"{metric.label} is never that", place, value, cure)
    return score


def _gathered(written: object, spanned: object, apart: object) -> tuple[Variant, ...]:
    entries = listed(written)
    given = entries is not None and all(isinstance(entry, Variant) for entry in entries)
    variants = _joined((), tuple(entries or ()) if given else parse_variants(written), Place("variants"))
    if apart is not None:
        with_baseline = one_at_a_time(apart)
        has_baseline = any(not variant.changes for variant in variants)
        variants = _joined(variants, with_baseline[has_baseline:], Place("one_at_a_time"))
    if spanned is not None:
        variants = _joined(variants, grid(spanned), Place("grid"))
    return variants or (Variant("baseline", {}),)


def _joined(variants: tuple[Variant, ...], more: tuple[Variant, ...], where: Place) -> tuple[Variant, ...]:
    seen = {variant.name for variant in variants}
    for variant in more:
        if variant.name in seen:
            raise UsageError("two variants of one name", where, variant.name, "Leave one out, or rename it.")
        seen.add(variant.name)
    return variants + more
