"""The optimizers by name, with the numbers each takes: vocabulary only.

What an optimizer does is Keras's business and is looked up in ``recipe``. Here stand the names, bounds and
Keras's default learning rates, so that an experiment file is checked without importing Keras.
A test compares this table with the installed Keras.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from trainlab.errors import UsageError
from trainlab.experiment.checks import Check, count, flag, number, suggestion
from trainlab.experiment.places import Place

DECAY = number(low=0.0, high=1.0, high_open=True)
SMALL = number(low=0.0, low_open=True)
PENALTY = number(low=0.0)


@dataclass(frozen=True)
class OptimizerKind:
    """One of Keras's optimizers: its numbers and its own default learning rate."""

    keras_name: str
    learning_rate: float
    numbers: Mapping[str, Check]


def _kind(keras_name: str, learning_rate: float, **numbers: Check) -> OptimizerKind:
    return OptimizerKind(keras_name, learning_rate, MappingProxyType({"weight_decay": PENALTY} | numbers))


_ADAM = {"beta_1": DECAY, "beta_2": DECAY, "epsilon": SMALL}

# Left out: `LossScaleOptimizer` and `MultiOptimizer`, which wrap other optimizers.
KINDS: Mapping[str, OptimizerKind] = MappingProxyType(
    {
        "sgd": _kind("SGD", 0.01, momentum=DECAY, nesterov=flag()),
        "rmsprop": _kind("RMSprop", 0.001, rho=DECAY, momentum=DECAY, epsilon=SMALL, centered=flag()),
        "adam": _kind("Adam", 0.001, **_ADAM, amsgrad=flag()),
        "adamw": _kind("AdamW", 0.001, **_ADAM, amsgrad=flag()),
        "adamax": _kind("Adamax", 0.001, **_ADAM),
        "nadam": _kind("Nadam", 0.001, **_ADAM),
        "adagrad": _kind("Adagrad", 0.001, initial_accumulator_value=PENALTY, epsilon=SMALL),
        "adadelta": _kind("Adadelta", 0.001, rho=DECAY, epsilon=SMALL),
        "adafactor": _kind(
            "Adafactor",
            0.001,
            beta_2_decay=number(high=0.0),
            epsilon_1=SMALL,
            epsilon_2=SMALL,
            clip_threshold=SMALL,
            relative_step=flag(),
        ),
        "ftrl": _kind(
            "Ftrl",
            0.001,
            learning_rate_power=number(high=0.0),
            initial_accumulator_value=PENALTY,
            l1_regularization_strength=PENALTY,
            l2_regularization_strength=PENALTY,
            l2_shrinkage_regularization_strength=PENALTY,
            beta=PENALTY,
        ),
        "lamb": _kind("Lamb", 0.001, **_ADAM),
        "lion": _kind("Lion", 0.001, beta_1=DECAY, beta_2=DECAY),
        "muon": _kind(
            "Muon",
            0.001,
            adam_beta_1=DECAY,
            adam_beta_2=DECAY,
            adam_weight_decay=PENALTY,
            epsilon=SMALL,
            exclude_embeddings=flag(),
            muon_a=number(),
            muon_b=number(),
            muon_c=number(),
            adam_lr_ratio=SMALL,
            momentum=DECAY,
            ns_steps=count(),
            nesterov=flag(),
            rms_rate=SMALL,
        ),
        "schedule_free_adamw": _kind("ScheduleFreeAdamW", 0.0025, **_ADAM, warmup_steps=count(low=0)),
    }
)


@dataclass(frozen=True)
class OptimizerChoice:
    """An optimizer by name and the numbers that are given for it, sorted by name; the others are Keras's."""

    name: str
    numbers: tuple[tuple[str, float | int | bool], ...] = ()

    def document(self) -> object:
        """Give the choice as an experiment file writes it.

        >>> OptimizerChoice("sgd", (("momentum", 0.9),)).document()
        {'sgd': {'momentum': 0.9}}
        """
        return {self.name: dict(self.numbers)} if self.numbers else self.name


def parse_optimizer(value: object, where: str = "optimizer") -> OptimizerChoice:
    """Read ``adam`` or ``{sgd: {momentum: 0.9}}``.

    Raises:
        UsageError: for an unknown optimizer or number, or a number out of its bounds.

    >>> parse_optimizer({"sgd": {"momentum": 0.9}})
    OptimizerChoice(name='sgd', numbers=(('momentum', 0.9),))
    """
    place = Place.of(where)
    if isinstance(value, OptimizerChoice):
        value = value.document()
    given: object = {}
    if isinstance(value, Mapping) and len(value) == 1:
        (name, given), place = next(iter(value.items())), place.key(next(iter(value)))
    else:
        name = value
    if not isinstance(name, str):
        raise UsageError(
            "an optimizer is a name, or one name with its numbers",
            where,
            value,
            "Write `optimizer: adam` or `optimizer: {sgd: {momentum: 0.9}}`.",
        )
    kind = KINDS.get(name.lower())
    if kind is None:
        raise UsageError("unknown optimizer", place, name, suggestion(name, KINDS))
    return OptimizerChoice(name.lower(), _numbers(name, kind, {} if given is None else given, place))


def _numbers(
    name: str, kind: OptimizerKind, given: object, where: Place
) -> tuple[tuple[str, float | int | bool], ...]:
    inside = Place(*where.keys)
    if not isinstance(given, Mapping):
        cure = f"Write `{{{name}: {{{tuple(kind.numbers)[1]}: ...}}}}`."
        raise UsageError(f"the numbers of {name} are no mapping", inside, given, cure)
    for key in given:
        if key == "learning_rate":
            raise UsageError(
                "the learning rate stands beside the optimizer, not inside",
                inside.key(key),
                given[key],
                "Write `learning_rate:` as a key of the recipe or the variant.",
            )
        if key not in kind.numbers:
            cure = suggestion(key, kind.numbers)
            raise UsageError(f"{name} has no such number", inside.key(key), key, cure)
    return tuple(sorted((key, kind.numbers[key](found, inside / key)) for key, found in given.items()))
