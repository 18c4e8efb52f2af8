"""Tables of OpenML: scikit-learn's reader works on a cache that was filled by hand, and asks no server."""

import gzip
import hashlib
import json
from urllib.error import HTTPError, URLError

import numpy as np
import pytest
import sklearn.datasets
from scipy import sparse
from sklearn.utils import Bunch

from trainlab.data.named.openml import read_openml
from trainlab.errors import DataError, MissingError, UsageError

ARFF = """@relation beans
@attribute row numeric
@attribute weight real
@attribute colour {red,green,blue}
@attribute nothing real
@attribute moisture real
@attribute kind {broad,French}
@data
0,1.5,red,?,0.25,broad
1,?,blue,?,0.5,French
2,2.5,?,?,0.75,French
3,4.5,green,?,1.0,broad
"""
FEATURES = [
    ("row", "numeric", "false", "true", "0"),
    ("weight", "numeric", "false", "false", "1"),
    ("colour", "nominal", "false", "false", "1"),
    ("nothing", "numeric", "false", "false", "4"),
    ("moisture", "numeric", "false", "false", "0"),
    ("kind", "nominal", "true", "false", "0"),
]


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """A function that fills scikit-learn's cache with the table 77, as if it had been fetched."""
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))

    def away(request, *args, **kwargs):
        raise URLError("no network in tests")

    monkeypatch.setattr("sklearn.datasets._openml.urlopen", away)
    monkeypatch.setattr("sklearn.datasets._openml.time.sleep", lambda seconds: None)

    def fill(arff=ARFF, features=FEATURES, **described):
        home = tmp_path / "openml" / "openml.org"
        about = {
            "id": "77",
            "name": "beans",
            "version": "3",
            "format": "ARFF",
            "licence": "CC0",
            "status": "active",
            "url": "https://www.openml.org/data/v1/download/5/beans.arff",
            "description": "Beans.",
            "md5_checksum": hashlib.md5(arff.encode(), usedforsecurity=False).hexdigest(),
            "default_target_attribute": "kind",
        }
        about |= described
        keys = ("name", "data_type", "is_target", "is_row_identifier", "number_of_missing_values")
        listed = [
            dict(zip(keys, feature, strict=True)) | {"index": str(at), "is_ignore": "false"}
            for at, feature in enumerate(features)
        ]
        rows = str(arff.split("@data\n")[1].count("\n"))
        files = {
            "api/v1/json/data/77": {"data_set_description": about},
            "api/v1/json/data/features/77": {"data_features": {"feature": listed}},
            "api/v1/json/data/qualities/77": {
                "data_qualities": {"quality": [{"name": "NumberOfInstances", "value": rows}]}
            },
            "api/v1/json/data/list/data_name/beans/limit/2/data_version/3": {
                "data": {"dataset": [{"did": 77, "version": 3, "name": "beans", "status": "active"}]}
            },
            "data/v1/download/5/beans.arff": arff,
        }
        for name, content in files.items():
            path = home / f"{name}.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            text = content if isinstance(content, str) else json.dumps(content)
            path.write_bytes(gzip.compress(text.encode()))

    return fill


def test_a_table_is_read_with_its_kinds_of_columns(cached):
    """
    Numbers, levels and gaps are those of the file; row numbers are no inputs, and empty columns are left out.
    """
    cached()

    data = read_openml(77)

    columns = [(column.name, column.kind, column.levels) for column in data.columns]
    assert columns == [
        ("weight", "number", ()),
        ("colour", "category", ("red", "green", "blue")),
        ("moisture", "number", ()),
    ]
    nan = np.nan
    np.testing.assert_array_equal(data.x, [[1.5, 0, 0.25], [nan, 2, 0.5], [2.5, nan, 0.75], [4.5, 1, 1]])
    assert (data.classes, data.y.tolist()) == (("French", "broad"), [1, 0, 0, 1])
    assert (data.missing, data.raw, data.licence, data.name) == (True, True, "CC0", "beans")
    assert data.source == {"openml": {"id": 77, "version": 3}, "task": "classification"}
    assert "OpenML 77: `beans`, version 3" in data.notes
    assert "column `nothing` has no value at all and was left out" in data.notes


def test_a_name_with_its_version_is_that_number(cached):
    """
    By name or by number the same table comes, and the source names the number.
    """
    cached()

    assert read_openml("beans", version=3) == read_openml(77) == read_openml(77, version=3)
    assert read_openml("Beans", version=3).source["openml"] == {"id": 77, "version": 3}


def test_another_target_may_be_named(cached):
    """
    An amount makes it a regression; that OpenML's own target is among the inputs then is said.
    """
    cached()

    data = read_openml(77, target="moisture", name="wet beans")

    assert (data.task, data.targets, data.name) == ("regression", ("moisture",), "wet beans")
    np.testing.assert_allclose(data.y[:, 0], [0.25, 0.5, 0.75, 1])
    assert [column.name for column in data.columns] == ["weight", "colour", "kind"]
    assert "`kind`, the target that OpenML names, is among the inputs" in data.notes
    assert data.source == {
        "openml": {"id": 77, "version": 3},
        "target": "moisture",
        "task": "regression",
        "name": "wet beans",
    }


def test_whole_numbers_can_be_classes(cached):
    """
    A target of numbers is a classification where that is said, and its classes are called 0, 1 ...
    """
    cached(ARFF.replace("0.25", "2").replace("0.5,", "1,").replace("0.75", "1"))

    assert read_openml(77, target="moisture", task="classification").classes == ("1", "2")


def test_what_openml_warns_of_is_noted(cached):
    """
    An inactive version is used, and the note says so.
    """
    cached(status="deactivated")

    assert any("Version 3 of dataset beans is inactive" in note for note in read_openml(77).notes)


def test_without_network_the_ways_out_are_told(cached):
    """
    Exit code 5, why, and three things to do.
    """
    with pytest.raises(
        MissingError, match=r"^openml: OpenML cannot be reached: no network in tests\. Connect"
    ) as caught:
        read_openml(78)

    for way in ("{csv: file.csv, target: column}", "scikit_learn_data/openml"):
        assert way in caught.value.cure


@pytest.mark.parametrize(
    "described, options, kind, match",
    [
        ({}, {"version": 2}, UsageError, "number 77 is version 3 of `beans` .*Write 3"),
        ({}, {"target": "size"}, UsageError, "no such column .*'size'"),
        ({}, {"target": "colour"}, DataError, "cannot be used as it is: .*missing"),
        ({}, {"target": "kind", "task": "regression"}, DataError, "the target has levels"),
        ({}, {"version": 0}, UsageError, "openml.version"),
        ({}, {"task": "ranking"}, UsageError, "unknown task"),
    ],
)
def test_what_does_not_fit_the_table_is_refused(cached, described, options, kind, match):
    """
    The word is named, and what would fit.
    """
    cached(**described)

    with pytest.raises(kind, match=match):
        read_openml(77, **options)


def test_texts_are_refused_with_the_way_that_reads_them(cached):
    """
    scikit-learn gives no texts without pandas: the CSV file is the way.
    """
    features = [*FEATURES]
    features[1] = ("weight", "string", "false", "false", "1")
    cached(ARFF.replace("weight real", "weight string"), features)

    with pytest.raises(DataError, match=r"texts or dates.*\{csv: file.csv, text: column"):
        read_openml(77)


def test_a_table_without_target_asks_for_one(cached):
    """
    The cure names a column that is there.
    """
    cached(
        features=[
            feature if feature[2] == "false" else ("kind", "nominal", "false", "false", "0")
            for feature in FEATURES
        ]
    )

    with pytest.raises(DataError, match=r"names no target for `beans`.*`target: kind`"):
        read_openml(77)


@pytest.mark.parametrize(
    "error, kind, match",
    [
        (HTTPError("u", 412, "", {}, None), UsageError, "has no such data set"),
        (HTTPError("u", 404, "", {}, None), UsageError, "has no such data set"),
        (HTTPError("u", 503, "", {}, None), MissingError, "answers with 503.*Connect"),
        (TimeoutError("timed out"), MissingError, "cannot be reached: timed out"),
        (OSError(28, "No space left"), MissingError, "No space left"),
        (ValueError("md5 checksum of local file does not match"), DataError, "md5 checksum"),
    ],
)
def test_what_fetching_raises_is_said_in_our_words(monkeypatch, error, kind, match):
    """
    Unknown data, a server in trouble and a broken download have different exit codes.
    """

    def fetch(*args, **kwargs):
        raise error

    monkeypatch.setattr(sklearn.datasets, "fetch_openml", fetch)

    with pytest.raises(kind, match=match):
        read_openml("beans")


def test_an_unknown_number_is_told_apart_from_no_network(cached, monkeypatch):
    """
    The server's answer 412 means that there is no such table.
    """

    def answer(request, *args, **kwargs):
        raise HTTPError(request.full_url, 412, "Precondition Failed", {}, None)

    monkeypatch.setattr("sklearn.datasets._openml.urlopen", answer)

    with pytest.raises(UsageError, match=r"no such data set: Dataset with data_id 78 not found \(got 78\)"):
        read_openml(78)
    with pytest.raises(UsageError, match=r"in version 9: Dataset peas with version 9 not found"):
        read_openml("peas", version=9)


def test_sparse_tables_are_spread_out(monkeypatch):
    """
    What is not written in a sparse table is zero.
    """
    table = sparse.csr_array(np.array([[0.0, 2.0], [1.0, 0.0], [0.0, 0.0]]))
    details = {"id": "5", "name": "few", "version": "1"}
    bunch = Bunch(
        data=table,
        target=np.array([1.5, 2.5, 0.0]),
        feature_names=["a", "b"],
        target_names=["t"],
        categories={},
        details=details,
    )
    monkeypatch.setattr(sklearn.datasets, "fetch_openml", lambda **_: bunch)

    data = read_openml(5)

    assert data.x.tolist() == [[0, 2], [1, 0], [0, 0]]
    assert data.task == "regression"


@pytest.mark.parametrize("which", ["", "  ", None, 1.5, True, -1, [31]])
def test_what_names_no_table_is_refused(which):
    """
    A number from 1 on or a name is asked for.
    """
    with pytest.raises(UsageError, match=r"^openml: "):
        read_openml(which)
