"""Bias and variance of stored runs: known parts come out, claimed with care, and gaps are told."""

import itertools
import json

import numpy as np
import pytest
from scipy.special import softmax

import trainlab as tl
from trainlab.data.named.curves import curve_sine
from trainlab.diagnosis.decomposition import complete, decompose
from trainlab.results.outcome import Outcome
from trainlab.results.records import RunEnding
from trainlab.results.store import Writer
from trainlab.results.table import open_results

REGRESSION = {"task": "regression", "target_mean": [0.0]}
CLASSES = {"task": "classification", "class_counts": [20, 20, 20]}


@pytest.fixture
def stored(tmp_path):
    """A function that stores what networks say, ``(set, seed, row, output)``, and opens it again.

    ``rows`` are the validation rows of each set, by default all; ``gone`` are runs that diverged.
    """
    made = iter(range(1_000))

    def store(outputs, targets, validation, data=REGRESSION, *, rows=None, gone=()):
        folder = tmp_path / str(next(made))
        folder.mkdir()
        sets, seeds, count = outputs.shape[:3]
        rows = [np.arange(count)] * sets if rows is None else rows
        endings, declared = {}, []
        for run, (fold, seed) in enumerate(itertools.product(range(sets), range(seeds))):
            declared.append((run, 0, seed, fold, 0, 0, 0))
            lost = (fold, seed) in gone
            outcome = Outcome.DIVERGED if lost else Outcome.FINISHED
            said = None if lost else outputs[fold, seed][rows[fold]]
            endings[run] = RunEnding(outcome, 1, 1, 1, None, 0.5, 0.5, 0.5, 0.5, 9, 9, outputs=said)
        document = {
            "variants": {"plain": {}},
            "seeds": list(range(seeds)),
            "metric": "mse" if data["task"] == "regression" else "accuracy",
            "smallest_difference": None,
            "validation": validation,
        }
        with Writer(folder) as writer:
            writer.write_facts({"experiment": document, "reference": "plain", "folds": sets, "data": data})
            writer.declare_runs(declared)
            for fold in range(sets):
                arrays = {"validation": rows[fold], "targets": targets[rows[fold]]}
                writer.write_arrays(f"fold/{fold}", {**arrays, "halves": rows[fold] % 2 == 0})
            writer.write_endings(endings)
        return open_results(folder)

    return store


def sine_networks(random, sets, seeds, degree=3, points=30):
    """Polynomials through noisy points of a sine, moved by their seed, on 100 rows of a known set."""
    data = curve_sine(noise=0.3, seed=4)
    powers = np.arange(degree + 1)

    x = random.uniform(-1, 1, (sets, points))
    y = np.sin(2 * np.pi * x) + 0.3 * random.standard_normal((sets, points))
    weights = (np.linalg.pinv(x[..., None] ** powers) @ y[..., None])[:, None, :, 0]
    weights = weights + 0.1 * random.standard_normal((sets, seeds, len(powers)))
    outputs = weights @ (data.x[:100].astype(np.float64) ** powers).T
    return outputs[..., None].astype(np.float32), data


def test_parts_add_up_to_the_mean_loss_of_the_runs(stored):
    """
    Bias, data and seed make the mean loss, and where the curve is known so do they with the noise.
    """
    outputs, data = sine_networks(np.random.default_rng(1), 6, 3)
    loss = ((outputs - data.y[:100]) ** 2).mean()
    given = {"disjoint": 6, "common": 0.5}

    (plain,) = decompose(stored(outputs, data.y[:100], given))
    (known,) = decompose(stored(outputs, data.y[:100], given, REGRESSION | {"source": data.source}))

    for found in (plain.losses[0], known.losses[0]):
        told = (found.noise, found.bias, found.chance, found.data, found.seed)
        parts = [part.value for part in told if part is not None]
        assert found.total.value == pytest.approx(loss, rel=1e-6)
        assert sum(parts) == pytest.approx(loss, rel=1e-9)
        assert found.variance.value == pytest.approx(found.data.value + found.seed.value)
        assert found.total.low < loss < found.total.high
    assert plain.losses[0].noise is None
    assert plain.losses[0].bias.value > known.losses[0].bias.value
    noise = ((data.y[:100, 0] - np.sin(2 * np.pi * data.x[:100, 0])) ** 2).mean()
    assert known.losses[0].noise.value == pytest.approx(noise, rel=1e-5)
    assert abs(known.losses[0].chance.value) < 0.1
    assert known.losses[0].seed.value == plain.losses[0].seed.value
    whole = known.by_row[0]
    np.testing.assert_allclose(whole.bias + whole.data + whole.seed, whole.total)
    assert (plain.sets, plain.seeds, plain.rows, plain.left_out) == (6, 3, 100, "")


def test_known_parts_lie_where_the_truth_is(stored):
    """
    Many networks give the bias against the true curve, and variances, that a million rows would show.
    """
    outputs, data = sine_networks(np.random.default_rng(3), 60, 4, points=80)
    x = data.x[:100, 0].astype(np.float64)
    truth, _ = sine_networks(np.random.default_rng(8), 4_000, 1, points=80)
    bias = ((truth[:, 0, :, 0].mean(axis=0) - np.sin(2 * np.pi * x)) ** 2).mean()
    seed = 0.01 * (x[:, None] ** (2 * np.arange(4))).sum(axis=1).mean()
    spread = truth[:, 0, :, 0].var(axis=0).mean() - seed

    (found,) = decompose(
        stored(outputs, data.y[:100], {"disjoint": 60, "common": 0.5}, REGRESSION | {"source": data.source})
    )

    (parts,) = found.losses
    # Within twice the half width, four standard errors: a world that was drawn may miss by chance.
    for part, known in ((parts.bias, bias), (parts.data, spread), (parts.seed, seed)):
        assert abs(part.value - known) < part.high - part.low
    assert parts.seed.high - parts.seed.low < seed / 2


def test_classes_have_three_losses_and_domingos(stored):
    """
    Brier score, log loss and error rate are each the mean over runs, whatever bits they were stored with.
    """
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 50).astype(np.int32)
    logits = 2 * np.eye(3)[labels] + random.normal(0, 1, (4, 1, 50, 3)) + random.normal(0, 1, (4, 2, 50, 3))
    outputs = softmax(logits, axis=-1).astype(np.float16)

    (found,) = decompose(stored(outputs, labels, {"disjoint": 4, "common": 0.2}, CLASSES))

    brier, nats, wrong = found.losses
    exact = softmax(logits, axis=-1)
    assert brier.total.value == pytest.approx(
        ((exact - np.eye(3)[labels]) ** 2).sum(axis=-1).mean(), abs=1e-3
    )
    assert nats.total.value == pytest.approx(-np.log(exact)[..., range(50), labels].mean(), abs=1e-3)
    assert wrong.total.value == pytest.approx((outputs.argmax(axis=-1) != labels).mean())
    assert found.domingos.total == pytest.approx(wrong.total.value)
    assert "log loss" in nats.sentence
    assert "+ variance of the seed" in nats.sentence
    assert "bias²" not in nats.sentence
    assert " %" in wrong.sentence
    document = found.document()
    assert json.loads(json.dumps(document)) == document
    assert document["losses"][0]["bias"] == {
        "value": brier.bias.value,
        "low": brier.bias.low,
        "high": brier.bias.high,
    }


def test_rows_looked_at_a_few_at_a_time_give_the_same(stored, monkeypatch):
    """
    However many rows fit into memory, the parts are the same.
    """
    outputs, data = sine_networks(np.random.default_rng(1), 4, 2)
    results = stored(outputs, data.y[:100], {"disjoint": 4, "common": 0.5})
    (whole,) = decompose(results)

    monkeypatch.setattr("trainlab.diagnosis.decomposition.AT_ONCE", 60)
    (pieces,) = decompose(results)

    assert pieces.losses[0].bias.value == pytest.approx(whole.losses[0].bias.value)
    assert pieces.losses[0].data.high == pytest.approx(whole.losses[0].data.high)
    np.testing.assert_allclose(pieces.by_row[0].data, whole.by_row[0].data)


def test_resamples_describe_and_say_who_scores_whom(stored):
    """
    Plain resamples score rows that two of them leave out; there are percentiles from 20 on, and no claim.
    """
    random = np.random.default_rng(6)
    outputs, data = sine_networks(random, 20, 2)
    rows = [np.flatnonzero(random.random(100) < 0.37) for _ in range(20)]
    rows[0] = np.union1d(rows[0], [0])
    rows = [rows[0], *(np.setdiff1d(one, [0]) for one in rows[1:])]

    (found,) = decompose(stored(outputs, data.y[:100], {"bootstrap": 20}, rows=rows))
    (few,) = decompose(stored(outputs[:5], data.y[:100], {"bootstrap": 5, "common": 0.5}))

    assert found.describes
    assert found.claim.startswith("over resamples of these rows, each row scored by those that leave it out")
    assert found.rows == 99
    assert "1 row that fewer than two training sets leave out is not counted" in found.left_out
    assert found.losses[0].bias.low < found.losses[0].bias.value < found.losses[0].bias.high
    by_row = [
        np.mean([((outputs[s, :, row, 0] - data.y[row]) ** 2).mean() for s in range(20) if row in rows[s]])
        for row in range(1, 100)
    ]
    assert found.losses[0].total.value == pytest.approx(np.mean(by_row), rel=1e-5)
    assert "in these resamples" in found.sentence
    assert few.claim.endswith("scored on rows that train in none of them")
    assert few.losses[0].bias.low is None


def test_one_seed_is_not_told_apart(stored):
    """
    With one seed there is one variance, and the sentence says what it holds.
    """
    outputs, data = sine_networks(np.random.default_rng(1), 5, 1)

    (found,) = decompose(stored(outputs, data.y[:100], {"disjoint": 5, "common": 0.5}))

    (parts,) = found.losses
    assert (parts.data, parts.seed) == (None, None)
    assert parts.bias.value + parts.variance.value == pytest.approx(parts.total.value)
    assert "one seed cannot tell its part from that of the training rows" in found.sentence
    assert found.by_row[0].seed is None


def test_runs_that_diverged_are_left_out_and_counted(stored):
    """
    The set with a diverged run is left out; where nothing is left, the sentence says so.
    """
    outputs, data = sine_networks(np.random.default_rng(1), 5, 2)
    given = {"disjoint": 5, "common": 0.5}

    (found,) = decompose(stored(outputs, data.y[:100], given, gone=[(1, 1)]))
    (none,) = decompose(stored(outputs, data.y[:100], given, gone=[(s, 0) for s in range(4)] + [(4, 1)]))

    kept = outputs[[0, 2, 3, 4]]
    assert found.sets == 4
    assert found.losses[0].total.value == pytest.approx(((kept - data.y[:100]) ** 2).mean(), rel=1e-6)
    assert found.left_out.startswith(
        "1 of 10 runs has no prediction (1 diverged): counted are 4 training sets"
    )
    assert none.losses[0].seed is None
    assert (none.sets, none.seeds) == (4, 1)
    (gone,) = decompose(
        stored(outputs, data.y[:100], given, gone=list(itertools.product(range(5), range(2))))
    )
    assert gone.losses == ()
    assert "cannot be told from 0 training sets" in gone.sentence


def test_what_is_kept_is_a_table_without_gaps():
    """
    A set without one of many seeds costs the set, a seed that fails on most sets costs the seed.
    """
    there = np.ones((10, 3), bool)
    there[:6, 2] = False
    there[9, 0] = False

    assert complete(there) == (list(range(9)), [0, 1])
    assert complete(np.zeros((3, 2), bool)) == ([], [])


def test_other_ways_to_validate_tell_no_variance(stored):
    """
    Folds that leave each row out once, and one split, have no decomposition.
    """
    outputs, data = sine_networks(np.random.default_rng(1), 4, 2)

    assert decompose(stored(outputs, data.y[:100], {"kfold": 4})) is None
    assert decompose(stored(outputs[:1], data.y[:100], {"bootstrap": 1})) is None


@pytest.mark.slow
def test_intervals_cover_as_often_as_the_guide_says():
    """
    Over 10 and 20 disjoint sets, 95 % intervals of bias and variances cover their truth in 84 to 98 %.
    """
    from trainlab.diagnosis.decomposing import LOSSES, row_parts
    from trainlab.diagnosis.decomposition import _part

    random = np.random.default_rng(7)
    _, data = sine_networks(random, 1, 1)
    many, _ = sine_networks(random, 20_000, 1)
    x, y = data.x[:100, 0].astype(np.float64), data.y[:100].astype(np.float64)
    seed = 0.01 * (x[:, None] ** (2 * np.arange(4))).sum(axis=1).mean()
    means = many[:, 0, :, 0].mean(axis=0)
    truth = {"bias": ((means - y[:, 0]) ** 2).mean(), "seed": seed}
    truth["data"] = many[:, 0, :, 0].var(axis=0).mean() - seed
    for sets in (10, 20):
        covered = dict.fromkeys(truth, 0)
        for _ in range(400):
            outputs, _ = sine_networks(random, sets, 3)
            found = row_parts(LOSSES["squared_error"], outputs, y, np.ones((sets, 100), bool))
            total, averaged, bias = (part.mean(axis=1) for part in (found.total, found.averaged, found.bias))
            shares = {"bias": bias, "data": averaged - bias, "seed": total - averaged}
            for name, share in shares.items():
                part = _part(float(share.mean()), share, describes=False)
                covered[name] += part.low <= truth[name] <= part.high
        for name, count in covered.items():
            assert 0.84 <= count / 400 <= 0.985, (sets, name, count / 400)


@pytest.mark.slow
def test_a_trained_decomposition_adds_up_to_the_measured_loss(tmp_path):
    """
    Of trained networks on disjoint sets, the total is the mean score of the runs, and parts make it up.
    """
    experiment = tl.Experiment(
        tl.load("curve_sine", rows=300, noise=0.2),
        tl.mlp([16]),
        tl.Recipe(optimizer="adam", learning_rate=0.02, batch_size=16, epochs=40),
        variants={"plain": {}, "tiny": {"hidden": [2]}},
        validation=tl.Disjoint(5, common=0.3),
        seeds=3,
        baselines=False,
    )

    results = tl.run(experiment, tmp_path / "out")

    for place, found in enumerate(decompose(results)):
        (parts,) = found.losses
        assert parts.total.value == pytest.approx(results.scores[place].mean(), rel=1e-5)
        assert parts.noise.value == pytest.approx(0.04, abs=0.02)
        told = (parts.noise, parts.bias, parts.chance, parts.data, parts.seed)
        assert sum(part.value for part in told) == pytest.approx(parts.total.value, rel=1e-9)
    wide, tiny = (found.losses[0] for found in decompose(results))
    assert tiny.bias.value > wide.bias.value
    assert tl.compare(results).splits == "disjoint sets"
