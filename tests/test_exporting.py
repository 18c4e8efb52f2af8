"""Exporting: what comes out is Keras's own, predicts as was stored, and nothing is overwritten."""

import functools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import trainlab as tl
from trainlab import exporting
from trainlab.checking import prepare
from trainlab.cli import command
from trainlab.data.splitting.folds import Fold
from trainlab.data.splitting.validations import KFold
from trainlab.engine.exported import exported_model, fold_preparation, preparation_document
from trainlab.errors import UsageError
from trainlab.testing.worlds import tiny_experiment

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "guide" / "preparation.md"

FILE = """
data: digits
model: {mlp: [8]}
recipe: {epochs: 2, batch_size: 64, train_rows: 300, gaussian_dropout: 0.2, drop_connect: 0.1}
variants: {plain: {}, three: {ensemble: {members: 3, control: false}}}
validation: {holdout: 0.2}
seeds: 3
baselines: false
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An experiment whose inputs are scaled, trained once."""
    place = tmp_path_factory.mktemp("export")
    (place / "asked.yaml").write_text(FILE, encoding="utf-8")
    tl.run(place / "asked.yaml", place / "results")
    return place / "results"


SEXES = ("f", "m", "x")
TEXTS = ("a good film", "bad film, bad", "good cast", "no word of it", "rare bird")
# The last fold trains on few rows: it lacks a level and words, and is filled up with columns of zeros.
FOLDS = (
    Fold(np.arange(0, 24), np.arange(24, 30), np.arange(6) % 2 == 1),
    Fold([24, 25, 26, 27], np.arange(0, 6), np.arange(6) % 2 == 1),
)


@functools.cache
def mixed():
    """Numbers with holes, categories and texts, and the same rows as dictionaries."""
    random = np.random.default_rng(8)
    columns = [
        tl.Column("age"),
        tl.Column("sex", "category", SEXES),
        tl.Column("says", "text", TEXTS),
        tl.Column("size"),
    ]
    x = np.column_stack(
        [
            random.normal(40, 12, 30),
            np.arange(30) % 3,
            np.arange(30) % 5,
            random.normal(0, 1, 30),
        ]
    ).astype(np.float32)
    x[24:28, 1] = [0, 1, 0, 1]
    x[24:28, 2] = [0, 2, 0, 2]
    x[::7, 0] = x[3, 1] = x[9, 2] = np.nan
    raw = [
        {
            column.name: None if np.isnan(value) else column.levels[int(value)] if column.levels else value
            for column, value in zip(columns, row.tolist(), strict=True)
        }
        for row in x
    ]
    y = np.nan_to_num(x[:, 0]) * 3 + 100
    return tl.Dataset(x, y, columns=columns, missing=True, name="arrays"), raw


def mixed_experiment(**changes):
    """A regression on them, with steps of every kind."""
    parts = {
        "data": mixed()[0],
        "prepare": {
            "numbers": [{"impute": "median"}, {"clip": {"quantiles": [0.1, 0.9]}}, "standardize"],
            "sex": {"impute": "most_frequent"},
            "texts": [{"impute": "empty"}, {"tf_idf": 6}],
        },
        "variants": {"baseline": {}},
        "recipe": tl.Recipe(epochs=2, batch_size=8),
        "seeds": 1,
    }
    return tiny_experiment(**(parts | changes))


def untrained(ready, fold):
    """A run that was never trained, as `exported_model` takes it: what is exported needs no training."""
    prepared, place, run = next(
        (prepared, place, run)
        for prepared in ready.cohorts
        for place, run in enumerate(prepared.cohort.runs)
        if run.fold == fold
    )
    weights, layers = prepared.learner.network.start([(run.own_seed, run.fold)])
    return prepared, place, *([np.asarray(leaf)[0] for leaf in leaves] for leaves in (weights, layers))


def as_taken(ready, member, part=0):
    """All rows as the exported model takes them: encoded, and without what only fills up."""
    stored = ready.workshop.prepared(None).data.parts[part].astype(np.float32)
    fitted = fold_preparation(ready, member).parts[part]
    if fitted.take is None:
        return stored
    return stored[:, fitted.take[: len(fitted.take) - fitted.padding]]


def by_hand(member, seen):
    """What a network of one hidden layer gives for prepared rows, in NumPy."""
    kernel, bias, last, shift = member[2]
    return np.maximum(seen.reshape(len(seen), -1) @ kernel + bias, 0) @ last + shift


def prepare_rows(rows, path):
    """Run the ten lines of the guide page on a file that was written beside a model."""
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    names = {}
    exec(code, names)  # noqa: S102  # our own page
    return names["prepare_rows"](rows, json.loads(path.read_text(encoding="utf-8")))


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
    A process that knows no trainlab loads files with NumPy's arithmetic and predicts the same.
    """
    digits = tl.export(folder, tmp_path / "digits.keras", variant="plain", seed=0)
    np.save(tmp_path / "digits.npy", tl.load("digits").x[:5].astype(np.float32))
    ready = prepare(mixed_experiment(), FOLDS)
    member = untrained(ready, 0)
    exported_model(ready, [member], averaged=False)[0].save(tmp_path / "mixed.keras")
    np.save(tmp_path / "mixed.npy", as_taken(ready, member))
    script = (
        "import sys, json, numpy, keras; "
        "load = lambda name: keras.saving.load_model(name + '.keras'); "
        "given = [load(name)(numpy.load(name + '.npy'), training=False) for name in ('digits', 'mixed')]; "
        "assert 'trainlab' not in sys.modules and keras.backend.backend() == 'numpy'; "
        "print(json.dumps([numpy.asarray(one).tolist() for one in given]))"
    )
    environment = {**os.environ, "KERAS_BACKEND": "numpy"}
    arguments = [sys.executable, "-c", script]

    said = subprocess.run(
        arguments, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )

    for name, given in zip(("digits", "mixed"), json.loads(said.stdout), strict=True):
        there = answers(tmp_path / f"{name}.keras", np.load(tmp_path / f"{name}.npy"))
        np.testing.assert_allclose(given, there, atol=1e-5)
    assert digits.preparation is None


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


@pytest.mark.parametrize("fold", [0, 1])
def test_what_was_fitted_is_in_the_model(tmp_path, fold):
    """
    Holes, bounds, scales, lengths of texts, padded columns and the target's unit are as in NumPy.
    """
    ready = prepare(mixed_experiment(), FOLDS)
    member = untrained(ready, fold)
    fitted = fold_preparation(ready, member)
    assert (fitted.parts[0].padding > 0) == bool(fold)
    assert fitted.parts[0].unit is not None
    model, _ = exported_model(ready, [member], averaged=False)
    model.save(tmp_path / "model.keras")

    seen = ready.workshop.seen(None, np.arange(30), fold)
    expected = fitted.target.undone(by_hand(member, seen))

    assert model.input_shape == (None, as_taken(ready, member).shape[1])
    np.testing.assert_allclose(
        answers(tmp_path / "model.keras", as_taken(ready, member)), expected, rtol=1e-5
    )


def test_channels_of_images_are_prepared_in_the_model(tmp_path):
    """
    Raw bytes of three channels go in, and each channel is standardized by its own numbers.
    """
    random = np.random.default_rng(1)
    data = tl.Dataset(
        random.integers(0, 255, (30, 3, 3, 3), dtype=np.uint8), np.arange(30.0) ** 2, name="arrays"
    )
    ready = prepare(mixed_experiment(data=data, prepare="standardize"), FOLDS)
    member = untrained(ready, 1)
    fitted = fold_preparation(ready, member)
    exported_model(ready, [member], averaged=False)[0].save(tmp_path / "model.keras")

    seen = (data.x - fitted.parts[0].shift) * fitted.parts[0].factor
    expected = fitted.target.undone(by_hand(member, seen))

    assert fitted.parts[0].shift.shape == (3,)
    np.testing.assert_allclose(answers(tmp_path / "model.keras", data.x), expected, rtol=1e-4)
    assert not exporting._chooses_columns(ready, member)


def scaling_itself():
    """A model with a scaling of its own, for two numbers, three levels and a missing one, and three words."""
    return keras.Sequential(
        [keras.Input((9,)), keras.layers.Rescaling(0.01), keras.layers.Dense(1, use_bias=False)]
    )


def test_a_model_that_scales_itself_is_not_scaled_twice():
    """
    Its inputs are filled and encoded, but neither shifted nor multiplied, and the file beside it says so.
    """
    steps = {
        "numbers": [{"impute": 7.0}, "standardize"],
        "sex": {"impute": "missing"},
        "says": [{"impute": "empty"}, {"bag_of_words": 3}],
    }
    ready = prepare(mixed_experiment(model=scaling_itself, prepare=steps), FOLDS)
    member = untrained(ready, 0)
    model, _ = exported_model(ready, [member], averaged=False)
    rows = as_taken(ready, member)

    said = preparation_document(ready, [member])["inputs"][0]["columns"]

    filled = np.where(np.isnan(rows), 7.0, rows)
    np.testing.assert_allclose(np.asarray(model(rows)), 0.01 * filled @ member[2][0], rtol=1e-5)
    assert {"number": "age", "fill": 7.0} in said
    assert not any({"shift", "factor", "unit"} & set(column) for column in said)


def two_inputs():
    """A model whose inputs stand in another order than the data's, and are called as our own layers are."""
    first = keras.Input((3,), name="mean")
    second = keras.Input((2,), name="member_1")
    joined = keras.layers.Concatenate()([first, second])
    return keras.Model([first, second], keras.layers.Dense(1, use_bias=False)(joined), name="mean")


def test_several_inputs_and_folds_are_one_model(tmp_path):
    """
    The mean over two folds prepares each input by each fold's numbers, whatever it is called.
    """
    random = np.random.default_rng(2)
    inputs = {"member_1": random.normal(5, 2, (30, 2)), "mean": random.normal(-1, 9, (30, 3))}
    data = tl.Dataset(inputs, random.normal(0, 1, 30), name="arrays")
    steps = {"numbers": "standardize", "target": "standardize"}
    ready = prepare(mixed_experiment(data=data, model=two_inputs, prepare=steps), FOLDS)
    members = [untrained(ready, fold) for fold in (0, 1)]
    model, takes = exported_model(ready, members, averaged=True)
    model.save(tmp_path / "model.keras")

    expected = []
    for fold, member in enumerate(members):
        one, other = ready.workshop.seen(None, np.arange(30), fold)
        said = np.concatenate([other, one], axis=1) @ member[2][0]
        expected.append(fold_preparation(ready, member).target.undone(said))
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    given = np.asarray(loaded({name: np.asarray(x, np.float32) for name, x in inputs.items()}))

    assert "the mean over 2 networks" in takes
    np.testing.assert_allclose(given, np.mean(expected, axis=0), rtol=1e-4, atol=1e-5)


def test_numbers_that_differ_between_folds_stand_side_by_side():
    """
    What the networks of a mean share is said once, and a number that each has fitted is a list.
    """
    x = np.random.default_rng(3).normal(5, 2, (30, 2)).astype(np.float32)
    data = tl.Dataset(x, np.arange(30.0), columns=["a", "b"], name="arrays")
    ready = prepare(mixed_experiment(data=data, prepare={"a": "standardize", "b": {"rescale": 4}}), FOLDS)
    members = [untrained(ready, fold) for fold in (0, 1)]
    exporting._check_columns(ready, members)

    a, b = preparation_document(ready, members)["inputs"][0]["columns"]

    assert a["number"] == "a"
    np.testing.assert_allclose(a["shift"], [x[fold.train, 0].mean() for fold in FOLDS], rtol=1e-6)
    assert b == {"number": "b", "shift": 0.0, "factor": 0.25}
    assert preparation_document(ready, members[:1])["inputs"][0]["columns"][0]["shift"] == a["shift"][0]


def test_columns_without_names_are_told_by_number():
    """
    Where a fold has no value of a column, its model takes fewer, and the file beside says which.
    """
    x = np.random.default_rng(4).normal(5, 2, (30, 3)).astype(np.float32)
    x[FOLDS[1].train, 1] = np.nan
    data = tl.Dataset(x, np.arange(30.0), missing=True, name="arrays")
    ready = prepare(mixed_experiment(data=data, prepare=[{"impute": "mean"}, "standardize"]), FOLDS)
    whole, narrow = untrained(ready, 0), untrained(ready, 1)

    said = [column["number"] for column in preparation_document(ready, [narrow])["inputs"][0]["columns"]]

    assert said == [0, 2]
    assert exporting._chooses_columns(ready, narrow)
    with pytest.raises(UsageError, match=r"networks of several folds take different columns.*trainlab refit"):
        exporting._check_columns(ready, [whole, narrow])


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """The mixed table, trained on two folds."""
    place = tmp_path_factory.mktemp("people") / "results"
    tl.run(mixed_experiment(validation=KFold(2)), place)
    return place


def test_new_rows_get_the_stored_predictions(people, tmp_path):
    """
    Rows as dictionaries, the ten lines of the guide and the exported file give what was stored in validation.
    """
    results = tl.open_results(people)
    experiment = mixed_experiment(validation=KFold(2))
    made = tl.export(people, tmp_path / "people.keras", experiment=experiment)
    (fold,) = np.flatnonzero(results.scores[0, 0] == made.score)
    rows = [mixed()[1][row] for row in results.validation_rows[fold]]

    (stored,) = results.rows("outputs", "baseline", fold)

    assert made.preparation == tmp_path / "people.preparation.json"
    np.testing.assert_allclose(answers(made.path, prepare_rows(rows, made.preparation)), stored, rtol=1e-4)


def test_folds_with_other_words_are_not_averaged(people, tmp_path):
    """
    Two folds have seen different words, so their mean is refused, and the way out is named.
    """
    experiment = mixed_experiment(validation=KFold(2), prepare=mixed_experiment().prepare)

    with pytest.raises(UsageError, match=r"take different columns.*by `trainlab refit`, and export that"):
        tl.export(people, tmp_path / "mean.keras", ensemble=True, experiment=experiment)

    assert list(tmp_path.iterdir()) == []
