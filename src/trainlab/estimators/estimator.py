"""The two estimators: scikit-learn's conventions on one side, an experiment of one variant on the other.

What an estimator is given is judged where the experiment is made, in `fit`, as scikit-learn wants it.
"""

import shutil
import tempfile
import warnings
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.random import sample_without_replacement
from sklearn.utils.validation import check_array, check_is_fitted, column_or_1d, validate_data

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.refit_rows import refit_fold
from trainlab.data.splitting.validations import Holdout, Splitter
from trainlab.errors import UsageError
from trainlab.estimators.training import train_networks
from trainlab.experiment.checks import count, mapping
from trainlab.experiment.models import Mlp
from trainlab.experiment.places import Place
from trainlab.experiment.preparation import parse_prepare
from trainlab.experiment.recipe import CHECKS
from trainlab.experiment.spec import Experiment
from trainlab.refitting import median_epoch
from trainlab.results.table import Results, open_results
from trainlab.running import make_folder, new_folder, run

MOST_SEED, MOST_SPLIT_SEED = 2**31 - 1, 10**9
# Settings of a recipe that have a parameter of their own, or no meaning here: what to write instead.
_ELSEWHERE = {
    **{
        name: f"Give it as the parameter `{name}`."
        for name in ("model", "optimizer", "learning_rate", "batch_size", "epochs", "early_stopping")
    },
    "class_weight": "A classifier has a parameter of that name.",
    "ensemble": "The estimator is one already: say how many networks by `seeds`.",
    "irrelevant_features": "Append the columns to `X` before.",
}


class _Estimator(BaseEstimator):
    """What both estimators share: parameters, training, and where results are."""

    def __init__(
        self,
        model: Any = None,
        *,
        optimizer: Any = "adam",
        learning_rate: float | None = None,
        batch_size: int | str = 32,
        epochs: int = 100,
        early_stopping: bool | Mapping[str, Any] = False,
        validation_fraction: float = 0.1,
        recipe: Mapping[str, Any] | None = None,
        prepare: Any = None,
        seeds: int = 5,
        tune: Mapping[str, Any] | None = None,
        budget: int | Mapping[str, Any] = 16,
        random_state: Any = 0,
        folder: str | Path | None = None,
    ) -> None:
        self.model = model
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.epochs = epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.recipe = recipe
        self.prepare = prepare
        self.seeds = seeds
        self.tune = tune
        self.budget = budget
        self.random_state = random_state
        self.folder = folder

    @property
    def results_(self) -> Results:
        """What training stored, as `tl.open_results` gives it: to be compared, diagnosed, reported.

        Raises:
            AttributeError: where every row was trained on, so that none says how good the networks are on new
                rows, and where the folder is gone.
        """
        check_is_fitted(self, "networks_")
        if self._folder is None:
            raise AttributeError(
                "all rows were trained on, so that nothing was measured on others. Set `early_stopping=True` "
                "or `tune`, which hold rows out, or give `cross_val_score` the estimator."
            )
        if not self._folder.is_dir():
            raise AttributeError(
                f"the folder {self._folder} is gone: it was temporary, and belonged to the estimator that "
                "was fitted. Give a `folder` that stays."
            )
        return open_results(self._folder)

    def _train(self, dataset: Dataset, class_weight: Any = None) -> Self:
        """Train the networks on a data set."""
        asked = self._experiment(dataset, class_weight)
        self._folder: Path | None = None
        if self.tune is not None or asked.recipe.early_stopping is not None:
            self._folder = self._results_folder()
        self.__dict__.pop("best_settings_", None)
        if self._folder is not None and self.tune is None:
            self.networks_ = train_networks(asked, self._folder)
        else:
            epochs = None
            if self._folder is not None:
                asked, epochs = self._tuned(asked, run(asked, self._folder))
            with tempfile.TemporaryDirectory(prefix="trainlab-") as scratch:
                folds = (refit_fold(dataset, asked.split_seed),)
                self.networks_ = train_networks(asked, Path(scratch), folds=folds, epochs=epochs)
        lost = len(asked.seeds) - len(self.networks_.weights)
        if lost:
            message = f"{lost} of {self.seeds} networks diverged and are left out; lower `learning_rate`."
            warnings.warn(message, ConvergenceWarning, stacklevel=3)
        return self

    def _experiment(self, dataset: Dataset, class_weight: Any) -> Experiment:
        further = mapping(self.recipe or {}, Place("recipe"), [*CHECKS], "setting")
        for name in further:
            if name in _ELSEWHERE:
                raise UsageError("not a setting here", Place("recipe").key(name), None, _ELSEWHERE[name])
        stopping = CHECKS["early_stopping"](self.early_stopping, Place("early_stopping"))
        held_out = self.tune is not None or stopping is not None
        settings = {
            "optimizer": self.optimizer,
            "learning_rate": self.learning_rate,
            "batch_size": self.batch_size,
            "epochs": self.epochs,
            "early_stopping": stopping,
            "class_weight": class_weight,
            **further,
        }
        random = check_random_state(self.random_state)
        seeds = count()(self.seeds, Place("seeds"))
        return Experiment(
            dataset,
            Mlp() if self.model is None else self.model,
            {name: value for name, value in settings.items() if value is not None},
            prepare=parse_prepare({} if self.prepare is None else self.prepare),
            validation=Holdout(self.validation_fraction) if held_out else _one_row(dataset),
            seeds=sample_without_replacement(MOST_SEED, seeds, random_state=random).tolist(),
            split_seed=int(random.randint(MOST_SPLIT_SEED)),
            baselines=(),
            tune=self.tune,
            budget=None if self.tune is None else self.budget,
        )

    def _results_folder(self) -> Path:
        """Make the folder for results: the one that is asked for, or one that goes with the estimator."""
        if self.folder is not None:
            kept = new_folder(self.folder, "estimator")
            make_folder(kept)
            return kept
        folder = Path(tempfile.mkdtemp(prefix="trainlab-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return folder

    def _tuned(self, asked: Experiment, results: Results) -> tuple[Experiment, int]:
        """Give the experiment with the chosen settings and nothing to tune, and the epochs to train for."""
        (study,) = results.facts["tuning"]["studies"]
        self.best_settings_ = dict(study["settings"])
        final = {**self.best_settings_, "early_stopping": False}
        plain = Experiment(
            asked.data,
            asked.model,
            asked.recipe.changed(final, Place("tune")),
            prepare=asked.prepare,
            validation=_one_row(asked.data),
            seeds=asked.seeds,
            split_seed=asked.split_seed,
            baselines=(),
        )
        return plain, median_epoch(results, results.variants[0])

    def _rows(self, x: ArrayLike) -> NDArray[Any]:
        check_is_fitted(self, "networks_")
        rows: NDArray[Any] = validate_data(self, x, reset=False, allow_nd=True, dtype=np.float32)
        if rows.shape[1:] != self._row_shape:
            raise ValueError(f"X has rows of shape {rows.shape[1:]}, and was {self._row_shape} in `fit`.")
        return rows


def _one_row(dataset: Dataset) -> Splitter:
    """Give the split that asks least of the rows: an experiment has one, and here all rows are trained on.

    A row of the largest class, so that no class goes without.
    """
    spare = int(np.flatnonzero(dataset.y == np.bincount(dataset.y).argmax())[0]) if dataset.classes else 0
    return Splitter([(np.delete(np.arange(dataset.rows), spare), [spare])])


class TrainlabClassifier(ClassifierMixin, _Estimator):
    """A classifier of several networks: each of its own seed, and their mean probability is the answer.

    Numbers are standardized by the rows of `fit`, as an experiment does it. Networks that diverge are left
    out with a warning.

    Args:
        model: as `Experiment` takes it: ``{"mlp": [64, 32]}``, ``{"cnn": [16, 32]}`` for rows that are
            images, a function that builds a functional Keras model; left out, one hidden layer of 64 units.
        optimizer: one of Keras's by name, or with its numbers, as ``{"sgd": {"momentum": 0.9}}``.
        learning_rate: left out, Keras's default for the optimizer.
        batch_size: rows of one step, or ``"all"``.
        epochs: passes over the rows.
        early_stopping: ``True`` or ``{"patience": 5}``; then a share of the rows is held out to stop on, and
            is not trained on.
        validation_fraction: the share of the rows that is held out where `early_stopping` or `tune` ask.
        class_weight: ``"balanced"``, or class -> weight.
        recipe: further settings of a recipe, as ``{"dropout": 0.3, "l2": 1e-4}``.
        prepare: what is done to columns, as `Experiment` takes it; left out, they are standardized.
        seeds: how many networks.
        tune: settings to tune, each with its range, as ``{"learning_rate": {"log": [1e-4, 1e-1]}}``. Trials
            are trained on a part of the rows and scored on another; networks with the chosen settings are
            then trained on all rows.
        budget: how many trials, where there is something to tune.
        random_state: what seeds and splits are drawn from: a number, a ``RandomState``, or None for others
            at each `fit`.
        folder: where the results stay; left out, they go with the estimator.

    Attributes:
        classes_: ``(class,)`` the labels.
        n_features_in_: columns of ``X``.
        feature_names_in_: their names, where ``X`` was a data frame.
        networks_: the trained networks.
        best_settings_: what was chosen, where something was tuned.
        results_: what training stored, where rows were held out.

    >>> TrainlabClassifier({"mlp": [32]}, recipe={"dropout": 0.2}, seeds=3)
    TrainlabClassifier(model={'mlp': [32]}, recipe={'dropout': 0.2}, seeds=3)
    """

    def __init__(
        self,
        model: Any = None,
        *,
        optimizer: Any = "adam",
        learning_rate: float | None = None,
        batch_size: int | str = 32,
        epochs: int = 100,
        early_stopping: bool | Mapping[str, Any] = False,
        validation_fraction: float = 0.1,
        class_weight: str | Mapping[Any, float] | None = None,
        recipe: Mapping[str, Any] | None = None,
        prepare: Any = None,
        seeds: int = 5,
        tune: Mapping[str, Any] | None = None,
        budget: int | Mapping[str, Any] = 16,
        random_state: Any = 0,
        folder: str | Path | None = None,
    ) -> None:
        super().__init__(
            model,
            optimizer=optimizer,
            learning_rate=learning_rate,
            batch_size=batch_size,
            epochs=epochs,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            recipe=recipe,
            prepare=prepare,
            seeds=seeds,
            tune=tune,
            budget=budget,
            random_state=random_state,
            folder=folder,
        )
        self.class_weight = class_weight

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:  # noqa: N803  # scikit-learn's name
        """Train the networks.

        Args:
            X: ``(row, column)`` numbers, an array or a data frame; ``(row, ...)`` for images.
            y: ``(row,)`` labels.

        Raises:
            ValueError: for rows or labels that scikit-learn's own estimators refuse too.
            UsageError: for a parameter that says something impossible.
            DataError: for rows that can't be learned from.
        """
        rows, y = validate_data(self, X, y, allow_nd=True, dtype=np.float64, ensure_min_samples=2)
        check_classification_targets(y)
        self.classes_, labels = np.unique(column_or_1d(y, warn=True), return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y has one class only ({self.classes_[0]!r}), and a classifier needs two.")
        self._row_shape = rows.shape[1:]
        names = [str(place) for place in range(len(self.classes_))]
        dataset = Dataset(rows, labels.astype(np.int64), task="classification", classes=names)
        return self._train(dataset, self._class_weight())

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:  # noqa: N803  # scikit-learn's name
        """Give ``(row, class)`` mean probabilities of the networks, in the order of `classes_`.

        Args:
            X: ``(row, column)`` numbers, as in `fit`.
        """
        rows = self._rows(X)
        return self.networks_.answers(rows)

    def predict(self, X: ArrayLike) -> NDArray[Any]:  # noqa: N803  # scikit-learn's name
        """Give the ``(row,)`` labels of highest mean probability.

        Args:
            X: ``(row, column)`` numbers, as in `fit`.
        """
        rows = self._rows(X)
        found: NDArray[Any] = self.classes_[self.networks_.answers(rows).argmax(axis=1)]
        return found

    def _class_weight(self) -> Any:
        if not isinstance(self.class_weight, Mapping):
            return self.class_weight
        labels = self.classes_.tolist()
        for label in self.class_weight:
            if label not in labels:
                raise ValueError(f"class_weight has {label!r}, and y has the classes {labels}.")
        return {str(labels.index(label)): weight for label, weight in self.class_weight.items()}


class TrainlabRegressor(RegressorMixin, _Estimator):
    """A regressor of several networks: each of its own seed, and their mean is the answer.

    Numbers and targets are standardized by the rows of `fit`, as an experiment does it. Parameters and
    attributes are those of `TrainlabClassifier`, without classes.

    >>> TrainlabRegressor(early_stopping=True)
    TrainlabRegressor(early_stopping=True)
    """

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:  # noqa: N803  # scikit-learn's name
        """Train the networks.

        Args:
            X: ``(row, column)`` numbers, an array or a data frame; ``(row, ...)`` for images.
            y: ``(row,)`` or ``(row, target)`` amounts.

        Raises:
            ValueError: for rows or amounts that scikit-learn's own estimators refuse too.
            UsageError: for a parameter that says something impossible.
            DataError: for rows that can't be learned from.
        """
        asked = {"multi_output": True, "y_numeric": True, "ensure_min_samples": 2}
        rows, y = validate_data(self, X, y, allow_nd=True, dtype=np.float64, **asked)
        amounts = check_array(y, ensure_2d=False, dtype=np.float64)
        self._row_shape, self._one_target = rows.shape[1:], amounts.ndim == 1
        return self._train(Dataset(rows, amounts, task="regression"))

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:  # noqa: N803  # scikit-learn's name
        """Give ``(row,)`` or ``(row, target)`` mean amounts, in the shape that `fit` was given.

        Args:
            X: ``(row, column)`` numbers, as in `fit`.
        """
        rows = self._rows(X)
        amounts = self.networks_.answers(rows)
        return amounts[:, 0] if self._one_target else amounts

    def __sklearn_tags__(self) -> Any:
        """Say that several targets are learned at once."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
