"""Losses and output activations by name: what is read and refused, and that the table is Keras's."""

import inspect

import numpy as np
import pytest

import trainlab  # noqa: F401  # it chooses JAX before Keras is imported below
from trainlab.errors import DataError, UsageError
from trainlab.experiment.losses import (
    DEMANDS,
    LOSSES,
    OUTPUTS,
    REFUSED,
    check_amounts,
    check_task,
    parse_loss,
    parse_output,
)

BASES = {"Loss", "LossFunctionWrapper"}


@pytest.fixture(scope="module")
def installed():
    """The loss classes of the installed Keras by name."""
    import keras

    return {
        name: kind
        for name, kind in vars(keras.losses).items()
        if inspect.isclass(kind) and issubclass(kind, keras.losses.Loss) and name not in BASES
    }


def test_keras_has_the_losses_of_the_table_and_no_others(installed):
    """
    The table and the refused names are all losses of the installed Keras.
    """
    functions = {kind().fn.__name__: name for name, kind in installed.items()}

    assert set(functions) == {*LOSSES, *REFUSED}
    assert all(kind.keras_name == functions[name] for name, kind in LOSSES.items())


@pytest.mark.parametrize("name", LOSSES)
def test_keras_takes_what_the_table_says(installed, name):
    """
    A name is what Keras calls the function of the class, and the class takes the table's settings.
    """
    import keras

    kind = LOSSES[name]
    parameters = inspect.signature(installed[kind.keras_name]).parameters

    assert getattr(keras.losses, name) is installed[kind.keras_name]().fn
    assert kind.from_logits == ("from_logits" in parameters)
    assert set(kind.settings) <= set(parameters)
    assert kind.outputs in DEMANDS


@pytest.mark.parametrize("name", LOSSES)
def test_every_name_of_keras_is_read(installed, name):
    """
    A loss is read by its own name and by that of Keras's class, in any case.
    """
    assert parse_loss(name) == parse_loss(name.upper()) == parse_loss(LOSSES[name].keras_name) == name


def test_short_names_are_those_of_keras():
    """
    A short name of Keras means here what it means there.
    """
    import keras

    for short in ("mse", "mae", "mape", "msle", "bce", "kld"):
        assert keras.losses.get(short).__name__ == parse_loss(short)

    assert parse_loss("cce") == "categorical_crossentropy"
    assert parse_loss("logcosh") == "log_cosh"


@pytest.mark.parametrize(
    "value, match",
    [
        ("hubr", r"^recipe\.loss: unknown loss \(got 'hubr'\)\. Did you mean `huber`\?$"),
        ("categorical_cross_entropy", "Did you mean `categorical_crossentropy`"),
        ("circle", r"^recipe\.loss: `circle` compares the rows of a batch with each other"),
        ("CTC", r"`ctc` aligns sequences of labels.*Choose one of: mean_squared_error, "),
        (3, r"unknown loss \(got 3\)\. Known are: "),
        (None, "unknown loss"),
        (["mse"], "unknown loss"),
    ],
)
def test_what_is_no_loss_of_a_row_is_refused(value, match):
    """
    The message says what was meant, or why a loss of Keras judges no single row.
    """
    with pytest.raises(UsageError, match=match):
        parse_loss(value, "recipe.loss")


def test_output_activations_are_read_by_name():
    """
    The four activations are read, and another is refused with the nearest.
    """
    assert tuple(parse_output(name) for name in OUTPUTS) == OUTPUTS
    with pytest.raises(UsageError, match=r"^output: unknown output activation \(got 'sigmod'\).*`sigmoid`"):
        parse_output("sigmod")


def test_a_loss_of_another_task_is_refused_with_those_that_fit():
    """
    Losses of classes don't judge values, nor the other way, and the message lists only fitting ones.
    """
    with pytest.raises(
        UsageError, match=r"`loss: hinge` does not fit a regression\. Choose one of: "
    ) as told:
        check_task("hinge", "regression")

    assert "crossentropy" not in told.value.cure.replace("binary_crossentropy", "")
    assert "huber" in told.value.cure
    with pytest.raises(UsageError, match=r"^here: .* does not fit a classification"):
        check_task("mean_absolute_percentage_error", "classification", "here")
    check_task("huber", "regression")


@pytest.mark.parametrize(
    "loss, beyond, said",
    [
        ("poisson", -0.5, "targets of at least 0"),
        ("mean_squared_logarithmic_error", -2.0, "targets of at least 0"),
        ("binary_crossentropy", 1.5, "targets from 0 to 1"),
        ("mean_absolute_percentage_error", 0.0, "targets other than 0"),
    ],
)
def test_targets_that_a_loss_is_not_defined_for_are_refused(loss, beyond, said):
    """
    The message names the first row beyond what the loss is defined for; others pass.
    """
    targets = np.array([[0.5, 0.25], [1.0, beyond], [beyond, 1.0]])

    with pytest.raises(DataError, match=rf"^row 1: `loss: {loss}` needs {said} \(got {beyond}\)\. Choose"):
        check_amounts(loss, targets)
    check_amounts(loss, targets[:1])
    check_amounts("huber", targets)
