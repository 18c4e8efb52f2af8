"""What a network's output is taken for, which loss fits it, and the outputs that fit no data."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.losses import LOSSES, OUTPUTS
from trainlab.recipe.losses import Head, read_head, smoothed
from trainlab.recipe.scores import predictions

NORMAL = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)
SHARES = np.exp(NORMAL) / np.exp(NORMAL).sum(axis=1, keepdims=True)
ONE_INSIDE = np.linspace(0, 1, 8, dtype=np.float32)[:, None]
ROWS = {0: 0, 1: 4, 2: 9}


@pytest.mark.parametrize(
    "outputs, classes, reading, outputs_read",
    [
        (SHARES, 3, "probabilities", 3),
        (NORMAL, 3, "logits", 3),
        (np.abs(NORMAL), 3, "logits", 3),
        (NORMAL - NORMAL.mean(axis=1, keepdims=True) + 1 / 3, 3, "logits", 3),
        (SHARES[:, :2] / SHARES[:, :2].sum(axis=1, keepdims=True), 2, "probabilities", 2),
        (ONE_INSIDE, 2, "probability", 1),
        (ONE_INSIDE - 0.01, 2, "logit", 1),
        (ONE_INSIDE + 0.01, 2, "logit", 1),
        (np.zeros((8, 1), np.float32), 2, "logit", 1),
        (np.full((8, 1), np.nan, np.float32), 2, "logit", 1),
        (np.full((8, 3), np.nan, np.float32), 3, "logits", 3),
        (SHARES, 0, "values", 3),
    ],
)
def test_outputs_are_read_by_what_they_are(outputs, classes, reading, outputs_read):
    """
    Numbers that are not negative and sum to one are probabilities, others logits; amounts are values.
    """
    head = read_head(outputs, classes=classes, targets=3, first_rows=ROWS)

    assert head == Head(reading, outputs_read, classes)


@pytest.mark.parametrize(
    "reading, said",
    [
        ("probabilities", "its 3 outputs are taken as probabilities of the classes"),
        ("logits", "its 3 outputs don't sum to one and are taken as logits of the classes"),
        ("probability", "its one output is taken as the probability of the second class"),
        ("logit", "its one output is taken as the logit of the second class"),
        ("values", "its 3 output(s) are taken as the target's values"),
    ],
)
def test_what_was_taken_is_said(reading, said):
    """
    Each reading has its sentence for the report.
    """
    assert Head(reading, 3, 3).sentence == said


@pytest.mark.parametrize(
    "outputs, classes, targets, message",
    [
        (
            NORMAL[:, :2],
            3,
            3,
            r"^model: the model has 2 output\(s\) and the data have 3 classes; row 9 has class 2 ",
        ),
        (NORMAL[:, :1], 3, 3, r"1 output\(s\) and the data have 3 classes; row 4 has class 1 \(got 1\)"),
        (
            NORMAL,
            2,
            2,
            r"3 output\(s\) and the data have 2 classes \(got 3\)\. End it in a dense layer with 2 units",
        ),
        (NORMAL, 0, 1, r"3 output\(s\) and the data have 1 target\(s\).*dense layer with 1 linear unit"),
        (NORMAL[:, :1], 0, 2, r"1 output\(s\) and the data have 2 target\(s\)"),
        (
            NORMAL.reshape(4, 2, 3),
            3,
            3,
            r"an output of shape \(2, 3\) for a row.*one unit for each class or target",
        ),
        (NORMAL[:, 0], 3, 3, r"an output of shape \(\) for a row"),
    ],
)
def test_outputs_that_fit_no_data_are_refused(outputs, classes, targets, message):
    """
    The message counts outputs and classes, shows the first row beyond them, and names the layer to end in.
    """
    rows = {label: row for label, row in ROWS.items() if label < max(classes, 1)}

    with pytest.raises(UsageError, match=message):
        read_head(outputs, classes=classes, targets=targets, first_rows=rows)


LABELS = np.array([0, 2, 1, 1, 0, 2, 2, 0], np.int32)
SECOND = np.array([0, 1, 1, 0, 1, 0, 0, 1], np.int32)


def log_loss(shares, labels):
    """Mean negative logarithm of what the right class was given."""
    return -np.log(shares[np.arange(len(labels)), labels]).mean()


def test_losses_agree_with_their_definition():
    """
    Logits and probabilities of one network have one loss, that of the definition.
    """
    inside = 0.1 + 0.8 * ONE_INSIDE
    both = np.concatenate([1 - inside, inside], axis=1)
    amounts = np.zeros((8, 3), np.float32)

    def loss(reading, targets, outputs):
        head = Head(reading, outputs.shape[1], 3)
        return float(head.make_loss()(head.targets(targets), outputs))

    assert loss("probabilities", LABELS, SHARES) == pytest.approx(log_loss(SHARES, LABELS), rel=1e-5)
    assert loss("logits", LABELS, NORMAL) == pytest.approx(log_loss(SHARES, LABELS), rel=1e-5)
    assert loss("probability", SECOND, inside) == pytest.approx(log_loss(both, SECOND), rel=1e-5)
    assert loss("logit", SECOND, np.log(inside / (1 - inside))) == pytest.approx(
        log_loss(both, SECOND), rel=1e-5
    )
    assert loss("values", amounts, NORMAL) == pytest.approx((NORMAL**2).mean(), rel=1e-5)


def test_losses_are_keras_own():
    """
    The loss objects are of Keras's classes, told whether they get logits.
    """
    assert isinstance(Head("values", 1, 0).make_loss(), keras.losses.MeanSquaredError)
    assert Head("logit", 1, 2).make_loss().get_config()["from_logits"] is True
    assert Head("probabilities", 3, 3).make_loss().get_config()["from_logits"] is False


ACTIVATIONS = {"linear": lambda x: x, "sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh, "softmax": jax.nn.softmax}


def accepted(units, classes, loss, output):
    """The head of a loss and an activation, or nothing where they don't fit."""
    outputs = np.asarray(ACTIVATIONS[output](10 * NORMAL[:, :units]))
    try:
        return read_head(outputs, classes=classes, targets=units, first_rows={}, loss=loss, output=output)
    except UsageError:
        return None


def accepted_heads():
    """Every loss with every activation that it fits, on one unit for two classes and on three units."""
    asked = [(units, loss, output) for units in (1, 3) for loss in LOSSES for output in OUTPUTS]
    heads = {
        (units, loss, output): accepted(units, max(units, 2), loss, output) for units, loss, output in asked
    }
    return {asked: head for asked, head in heads.items() if head is not None}


HEADS = accepted_heads()


def test_the_losses_that_fit_an_activation_are_these():
    """
    Of all losses, these are accepted with each activation, on three units and on one.
    """
    fitting = {
        (units, output): {loss for many, loss, given in HEADS if (many, given) == (units, output)}
        for units in (1, 3)
        for output in OUTPUTS
    }
    bounded = {"mean_squared_error", "mean_absolute_error", "huber", "log_cosh", "hinge", "squared_hinge"}
    binary = {"binary_crossentropy", "binary_focal_crossentropy"}
    several = {loss for loss, kind in LOSSES.items() if "classification" in kind.tasks}
    shares = {"kl_divergence", "categorical_generalized_cross_entropy"}
    overlap, positive = {"dice", "tversky"}, {"poisson", "mean_squared_logarithmic_error"}

    assert fitting[1, "softmax"] == set()
    assert fitting[1, "tanh"] == bounded
    assert fitting[1, "linear"] == bounded | binary
    assert fitting[1, "sigmoid"] == bounded | binary | positive
    assert fitting[3, "softmax"] == several
    assert fitting[3, "sigmoid"] == several - shares
    assert fitting[3, "linear"] == several - shares - overlap - positive
    assert fitting[3, "tanh"] == bounded | {"cosine_similarity", "categorical_hinge"}


def quickly(function):
    """The function compiled with little thought: these tests compile many losses and run them once."""
    return jax.jit(function, compiler_options={"xla_backend_optimization_level": 0})


def wanted_classes(head, labels):
    """Class numbers within the classes of the head."""
    return jnp.asarray(labels) % head.classes


def test_every_accepted_loss_learns_the_classes():
    """
    Descending on its own, each accepted loss and activation comes to predict every row's class surely.
    """
    start = {asked: jnp.asarray(0.1 * NORMAL[:, : asked[0]]) for asked in HEADS}

    def outputs(given):
        return {asked: ACTIVATIONS[asked[2]](value) for asked, value in given.items()}

    def objective(given):
        found = outputs(given)
        return sum(
            head.make_loss()(head.targets(wanted_classes(head, LABELS)), found[asked])
            for asked, head in HEADS.items()
        )

    @quickly
    def step(given):
        # Only signs of slopes: losses differ in scale, and each head's slopes are its own.
        return jax.tree.map(lambda x, g: x - 0.05 * jnp.sign(g), given, jax.grad(objective)(given))

    end = start
    for _ in range(60):
        end = step(end)
    found = quickly(
        lambda given: {asked: predictions(HEADS[asked], value) for asked, value in outputs(given).items()}
    )(end)

    for asked, head in HEADS.items():
        shares, labels = np.asarray(found[asked]), LABELS % head.classes
        right = shares[np.arange(8), labels]
        # The cosine knows no scale: it makes the right class the likeliest, not likely.
        assert (right > (0.34 if asked[1] == "cosine_similarity" else 0.5)).all(), asked
        np.testing.assert_array_equal(shares.argmax(axis=1), labels, err_msg=str(asked))
        np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-5, err_msg=str(asked))


def test_soft_targets_of_one_class_change_no_bit():
    """
    For every accepted pair, one-hot targets unsmoothed have loss and slopes of the labels, to the bit.
    """
    changed = {
        asked: head
        for asked, head in HEADS.items()
        if type(head.make_loss()) is not type(head.make_soft_loss())
    }
    outputs = {asked: ACTIVATIONS[asked[2]](jnp.asarray(3 * NORMAL[:, : asked[0]])) for asked in changed}

    def measured(measure):
        def objective(given):
            losses = {
                asked: measure(head, wanted_classes(head, LABELS), given[asked])
                for asked, head in changed.items()
            }
            return sum(losses.values()), losses

        return jax.jit(jax.value_and_grad(objective, has_aux=True))(outputs)

    def hard(head, labels, given):
        return head.make_loss()(head.targets(labels), given)

    def soft(head, labels, given):
        return head.make_soft_loss()(smoothed(head, head.soft_targets(labels, given.dtype), 0.0), given)

    (_, losses), slopes = measured(hard)
    (_, soft_losses), soft_slopes = measured(soft)
    for asked in changed:
        np.testing.assert_array_equal(losses[asked], soft_losses[asked], err_msg=str(asked))
        np.testing.assert_array_equal(slopes[asked], soft_slopes[asked], err_msg=str(asked))
        assert np.isfinite(slopes[asked]).all()
        assert np.any(slopes[asked])
    # The others are one loss of the same targets.
    for head in [HEADS[asked] for asked in HEADS.keys() - changed.keys()]:
        labels = np.asarray(LABELS % head.classes)
        assert head.make_loss().get_config() == head.make_soft_loss().get_config()
        np.testing.assert_array_equal(
            head.targets(labels), smoothed(head, head.soft_targets(labels, "float32"), 0.0)
        )


def test_losses_of_lanes_are_those_of_their_rows():
    """
    Under `vmap` each loss is the mean of its rows' losses, and a row's loss knows no other row.
    """
    # The last accepted pair of each loss: activations are not what is asked here.
    heads = {asked[1]: (asked, head) for asked, head in HEADS.items()}
    lanes = np.stack([NORMAL, -NORMAL])
    labels = np.stack([LABELS, (LABELS + 1) % 3])

    def each(measure):
        def losses(values, labels):
            return {
                asked: measure(
                    head.make_loss(),
                    head.targets(wanted_classes(head, labels)),
                    ACTIVATIONS[asked[2]](values[:, : asked[0]]),
                )
                for asked, head in heads.values()
            }

        return quickly(losses)

    together = jax.vmap(each(lambda loss, wanted, given: loss(wanted, given)))(lanes, labels)
    alone = each(lambda loss, wanted, given: (loss.call(wanted, given), loss.call(wanted[:4], given[:4])))

    for lane in range(2):
        for asked, (rows, half) in alone(lanes[lane], labels[lane]).items():
            assert rows.shape == (8,), asked
            assert float(together[asked][lane]) == pytest.approx(float(rows.mean()), rel=1e-5), asked
            np.testing.assert_allclose(half, rows[:4], rtol=1e-5, atol=1e-7, err_msg=str(asked))


def test_a_loss_that_compares_rows_is_refused_with_reason():
    """
    Circle, which is no loss of the table, gives a row another number when other rows are left out.
    """
    measure = keras.losses.Circle()

    rows, fewer = quickly(lambda: (measure.call(LABELS, SHARES), measure.call(LABELS[:4], SHARES[:4])))()

    assert not np.allclose(rows[:4], fewer)


@pytest.mark.parametrize(
    "loss, output",
    [
        ("mse", "linear"),
        ("huber", "tanh"),
        ("poisson", "sigmoid"),
        ("bce", "sigmoid"),
        ("cosine_similarity", "linear"),
    ],
)
def test_losses_of_values_are_keras_own(loss, output):
    """
    For a regression the loss is what Keras's function gives, hard and soft.
    """
    head = accepted(3, 0, loss, output)
    values, outputs = np.abs(NORMAL) / 3, np.asarray(ACTIVATIONS[output](NORMAL))
    expected = np.mean(keras.losses.get(head.loss)(values, outputs))

    assert head.reading == "values"
    assert float(head.make_loss()(head.targets(values), outputs)) == pytest.approx(float(expected), rel=1e-6)
    soft = head.make_soft_loss()(head.soft_targets(values, "float32"), outputs)
    assert float(soft) == pytest.approx(float(expected), rel=1e-6)


def test_smoothing_is_that_of_keras():
    """
    Losses of smoothed targets are those of Keras's `label_smoothing`, on three units and on one.
    """
    inside = np.asarray(jax.nn.sigmoid(NORMAL[:, :1]))
    several = Head("probabilities", 3, 3)
    one = Head("probability", 1, 2)

    many = several.make_soft_loss()(smoothed(several, several.soft_targets(LABELS, "float32"), 0.2), SHARES)
    single = one.make_soft_loss()(smoothed(one, one.soft_targets(SECOND, "float32"), 0.2), inside)

    theirs = keras.losses.CategoricalCrossentropy(label_smoothing=0.2)(np.eye(3)[LABELS], SHARES)
    assert float(many) == pytest.approx(float(theirs), rel=1e-6)
    theirs = keras.losses.BinaryCrossentropy(label_smoothing=0.2)(SECOND[:, None], inside)
    assert float(single) == pytest.approx(float(theirs), rel=1e-6)
    with pytest.raises(UsageError, match=r"^recipe\.label_smoothing: a regression has no labels to smooth"):
        smoothed(Head("values", 1, 0), NORMAL, 0.1)


def test_soft_losses_follow_their_definition():
    """
    Soft hinges measure from targets from -1 to 1, and the generalized cross-entropy is a mean over classes.
    """
    mixed = 0.7 * np.eye(3)[LABELS] + 0.3 * np.eye(3)[LABELS[::-1]]
    mixed = mixed.astype(np.float32)

    def soft(loss, outputs, reading):
        return np.asarray(Head(reading, 3, 3, loss).make_soft_loss().call(mixed, outputs))

    short = np.maximum(1 - (2 * mixed - 1) * NORMAL, 0)
    np.testing.assert_allclose(soft("hinge", NORMAL, "logits"), short.mean(axis=1), rtol=1e-5)
    np.testing.assert_allclose(soft("squared_hinge", NORMAL, "logits"), (short**2).mean(axis=1), rtol=1e-5)
    np.testing.assert_allclose(
        soft("categorical_generalized_cross_entropy", SHARES, "probabilities"),
        (mixed * (1 - np.sqrt(SHARES)) / 0.5).sum(axis=1),
        rtol=1e-5,
    )
    np.testing.assert_allclose(
        soft("mean_squared_error", np.tanh(NORMAL), "signed"),
        ((np.tanh(NORMAL) - 2 * mixed + 1) ** 2).mean(axis=1),
        rtol=1e-5,
    )


def test_a_class_that_is_given_nothing_leaves_slopes_finite():
    """
    Where a probability is exactly zero, the soft generalized cross-entropy of another class has its slope.
    """
    head = Head("probabilities", 3, 3, "categorical_generalized_cross_entropy")
    outputs, wanted = jnp.array([[0.0, 0.25, 0.75]]), head.soft_targets(np.array([1]), "float32")

    slopes = jax.grad(lambda given: head.make_soft_loss()(wanted, given))(outputs)

    np.testing.assert_allclose(slopes, [[0.0, -2.0, 0.0]])


def test_targets_are_given_as_the_loss_takes_them():
    """
    Class numbers stay or become one-hot; with a tanh, losses of values get -1 and 1.
    """
    labels = np.array([0, 1, 1], np.int32)

    def targets(reading, units, loss=""):
        return np.asarray(Head(reading, units, 2, loss).targets(labels)).tolist()

    assert targets("probabilities", 2) == [0, 1, 1]
    assert targets("probabilities", 2, "categorical_crossentropy") == [[1, 0], [0, 1], [0, 1]]
    assert targets("signed", 2, "mean_squared_error") == [[1, -1], [-1, 1], [-1, 1]]
    assert targets("signed", 2, "hinge") == [[1, 0], [0, 1], [0, 1]]
    assert targets("signed", 1, "mean_squared_error") == [[-1], [1], [1]]
    assert targets("estimates", 1, "mean_squared_error") == [[0], [1], [1]]


TANH = np.tanh(NORMAL)
SIGMOID = 1 / (1 + np.exp(-NORMAL))


@pytest.mark.parametrize(
    "outputs, classes, asked, reading, chosen",
    [
        (SHARES, 3, (None, "softmax"), "probabilities", "sparse_categorical_crossentropy"),
        (SIGMOID, 3, (None, "sigmoid"), "scores", "binary_crossentropy"),
        (SIGMOID, 3, (None, None), "logits", "sparse_categorical_crossentropy"),
        (SIGMOID, 3, ("cce", None), "logits", "categorical_crossentropy"),
        (SIGMOID, 3, ("bce", None), "scores", "binary_crossentropy"),
        (SIGMOID, 3, ("dice", None), "scores", "dice"),
        (NORMAL, 3, ("bce", None), "score_logits", "binary_crossentropy"),
        (NORMAL, 3, ("mse", None), "estimates", "mean_squared_error"),
        (NORMAL, 3, ("hinge", None), "logits", "hinge"),
        (NORMAL, 3, (None, "linear"), "logits", "sparse_categorical_crossentropy"),
        (TANH, 3, ("hinge", "tanh"), "signed", "hinge"),
        (TANH, 3, ("hinge", None), "logits", "hinge"),
        (SHARES, 3, ("kl_divergence", None), "probabilities", "kl_divergence"),
        (SIGMOID[:, :1], 2, (None, "sigmoid"), "probability", "binary_crossentropy"),
        (TANH[:, :1], 2, ("squared_hinge", "tanh"), "signed", "squared_hinge"),
        (NORMAL[:, :1], 2, (None, "linear"), "logit", "binary_crossentropy"),
        (NORMAL[:, :1], 2, ("log_cosh", None), "estimates", "log_cosh"),
        (NORMAL[:, :1], 2, ("hinge", None), "logit", "hinge"),
        (np.exp(NORMAL), 0, ("poisson", None), "values", "poisson"),
        (NORMAL, 0, (None, "linear"), "values", "mean_squared_error"),
        (TANH, 0, (None, "tanh"), "values", "mean_squared_error"),
        (np.full((8, 3), np.nan), 3, (None, "softmax"), "probabilities", "sparse_categorical_crossentropy"),
    ],
)
def test_outputs_are_read_as_the_recipe_says(outputs, classes, asked, reading, chosen):
    """
    An activation that was asked for settles the reading; otherwise outputs and loss tell it together.
    """
    loss, output = asked

    head = read_head(
        outputs, classes=classes, targets=outputs.shape[1], first_rows={}, loss=loss, output=output
    )

    assert head == Head(reading, outputs.shape[1], classes, chosen)


@pytest.mark.parametrize(
    "outputs, classes, loss, output, match",
    [
        (SHARES, 0, None, "softmax", r"^recipe\.output: `output: softmax` gives shares of classes, not"),
        (np.ones((8, 1)), 2, None, "softmax", r"`output: softmax` on one unit is 1 for every row.*sigmoid"),
        (TANH, 3, None, "tanh", r"`output: tanh` does not fit the usual `loss`.*Write `loss: hinge`"),
        (NORMAL, 3, None, "softmax", r"not those of `output: softmax`\. End the model in softmax, or leave"),
        (NORMAL, 3, None, "sigmoid", "not those of `output: sigmoid`"),
        (NORMAL, 0, None, "tanh", "not those of `output: tanh`"),
        (SHARES, 3, None, "linear", "not those of `output: linear`"),
        (NORMAL, 0, "sparse_categorical_crossentropy", None, r"^recipe\.loss: .* does not fit a regression"),
        (NORMAL, 3, "mape", None, "does not fit a classification"),
        (NORMAL, 3, "msee", None, r"^recipe\.loss: unknown loss \(got 'msee'\)"),
        (
            TANH,
            3,
            "bce",
            "tanh",
            r"^recipe\.loss: `loss: binary_crossentropy` needs outputs between 0 and 1 and `output: tanh` ",
        ),
        (NORMAL, 3, "kld", None, "needs shares that sum to one and the model's outputs are others"),
        (SIGMOID, 3, "gce", "sigmoid", "needs shares that sum to one and `output: sigmoid` gives others"),
        (NORMAL, 3, "dice", "linear", "needs outputs between 0 and 1 and `output: linear` gives others"),
        (NORMAL[:, :1], 2, "poisson", None, r"needs outputs that are not negative.*Write `output: sigmoid`"),
        (NORMAL, 0, "poisson", "linear", r"not negative and `output: linear` gives others\. End .* softplus"),
        (np.zeros((8, 1)), 0, "poisson", None, "not negative and the model's outputs are others"),
        (
            np.exp(NORMAL),
            0,
            "bce",
            None,
            r"between 0 and 1 .*Write `output: sigmoid`, or end a model of your",
        ),
        (TANH, 3, "msle", "tanh", r"has no slope for negative outputs, which this `output` gives"),
        (
            NORMAL[:, :1],
            2,
            "msle",
            None,
            r"has no slope for negative outputs.*Write `loss: mean_squared_error`",
        ),
        (
            NORMAL[:, :1],
            2,
            "cce",
            None,
            r"`loss: categorical_crossentropy` compares .* only one\. Write `loss: binary_crossentropy`, or",
        ),
        (SIGMOID[:, :1], 2, "dice", "sigmoid", "there is only one"),
        (NORMAL[:, :1], 0, "cosine_similarity", None, r"only one\. Choose another loss, as `loss: mean_sq"),
    ],
)
def test_losses_and_outputs_that_do_not_fit_are_refused(outputs, classes, loss, output, match):
    """
    The message names the loss and the output and what to write instead.
    """
    with pytest.raises(UsageError, match=match):
        read_head(outputs, classes=classes, targets=outputs.shape[1], first_rows={}, loss=loss, output=output)


@pytest.mark.parametrize(
    "head, said",
    [
        (Head("scores", 3, 3), "its 3 outputs are taken as scores of the classes, each by itself between"),
        (Head("score_logits", 3, 3), "its 3 outputs are taken as logits of scores of the classes, each by"),
        (Head("signed", 1, 2, "hinge"), "its one output is taken as -1 for the first class and 1 for the"),
        (
            Head("signed", 3, 3),
            "its 3 outputs are taken as 1 for the row's class and -1 for the others; moved",
        ),
        (Head("estimates", 1, 2), "its one output is taken as an estimate of 0 for the first class and 1"),
        (Head("estimates", 3, 3), "; the loss is mean_squared_error"),
        (Head("logits", 3, 3, "hinge"), "; the loss is hinge, which takes the outputs as they are"),
        (Head("logits", 3, 3, "categorical_crossentropy"), "; the loss is categorical_crossentropy"),
        (
            Head("probabilities", 3, 3, "dice"),
            "; the loss is dice, of each row, where Keras's default is one",
        ),
        (Head("values", 1, 0, "mean_squared_logarithmic_error"), ", which takes negative outputs for 0"),
    ],
)
def test_what_was_taken_is_said_with_the_loss(head, said):
    """
    Each reading and each loss that is not the usual one has its words for the report.
    """
    assert said in head.sentence
