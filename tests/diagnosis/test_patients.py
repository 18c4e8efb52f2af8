"""Planted patients: variants with a known illness, really trained, judged in 20 repetitions of 5 seeds each.

What was found last, and when, stands in ``docs/proofs.md``.
"""

import sys
from dataclasses import replace

import numpy as np
import pytest

import trainlab as tl
from trainlab.diagnosis.diagnose import diagnose

REPETITIONS, SEEDS, ENOUGH = 20, 5, 19
SPIRAL = tl.Recipe(optimizer="adam", learning_rate=0.01, batch_size=50, epochs=60)
CLOUDS = tl.Recipe(optimizer="adam", learning_rate=0.003, batch_size=50, epochs=40)
LINEAR = {"model": tl.mlp([]), "epochs": 20}

pytestmark = pytest.mark.slow


def spirals(rows=2_000):
    """Two arms of one turn each, which no straight line parts."""
    random = np.random.default_rng(0)
    labels = np.arange(rows) % 2
    along = np.sqrt(random.uniform(0.02, 1, rows))
    angles = 2 * np.pi * along + np.pi * labels
    points = 2 * along * np.stack([np.cos(angles), np.sin(angles)])
    points = points.T + random.normal(0, 0.02, (rows, 2))
    return tl.Dataset(points.astype(np.float32), labels, name="arrays", raw=False)


def clouds(wrong, rows=6_000, inputs=20):
    """Two clouds that a straight line parts as well as can be, and a share of labels that are wrong."""
    random = np.random.default_rng(0)
    labels = np.arange(rows) % 2
    centre = random.normal(0, 1, inputs)
    centre *= 1.6 / np.linalg.norm(centre)
    points = random.normal(0, 1, (rows, inputs)) + np.where(labels[:, None] == 1, centre, -centre)
    given = np.where(random.uniform(size=rows) < wrong, 1 - labels, labels)
    return tl.Dataset(points.astype(np.float32), given, name="arrays", raw=False)


def unborn():
    """A network whose first units begin far below zero, so that no row ever wakes them."""
    import keras

    asleep = keras.initializers.Constant(-12.0)
    return keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(32, activation="relu", bias_initializer=asleep),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )


def on_spirals(**illness):
    """A healthy network on spirals, and beside it one with an illness."""
    return {
        "data": spirals(),
        "model": tl.mlp([32, 32]),
        "recipe": SPIRAL,
        "variants": {"twin": {}, "ill": illness},
    }


def on_clouds(wrong, units, **illness):
    """A linear model, which is all that clouds need, and beside it a wide network."""
    variants = {"twin": LINEAR, "ill": illness}
    shared = {"recipe": CLOUDS, "smallest_difference": 0.02}
    return {"data": clouds(wrong), "model": tl.mlp([units]), "variants": variants, **shared}


# Illness -> its world, the verdicts that are right, and the codes of which one at least has to be found.
PATIENTS = {
    "a linear model on spirals": (lambda: on_spirals(model=tl.mlp([])), {"underfitting"}, {"TL202"}),
    "a wide net on 100 rows": (lambda: on_clouds(0.2, 512, train_rows=100), {"overfitting"}, {"TL201"}),
    "a rate 100 times too low": (
        lambda: on_spirals(learning_rate=1e-4),
        {"not_converged", "underfitting"},
        {"TL205"},
    ),
    "a rate 100 times too high": (
        lambda: on_spirals(learning_rate=1.0),
        {"diverged", "underfitting"},
        {"TL206"},
    ),
    "half the labels random": (lambda: on_clouds(0.25, 256), {"overfitting"}, {"TL201"}),
    "units that are dead from the start": (lambda: on_spirals(model=unborn), {"underfitting"}, {"TL208"}),
}


def repetition(results, number):
    """The results of five of the seeds, as if no others had been trained."""
    chosen = slice(number * SEEDS, (number + 1) * SEEDS)
    document = {**results.facts["experiment"], "seeds": list(results.seeds[chosen])}
    return replace(
        results,
        facts={**results.facts, "experiment": document},
        seeds=results.seeds[chosen],
        outcomes=results.outcomes[:, chosen],
        endings={name: numbers[:, chosen] for name, numbers in results.endings.items()},
        curves={name: numbers[:, chosen] for name, numbers in results.curves.items()},
        run_numbers=results.run_numbers[:, chosen],
        member_scores=results.member_scores[:, chosen],
    )


@pytest.mark.parametrize("patient", PATIENTS)
def test_a_patient_is_told_from_its_healthy_twin(patient, tmp_path):
    """
    In at least 19 of 20 repetitions the illness is named and its cause found, and the twin has neither.
    """
    world, right, causes = PATIENTS[patient]
    asked = tl.Experiment(**world(), seeds=REPETITIONS * SEEDS, validation=tl.Holdout(0.5))
    results = tl.run(asked, out=tmp_path / "patient")
    said, found = [], []
    for number in range(REPETITIONS):
        diagnosis = diagnose(repetition(results, number))
        said.append({row.variant: row.verdict for row in diagnosis.rows})
        found.append({(code.code, name) for code in diagnosis.findings for name in code.variants})
    named = sum(one["ill"] in right for one in said)
    caused = sum(bool({(code, "ill") for code in causes} & one) for one in found)
    healthy = sum(one["twin"] == "healthy" for one in said)
    blamed = sum(any((code, "twin") in one for code in causes) for one in found)
    sys.stdout.write(f"{patient}: named {named}, cause {caused}, twin healthy {healthy}, blamed {blamed}\n")

    assert named >= ENOUGH
    assert caused >= ENOUGH
    assert healthy >= ENOUGH
    assert blamed == 0
    assert all(one["twin"] in {"healthy", "cannot_tell"} for one in said)
