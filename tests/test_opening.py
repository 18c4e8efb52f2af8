"""The sealed test set: nothing has seen it before, what is said of it is true, and every look is recorded."""

import ast
import shutil
import struct
from pathlib import Path

import keras
import numpy as np
import pytest

import trainlab as tl
from trainlab import opening
from trainlab.data.splitting.validations import GroupKFold
from trainlab.data.unsealing import opened
from trainlab.engine import training
from trainlab.errors import DataError, MissingError, UsageError
from trainlab.experiment.metrics import METRICS
from trainlab.exporting import export
from trainlab.opening import Opening, open_test
from trainlab.refitting import refit
from trainlab.reporting.facts.sealed import sealed_facts
from trainlab.results.store import Reader, Writer
from trainlab.results.table import open_results
from trainlab.testing.worlds import tiny_experiment

OPEN, SEALED = 40, 10
# Inside the range of their columns, so that no summary of the sealed rows shows them either.
MARKED_INPUT, MARKED_TARGET, MARKED_OPEN_TARGET = 1.2345671, 21.345678, 19.876543
SOURCE = Path(opening.__file__).parent


def rows(count, seed):
    """Amounts in their own unit of three columns, with holes in the first."""
    random = np.random.default_rng(seed)
    x = random.normal([1, 50, -3], [1, 20, 0.1], (count, 3)).astype(np.float32)
    y = 20 + 5 * x[:, 0] + 0.2 * x[:, 1] + random.normal(0, 1, count)
    x[::4, 0] = np.nan
    return x, y.astype(np.float32)


def test_rows():
    """The rows that are sealed: the second one can be found again wherever it turns up."""
    x, y = rows(SEALED, 1)
    x[1], y[1] = MARKED_INPUT, MARKED_TARGET
    return x, y


test_rows.__test__ = False


def asked(test=(), **changes):
    """A regression whose folds are groups, with test rows that have no group."""
    x, y = rows(OPEN, 0)
    y[3] = MARKED_OPEN_TARGET
    given = {"test": test_rows() if test == () else test} if test is not None else {}
    data = tl.Dataset(x, y, name="arrays", missing=True, groups=np.arange(OPEN) % 4, **given)
    parts = {
        "data": data,
        "prepare": {"numbers": [{"impute": "median"}, "standardize"]},
        "validation": GroupKFold(2),
        "recipe": tl.Recipe(epochs=3, batch_size=8),
        "variants": {"baseline": {}},
        "metric": "mse",
    }
    return tiny_experiment(**(parts | changes))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A trained and refitted experiment, never opened, and every data set that was put on a device."""
    place = tmp_path_factory.mktemp("open") / "results"
    devices = []

    def watched(dataset, program, really=training.data_on_devices):
        devices.append(dataset)
        return really(dataset, program)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "data_on_devices", watched)
        tl.run(asked(), place)
        refit(place, experiment=asked())
    return place, devices


@pytest.fixture
def folder(world, tmp_path):
    """A copy of it, to be opened."""
    return shutil.copytree(world[0], tmp_path / "results")


def holds(folder, number):
    """Tell whether any file of a folder has a number, as bytes of either width or in digits."""
    needles = [struct.pack("<f", number), struct.pack("<d", np.float32(number)), struct.pack("<d", number)]
    needles += [f"{number:.5f}".encode(), str(np.float32(number))[:8].encode()]
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return any(needle in content for content in files for needle in needles)


def test_no_sealed_row_is_anywhere_before_the_opening(world):
    """
    No file holds an input or a target of a sealed row, no device has seen one, and no fold counts it.
    """
    place, devices = world
    results = open_results(place)

    assert not holds(place, MARKED_INPUT)
    assert not holds(place, MARKED_TARGET)
    assert holds(place, MARKED_OPEN_TARGET)  # so a number would be found
    assert len(devices) >= 2
    for data in devices:
        assert data.rows == OPEN
        assert np.float32(MARKED_INPUT) not in data.x
        assert np.float32(MARKED_TARGET) not in data.y
    for numbers in results.validation_rows:
        assert numbers.max() < OPEN
    assert results.facts["data"]["rows"] == OPEN
    assert results.facts["openings"] == []
    assert results.facts["sealed"]["rows"] == SEALED


def test_the_test_scores_are_those_of_the_exported_model(folder, tmp_path):
    """
    Keras alone, with the exported file, answers the sealed rows as was stored, and errs as much.
    """
    x, y = test_rows()
    made = open_test(folder, reason="the paper", experiment=asked())

    errors = []
    for place, seed in enumerate((0, 1)):
        written = export(folder, tmp_path / f"{seed}.keras", seed=seed, experiment=asked())
        answers = np.asarray(keras.saving.load_model(written.path)(x))
        with Reader(folder) as reader:
            stored = reader.array(f"opening/1/{place}", "outputs")
            row_scores = reader.array(f"opening/1/{place}", "row_scores")
        np.testing.assert_allclose(answers, stored, rtol=1e-5)
        errors.append((answers[:, 0] - y) ** 2)
        np.testing.assert_allclose(row_scores, errors[-1], rtol=1e-4)

    assert (made.variant, made.rows, made.metric.name) == ("baseline", SEALED, "mse")
    np.testing.assert_allclose(made.scores, np.mean(errors, axis=1), rtol=1e-5)
    assert made.mean == pytest.approx(np.mean(errors), rel=1e-5)
    assert made.low < made.mean < made.high


def test_every_opening_is_recorded(folder):
    """
    Two looks are two entries with time, variant and reason, which the report tells one by one.
    """
    first = open_test(folder, reason="the  paper", experiment=asked())
    second = open_test(folder, variant="baseline", experiment=asked())

    stored = open_results(folder).facts["openings"]
    told = sealed_facts(open_results(folder))
    assert stored == [first.document(), second.document()]
    assert [opened["number"] for opened in stored] == [1, 2]
    assert [opened["reason"] for opened in stored] == ["the paper", ""]
    assert stored[0]["time"] <= stored[1]["time"]
    assert first.mean == second.mean
    assert "Opened 2 times" in told.told
    assert [one.reason for one in told.openings] == ["the paper", "no reason was written"]


def test_nothing_is_shown_that_is_not_recorded(folder, monkeypatch, capsys):
    """
    Where the record cannot be written, the scores are neither given, printed nor stored.
    """

    def full(self, facts):
        raise MissingError("the disk is full", str(folder), None, "Free space.")

    monkeypatch.setattr(Writer, "write_facts", full)
    shown = []

    with pytest.raises(MissingError, match="the disk is full"):
        open_test(folder, experiment=asked(), show=shown.append)

    assert shown == ["looking at the test rows"]
    with Reader(folder) as reader:
        assert reader.array("opening/1/0", "outputs") is None
    assert capsys.readouterr().out == ""


def test_a_model_is_refitted_first(folder):
    """
    Without a final model the sealed rows stay closed, and the next command is named.
    """
    shutil.rmtree(folder / "refits")

    with pytest.raises(UsageError, match=r"refitted model.*`trainlab refit .*results --variant 'baseline'`"):
        open_test(folder, experiment=asked())
    with pytest.raises(UsageError, match=r"no such variant \(got 'base'\)\. Did you mean `baseline`\?"):
        open_test(folder, variant="base", experiment=asked())

    assert open_results(folder).facts["openings"] == []


def test_without_sealed_rows_there_is_nothing_to_open(folder, monkeypatch):
    """
    Where the experiment seals nothing, the line to write in its file is named.
    """
    monkeypatch.setattr(opening, "asked_before", lambda folder, facts, experiment, verb: experiment)

    with pytest.raises(UsageError, match=r"no sealed test set.*Write `test: \{holdout: 0\.2\}`"):
        open_test(folder, experiment=asked(test=None))


def test_other_sealed_rows_are_refused(folder):
    """
    Test rows that have changed since the run began are not these, and are not looked at.
    """
    x, y = test_rows()
    changed = asked(test=(x, y + 1))

    with pytest.raises(DataError, match="the data have changed since the experiment was begun"):
        open_test(folder, experiment=changed)

    assert open_results(folder).facts["openings"] == []


def test_a_share_stays_a_share(folder):
    """
    The interval of an accuracy ends at 0 and 1, that of an error does not, and one network has none.
    """
    metric = open_results(folder).metric
    scores = np.array([[1.0, 1, 1, 0], [1, 1, 1, 1], [1, 0, 1, 1]])

    def interval(scores, metric):
        return opening._interval(scores, None, metric, np.arange(4) % 2)

    assert interval(scores, METRICS["accuracy"])[1] == 1.0
    assert interval(scores, metric)[1] > 1.0
    assert interval(scores[:1], metric) == (None, None)
    assert interval(np.where(scores == 0, np.nan, scores), metric) == (None, None)


def test_rows_that_belong_together_count_once(folder):
    """
    Test rows of one group that answer alike leave the interval of the groups, not that of more rows.
    """
    metric = open_results(folder).metric
    scores = np.random.default_rng(0).normal(3, 1, (3, 5))
    doubled, groups = np.repeat(scores, 2, axis=1), np.repeat(np.arange(5, dtype=np.int32), 2)

    def interval(scores, groups):
        return opening._interval(scores, groups, metric, np.zeros(scores.shape[1]))

    np.testing.assert_allclose(interval(doubled, groups), interval(scores, None))
    assert interval(doubled, None)[0] > interval(scores, None)[0]


def test_an_answer_that_is_no_number_is_recorded_too(folder):
    """
    A look that gave no number is a look: JSON, which has no NaN, says null.
    """
    metric = open_results(folder).metric
    made = Opening("now", "baseline", "", metric, np.nan, None, None, (np.nan, 2.0), 3, 1)

    assert (made.document()["mean"], made.document()["scores"]) == (None, [None, 2.0])


def test_sealed_rows_keep_their_groups():
    """
    Whole groups are sealed, and come out with their numbers.
    """
    x, y = rows(OPEN, 0)
    whole = tl.Dataset(x, y, missing=True, groups=np.repeat(np.arange(10), 4))
    found = opened(whole.seal(np.arange(8, 16)))

    assert found.rows.tolist() == list(range(32, 40))
    assert found.groups.tolist() == [2] * 4 + [3] * 4
    np.testing.assert_array_equal(found.data.x[found.rows], x[8:16])
    assert opened(asked().data).groups is None


def test_one_module_opens_seals():
    """
    Of all our modules, the one that records openings is the only one that imports what opens them.
    """
    importing = set()
    for path in SOURCE.rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(code)) if "unsealing" in code else ():
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += (
                [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            )
            if any("unsealing" in name for name in names):
                importing.add(path.relative_to(SOURCE).as_posix())

    assert importing == {"opening.py"}
