"""The workshop: what an experiment's cohorts are made from, each made once.

Data with appended columns, what is fitted on each fold's training rows to prepare them, builders from Python
files, and models as they are before any technique.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.data.dataset import Dataset
from trainlab.data.irrelevant import with_irrelevant
from trainlab.data.preparing.encoding import Prepared, prepare_data
from trainlab.data.preparing.fitting import Fitted
from trainlab.data.splitting.folds import Fold
from trainlab.errors import UsageError
from trainlab.experiment.irrelevant import IrrelevantFeatures
from trainlab.experiment.models import Builder, ModelDescription, PythonFile
from trainlab.experiment.ready_made import came_with_trainlab
from trainlab.experiment.spec import Experiment
from trainlab.model.bases import load_builder
from trainlab.model.blueprint import Bases

LOOKED_AT = 8


@dataclass(eq=False)
class Workshop:
    """Makes data and models on demand and keeps them.

    Args:
        experiment: the question.
        folds: which rows train and validate.
        dtype: ``"float32"``, or ``"float64"`` as certificates compute.
        allow_code: whether Python files that models name may run.
    """

    experiment: Experiment
    folds: Sequence[Fold]
    dtype: str = "float32"
    allow_code: bool = False
    _prepared: dict[IrrelevantFeatures | None, Prepared] = field(default_factory=dict)
    _bases: dict[IrrelevantFeatures | None, Bases] = field(default_factory=dict)
    _builders: dict[PythonFile, Builder] = field(default_factory=dict)

    @property
    def made(self) -> object:
        """Tell apart what was made: two workshops with the same have made it together."""
        return self._bases

    def described(self, model: ModelDescription) -> ModelDescription:
        """Give a model's description, with the user's Python file loaded where it names one.

        Raises:
            UsageError: where the file may not run, fails, or has no such function.
        """
        if not isinstance(model, PythonFile):
            return model
        if not (self.allow_code or came_with_trainlab(model.path)):
            raise UsageError(
                "the experiment wants to run a Python file",
                str(model.path),
                None,
                "Read the file, and if you trust it add `--allow-code`.",
            )
        if model not in self._builders:
            self._builders[model] = load_builder(model)
        return self._builders[model]

    def prepared(self, irrelevant: IrrelevantFeatures | None) -> Prepared:
        """Give the data as they stand on devices, and what prepares them in each fold."""
        if irrelevant not in self._prepared:
            asked, data = self.experiment, self.experiment.data
            if irrelevant is not None:
                data = with_irrelevant(
                    data, noise=irrelevant.noise, zeros=irrelevant.zeros, split_seed=asked.split_seed
                )
            self._prepared[irrelevant] = prepare_data(
                data, asked.prepare, self.folds, scale_target=asked.scales_target
            )
        return self._prepared[irrelevant]

    def data(self, irrelevant: IrrelevantFeatures | None) -> Dataset:
        """Give the data as they stand on devices."""
        return self.prepared(irrelevant).data

    def seen(
        self,
        irrelevant: IrrelevantFeatures | None,
        rows: NDArray[Any],
        fold: int = 0,
        *,
        scaled: bool = True,
    ) -> Any:
        """Give rows of inputs as a network sees them in a fold; a tuple where there are several inputs.

        Args:
            irrelevant: columns appended to the inputs.
            rows: ``(chosen row,)`` row numbers.
            fold: the fold on whose training rows preparation was fitted.
            scaled: whether numbers are scaled; a network that does so itself gets them as they are.
        """
        prepared, kind = self.prepared(irrelevant), np.dtype(self.dtype).type
        data = prepared.data
        parts = [
            _seen(part[rows], scale, fitted, kind, scaled=scaled)
            for part, scale, fitted in zip(data.parts, data.scales, prepared.folds[fold].parts, strict=True)
        ]
        return tuple(parts) if data.inputs else parts[0]

    def bases(self, irrelevant: IrrelevantFeatures | None) -> Bases:
        """Give the models that fit these data."""
        if irrelevant not in self._bases:
            data = self.data(irrelevant)
            self._bases[irrelevant] = Bases(
                example=self.seen(irrelevant, np.arange(min(LOOKED_AT, data.rows))),
                inputs=data.inputs,
                outputs=data.outputs,
                probabilities=data.task == "classification",
            )
        return self._bases[irrelevant]


def _seen(
    part: NDArray[Any], scale: float, fitted: Fitted, kind: type[np.floating[Any]], *, scaled: bool
) -> NDArray[Any]:
    if not scaled:
        return replace(fitted, shift=None, factor=None, unit=None).applied(part, kind)
    rows = fitted.applied(part, kind)
    return rows if fitted.factor is not None or scale == 1 else rows * kind(scale)
