"""scikit-learn's MLP, one model after the other, an epoch by `partial_fit`."""

import pickle
from collections.abc import Callable
from typing import Any

import measure
import works
from contenders.rows import steady_rows
from contenders.script import Fitted, Job, Parts


def load() -> None:
    """Import what the script needs."""
    import matplotlib.pyplot  # noqa: F401, ICN001
    import sklearn.datasets
    import sklearn.neural_network  # noqa: F401


def able(network: works.Network, training: works.Training) -> bool:
    """Say whether it has all that is asked for: dense networks without dropout, SGD or Adam."""
    return not network.filters and not network.dropout and training.optimizer in {"sgd", "adam"}


def build(network: works.Network, training: works.Training, seed: int) -> Any:
    """Build a model; what Keras does not do is switched off."""
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(
        network.hidden,
        solver=training.optimizer,
        alpha=0.0,
        batch_size=training.batch,
        learning_rate_init=training.rate,
        momentum=0.0,
        nesterovs_momentum=False,
        epsilon=1e-7,
        random_state=seed,
    )


def steady(work: works.Steady, seconds: float) -> tuple[measure.Epochs, Callable[[], dict[str, Any]]]:
    """Train epoch after epoch."""
    x, y = steady_rows(work)
    flat = x.reshape(len(x), -1)
    model = build(work.network, work.training, 0)

    def train(epochs: int) -> None:
        for _ in range(epochs):
            model.partial_fit(flat, y, classes=range(works.CLASSES))

    return measure.Epochs(train, steps=-(-len(y) // work.training.batch), runs=1, seconds=seconds), dict


def fit(job: Job, parts: Parts) -> list[Fitted]:
    """Fit one run, looking at both samples after each epoch."""
    [split], [seed] = job.splits, job.seeds
    train, sample, validation = (
        (x.reshape(len(x), -1), y) for x, y in (split.train, split.sample, split.validation)
    )
    model = build(job.variant.network, job.variant.training, seed)
    history = []
    for _ in range(job.epochs):
        with parts.part("training"):
            model.partial_fit(*train, classes=range(works.CLASSES))
        with parts.part("evaluation"):
            history.append(looked_at(model, sample) | looked_at(model, validation, "val_"))
    return [
        Fitted(history, lambda path: path.with_suffix(".pickle").write_bytes(pickle.dumps(model)) and None)
    ]


def looked_at(model: Any, rows: tuple[Any, Any], before: str = "") -> dict[str, float]:
    """Give loss and accuracy on some rows."""
    import numpy as np

    x, y = rows
    chances = model.predict_proba(x)
    loss = -np.log(np.maximum(chances[np.arange(len(y)), y], 1e-7)).mean()
    return {f"{before}loss": float(loss), f"{before}accuracy": float((chances.argmax(1) == y).mean())}
