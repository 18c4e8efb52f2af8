"""The workshop: what an experiment's cohorts are made from, each made once.

Data with appended columns, builders from Python files, and models as they are before any technique.
"""

from dataclasses import dataclass, field

import numpy as np

from trainlab.data.dataset import Dataset
from trainlab.data.irrelevant import with_irrelevant
from trainlab.errors import UsageError
from trainlab.experiment.irrelevant import IrrelevantFeatures
from trainlab.experiment.models import Builder, ModelDescription, PythonFile
from trainlab.model.bases import load_builder
from trainlab.model.blueprint import Bases

LOOKED_AT = 8


@dataclass(eq=False)
class Workshop:
    """Makes data and models on demand and keeps them.

    Args:
        dataset: the rows as they are.
        split_seed: what appended columns are drawn from.
        dtype: ``"float32"``, or ``"float64"`` as certificates compute.
        allow_code: whether Python files that models name may run.
    """

    dataset: Dataset
    split_seed: int
    dtype: str = "float32"
    allow_code: bool = False
    _data: dict[IrrelevantFeatures | None, Dataset] = field(default_factory=dict)
    _bases: dict[IrrelevantFeatures | None, Bases] = field(default_factory=dict)
    _builders: dict[PythonFile, Builder] = field(default_factory=dict)

    def described(self, model: ModelDescription) -> ModelDescription:
        """Give a model's description, with the user's Python file loaded where it names one.

        Raises:
            UsageError: where the file may not run, fails, or has no such function.
        """
        if not isinstance(model, PythonFile):
            return model
        if not self.allow_code:
            raise UsageError(
                "the experiment wants to run a Python file",
                str(model.path),
                None,
                "Read the file, and if you trust it add `--allow-code`.",
            )
        if model not in self._builders:
            self._builders[model] = load_builder(model)
        return self._builders[model]

    def data(self, irrelevant: IrrelevantFeatures | None) -> Dataset:
        """Give the data that a network sees."""
        if irrelevant is None:
            return self.dataset
        if irrelevant not in self._data:
            self._data[irrelevant] = with_irrelevant(
                self.dataset, noise=irrelevant.noise, zeros=irrelevant.zeros, split_seed=self.split_seed
            )
        return self._data[irrelevant]

    def bases(self, irrelevant: IrrelevantFeatures | None) -> Bases:
        """Give the models that fit these data."""
        if irrelevant not in self._bases:
            seen = self.data(irrelevant)
            rows = np.arange(min(LOOKED_AT, seen.rows))
            self._bases[irrelevant] = Bases(
                example=seen.prepared(rows, np.dtype(self.dtype).type),
                inputs=seen.inputs,
                outputs=seen.outputs,
                probabilities=seen.task == "classification",
            )
        return self._bases[irrelevant]
