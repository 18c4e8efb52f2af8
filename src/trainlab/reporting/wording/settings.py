"""One setting of a recipe in words, in every form that an experiment's document writes it.

Knows the recipe's vocabulary and nothing of results. What is off is said as well: a variant may turn off what
the recipe turns on.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from trainlab.reporting.wording.architecture import architecture
from trainlab.reporting.wording.augmented import augmentation
from trainlab.reporting.wording.placement import both_penalties, normalization, pruning, strength
from trainlab.reporting.wording.plain import is_off, percent, plain
from trainlab.reporting.wording.words import counted, listing, number

_OPTIMIZERS = {
    "sgd": "SGD",
    "adam": "Adam",
    "adamw": "AdamW",
    "rmsprop": "RMSprop",
    "adamax": "Adamax",
    "nadam": "Nadam",
    "adagrad": "Adagrad",
    "adadelta": "Adadelta",
    "adafactor": "Adafactor",
    "ftrl": "FTRL",
    "lamb": "LAMB",
    "lion": "Lion",
    "muon": "Muon",
    "schedule_free_adamw": "schedule-free AdamW",
}
_NAMES = {
    "relu": "ReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "leaky_relu": "leaky ReLU",
}
_RESAMPLED = {
    "over": "rows of rarer classes repeated until all classes are as large",
    "under": "rows of larger classes left out until all classes are as large",
}


def setting(key: str, value: object) -> str:
    """Write one setting of a recipe in words.

    Args:
        key: the setting, a key of the recipe.
        value: as an experiment's document writes it.

    >>> setting("batch_size", 128), setting("optimizer", {"sgd": {"momentum": 0.9}}), setting("dropout", 0)
    ('batches of 128 rows', 'SGD with momentum 0.9', 'no dropout')
    >>> setting("schedule", {"cosine": {"restarts": 0}, "warmup": 2})
    'cosine schedule with 2 epochs of warm-up'
    """
    if key in _WORDS:
        return _WORDS[key](value)
    return f"{key.replace('_', ' ')} {plain(value)}"


def _optimizer(value: object) -> str:
    if isinstance(value, Mapping) and len(value) == 1:
        name, numbers = next(iter(value.items()))
        given = listing([f"{key.replace('_', ' ')} {plain(inner)}" for key, inner in (numbers or {}).items()])
        return f"{_optimizer(name)} with {given}" if given else _optimizer(name)
    return _OPTIMIZERS.get(str(value), str(value))


def _schedule(value: Any) -> str:
    if is_off(value) or value == "constant":
        return "a constant learning rate"
    given = dict(value) if isinstance(value, Mapping) else {value: {}}
    warmup = given.pop("warmup", 0)
    warm = f"{counted_epochs(warmup)} of warm-up" if warmup else ""
    if not given or "constant" in given:
        return f"a constant learning rate after {warm}"
    kind, numbers = next(iter(given.items()))
    numbers = numbers or {}
    said = _SCHEDULES[kind](numbers) if kind in _SCHEDULES else f"{kind} schedule {plain(numbers)}".strip()
    if not warm:
        return said
    return f"{said}{' and ' if ' with ' in said else ' with '}{warm}"


def _cosine(numbers: Mapping[str, Any]) -> str:
    restarts = int(numbers.get("restarts", 0))
    return f"cosine schedule with {counted(restarts, 'restart')}" if restarts else "cosine schedule"


def _one_cycle(numbers: Mapping[str, Any]) -> str:
    peak = numbers.get("peak")
    return f"one-cycle schedule with peak {plain(peak)}" if peak else "one-cycle schedule"


def _plateau(numbers: Mapping[str, Any]) -> str:
    factor, patience = numbers.get("factor", 0.5), numbers.get("patience", 3)
    least = numbers.get("min_delta", 0.0)
    fallen = f"fallen by {plain(least)}" if least else "fallen"
    said = (
        f"learning rate times {plain(factor)} after {counted_epochs(patience)} in which the validation loss "
        f"has not {fallen}"
    )
    if numbers.get("cooldown"):
        said += f", then {counted_epochs(numbers['cooldown'])} of pause"
    return f"{said}, down to {plain(numbers['min_rate'])}" if numbers.get("min_rate") else said


_SCHEDULES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "step": lambda numbers: (
        f"learning rate times {plain(numbers.get('factor', 0.5))} every "
        f"{counted_epochs(numbers.get('every', 5))}"
    ),
    "exponential": lambda numbers: f"learning rate times {plain(numbers.get('factor', 0.95))} each epoch",
    "inverse_time": lambda numbers: (
        f"learning rate divided by 1 plus {plain(numbers.get('rate', 0.1))} for each epoch"
    ),
    "cosine": _cosine,
    "one_cycle": _one_cycle,
    "plateau": _plateau,
}


def counted_epochs(epochs: float) -> str:
    """Write a number of epochs, whole or not.

    >>> counted_epochs(1), counted_epochs(2.0), counted_epochs(0.5)
    ('1 epoch', '2 epochs', '0.5 epochs')
    """
    return f"{number(epochs) if epochs < 1000 else f'{epochs:,.0f}'} {'epoch' if epochs == 1 else 'epochs'}"


def _early_stopping(value: object) -> str:
    if is_off(value):
        return "no early stopping"
    given = value if isinstance(value, Mapping) else {}
    monitor, smooth = given.get("monitor", "loss"), given.get("smooth", 1)
    watched = "the validation loss" if monitor == "loss" else "the validation metric"
    said = f"early stopping with patience {plain(given.get('patience', 5))} on {watched}"
    if smooth > 1:
        said += f" averaged over {counted_epochs(smooth)}"
    least = given.get("min_delta", 0.0)
    return f"{said}, where only an improvement of more than {plain(least)} counts" if least else said


def _ensemble(value: Any) -> str:
    members = value.get("members", 5) if isinstance(value, Mapping) else value
    if is_off(members) or members == 1:
        return "a single network"
    return f"{members} networks averaged"


def _class_weight(value: object) -> str:
    if is_off(value):
        return "no class weights"
    if isinstance(value, Mapping):
        return f"class weights {listing([f'{name}: {plain(weight)}' for name, weight in value.items()])}"
    return "classes weighted so that all count alike"


def _irrelevant(value: object) -> str:
    if not isinstance(value, Mapping):
        return "no irrelevant columns"
    if value.get("zeros"):
        return f"{counted(value['zeros'], 'column')} of zeros appended to the inputs (the control of noise)"
    return f"{counted(value.get('noise', 0), 'column')} of noise appended to the inputs"


def _hidden(units: Sequence[int]) -> str:
    if not units:
        return "no hidden layer"
    return f"{'a hidden layer' if len(units) == 1 else 'hidden layers'} of {plain(units)} units"


def _named(value: object) -> str:
    return _NAMES.get(str(value), str(value).replace("_", " "))


def _times(what: str) -> Callable[[Any], str]:
    return lambda factor: f"the usual {what}" if factor == 1 else f"{plain(factor)} times the {what}"


def _unless_off(off: str, said: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: off if is_off(value) else said(value)


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "optimizer": _optimizer,
    "learning_rate": lambda value: (
        "the optimizer's own learning rate" if value is None else f"learning rate {plain(value)}"
    ),
    "schedule": _schedule,
    "clip_norm": _unless_off(
        "gradient norm not clipped", lambda norm: f"gradient norm clipped at {plain(norm)}"
    ),
    "clip_value": _unless_off(
        "gradients not clipped", lambda most: f"every number of the gradient clipped at ±{plain(most)}"
    ),
    "ema": _unless_off(
        "no moving average of the weights",
        lambda momentum: f"moving average of the weights with momentum {plain(momentum)}",
    ),
    "accumulate": lambda batches: (
        "a step for each batch" if batches == 1 else f"a step from the gradients of {plain(batches)} batches"
    ),
    "batch_size": lambda value: (
        "all rows in one batch" if value == "all" else f"batches of {plain(value)} rows"
    ),
    "epochs": lambda value: f"{plain(value)} epochs" if value != 1 else "1 epoch",
    "loss": lambda name: f"{str(name).replace('_', ' ')} as loss",
    "output": lambda name: f"{name} output",
    "l1": strength("L1 penalty", kernels=True),
    "l2": strength("L2 penalty", kernels=True),
    "l1_l2": both_penalties,
    "activity_l1": strength("L1 penalty on activities"),
    "activity_l2": strength("L2 penalty on activities"),
    "weight_decay": strength("weight decay", kernels=True),
    "max_norm": strength("max norm", kernels=True),
    "dropout": strength("dropout"),
    "gaussian_dropout": strength("Gaussian dropout"),
    "alpha_dropout": strength("alpha dropout"),
    "drop_connect": strength("drop connect"),
    "gaussian_noise": strength(
        "Gaussian noise of standard deviation", off="no Gaussian noise", unsaid="at the input"
    ),
    "label_smoothing": strength("label smoothing"),
    "batch_norm": normalization("batch normalization"),
    "layer_norm": normalization("layer normalization"),
    "weight_norm": normalization("weight normalization"),
    "hidden": _hidden,
    "width": _times("width of hidden layers"),
    "depth": _times("number of hidden layers"),
    "activation": lambda name: f"{_named(name)} in hidden layers",
    "initializer": lambda name: f"hidden weights initialized by {str(name).replace('_', ' ')}",
    "model": lambda model: f"another model: {architecture(model)}",
    "train_rows": _unless_off("all training rows", lambda rows: f"{plain(rows)} training rows"),
    "train_fraction": lambda share: (
        "all training rows" if share == 1 else f"{percent(share)} of the training rows"
    ),
    "class_weight": _class_weight,
    "resample": lambda way: _RESAMPLED.get(str(way), "no resampling"),
    "irrelevant_features": _irrelevant,
    "augment": augmentation,
    "early_stopping": _early_stopping,
    "ensemble": _ensemble,
    "prune": pruning,
}
