"""The recipe: how a network is trained, and the vocabulary of what a recipe or a variant may say.

A recipe is a frozen value. Variants are changes of it, so that everything else is equal by construction.
What a setting's longer forms look like stands in the file of that setting.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from trainlab.errors import UsageError
from trainlab.experiment.augmentation import parse_augmentation
from trainlab.experiment.checks import Check, count, mapping, number
from trainlab.experiment.class_weights import parse_class_weights
from trainlab.experiment.ensembles import parse_ensemble
from trainlab.experiment.irrelevant import parse_irrelevant
from trainlab.experiment.layers import ACTIVATION, INITIALIZER, SIZES
from trainlab.experiment.losses import parse_loss, parse_output
from trainlab.experiment.models import Mlp, describe_model
from trainlab.experiment.optimizers import KINDS, OptimizerChoice, parse_optimizer
from trainlab.experiment.placed import HIDDEN, INPUT, At, Normalized, Placed, normalized, paired, placed
from trainlab.experiment.places import Place
from trainlab.experiment.repetitions import refuse_repetitions
from trainlab.experiment.resampling import parse_resample
from trainlab.experiment.schedules import CONSTANT, Schedule, parse_schedule
from trainlab.experiment.stopping import parse_early_stopping

# A number, a list layer by layer, or `{strength: ..., at: ..., on: ...}`; plain or `Placed` once checked.
Strength = Any

_ABOVE_ZERO = number(low=0.0, low_open=True)
_PENALTY = number(low=0.0)
_DEVIATION = number(low=0.0, high=1.0)  # Keras takes no more
_SHARE = number(low=0.0, high=1.0, high_open=True)


def _batch_size(value: object, where: str) -> int | Literal["all"]:
    if isinstance(value, str) and value == "all":
        return "all"
    try:
        size: int = count()(value, where)
    except UsageError as error:
        cure = f"{error.cure.removesuffix('.')}, or `all`."
        raise UsageError(error.message, where, error.value, cure) from None
    return size


def _or_off(check: Check, off: object = None) -> Check:
    """Let ``false`` and ``none`` turn a setting off; one that is off is one value, however it is written."""

    def checked(value: object, where: str) -> Any:
        if (isinstance(value, (bool, np.bool_)) and not value) or (
            isinstance(value, str) and value == "none"
        ):
            return off
        found = check(value, where)
        return off if isinstance(found, Placed) and found.is_off else found

    return checked


def _schedule(value: object, where: str) -> Schedule | None:
    found = parse_schedule(value, where)
    return None if found == CONSTANT else found


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "optimizer": parse_optimizer,
        "learning_rate": _ABOVE_ZERO,
        "schedule": _or_off(_schedule),
        "clip_norm": _or_off(_ABOVE_ZERO),
        "clip_value": _or_off(_ABOVE_ZERO),
        "ema": _or_off(_SHARE, 0.0),
        "accumulate": count(),
        "batch_size": _batch_size,
        "epochs": count(),
        "loss": parse_loss,
        "output": parse_output,
        "l1": _or_off(placed(_PENALTY, on_weights=True), 0.0),
        "l2": _or_off(placed(_PENALTY, on_weights=True), 0.0),
        "l1_l2": _or_off(paired(_PENALTY)),
        "activity_l1": _or_off(placed(_PENALTY), 0.0),
        "activity_l2": _or_off(placed(_PENALTY), 0.0),
        "weight_decay": _or_off(placed(_PENALTY, on_weights=True), 0.0),
        "max_norm": _or_off(placed(_ABOVE_ZERO, on_weights=True)),
        "dropout": _or_off(placed(_SHARE), 0.0),
        "gaussian_dropout": _or_off(placed(_SHARE), 0.0),
        "alpha_dropout": _or_off(placed(_SHARE), 0.0),
        "drop_connect": _or_off(placed(_SHARE, on_weights=True), 0.0),
        "gaussian_noise": _or_off(placed(_DEVIATION, usual=INPUT), 0.0),
        "label_smoothing": _or_off(_SHARE, 0.0),
        "batch_norm": _or_off(normalized(), off=False),
        "layer_norm": _or_off(normalized(), off=False),
        "weight_norm": _or_off(normalized(of_weights=True), off=False),
        "hidden": SIZES,
        "width": _ABOVE_ZERO,
        "depth": _ABOVE_ZERO,
        "activation": ACTIVATION,
        "initializer": INITIALIZER,
        "model": describe_model,
        "train_rows": _or_off(count(low=2)),
        "train_fraction": number(low=0.0, low_open=True, high=1.0),
        "class_weight": _or_off(parse_class_weights),
        "resample": _or_off(parse_resample),
        "irrelevant_features": _or_off(parse_irrelevant),
        "augment": _or_off(parse_augmentation),
        "early_stopping": _or_off(parse_early_stopping),
        "ensemble": _or_off(parse_ensemble),
        "prune": _or_off(placed(_SHARE, on_weights=True), 0.0),
    }
)

# Strengths that become numbers of a lane, with the place each takes when nothing is said.
USUAL_PLACES: Mapping[str, At] = MappingProxyType(
    {
        **dict.fromkeys(("l1", "l2", "l1_l2", "activity_l1", "activity_l2"), HIDDEN),
        **dict.fromkeys(("weight_decay", "max_norm", "drop_connect", "prune"), HIDDEN),
        **dict.fromkeys(("dropout", "gaussian_dropout", "alpha_dropout"), HIDDEN),
        "gaussian_noise": INPUT,
    }
)
NORMALIZATIONS = ("batch_norm", "layer_norm", "weight_norm")

# What is always said of a recipe, also where it is Keras's or our own default.
ALWAYS_SAID = ("optimizer", "learning_rate", "batch_size", "epochs")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a network is trained; every setting is checked when the recipe is made.

    A strength is a number, a list of numbers layer by layer, or ``{"strength": s, "at": place}``; what that
    may be in full stands in the guide. Left out, a technique is off.

    Args:
        optimizer: one of Keras's by name, or a name with its numbers, as ``{"sgd": {"momentum": 0.9}}``.
        learning_rate: step size; left out, Keras's default for the optimizer.
        schedule: how the learning rate changes, as ``{"cosine": {}}``.
        clip_norm: largest norm of the gradient of all weights together.
        clip_value: largest size of each number of the gradient.
        ema: momentum of the moving average of the weights, which is what is scored.
        accumulate: batches whose gradients are averaged for one step.
        batch_size: rows of one step, or ``"all"`` for full-batch descent.
        epochs: passes over the training rows.
        loss: one of Keras's by name; left out, cross-entropy or mean squared error.
        output: activation of the output layer; left out, softmax for classes and linear for amounts.
        l1: strength of ``l1 * sum(|w|)`` over kernels.
        l2: strength of ``l2 * sum(w ** 2)`` over kernels.
        l1_l2: both at once, as ``[l1, l2]``.
        activity_l1: strength of ``l1 * sum(|a|)`` over outputs of layers, per row.
        activity_l2: strength of ``l2 * sum(a ** 2)`` over outputs of layers, per row.
        weight_decay: share of the weights, times the learning rate, taken off at each step, beside the loss.
        max_norm: largest norm of the weights into a unit.
        dropout: share of hidden units dropped in training, in [0, 1).
        gaussian_dropout: the same by multiplying with noise of equal variance.
        alpha_dropout: dropout that keeps mean and variance of SELU units.
        drop_connect: share of weights dropped in training.
        gaussian_noise: standard deviation of noise added to the input in training.
        label_smoothing: share of the target spread over all classes.
        batch_norm: whether hidden layers are followed by batch normalization.
        layer_norm: whether hidden layers are followed by layer normalization.
        weight_norm: whether kernels are direction times length.
        hidden: units of the hidden layers, outright; left out, what the model says.
        width: factor for the units of hidden layers.
        depth: factor for the number of hidden layers.
        activation: activation of the hidden layers by Keras's name; left out, what the model says.
        initializer: initializer of hidden kernels by Keras's name; left out, what the model says.
        model: another model outright.
        train_rows: how many of the training rows are used; left out, all.
        train_fraction: which share of the training rows is used.
        class_weight: ``"balanced"``, or class -> weight in the training loss.
        resample: ``"over"`` or ``"under"``, to as many training rows of every class.
        irrelevant_features: ``{"noise": n}`` or ``{"zeros": n}`` columns appended to the inputs.
        augment: transformations of the training rows, as ``{"rotation": 0.05}``.
        early_stopping: ``True`` or ``{"patience": 5}``.
        ensemble: how many networks answer as one.
        prune: share of the smallest hidden weights removed after training.

    Raises:
        UsageError: for a value of the wrong type or out of its bounds.

    >>> Recipe(optimizer="adam", learning_rate=1e-3).changed({"dropout": 0.3}).dropout
    0.3
    """

    optimizer: Any = "adam"
    learning_rate: float | None = None
    schedule: Any = None
    clip_norm: float | None = None
    clip_value: float | None = None
    ema: float = 0.0
    accumulate: int = 1
    batch_size: int | Literal["all"] = 32
    epochs: int = 10
    loss: str | None = None
    output: str | None = None
    l1: Strength = 0.0
    l2: Strength = 0.0
    l1_l2: Strength = None
    activity_l1: Strength = 0.0
    activity_l2: Strength = 0.0
    weight_decay: Strength = 0.0
    max_norm: Strength = None
    dropout: Strength = 0.0
    gaussian_dropout: Strength = 0.0
    alpha_dropout: Strength = 0.0
    drop_connect: Strength = 0.0
    gaussian_noise: Strength = 0.0
    label_smoothing: float = 0.0
    batch_norm: Any = False
    layer_norm: Any = False
    weight_norm: Any = False
    hidden: Sequence[int] | None = None
    width: float = 1.0
    depth: float = 1.0
    activation: str | None = None
    initializer: str | None = None
    model: Any = None
    train_rows: int | None = None
    train_fraction: float = 1.0
    class_weight: Any = None
    resample: str | None = None
    irrelevant_features: Any = None
    augment: Any = None
    early_stopping: Any = None
    ensemble: Any = None
    prune: Strength = 0.0

    def __post_init__(self) -> None:
        for key, check in CHECKS.items():
            value = getattr(self, key)
            if value is not None or DEFAULTS[key] is not None:
                object.__setattr__(self, key, check(value, Place("recipe", key)))
        self._check_pairs()

    def _check_pairs(self) -> None:
        """Refuse settings that contradict each other."""
        if self.train_rows is not None and self.train_fraction != 1:
            cure = "Keep one of the two."
            raise UsageError(
                "both `train_rows` and `train_fraction`", Place("recipe", "train_fraction"), None, cure
            )
        if self.clip_norm is not None and self.clip_value is not None:
            cure = "Keep one of the two: Keras clips in one way at a time."
            raise UsageError("both `clip_norm` and `clip_value`", Place("recipe", "clip_value"), None, cure)
        if self.hidden is not None and isinstance(self.model, Mlp):
            cure = "Write the sizes inside of `model`, as `model: {mlp: [64, 32]}`."
            raise UsageError("both `model` and `hidden`", Place("recipe", "hidden"), None, cure)
        for one in ("l1", "l2"):
            if self.l1_l2 is not None and not _is_off(getattr(self, one)):
                cure = f"Write both strengths in `l1_l2`, or `l1` and `l2` apart from it ({one} is given)."
                raise UsageError(f"both `l1_l2` and `{one}`", Place("recipe", "l1_l2"), None, cure)
        if not _is_off(self.weight_decay) and "weight_decay" in dict(self.optimizer.numbers):
            raise UsageError(
                "weight decay twice: as a technique and as a number of the optimizer",
                Place("recipe", "weight_decay"),
                None,
                "Keep `weight_decay:` of the recipe; inside the optimizer it would act on every weight.",
            )

    @property
    def step_size(self) -> float:
        """The learning rate in force: the one given, else Keras's default for the optimizer."""
        return KINDS[self.optimizer.name].learning_rate if self.learning_rate is None else self.learning_rate

    @property
    def members(self) -> int:
        """How many networks answer as one; 1 without an ensemble."""
        return 1 if self.ensemble is None else int(self.ensemble.members)

    @property
    def techniques(self) -> dict[str, Placed]:
        """The placed techniques in force with their strengths; ``l1_l2`` stands as its two parts.

        >>> Recipe(dropout=0.3, l1_l2=[0.1, 0.2]).techniques["l2"].strength
        0.2
        """
        found: dict[str, Placed] = {}
        for key, usual in USUAL_PLACES.items():
            value = getattr(self, key)
            if _is_off(value):
                continue
            whole = value if isinstance(value, Placed) else Placed(value, usual)
            if key != "l1_l2":
                found[key] = whole
                continue
            for part, name in enumerate(("l1", "l2")):
                pairs = whole.strength if isinstance(whole.strength[0], tuple) else None
                strength = whole.strength[part] if pairs is None else tuple(pair[part] for pair in pairs)
                found[name] = dataclasses.replace(whole, strength=strength)
        return {key: value for key, value in found.items() if not value.is_off}

    @property
    def normalizations(self) -> dict[str, Normalized]:
        """The normalizations in force with their places."""
        asked = {key: getattr(self, key) for key in NORMALIZATIONS}
        return {key: Normalized() if value is True else value for key, value in asked.items() if value}

    def changed(self, changes: Mapping[str, Any], where: str = "recipe") -> "Recipe":
        """Give the recipe with some settings replaced.

        Args:
            changes: setting -> value, as a variant gives them.
            where: where the changes stand, for what is said of a wrong one.

        Raises:
            UsageError: for an unknown setting or an impossible value.

        >>> Recipe().changed({"epoch": 3}, "short")
        Traceback (most recent call last):
        trainlab.errors.UsageError: short.epoch: unknown setting (got 'epoch'). Did you mean `epochs`?
        """
        settings = parse_settings(changes, where)
        try:
            return dataclasses.replace(self, **settings)
        except UsageError as error:
            # Each setting passed by itself: what is refused is a pair, of which the variant brought one.
            key = error.where.keys[-1] if isinstance(error.where, Place) else ""
            inside = Place.of(where) / key if key in settings else Place.of(where)
            raise UsageError(error.message, inside, error.value, error.cure) from None

    def document(self) -> dict[str, object]:
        """Give the settings in force as plain values, for storing and printing; what is off is left out.

        >>> Recipe().document()
        {'optimizer': 'adam', 'learning_rate': 0.001, 'batch_size': 32, 'epochs': 10}
        """
        return {**self.settings(), "learning_rate": self.step_size}

    def settings(self) -> dict[str, object]:
        """Give the settings as they were asked for: a learning rate of None is left to the optimizer.

        A variant that changes the optimizer brings its learning rate with it only where none was asked for,
        so a question is written down in this form.

        >>> Recipe(dropout=0.2).settings()["dropout"], Recipe().settings()["learning_rate"] is None
        (0.2, True)
        """
        return {
            key: written(key, getattr(self, key))
            for key in CHECKS
            if key in ALWAYS_SAID or getattr(self, key) != DEFAULTS[key]
        }


DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {field.name: field.default for field in dataclasses.fields(Recipe)}
)


def parse_settings(value: object, where: str) -> dict[str, Any]:
    """Check a mapping of settings, as a recipe or a variant gives it.

    >>> parse_settings({"dropout": 0.3}, "variants.dropout")
    {'dropout': 0.3}
    >>> parse_settings({"dropout": 1.0}, "variants.all")
    Traceback (most recent call last):
    trainlab.errors.UsageError: variants.all.dropout: not in the allowed range (got 1.0). Give a number \
in [0, 1).
    """
    place = Place.of(where)
    for key in value if isinstance(value, Mapping) else ():
        kind = next((name for name in KINDS if key in KINDS[name].numbers and key not in CHECKS), None)
        if kind is not None:
            cure = f"It is a number of an optimizer: write `optimizer: {{{kind}: {{{key}: ...}}}}`."
            raise UsageError("unknown setting", place.key(key), key, cure)
    refuse_repetitions(value if isinstance(value, Mapping) else (), place)
    settings = mapping({} if value is None else value, place, CHECKS, "setting")
    for key, given in settings.items():
        if given is None:
            cure = "Write a value, or leave the key out."
            raise UsageError(f"`{key}` has no value", place.key(key), None, cure)
    return {key: checked(key, given, place / key) for key, given in settings.items()}


def checked(key: str, value: object, where: str) -> Any:
    """Check one setting; one that is turned off stays ``False``, so that it can be checked again.

    >>> checked("schedule", "none", "grid.schedule.0"), checked("l2", False, "grid.l2.0")
    (False, 0.0)
    """
    found = CHECKS[key](value, where)
    return False if found is None else found


def written(key: str, value: object) -> object:
    """Give a checked setting as an experiment file writes it.

    >>> written("dropout", Placed(0.3, at="last")), written("hidden", (64, 32))
    ({'strength': 0.3, 'at': 'last'}, [64, 32])
    """
    if isinstance(value, Placed):
        return value.document(USUAL_PLACES[key])
    if isinstance(value, OptimizerChoice) or hasattr(value, "document"):
        return value.document()
    if isinstance(value, tuple):
        return list(value)
    return value


def _is_off(value: object) -> bool:
    return value is None or value == 0 or (isinstance(value, Placed) and value.is_off)
