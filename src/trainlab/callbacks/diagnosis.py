"""For people who call ``fit`` themselves: a Keras callback that stores one run as trainlab stores runs.

What it writes is an ordinary folder of results: one variant, one seed, one fold. Importing this module loads
Keras. It knows nothing of experiments and of lanes: whatever ``fit`` trains is looked at from outside.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainlab.callbacks.judging import judge_of, penalty
from trainlab.callbacks.rows import Rows, each, halves, leaves, shared_out
from trainlab.data.draws import Purpose, draws
from trainlab.diagnosis.diagnose import diagnose
from trainlab.errors import UsageError
from trainlab.results import provenance
from trainlab.results.outcome import Outcome
from trainlab.results.records import EpochRecord, RunEnding
from trainlab.results.store import Writer
from trainlab.results.table import Results, open_results
from trainlab.running import make_folder, new_folder

# So far from the data, a logit leaves the numbers from 0 to 1, and a probability does not.
FAR = 1000


class Diagnosis(keras.callbacks.Callback):
    """Stores a run of ``fit`` so that it can be diagnosed and reported, and says what one run can tell.

    After each epoch, with the weights standing still, loss and metric are measured on a fixed sample of the
    training rows and on both halves of the validation rows; at the end, row by row. Weights of rows and
    classes that ``fit`` was given count in training alone.

    Args:
        x: the training inputs that ``fit`` gets: an array, or a list or mapping of arrays for several inputs.
        y: the targets: class numbers, one-hot rows, 0 and 1 for one output, or amounts.
        validation: ``(x, y)`` of rows that are not trained on; or the share of the last rows of ``x``, as
            ``fit`` holds it back by ``validation_split``.
        metric: one of our metrics by name; left out, accuracy or mean squared error.
        task: ``"classification"`` or ``"regression"``, where it can't be told from targets and loss.
        name: what the run is called.
        folder: where the results go, an empty or a new one; left out, a new one under ``runs`` for each
            ``fit``.
        batch_size: how many rows are looked at together.
        say: told the verdict at the end; None for silence.

    Raises:
        UsageError: for data without rows to look at, and, when ``fit`` begins, for a model without a compiled
            loss or with several outputs.

    >>> x, y = np.zeros((40, 2)), np.arange(40) % 2
    >>> Diagnosis(x, y, validation=0.2).results
    Traceback (most recent call last):
    trainlab.errors.UsageError: Diagnosis: nothing was trained yet. Pass the callback to \
`model.fit(..., callbacks=[callback])` first.
    """

    def __init__(
        self,
        x: Any,
        y: Any,
        *,
        validation: tuple[Any, Any] | float,
        metric: str | None = None,
        task: str | None = None,
        name: str = "model",
        folder: str | Path | None = None,
        batch_size: int = 256,
        say: Callable[[str], None] | None = print,
    ) -> None:
        super().__init__()
        self._training, self._validation = shared_out(x, y, validation)
        self._metric, self._task = metric, task
        self._name, self._asked = name, folder
        self._batch_size = batch_size
        self._say = say
        self._folder: Path | None = None

    @property
    def results(self) -> Results:
        """What is stored of the last ``fit``.

        Raises:
            UsageError: before the first one.
        """
        if self._folder is None:
            cure = "Pass the callback to `model.fit(..., callbacks=[callback])` first."
            raise UsageError("nothing was trained yet", "Diagnosis", None, cure)
        return open_results(self._folder)

    def on_train_begin(self, logs: Any = None) -> None:
        """Tell what is learned, choose the rows that are looked at, and declare the run."""
        del logs
        self._began, self._seconds = time.perf_counter(), 0.0
        rows = len(self._validation.y)
        chosen = draws(0, Purpose.WATCHED).permutation(len(self._training.y))[:rows]
        self._watched = self._training.taken(np.sort(chosen)).joined(self._validation)
        self._sample = len(self._watched.y) - rows
        self._batch = min(self._batch_size, len(self._watched.y))
        outputs = self._outputs(self._watched.x)
        both = self._training.joined(self._validation)
        self._judge = judge_of(
            self.model.loss, both.y, outputs, self._far(outputs), metric=self._metric, task=self._task
        )
        labels, classes = self._judge.labels(self._validation.y), bool(self._judge.head.classes)
        self._halves = halves(labels, draws(0, Purpose.HALVES), classes=classes)
        self._losses: list[tuple[float, ...]] = []
        self._steps = int(self.model.optimizer.iterations)
        self._folder = new_folder(self._asked, "fit")
        make_folder(self._folder)
        self._declare(self._folder, both)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Look at the fixed rows, with the weights standing still."""
        del epoch
        began = time.perf_counter()
        train, first, second = self._measured()
        record = EpochRecord(
            running_loss=float((logs or {}).get("loss", math.nan)),
            train_loss=train[0],
            train_metric=train[1],
            validation_loss_a=first[0],
            validation_loss_b=second[0],
            validation_metric_a=first[1],
            validation_metric_b=second[1],
            penalty=penalty(self.model),
        )
        self._losses.append((train[0], first[0], second[0]))
        with Writer(self._place()) as writer:
            writer.write_epoch(len(self._losses), {0: record})
        self._seconds += time.perf_counter() - began

    def on_train_end(self, logs: Any = None) -> None:
        """Look at every row, store how the run ended, and say what it can tell."""
        del logs
        began = time.perf_counter()
        ending = self._ending()
        with Writer(self._place()) as writer:
            writer.write_endings({0: ending})
            self._seconds += time.perf_counter() - began
            total = time.perf_counter() - self._began
            parts = {"compile": 0.0, "train": total - self._seconds, "evaluate": self._seconds}
            writer.write_facts({"seconds": {**parts, "total": total}})
        if self._say is not None:
            results = self.results
            said = [row.sentence for row in diagnose(results).rows]
            self._say(" ".join([*said, f"Results: {results.folder}."]))

    def _ending(self) -> RunEnding:
        trained, epochs = len(self._training.y), len(self._losses)
        both = self._training.joined(self._validation)
        looked = self._judge.look(self._outputs(both.x), both.y)
        fitted, held = looked.of(slice(trained)), looked.of(slice(trained, None))
        whole = [self._share() @ np.array(record[1:]) for record in self._losses]
        asked = int(self.params.get("epochs") or 0)
        usual: dict[str, Any] = {
            "epochs": epochs,
            "best_epoch": int(np.nanargmin(whole)) + 1 if np.isfinite(whole).any() else 0,
            "parameters": sum(int(np.prod(one.shape)) for one in self.model.trainable_variables),
            "steps": int(self.model.optimizer.iterations) - self._steps,
        }
        if not epochs or not held.finite:
            nothing: dict[str, Any] = dict.fromkeys(("score", "loss", "train_score", "train_loss"), math.nan)
            step = usual["steps"]
            return RunEnding(Outcome.DIVERGED, chosen_epoch=0, diverged_step=step, **usual, **nothing)
        scores, metric = held.scores, held.metric
        narrow = self._judge.head.reading != "values" and metric.of_rows
        return RunEnding(
            Outcome.STOPPED_EARLY if epochs < asked else Outcome.FINISHED,
            chosen_epoch=self._epoch_in_force(),
            diverged_step=None,
            score=float(scores.mean()),
            loss=held.means[0],
            train_score=fitted.means[1],
            train_loss=fitted.means[0],
            row_scores=scores.astype(np.uint8 if metric.right_or_wrong else np.float32),
            row_losses=held.losses.astype(np.float32),
            outputs=held.answers.astype(np.float16 if narrow else np.float32),
            **usual,
        )

    def _epoch_in_force(self) -> int:
        """Tell which epoch's weights are there at the end: another callback may have put back the best."""
        now = tuple(loss for loss, _ in self._measured())
        found = [place for place, then in enumerate(self._losses, start=1) if then == now]
        return found[-1] if found else len(self._losses)

    def _measured(self) -> list[tuple[float, float]]:
        """Give loss and metric on the sample of training rows and on both halves of the validation rows."""
        looked = self._judge.look(self._outputs(self._watched.x), self._watched.y)
        training = np.arange(len(self._watched.y)) < self._sample
        second = np.concatenate([np.zeros(self._sample, bool), self._halves])
        return [looked.of(group).means for group in (training, ~training & ~second, second)]

    def _share(self) -> NDArray[np.float64]:
        second = self._halves.mean()
        return np.array([1 - second, second])

    def _outputs(self, x: Any) -> NDArray[Any]:
        """Give ``(row, unit)`` outputs, with the weights standing still.

        Rows are filled up to whole batches, so that Keras compiles for one size and no other.
        """
        rows = len(leaves(x)[0])
        filled = np.arange(-(-rows // self._batch) * self._batch) % rows
        found = self.model.predict(each(lambda part: part[filled], x), batch_size=self._batch, verbose=0)
        if isinstance(found, Mapping | Sequence):
            cure = "Give the callback a model of one output, or diagnose each output's model by itself."
            raise UsageError("the model has several outputs", "Diagnosis", None, cure)
        outputs = np.asarray(found)[:rows]
        return outputs[:, None] if outputs.ndim == 1 else outputs

    def _far(self, outputs: NDArray[Any]) -> NDArray[Any]:
        """Give outputs far from the data, where inputs are numbers; else those of the data again."""
        few = self._watched.taken(np.arange(min(len(self._watched.y), 8)))
        if any(part.dtype.kind != "f" for part in leaves(few.x)):
            return outputs
        far = [self._outputs(each(lambda part, by=by: by * part, few.x)) for by in (FAR, -FAR)]
        return np.concatenate([outputs, *far])

    def _place(self) -> Path:
        assert self._folder is not None  # noqa: S101  (Keras begins before an epoch ends)
        return self._folder

    def _declare(self, folder: Path, both: Rows) -> None:
        trained, held = len(self._training.y), len(self._validation.y)
        labels = self._judge.labels(both.y)
        classes = self._judge.head.classes
        mean = [] if classes else [float(one) for one in labels[:trained].mean(axis=0)]
        rows: dict[str, NDArray[Any]] = {
            "training": np.arange(trained, dtype=np.int32),
            "validation": np.arange(trained, trained + held, dtype=np.int32),
            "halves": self._halves.astype(np.uint8),
            "targets": labels[trained:],
        }
        shapes = [list(part.shape[1:]) for part in leaves(both.x)]
        facts = {
            "experiment": self._experiment(held / (trained + held)),
            "reference": self._name,
            "folds": 1,
            "data": {
                "name": "arrays given to fit",
                "task": "classification" if classes else "regression",
                "rows": trained + held,
                "input_shape": shapes[0] if len(shapes) == 1 else shapes,
                "inputs": [] if len(shapes) == 1 else [f"input_{place}" for place in range(len(shapes))],
                "classes": [str(label) for label in range(classes)],
                "class_counts": np.bincount(labels, minlength=classes).tolist() if classes else [],
                "target_mean": mean,
                "target_means": [mean],
                "training_rows": trained,
                "validation_rows": held,
                "fold_rows": [[trained, held]],
                "columns": [],
                "notes": [f"trained by `fit` from outside of trainlab; {self._judge.head.sentence}"],
            },
            "versions": provenance.versions(),
            "machine": provenance.machine(),
            "command": provenance.command(),
            "started": provenance.now(),
            "findings": [],
            "interrupted": "",
            "seconds": {},
        }
        with Writer(folder) as writer:
            writer.declare_runs([(0, 0, 0, 0, 0, 0, 0)])
            writer.write_arrays("fold/0", rows)
            writer.write_facts(facts)

    def _experiment(self, share: float) -> dict[str, Any]:
        optimizer, steps = self.model.optimizer, self.params.get("steps")
        rate = float(np.asarray(keras.ops.convert_to_numpy(optimizer.learning_rate)))
        recipe = {
            "optimizer": type(optimizer).__name__.lower(),
            "learning_rate": rate,
            # Keras doesn't tell: the smallest batch that comes to as many steps.
            "batch_size": -(-len(self._training.y) // steps) if steps else None,
            "epochs": self.params.get("epochs"),
        }
        return {
            "question": "",
            "data": "arrays given to fit",
            "model": {"keras": self.model.name},
            "recipe": recipe,
            "variants": {self._name: {}},
            "seeds": [0],
            "metric": self._judge.metric.name,
            "smallest_difference": None,
            "target_score": None,
            "validation": {"holdout": share},
            "split_seed": 0,
            "baselines": [],
            "override": {},
        }
