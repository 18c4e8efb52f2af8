"""Networks that answer as one: their mean, the same whoever stands beside a row, also after pickling."""

import pickle

import keras
import numpy as np
import pytest

from trainlab.estimators.networks import BLOCKS, Networks


@pytest.fixture(scope="module")
def model():
    """A network of two inputs and three classes."""
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softmax")])


@pytest.fixture(scope="module")
def weights():
    """Kernel and bias of three networks."""
    random = np.random.default_rng(3)
    return [[random.normal(size=(2, 3)), random.normal(size=3)] for _ in range(3)]


@pytest.fixture(scope="module")
def networks(model, weights):
    """The three as one."""
    return Networks(model, weights, "probabilities", 3)


def softmax(logits):
    """Give probabilities in float64."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_the_answer_is_the_mean_of_the_networks_answers(networks, weights):
    """
    NumPy in 64 bits gives the same probabilities from the same weights.
    """
    rows = np.random.default_rng(0).normal(size=(7, 2))

    answers = networks.answers(rows)

    expected = np.mean([softmax(rows @ kernel + bias) for kernel, bias in weights], axis=0)
    np.testing.assert_allclose(answers, expected, atol=1e-6)


def test_a_row_has_the_same_answer_whoever_stands_beside_it(networks):
    """
    Alone, among a few and in the second block of many, a row is answered by the same bits.
    """
    rows = np.random.default_rng(1).normal(size=(BLOCKS[-1] + 5, 2))

    whole = networks.answers(rows)

    assert whole.shape == (BLOCKS[-1] + 5, 3)
    np.testing.assert_array_equal(networks.answers(rows[-5:])[4], networks.answers(rows[-1:])[0])
    np.testing.assert_allclose(networks.answers(rows[-1:])[0], whole[-1], rtol=1e-6)


def test_pickled_networks_answer_the_same(networks):
    """
    A copy made of bytes gives the same bits, and may be pickled again before it has answered.
    """
    rows = np.random.default_rng(2).normal(size=(4, 2))

    copy = pickle.loads(pickle.dumps(networks))  # noqa: S301  (our own bytes)
    again = pickle.loads(pickle.dumps(copy))  # noqa: S301

    assert again.model is None
    np.testing.assert_array_equal(again.answers(rows), networks.answers(rows))


def test_outputs_are_read_as_what_they_mean(weights):
    """
    One logit becomes the probabilities of two classes.
    """
    one = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    kernel, bias = weights[0][0][:, :1], weights[0][1][:1]
    networks = Networks(one, [[kernel, bias]], "logit", 2)
    rows = np.array([[0.5, -1.0]])

    answers = networks.answers(rows)

    second = 1 / (1 + np.exp(-(rows @ kernel + bias)))
    np.testing.assert_allclose(answers, np.hstack([1 - second, second]), atol=1e-6)


def test_columns_are_taken_where_the_model_takes_some(model, weights):
    """
    Of three columns the model sees the last and the first.
    """
    networks = Networks(model, weights, "probabilities", 3, columns=np.array([2, 0]))
    rows = np.array([[1.0, 99.0, 2.0]])

    plain = Networks(model, weights, "probabilities", 3).answers(rows[:, [2, 0]])

    np.testing.assert_array_equal(networks.answers(rows), plain)
