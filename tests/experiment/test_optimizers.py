"""Optimizers by name: what is read, what is refused, and that the vocabulary is the installed Keras's."""

import inspect

import pytest

import trainlab  # noqa: F401  # it chooses JAX before Keras is imported below
from trainlab.errors import UsageError
from trainlab.experiment.optimizers import KINDS, OptimizerChoice, parse_optimizer

# Parameters that every optimizer of Keras has; techniques of their own, or none of a user's business.
SHARED = {
    "learning_rate",
    "clipnorm",
    "clipvalue",
    "global_clipnorm",
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
    "loss_scale_factor",
    "gradient_accumulation_steps",
    "name",
    "kwargs",
}
# Not numbers: Muon's list of layers that it leaves to Adam.
LEFT_OUT = {"exclude_layers"}
# They wrap other optimizers, or are what all derive from.
WRAPPERS = {"LossScaleOptimizer", "MultiOptimizer", "Optimizer"}


@pytest.fixture(scope="module")
def installed():
    """The optimizers of the installed Keras by name, each with its parameters."""
    import keras

    return {
        name: inspect.signature(kind).parameters
        for name, kind in vars(keras.optimizers).items()
        if inspect.isclass(kind) and issubclass(kind, keras.optimizers.Optimizer) and name not in WRAPPERS
    }


def test_keras_has_the_optimizers_of_the_table_and_no_others(installed):
    """
    The table names every optimizer of the installed Keras that trains by itself.
    """
    assert {kind.keras_name for kind in KINDS.values()} == set(installed)


@pytest.mark.parametrize("name", KINDS)
def test_keras_takes_the_numbers_of_the_table(installed, name):
    """
    Each optimizer's numbers are the parameters of the installed Keras, with its default learning rate.
    """
    kind = KINDS[name]
    parameters = installed[kind.keras_name]

    assert set(kind.numbers) == set(parameters) - SHARED - LEFT_OUT
    assert kind.learning_rate == parameters["learning_rate"].default


@pytest.mark.parametrize("name", KINDS)
def test_kerass_defaults_lie_within_the_bounds(installed, name):
    """
    No default of the installed Keras would be refused.
    """
    parameters = installed[KINDS[name].keras_name]
    defaults = {key: parameters[key].default for key in KINDS[name].numbers}
    given = {key: value for key, value in defaults.items() if value is not None}

    assert dict(parse_optimizer({name: given}).numbers) == given


@pytest.mark.parametrize(
    "value, choice",
    [
        ("adam", OptimizerChoice("adam")),
        ("Adam", OptimizerChoice("adam")),
        ({"adam": None}, OptimizerChoice("adam")),
        (
            {"SGD": {"nesterov": True, "momentum": 0}},
            OptimizerChoice("sgd", (("momentum", 0.0), ("nesterov", True))),
        ),
        (OptimizerChoice("sgd", (("momentum", 0.9),)), OptimizerChoice("sgd", (("momentum", 0.9),))),
    ],
)
def test_an_optimizer_is_read_from_its_name_and_numbers(value, choice):
    """
    A name in any case, alone or with numbers, gives one choice whose numbers are sorted.
    """
    assert parse_optimizer(value) == choice


def test_a_choice_reads_back_from_its_document():
    """
    What a choice writes is read as the same choice.
    """
    choice = parse_optimizer({"rmsprop": {"rho": 0.8, "centered": True}})

    assert parse_optimizer(choice.document()) == choice
    assert OptimizerChoice("adam").document() == "adam"


@pytest.mark.parametrize(
    "value, match",
    [
        ("adm", r"^optimizer: unknown optimizer \(got 'adm'\)\. Did you mean `adam`\?"),
        ("SDG", "Did you mean `sgd`"),
        ({"sdg": {}}, r"^optimizer\.sdg: unknown optimizer \(got 'sdg'\)"),
        (3, "an optimizer is a name, or one name with its numbers"),
        (None, "an optimizer is a name"),
        ({}, "an optimizer is a name"),
        ({"sgd": {}, "adam": {}}, "an optimizer is a name"),
        ({3: {}}, "an optimizer is a name"),
        (["adam"], "an optimizer is a name"),
        (
            {"sgd": 0.9},
            r"^optimizer\.sgd: the numbers of sgd are no mapping .*`\{sgd: \{momentum: \.\.\.\}\}`",
        ),
        ({"sgd": {"momentm": 0.9}}, r"^optimizer\.sgd\.momentm: sgd has no such number .*`momentum`"),
        ({"sgd": {"beta_1": 0.9}}, "sgd has no such number .*Known are: weight_decay, momentum, nesterov"),
        ({"sgd": {"momentum": 1}}, r"^optimizer\.sgd\.momentum: not in the allowed range"),
        ({"sgd": {"nesterov": 1}}, "neither true nor false"),
        ({"adam": {"learning_rate": 1}}, "the learning rate stands beside the optimizer"),
        (OptimizerChoice("sgd", (("momentum", 3.0),)), "not in the allowed range"),
    ],
)
def test_an_impossible_optimizer_is_refused(value, match):
    """
    An unknown name or number is answered with the nearest, an impossible number with its bounds.
    """
    with pytest.raises(UsageError, match=match):
        parse_optimizer(value)
