"""Losses taken apart row by row: against closed forms, every pair counted, and definitions."""

import itertools

import numpy as np
import pytest
from scipy.special import log_softmax, logsumexp, softmax

from trainlab.diagnosis.decomposing import LOSSES, domingos, expected, row_parts


def everywhere(outputs):
    """Every set leaves every row out."""
    return np.ones((outputs.shape[0], outputs.shape[2]), bool)


def random_outputs(sets=4, seeds=3, rows=5, classes=3):
    """Probabilities of networks that agree in part, and labels."""
    random = np.random.default_rng(3)
    logits = random.normal(0, 1, (sets, 1, rows, classes)) + random.normal(
        0, 0.7, (sets, seeds, rows, classes)
    )
    return softmax(logits + random.normal(0, 1, (rows, classes)), axis=-1), random.integers(0, classes, rows)


@pytest.mark.parametrize("name", ["brier", "zero_one"])
def test_squares_are_corrected_as_counting_every_pair_does(name):
    """
    Bias is the mean product over pairs of sets, the average over seeds that over pairs of seeds.
    """
    outputs, labels = random_outputs()
    loss = LOSSES[name]
    errors = loss.averaged(outputs, np.empty(0)) - expected(loss, labels, 3)
    scale = 0.5 if name == "zero_one" else 1.0
    by_set = errors.mean(axis=1)
    over_sets = np.mean([by_set[a] * by_set[b] for a, b in itertools.combinations(range(4), 2)], axis=0)
    over_seeds = np.mean(
        [errors[:, a] * errors[:, b] for a, b in itertools.combinations(range(3), 2)], axis=0
    )

    found = row_parts(loss, outputs, labels, everywhere(outputs))

    np.testing.assert_allclose(found.bias.mean(axis=0), scale * over_sets.sum(axis=-1), atol=1e-12)
    np.testing.assert_allclose(found.averaged, scale * over_seeds.sum(axis=-1), atol=1e-12)
    np.testing.assert_allclose(found.total, scale * (errors**2).sum(axis=-1).mean(axis=1), atol=1e-12)


def test_each_total_is_the_loss_as_it_is_known():
    """
    Mean losses are those of their definitions, and half the squared distance of votes is the error rate.
    """
    outputs, labels = random_outputs()
    runs = outputs.reshape(12, 5, 3)
    amounts, truth = np.random.default_rng(0).normal(100, 1, (4, 3, 5, 2)), np.full((5, 2), 99.0)
    known = {
        "log_loss": -np.log(runs[:, np.arange(5), labels]).mean(),
        "brier": ((runs - np.eye(3)[labels]) ** 2).sum(axis=2).mean(),
        "zero_one": (runs.argmax(axis=2) != labels).mean(),
    }
    squares = ((amounts - truth) ** 2).mean()

    found = {
        name: row_parts(LOSSES[name], outputs, labels, everywhere(outputs)).total.mean() for name in known
    }
    squared = row_parts(LOSSES["squared_error"], amounts, truth, everywhere(amounts)).total.mean()

    assert found == pytest.approx(known, rel=1e-6)
    assert squared == pytest.approx(squares, rel=1e-12)


def linear_networks(random, worlds, sets, seeds):
    """Lines through noisy points of a parabola, each moved by its seed, and the closed forms."""
    x, at, noise, moved = np.linspace(-1, 1, 12), np.linspace(-0.9, 0.9, 7), 0.5, 0.3
    lines = np.stack([np.ones_like(x), x], axis=1)
    hat = np.stack([np.ones_like(at), at], axis=1) @ np.linalg.pinv(lines)
    truth = at**2
    learned = (x**2 + noise * random.standard_normal((worlds, sets, 1, len(x)))) @ hat.T
    outputs = learned + moved * random.standard_normal((worlds, sets, seeds, len(at)))
    parts = {
        "bias": (hat @ x**2 - truth) ** 2,
        "data": noise**2 * (hat**2).sum(axis=1),
        "seed": np.full(len(at), moved**2),
    }
    return outputs[..., None], truth[:, None], parts


def test_parts_of_a_linear_regression_are_those_of_its_closed_form():
    """
    Bias, variance of the data and of the seed of few sets and seeds are right on average, row by row.
    """
    worlds = 700
    outputs, truth, known = linear_networks(np.random.default_rng(5), worlds, sets=3, seeds=2)
    found = {"bias": [], "data": [], "seed": []}

    for world in outputs:
        parts = row_parts(LOSSES["squared_error"], world, truth, everywhere(world))
        total, averaged, bias = (part.mean(axis=0) for part in (parts.total, parts.averaged, parts.bias))
        for name, part in {"bias": bias, "data": averaged - bias, "seed": total - averaged}.items():
            found[name].append(part)

    for name, part in found.items():
        error = np.std(part, axis=0) / np.sqrt(worlds)
        assert (np.abs(np.mean(part, axis=0) - known[name]) < 4 * error).all(), name


def test_amounts_far_from_zero_keep_their_variance():
    """
    A million added to targets and outputs changes no part.
    """
    outputs, truth, _ = linear_networks(np.random.default_rng(2), 1, sets=4, seeds=3)

    near = row_parts(LOSSES["squared_error"], outputs[0], truth, everywhere(outputs[0]))
    far = row_parts(LOSSES["squared_error"], outputs[0] + 1e6, truth + 1e6, everywhere(outputs[0]))

    np.testing.assert_allclose(far.bias, near.bias, atol=1e-8)
    np.testing.assert_allclose(far.averaged, near.averaged, atol=1e-8)


def test_the_log_loss_is_taken_apart_as_heskes_does():
    """
    The average is the softmax of mean logits; few networks come near its log loss, and uncorrected do not.
    """
    random, worlds, sets, seeds = np.random.default_rng(1), 600, 4, 3
    centre = np.array([0.5, -0.2, 0.1])
    of_set = centre + random.normal(0, 0.9, (worlds, sets, 1, 1, 3))
    logits = of_set + random.normal(0, 0.9, (worlds, sets, seeds, 1, 3))
    many = centre + random.normal(0, 0.9 * np.sqrt(2), (100_000, 3))
    over_seeds = centre + random.normal(0, 0.9, (100_000, 3))
    bias = -log_softmax(centre)[0]
    averaged = (logsumexp(over_seeds, axis=1) - over_seeds[:, 0]).mean()
    total = (logsumexp(many, axis=1) - many[:, 0]).mean()
    label = np.array([0])

    found = [
        row_parts(LOSSES["log_loss"], softmax(world, axis=-1), label, np.ones((sets, 1), bool))
        for world in logits
    ]

    near = {"abs": 0.03}
    assert np.mean([parts.bias.mean() for parts in found]) == pytest.approx(bias, **near)
    assert np.mean([parts.averaged.mean() for parts in found]) == pytest.approx(averaged, **near)
    assert np.mean([parts.total.mean() for parts in found]) == pytest.approx(total, **near)
    plugged = -log_softmax(logits.mean(axis=(1, 2)), axis=-1)[..., 0].mean()
    assert abs(plugged - bias) > 0.05


def test_votes_nest_as_kohavi_and_wolpert_have_it():
    """
    Sets whose networks vote with known chances give the known bias and variances of the 0-1 loss.
    """
    random, worlds = np.random.default_rng(0), 20_000
    kinds = np.array(
        [[0.8, 0.15, 0.05], [0.3, 0.3, 0.4]]
    )  # a set is of either kind, and its networks vote so
    drawn = kinds[random.integers(0, 2, (worlds, 3))]
    chosen = (random.random((worlds, 3, 2, 1)) > drawn.cumsum(axis=-1)[:, :, None, :]).sum(axis=-1)
    outputs = np.eye(3)[chosen].transpose(1, 2, 0, 3)  # each world is a row
    mean = kinds.mean(axis=0)
    error = ((mean - [1, 0, 0]) ** 2).sum() / 2
    averaged = np.mean([((kind - [1, 0, 0]) ** 2).sum() / 2 for kind in kinds])

    found = row_parts(LOSSES["zero_one"], outputs, np.zeros(worlds, int), np.ones((3, worlds), bool))

    assert found.bias.mean() == pytest.approx(error, abs=0.01)
    assert found.averaged.mean() == pytest.approx(averaged, abs=0.01)
    assert found.total.mean() == pytest.approx(1 - mean[0], abs=0.01)


def test_domingos_adds_up_and_follows_the_main_prediction():
    """
    The loss is bias, and variance where most are right, less variance where most are wrong.
    """
    outputs, labels = random_outputs(rows=40)
    votes = outputs.reshape(12, 40, 3).argmax(axis=-1)
    counts = np.array([(votes == label).sum(axis=0) for label in range(3)])
    main = counts.argmax(axis=0)
    right = main == labels

    found = domingos(outputs, labels, everywhere(outputs))

    assert found.total == pytest.approx((votes != labels).mean())
    assert found.bias == pytest.approx((~right).mean())
    assert found.unbiased == pytest.approx((votes != main)[:, right].sum() / votes.size)
    assert found.biased == pytest.approx((votes == labels)[:, ~right].sum() / votes.size)
    assert found.bias + found.unbiased - found.biased == pytest.approx(found.total)


def test_sets_that_train_on_a_row_have_no_say_in_it():
    """
    Rows left out by two of four sets have the parts that these two have alone, whatever the others say.
    """
    outputs, labels = random_outputs()
    out = np.array([[1, 0, 1, 1, 0], [1, 1, 0, 1, 1], [0, 1, 1, 0, 0], [0, 0, 0, 0, 1]], bool)
    changed = np.where(out[:, None, :, None], outputs, 0.25)

    for loss in (LOSSES["brier"], LOSSES["log_loss"], LOSSES["zero_one"]):
        found = row_parts(loss, changed, labels, out)
        for row in range(5):
            sets = np.flatnonzero(out[:, row])
            alone = row_parts(loss, outputs[sets, :, row : row + 1], labels[[row]], np.ones((2, 1), bool))
            np.testing.assert_allclose(found.bias[sets, row], alone.bias[:, 0], atol=1e-12)
            np.testing.assert_allclose(found.averaged[sets, row], alone.averaged[:, 0], atol=1e-12)
            assert np.isnan(found.total[~out[:, row], row]).all()
    alone = domingos(outputs[:2, :, [0, 3]], labels[[0, 3]], np.ones((2, 2), bool))
    assert domingos(changed[:, :, [0, 3]], labels[[0, 3]], out[:, [0, 3]]) == alone


def test_probabilities_of_16_bits_are_good_enough():
    """
    Parts from stored probabilities differ from those of exact ones by less than a thousandth.
    """
    outputs, labels = random_outputs(rows=200)
    for name in ("brier", "log_loss"):
        exact = row_parts(LOSSES[name], outputs, labels, everywhere(outputs))
        stored = row_parts(LOSSES[name], outputs.astype(np.float16), labels, everywhere(outputs))
        for part in ("total", "averaged", "bias"):
            assert np.abs(getattr(exact, part) - getattr(stored, part)).mean() < 1e-3
    sure = np.zeros((2, 2, 1, 2), np.float16)
    sure[..., 1] = 1
    lost = row_parts(LOSSES["log_loss"], sure, np.array([0]), np.ones((2, 1), bool))
    np.testing.assert_allclose(lost.total, -np.log(1e-7), rtol=1e-6)


def test_one_seed_tells_no_average_over_seeds():
    """
    Its part and that of the training rows are left together.
    """
    outputs, labels = random_outputs(seeds=1)

    assert row_parts(LOSSES["brier"], outputs, labels, everywhere(outputs)).averaged is None
