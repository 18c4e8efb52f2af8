"""Exporting: what comes out is Keras's own, predicts as was stored, and nothing is overwritten."""

import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

import trainlab as tl
from trainlab.cli import command
from trainlab.errors import UsageError

FILE = """
data: digits
model: {mlp: [8]}
recipe: {epochs: 2, batch_size: 64, train_rows: 300, gaussian_dropout: 0.2, drop_connect: 0.1}
variants: {plain: {}, three: {ensemble: {members: 3, control: false}}}
validation: {holdout: 0.2}
seeds: 3
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An experiment whose inputs are scaled, trained once."""
    place = tmp_path_factory.mktemp("export")
    (place / "asked.yaml").write_text(FILE, encoding="utf-8")
    tl.run(place / "asked.yaml", place / "results")
    return place / "results"


def answers(path, rows):
    """What a saved model gives for raw rows."""
    return np.asarray(keras.saving.load_model(path)(rows.astype(np.float32), training=False))


def test_the_median_run_is_exported_with_its_scaling(folder, tmp_path):
    """
    Raw pixels go in, and out comes what was stored for the run with the median score.
    """
    results = tl.open_results(folder)
    made = tl.export(folder, tmp_path / "one.keras", variant="plain")
    scores = results.scores[0, :, 0]
    (seed,) = made.seeds
    rows = tl.load("digits").x[results.validation_rows[0]]

    stored = results.rows("outputs", "plain")[results.seeds.index(seed)]

    assert made.score == pytest.approx(np.median(scores))
    np.testing.assert_allclose(answers(made.path, rows), stored, atol=1e-3)


def test_an_ensemble_is_the_mean_of_its_members(folder, tmp_path):
    """
    The model of an ensemble gives the answers that the ensemble was scored by.
    """
    results = tl.open_results(folder)
    made = tl.export(folder, tmp_path / "three.keras", variant="three", seed=1)
    rows = tl.load("digits").x[results.validation_rows[0]]

    stored = results.rows("outputs", "three")[1]

    assert "the mean over 3 networks" in made.takes
    assert made.score == pytest.approx(results.scores[1, 1, 0])
    np.testing.assert_allclose(answers(made.path, rows), stored, atol=1e-3)


def test_the_mean_over_seeds_is_one_model(folder, tmp_path):
    """
    With `ensemble`, all seeds of a plain variant answer together.
    """
    results = tl.open_results(folder)
    made = tl.export(folder, tmp_path / "all.keras", variant="plain", ensemble=True)
    rows = tl.load("digits").x[results.validation_rows[0]]

    stored = np.mean([np.asarray(one, np.float32) for one in results.rows("outputs", "plain")], axis=0)

    assert made.seeds == (0, 1, 2)
    assert made.score is None
    np.testing.assert_allclose(answers(made.path, rows), stored, atol=1e-3)


def test_keras_alone_loads_the_file_on_another_backend(folder, tmp_path):
    """
    A process that knows no trainlab loads the file with NumPy's arithmetic and predicts the same.
    """
    made = tl.export(folder, tmp_path / "one.keras", variant="plain", seed=0)
    rows = tl.load("digits").x[:5].astype(np.float32)
    np.save(tmp_path / "rows.npy", rows)
    script = (
        "import sys, json, numpy, keras; "
        "model = keras.saving.load_model(sys.argv[1]); "
        "given = numpy.asarray(model(numpy.load(sys.argv[2]), training=False)); "
        "assert 'trainlab' not in sys.modules and keras.backend.backend() == 'numpy'; "
        "print(json.dumps(given.tolist()))"
    )
    environment = {**os.environ, "KERAS_BACKEND": "numpy"}
    arguments = [sys.executable, "-c", script, made.path, tmp_path / "rows.npy"]

    said = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True)

    np.testing.assert_allclose(json.loads(said.stdout), answers(made.path, rows), atol=1e-5)


@pytest.mark.parametrize(
    "options, match",
    [
        ({"to": "model.h5"}, r"ends in `\.keras`.*model\.keras"),
        ({"variant": "plan"}, r"no such variant \(got 'plan'\)\. Did you mean `plain`\?"),
        ({"seed": 7}, r"no such seed \(got 7\)\. Seeds are: 0, 1, 2\."),
    ],
)
def test_what_is_not_there_is_refused(folder, tmp_path, options, match):
    """
    An unknown variant, an unknown seed and another kind of file are refused with what there is.
    """
    given = {"variant": "plain"} | options
    to = tmp_path / given.pop("to", "model.keras")

    with pytest.raises(UsageError, match=match):
        tl.export(folder, to, **given)


def test_nothing_is_overwritten(folder, tmp_path):
    """
    A file that is there stays as it is.
    """
    there = tmp_path / "model.keras"
    there.write_text("mine", encoding="utf-8")

    with pytest.raises(UsageError, match="such a file already"):
        tl.export(folder, there, variant="plain")

    assert there.read_text(encoding="utf-8") == "mine"


def test_the_command_prints_one_object(folder, tmp_path, capsys):
    """
    `trainlab export --json` says where the model is, of which run, and what its outputs mean.
    """
    to = tmp_path / "model.keras"

    code = command(["export", str(folder), "--variant", "plain", "--seed", "2", "--to", str(to), "--json"])

    said = json.loads(capsys.readouterr().out)
    assert code == 0
    assert said["schema"] == "trainlab/export/1"
    assert (said["model"], said["variant"], said["seeds"]) == (str(to), "plain", [2])
    assert "probabilities" in said["takes"]
