"""Class weights in numbers: scikit-learn's when balanced, and used in a loss as Keras's `fit` does."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from trainlab.errors import UsageError
from trainlab.experiment.class_weights import ClassWeights, parse_class_weights
from trainlab.recipe.losses import Head
from trainlab.recipe.weighting import class_weights

DRAWN = np.random.default_rng(0)
NAMES = ("ant", "bee", "cat")
LABELS = np.array([0, 0, 0, 0, 1, 1, 2, 0, 2, 0])


def test_balanced_weights_are_those_of_scikit_learn():
    """
    The weights are scikit-learn's, and average to one over the rows.
    """
    weights = class_weights(ClassWeights(), LABELS, NAMES)

    np.testing.assert_array_equal(weights, compute_class_weight("balanced", classes=np.arange(3), y=LABELS))
    assert weights[LABELS].mean() == pytest.approx(1)
    assert weights.dtype == np.float64


def test_a_class_without_training_rows_does_not_count():
    """
    The others get the weights that scikit-learn gives without it, and still average to one.
    """
    labels = LABELS[LABELS != 1]

    weights = class_weights(ClassWeights(), labels, NAMES)

    np.testing.assert_array_equal(
        weights[[0, 2]], compute_class_weight("balanced", classes=np.array([0, 2]), y=labels)
    )
    assert weights[1] == 1
    assert weights[labels].mean() == pytest.approx(1)


@pytest.mark.parametrize(
    "given, classes, weights",
    [
        ({"cat": 3, "ant": 0}, NAMES, [0, 1, 3]),
        ({2: 3, "ant": 0.5}, NAMES, [0.5, 1, 3]),
        # Digits are named by their numbers: the name counts, not the place.
        ({7: 3}, ("5", "6", "7"), [1, 1, 3]),
        ({"1": 3}, ("0", "1", "2"), [1, 3, 1]),
    ],
)
def test_classes_are_found_by_name_before_number(given, classes, weights):
    """
    Names and numbers are looked up, and a class that is left out weighs 1.
    """
    np.testing.assert_array_equal(class_weights(parse_class_weights(given), LABELS, classes), weights)


@pytest.mark.parametrize(
    "given, classes, match",
    [
        (
            {"catt": 1},
            NAMES,
            r"^recipe\.class_weight\.catt: the data have no such class \(got 'catt'\)\. Did you mean `cat`\?",
        ),
        ({3: 1}, NAMES, r"no such class \(got 3\)\. Known are: ant, bee, cat\."),
        ({"cat": 1, 2: 2}, NAMES, r"class `cat` is given two weights, as 2 too \(got 'cat'\)\. Give each"),
        ({"ant": 0, "bee": 0, "cat": 0}, NAMES, "all training rows weigh nothing"),
        ("balanced", (), r"^recipe\.class_weight: a regression has no classes to weigh \(got 'balanced'\)"),
    ],
)
def test_weights_that_fit_no_data_are_refused(given, classes, match):
    """
    The message names the class, with what was probably meant.
    """
    with pytest.raises(UsageError, match=match):
        class_weights(parse_class_weights(given), LABELS, classes)


def made_model():
    """A linear softmax model with the same first weights each time."""
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    kernel = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)
    model.set_weights([kernel, np.zeros(3, np.float32)])
    return model


def test_fit_divides_a_batch_by_its_rows_and_not_by_its_weights():
    """
    Keras's `fit` with class weights takes the steps that a loss with `sample_weight` gives, last batch too.
    """
    rows = DRAWN.normal(size=(10, 4)).astype(np.float32)
    weights = class_weights(parse_class_weights({"bee": 3, "cat": 0.25}), LABELS, NAMES)
    head, fitted, ours = Head("probabilities", 3, 3), made_model(), made_model()
    fitted.compile(optimizer=keras.optimizers.SGD(0.1), loss=head.make_loss())

    history = fitted.fit(
        rows, LABELS, batch_size=4, shuffle=False, verbose=0, class_weight=dict(enumerate(weights))
    )

    def objective(values, inputs, labels):
        outputs, _ = ours.stateless_call(values, [], inputs)
        taken = jnp.asarray(weights, jnp.float32)[labels]
        by_hand = -(taken * jnp.log(outputs[jnp.arange(len(labels)), labels])).sum() / len(labels)
        return head.make_loss()(head.targets(labels), outputs, sample_weight=taken), by_hand

    values, losses = [variable.value for variable in ours.trainable_variables], []
    for batch in (slice(0, 4), slice(4, 8), slice(8, 10)):
        (loss, by_hand), slopes = jax.value_and_grad(objective, has_aux=True)(
            values, rows[batch], jnp.asarray(LABELS[batch])
        )
        assert float(loss) == pytest.approx(float(by_hand), rel=1e-5)
        values = [value - 0.1 * slope for value, slope in zip(values, slopes, strict=True)]
        losses += [float(loss)] * len(rows[batch])
    for mine, keras_own in zip(values, fitted.get_weights(), strict=True):
        np.testing.assert_allclose(mine, keras_own, rtol=1e-6, atol=1e-7)
    assert history.history["loss"][0] == pytest.approx(np.mean(losses), rel=1e-6)


def test_weights_of_one_change_no_bit():
    """
    Loss and slopes of weighted classes are those of the loss alone where each class weighs 1.
    """
    outputs = jax.nn.softmax(DRAWN.normal(size=(10, 3)).astype(np.float32))
    head = Head("probabilities", 3, 3)

    def measured(weights):
        def objective(given):
            taken = None if weights is None else jnp.asarray(weights, jnp.float32)[LABELS]
            return head.make_loss()(head.targets(LABELS), given, sample_weight=taken)

        return jax.jit(jax.value_and_grad(objective))(outputs)

    for plain, weighted in zip(measured(None), measured(np.ones(3)), strict=True):
        np.testing.assert_array_equal(plain, weighted)
