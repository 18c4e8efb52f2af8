"""What a file says of its data: every form, every fault, and that what was read can be said again."""

import inspect
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trainlab.data.dataset import Dataset
from trainlab.data.files import sources
from trainlab.data.files.image_folders import read_images
from trainlab.data.files.npz_files import read_npz
from trainlab.data.files.sources import Source
from trainlab.data.named.catalogue import LOADERS, load, names
from trainlab.data.named.openml import read_openml
from trainlab.data.tables.csv_files import read_csv
from trainlab.data.tables.parquet_files import read_parquet
from trainlab.errors import UsageError
from trainlab.experiment import sources as parsing
from trainlab.experiment.places import Place
from trainlab.experiment.sources import parse_source, source_of

READERS = {
    "csv": read_csv,
    "parquet": read_parquet,
    "npz": read_npz,
    "images": read_images,
    "openml": read_openml,
}


@pytest.fixture
def folder(tmp_path):
    """A folder with a file of every kind."""
    (tmp_path / "houses.csv").write_text("rooms,price\n1,10.5\n2,20.5\n3,30.5\n", encoding="utf-8")
    (tmp_path / "houses.tsv").write_text("rooms\tprice\n1\t10.5\n2\t20.5\n3\t30.5\n", encoding="utf-8")
    np.savez(tmp_path / "arrays.npz", x=np.eye(4), y=[0, 1, 0, 1])
    for at, name in enumerate(["cat", "dog", "cat", "dog"]):
        (tmp_path / "photos" / name).mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 3), 50 * at).save(tmp_path / "photos" / name / f"{at}.png")
    (tmp_path / "notes.doc").touch()
    (tmp_path / "notes").touch()
    return tmp_path


# --------------------------------------------------------------------------------------- what is understood


@pytest.mark.parametrize(
    "value, document",
    [
        ("digits", "digits"),
        ({"spirals": {"rows": 200, "noise": 0.3}}, {"spirals": {"rows": 200, "noise": 0.3}}),
        ({"iris": None}, "iris"),
        ({"cifar100": {"labels": "coarse"}}, {"cifar100": {"labels": "coarse"}}),
        ({"openml": 31}, {"openml": 31}),
        ({"openml": "credit-g"}, {"openml": "credit-g"}),
        ({"openml": {"id": 31, "version": 1}}, {"openml": {"id": 31, "version": 1}}),
        ({"openml": {"name": "adult"}, "target": "sex"}, {"openml": "adult", "target": "sex"}),
        (
            {"openml": {"name": "adult", "version": 2}, "task": "classification"},
            {"openml": {"name": "adult", "version": 2}, "task": "classification"},
        ),
    ],
)
def test_what_needs_no_file_reads_and_writes(tmp_path, value, document):
    """
    A source says what was written, in one form, and that form reads as the same source.
    """
    source = parse_source(value, tmp_path)

    assert source.document() == document
    assert parse_source(document, tmp_path) == source


@pytest.mark.parametrize(
    "value, beside",
    [
        (
            {"csv": "houses.csv", "target": "price"},
            {
                "task": "regression",
                "text": ["rooms"],
                "groups": "rooms",
                "time": "rooms",
                "drop": "rooms",
                "columns": ["rooms"],
                "kinds": {"rooms": "category"},
                "classes": ["a", "b"],
                "missing": ["-"],
                "decimal": ",",
                "name": "mine",
            },
        ),
        ({"npz": "arrays.npz"}, {"x": "x", "y": "y", "scale": 0.5, "columns": list("abcd"), "missing": True}),
        ({"images": "photos"}, {"size": [6, 8], "colours": "rgb", "name": "pets"}),
    ],
)
def test_paths_are_those_of_the_files_folder(folder, value, beside):
    """
    A path is looked for beside the experiment file, and the source keeps it absolute with all that was said.
    """
    (kind, name), *_ = value.items()

    source = parse_source(value | beside, folder)

    assert source.document() == value | beside | {kind: str(folder / name)}
    assert parse_source(source.document(), folder / "elsewhere") == source


@pytest.mark.parametrize(
    "value",
    [
        {"csv": "houses.csv", "target": "price"},
        {"csv": "houses.tsv", "target": ["price"], "task": "regression", "name": "tabs"},
        {"npz": "arrays.npz", "scale": 0.5},
        {"images": "photos", "size": [2, 2]},
        {"spirals": {"rows": 50}},
        "curve_sine",
    ],
)
def test_data_say_how_to_get_them_again(folder, value):
    """
    The source of what was loaded reads again, wherever the experiment lies by then, and gives equal data.
    """
    data = parse_source(value, folder).load()

    again = parse_source(data.source, folder / "elsewhere").load()

    assert isinstance(data, Dataset)
    assert again == data
    assert (again.name, again.source) == (data.name, data.source)


def test_loading_is_what_the_reader_does(folder):
    """
    A file by way of a source gives the data that its reader gives in Python.
    """
    source = parse_source({"images": "photos", "size": [2, 3], "colours": "rgb"}, folder)

    assert source.load() == read_images(folder / "photos", size=[2, 3], colours="rgb")
    assert parse_source({"npz": "arrays.npz"}, folder).load() == Dataset(np.eye(4), [0, 1, 0, 1])


def test_nothing_is_read_before_it_is_asked_for(folder, monkeypatch):
    """
    Parsing looks for the file alone: an experiment is refused before its data are loaded.
    """
    monkeypatch.setattr(sources, "_READERS", {})
    (folder / "houses.csv").write_bytes(b"\0 no table")

    assert parse_source({"csv": "houses.csv", "target": "price"}, folder).kind == "csv"


@pytest.mark.parametrize("kind", READERS)
def test_every_word_of_a_reader_can_be_written(kind):
    """
    What a reader takes in Python, a file can say by the same word, and nothing else.
    """
    parameters = set(inspect.signature(READERS[kind]).parameters) - {"path", "folder", "which"}

    # The version stands with the number or name.
    assert set(parsing._OPTIONS[kind]) == parameters - {"version"}
    assert set(sources._READERS) == {"name", *READERS}


def test_every_option_of_a_named_set_can_be_written():
    """
    The checks of options are those that the loaders take, and their defaults pass.
    """
    taken = {
        option: parameter.default
        for loader in LOADERS.values()
        for option, parameter in inspect.signature(loader).parameters.items()
    }

    assert set(taken) == set(parsing._MADE)
    for option, default in taken.items():
        assert parsing._MADE[option](default, option) == default


def test_one_number_is_a_square(folder):
    """
    A size of one number is height and width.
    """
    assert parse_source({"images": "photos", "size": 8}, folder).options["size"] == [8, 8]


def test_names_of_classes_may_look_like_numbers(folder):
    """
    YAML reads 0 and 1 as numbers, and classes are called so.
    """
    said = {"csv": "houses.csv", "target": "price", "classes": [0, 1]}

    assert parse_source(said, folder).options["classes"] == ["0", "1"]


# ------------------------------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    "value, where, match",
    [
        ("irsi", "data", "unknown data set .*Did you mean `iris`"),
        ("houses.csv", "data", r"a file, not a name.*`\{csv: houses\.csv, target: column\}`"),
        ("arrays.npz", "data", r"a file, not a name.*`\{npz: arrays\.npz\}`"),
        (None, "data", "not a source of data.*`data: digits`"),
        (3, "data", "not a source of data"),
        ([], "data", "not a source of data"),
        ({}, "data", "not a source of data"),
        ({"cvs": "houses.csv"}, "data.cvs", "unknown source of data .*Did you mean `csv`"),
        ({"csv": "houses.csv"}, "data", r"no target.*`\{csv: file, target: column\}`"),
        ({"csv": "houses.csv", "npz": "arrays.npz"}, "data", "data from two places.*csv, npz"),
        ({"iris": {}, "csv": "houses.csv"}, "data", "data from two places"),
        ({"iris": {}, "target": "x"}, "data.target", "unknown key beside a named set"),
        ({"iris": {"rows": 3}}, "data.iris.rows", "unknown option of iris.*Leave it empty"),
        ({"spirals": {"nose": 0.1}}, "data.spirals.nose", "Did you mean `noise`"),
        ({"spirals": {"rows": 3}}, "data.spirals.rows", "at least 10"),
        ({"spirals": 200}, "data.spirals", "not a mapping.*rows, noise, seed"),
        ({"cifar100": {"labels": "all"}}, "data.cifar100.labels", "unknown labels"),
        ({"csv": "houses.csv", "taget": "price"}, "data.taget", "unknown key of csv .*Did you mean `target`"),
        ({"csv": "house.csv", "target": "price"}, "data.csv", r"no such file .*Did you mean `.*houses\.csv`"),
        ({"csv": "photos", "target": "price"}, "data.csv", "a folder, not a file"),
        ({"csv": 3, "target": "price"}, "data.csv", "not the name of a file"),
        (
            {"csv": "https://a.b/c.csv", "target": "p"},
            "data.csv",
            "an address, not a file.*Download it first",
        ),
        ({"csv": "houses.csv", "target": 3}, "data.target", "not a text"),
        ({"csv": "houses.csv", "target": []}, "data.target", "too short"),
        ({"csv": "houses.csv", "target": ["a", 3]}, "data.target.1", "not a text"),
        ({"csv": "houses.csv", "target": "p", "task": "rank"}, "data.task", "unknown task"),
        ({"csv": "houses.csv", "target": "p", "kinds": "text"}, "data.kinds", "not a mapping"),
        ({"csv": "houses.csv", "target": "p", "kinds": {"a": "txt"}}, "data.kinds.a", "Did you mean `text`"),
        ({"csv": "houses.csv", "target": "p", "classes": "ab"}, "data.classes", "not a list of names"),
        ({"csv": "houses.csv", "target": "p", "classes": [True, False]}, "data.classes.0", "not a text"),
        ({"csv": "houses.csv", "target": "p", "decimal": ";"}, "data.decimal", "unknown decimal sign"),
        ({"images": "houses.csv"}, "data.images", "a file, not a folder"),
        ({"images": "photo"}, "data.images", "no such file .*Did you mean `.*photos`"),
        ({"images": "photos", "size": [8]}, "data.size", "too short"),
        ({"images": "photos", "size": [8, 0]}, "data.size.1", "at least 1"),
        ({"images": "photos", "colours": "gray"}, "data.colours", "Did you mean `grey`"),
        ({"npz": "arrays.npz", "scale": 0}, "data.scale", "above 0"),
        ({"npz": "arrays.npz", "missing": "yes"}, "data.missing", "neither true nor false"),
        ({"openml": 0}, "data.openml", "at least 1"),
        ({"openml": 1.5}, "data.openml", "not a whole number"),
        ({"openml": ""}, "data.openml", "an empty name"),
        ({"openml": {"version": 1}}, "data.openml", "a number or a name"),
        ({"openml": {"id": 1, "name": "a"}}, "data.openml", "a number or a name"),
        ({"openml": {"id": 31, "verison": 1}}, "data.openml.verison", "Did you mean `version`"),
        ({"openml": {"id": "31"}, "target": 3}, "data.target", "not a text"),
    ],
)
def test_a_fault_is_told_where_it_stands(folder, value, where, match):
    """
    The key that is meant, what was written, and what was probably meant.
    """
    with pytest.raises(UsageError, match=match) as caught:
        parse_source(value, folder, Place("data"))

    assert caught.value.where == where
    assert isinstance(caught.value.where, Place)


# ------------------------------------------------------------------------------------- the command line


@pytest.mark.parametrize(
    "given, kind",
    [
        ("houses.csv", "csv"),
        ("./houses.tsv", "csv"),
        ("arrays.npz", "npz"),
        ("photos", "images"),
        ("photos/", "images"),
        ("openml:31", "openml"),
        ("openml:credit-g", "openml"),
        ("digits", "name"),
    ],
)
def test_a_person_names_data_in_a_word(folder, monkeypatch, given, kind):
    """
    A name, a suffix, a folder or a number says what is meant; paths become absolute.
    """
    monkeypatch.chdir(folder)
    options = {"target": "price"} if kind == "csv" else {}

    source = source_of(given, options)

    assert source.kind == kind
    if kind not in {"name", "openml"}:
        assert Path(source.what).is_absolute()
        assert source.load().rows in {3, 4}


def test_options_go_with_what_was_named(folder):
    """
    What a file says beside the source is said here in the options.
    """
    assert source_of("spirals", {"rows": 77}).load() == load("spirals", rows=77)
    assert source_of("openml:31", {"target": "a"}) == Source("openml", 31, {"target": "a"})
    assert source_of(f"{folder}/photos", {"size": [2, 2]}).load().input_shape == (2, 2, 1)


@pytest.mark.parametrize(
    "given, match",
    [
        ("irsi", "unknown data set .*Did you mean `iris`"),
        ("house.csv", r"no such file .*Did you mean `.*houses\.csv`"),
        ("notes.doc", "does not say what it is .*csv, .tsv, .parquet"),
        ("notes", "does not say what it is"),
        ("none/houses", "no such file"),
        ("houses.csv", "no target"),
        ("", "not a source"),
        ("openml:", "an empty name"),
    ],
)
def test_what_is_no_source_is_answered_with_the_nearest(folder, monkeypatch, given, match):
    """
    The word that was probably meant, or what there is.
    """
    monkeypatch.chdir(folder)

    with pytest.raises(UsageError, match=match):
        source_of(given)


def test_every_name_is_a_source():
    """
    Whatever the catalogue lists can be named, without being loaded.
    """
    for name in names():
        assert source_of(name).document() == name
