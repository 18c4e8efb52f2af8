"""The gauntlet: what every technique must pass, on any model.

Each method is one trial and raises ``AssertionError`` with what was found. All techniques are trained in one
experiment, so that the compiled programs are shared.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from trainlab.certifying import Certificate, certify
from trainlab.errors import UsageError
from trainlab.experiment.recipe import Recipe
from trainlab.experiment.spec import Experiment
from trainlab.exporting import export
from trainlab.results.table import Results
from trainlab.results.weights import scored_weights
from trainlab.running import run

BASELINE = "baseline"
# Outputs are stored in half precision.
HALF = 1e-3


@dataclass(frozen=True)
class Trial:
    """What the gauntlet is told of one technique.

    Args:
        changes: the technique at a strength that shows.
        zero: the technique at strength zero; None where it has no strength.
        other: the technique at another strength; None where strengths are no numbers of a lane.
        impossible: settings that must be refused.
        composite: whether its score is put together from several sets of weights, so that no single exported
            model gives its stored outputs.
    """

    changes: Mapping[str, Any]
    zero: Mapping[str, Any] | None = None
    other: Mapping[str, Any] | None = None
    impossible: tuple[Mapping[str, Any], ...] = ()
    composite: bool = False


@dataclass(eq=False)
class Gauntlet:
    """Trains every trial's variants once, and answers for each technique.

    Args:
        experiment: data, model and recipe; its variants are not looked at.
        trials: name -> trial.
        folder: where results and models are written.

    >>> import tempfile
    >>> from trainlab.testing.worlds import tiny_experiment
    >>> trials = {"l2": Trial({"l2": 0.1}, zero={"l2": 0.0}, other={"l2": 0.2}, impossible=({"l2": -1},))}
    >>> gauntlet = Gauntlet(tiny_experiment(seeds=1), trials, Path(tempfile.mkdtemp()))
    >>> gauntlet.refuses_what_is_impossible("l2")
    """

    experiment: Experiment
    trials: Mapping[str, Trial]
    folder: Path
    _weights: dict[str, list[np.ndarray]] = field(default_factory=dict)

    def passes(self, name: str) -> None:
        """A technique passes every trial."""
        self.refuses_what_is_impossible(name)
        self.changes_training(name)
        self.zero_changes_no_bit(name)
        self.takes_strengths_as_numbers(name)
        self.is_certified(name)
        self.exports_and_reloads(name)

    def refuses_what_is_impossible(self, name: str) -> None:
        """Impossible settings are refused, by their key."""
        for changes in self.trials[name].impossible:
            refusal = _refusal(changes)
            assert refusal is not None, f"{changes} was accepted"
            assert any(key in str(refusal.where) for key in changes), refusal
            assert refusal.cure, f"no cure is said: {refusal}"

    def changes_training(self, name: str) -> None:
        """A technique that shows gives other weights or another score than the baseline."""
        given, baseline = self.weights(name), self.weights(BASELINE)
        alike = len(given) == len(baseline) and all(
            one.shape == other.shape and np.array_equal(one, other)
            for one, other in zip(given, baseline, strict=True)
        )
        same_score = np.array_equal(self._scores(name), self._scores(BASELINE))
        assert not (alike and same_score), "nothing differs from the baseline"

    def zero_changes_no_bit(self, name: str) -> None:
        """A lane at strength zero has the baseline's weights, bit for bit, beside lanes that use it."""
        if self.trials[name].zero is None:
            return
        for given, baseline in zip(self.weights(f"{name}: zero"), self.weights(BASELINE), strict=True):
            assert given.tobytes() == baseline.tobytes(), "strength zero is not the baseline"

    def takes_strengths_as_numbers(self, name: str) -> None:
        """Two strengths share a program, and give different weights."""
        if self.trials[name].other is None:
            return
        one, other = name, f"{name}: other"
        assert self._cohort(one) == self._cohort(other), "another strength opens another program"
        pairs = zip(self.weights(one), self.weights(other), strict=True)
        assert any(not np.array_equal(this, that) for this, that in pairs), "the strength has no effect"

    def is_certified(self, name: str) -> None:
        """A lane equals `keras.Model.fit` of the plain model with plain numbers."""
        (lane,) = [lane for lane in self.certificate.lanes if lane.variant == name]
        assert lane.largest <= self.certificate.tolerance, lane

    def exports_and_reloads(self, name: str) -> None:
        """The exported file loads with Keras alone and predicts what was stored: off at evaluation."""
        import keras

        path = self.folder / f"{name.replace(':', '').replace(' ', '_')}.keras"
        seed = self.experiment.seeds[0]
        export(self.results.folder, path, variant=name, seed=seed, experiment=self._asked)
        loaded = keras.saving.load_model(path)
        layers = loaded._flatten_layers()  # noqa: SLF001  (Keras's own way to all layers)
        own = [layer for layer in layers if type(layer).__module__.startswith("trainlab")]
        assert not own, f"layers of trainlab's own: {own}"
        if self.trials[name].composite:
            return
        rows = self.results.validation_rows[0]
        irrelevant = self.experiment.recipe.changed(self.trials[name].changes).irrelevant_features
        data = self._seen(irrelevant)
        answers = np.asarray(loaded(data.prepared(rows) / np.float32(data.scale), training=False))
        stored = self.results.rows("outputs", name)[0]
        assert stored is not None
        if answers.shape != stored.shape:
            return  # one unit for two classes, stored as two probabilities
        read = answers if np.allclose(answers.sum(axis=-1), 1, atol=1e-3) else None
        if read is not None:
            np.testing.assert_allclose(read, stored.astype(np.float64), atol=HALF)

    def weights(self, name: str) -> list[np.ndarray]:
        """Give the scored weights of a variant's first run."""
        if name not in self._weights:
            number = int(self.results.run_numbers[self.results.variants.index(name), 0, 0])
            self._weights[name] = _weights_of(self.results.folder, number)
        return self._weights[name]

    @functools.cached_property
    def results(self) -> Results:
        """The trained experiment."""
        return run(self._asked, self.folder / "results")

    @functools.cached_property
    def certificate(self) -> Certificate:
        """The certificate, one lane for each technique."""
        changes = {name: trial.changes for name, trial in self.trials.items()}
        asked = self._with({BASELINE: {}, **changes})
        single = replace(asked, seeds=self.experiment.seeds[:1])
        return certify(single, lanes=len(single.variants), epochs=None)

    @functools.cached_property
    def _asked(self) -> Experiment:
        variants: dict[str, Mapping[str, Any]] = {BASELINE: {}}
        for name, trial in self.trials.items():
            variants[name] = trial.changes
            if trial.zero is not None:
                variants[f"{name}: zero"] = trial.zero
            if trial.other is not None:
                variants[f"{name}: other"] = trial.other
        return self._with(variants)

    def _with(self, variants: Mapping[str, Mapping[str, Any]]) -> Experiment:
        asked = self.experiment
        return Experiment(
            asked.data,
            asked.model,
            asked.recipe,
            variants,
            validation=asked.validation,
            seeds=asked.seeds,
            metric=asked.metric,
            split_seed=asked.split_seed,
        )

    def _scores(self, name: str) -> np.ndarray:
        scores: np.ndarray = self.results.scores[self.results.variants.index(name)]
        return scores

    def _cohort(self, name: str) -> int:
        from trainlab.results.store import Reader

        variant = self.results.variants.index(name)
        with Reader(self.results.folder) as reader:
            return next(int(row["cohort"]) for row in reader.runs() if row["variant"] == variant)

    def _seen(self, irrelevant: Any) -> Any:
        from trainlab.data.irrelevant import with_irrelevant

        if irrelevant is None:
            return self.experiment.data
        return with_irrelevant(
            self.experiment.data,
            noise=irrelevant.noise,
            zeros=irrelevant.zeros,
            split_seed=self.experiment.split_seed,
        )


def _refusal(changes: Mapping[str, Any]) -> UsageError | None:
    try:
        Recipe(**changes)
    except UsageError as error:
        return error
    return None


def _weights_of(folder: Path, number: int) -> list[np.ndarray]:
    from trainlab.results.store import Reader

    with Reader(folder) as reader:
        rows = {row["run"]: row for row in reader.runs()}
    if rows[number]["members"]:
        number += 1  # the first member stands for its ensemble
    return scored_weights(folder, [number])[number].weights
