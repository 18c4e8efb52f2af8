"""Arrays in .npz files: the good ones, and forty ways to be no good."""

import contextlib
import io
import os
import pickle
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trainlab.data.dataset import Dataset
from trainlab.data.files import npz_files
from trainlab.data.files import ordinary as files
from trainlab.data.files.npz_files import read_npz
from trainlab.data.unsealing import opened
from trainlab.errors import DataError, MissingError, UsageError

X = np.arange(24, dtype=np.float64).reshape(8, 3) / 7
Y = np.array([0, 1, 0, 1, 2, 2, 0, 1])


@pytest.fixture
def saved(tmp_path):
    """A function that saves arrays and gives the path of the file."""

    def save(*, compressed=False, **arrays):
        path = tmp_path / "some.npz"
        (np.savez_compressed if compressed else np.savez)(path, **arrays)
        return path

    return save


@pytest.fixture
def zipped(tmp_path):
    """A function that writes a zip of named bytes, as no honest program would."""

    def write(compression=zipfile.ZIP_STORED, **members):
        path = tmp_path / "odd.npz"
        with zipfile.ZipFile(path, "w", compression) as archive:
            for name, content in members.items():
                archive.writestr(f"{name}.npy", content)
        return path

    return write


def npy(header, content=b""):
    """The bytes of an .npy file with a header of one's own."""
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + content


def npy_of(array):
    """The bytes of an honest .npy file."""
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


# ------------------------------------------------------------------------------------------ good files


@pytest.mark.parametrize("compressed", [False, True])
def test_inputs_and_targets_are_read_as_they_were_saved(saved, compressed):
    """
    The data set equals the one that the same arrays give in Python, and says where it comes from.
    """
    path = saved(x=X, y=Y, compressed=compressed)

    data = read_npz(path)

    assert data == Dataset(X, Y)
    assert data.name == "some"
    assert data.source == {"npz": str(path)}
    assert data.notes[0] == "from the file some.npz, arrays x and y"


@pytest.mark.parametrize(
    "x",
    [
        X.astype(">f8"),
        np.asfortranarray(X),
        X[::-1][::-1],
        X.astype(np.float32),
        (X * 7).astype(">i4"),
        (X * 7).astype(np.uint8),
    ],
)
def test_byte_order_and_layout_do_not_matter(saved, x):
    """
    Big-endian and column-wise arrays hold the same numbers.
    """
    assert read_npz(saved(x=x, y=Y)) == Dataset(np.array(x.tolist(), x.dtype.newbyteorder("=")), Y)


def test_the_names_of_keras_seal_the_test_rows(saved):
    """
    x_train and y_train are learned from, x_test and y_test stay under seal.
    """
    path = saved(x_train=X, y_train=Y, x_test=X[:4] + 1, y_test=Y[2:6])

    data = read_npz(path)

    assert data.rows == 8
    np.testing.assert_array_equal(data.y, Y)
    assert data.sealed.rows == 4
    whole, rows = opened(data)[:2]
    np.testing.assert_allclose(whole.x[rows], X[:4] + 1, rtol=1e-6)
    assert whole.y[rows].tolist() == [0, 1, 2, 2]
    assert "its own 4 test rows stay sealed" in data.notes


def test_arrays_that_were_not_taken_are_listed(saved):
    """
    Nothing of the file is passed over in silence.
    """
    data = read_npz(saved(x=X, y=Y, x_test=X, filenames=np.array(["a"] * 8)))

    assert "arrays of the file that were not taken: filenames, x_test" in data.notes
    assert data.sealed is None


def test_what_is_said_of_a_file_goes_into_its_source(saved):
    """
    Keys, groups, times, columns and a missing value are taken, and the source says all of it again.
    """
    gaps = X.copy()
    gaps[3, 1] = np.nan
    path = saved(rows=gaps, label=np.array(list("abababab")), who=Y, day=np.arange(8)[::-1])
    said = {
        "x": "rows",
        "y": "label",
        "groups": "who",
        "time": "day",
        "columns": ["a", "b", "c"],
        "missing": True,
        "name": "mine",
        "classes": ["b", "a"],
        "task": "classification",
    }

    data = read_npz(path, **said)

    assert data.source == {"npz": str(path)} | said
    assert data.classes == ("b", "a")
    assert data.y.tolist() == [1, 0] * 4
    assert data.groups.tolist() == Y.tolist()
    assert data.time.tolist() == list(range(8))[::-1]
    assert [column.name for column in data.columns] == ["a", "b", "c"]
    assert (data.missing, data.name) == (True, "mine")
    again = dict(data.source)
    assert read_npz(again.pop("npz"), **again) == data


def test_a_large_array_is_not_copied(saved):
    """
    What was unpacked is what the data set keeps.
    """
    images = np.arange(8 * 16, dtype=np.uint8).reshape(8, 4, 4)

    data = read_npz(saved(x=images, y=Y))

    assert data.x.base is None
    assert not data.x.flags.writeable


def test_a_link_to_a_file_is_a_file(saved, tmp_path):
    """
    A symbolic link is followed, and the name is that of the link.
    """
    (tmp_path / "link.npz").symlink_to(saved(x=X, y=Y))

    assert read_npz(tmp_path / "link.npz").name == "link"


# ------------------------------------------------------------------------------------------- bad files


class Evil:
    """What would run code when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("evil",)


def test_a_pickle_is_never_opened(tmp_path, monkeypatch):
    """
    An array of objects is refused before its content is looked at: nothing in it runs.
    """
    monkeypatch.chdir(tmp_path)
    np.savez("bad.npz", x=np.array([Evil()] * 8, dtype=object), y=Y)

    with pytest.raises(DataError, match=r"x holds Python objects \(pickled\).*Save plain numbers"):
        read_npz("bad.npz")

    assert not (tmp_path / "evil").exists()


def test_rows_of_different_lengths_are_objects_too(saved):
    """
    A ragged array is a pickle, whatever it holds.
    """
    with pytest.raises(DataError, match="Python objects"):
        read_npz(saved(x=np.array([[1], [1, 2]] * 4, dtype=object), y=Y))


@pytest.mark.parametrize(
    "content, match",
    [
        (b"", "the file is empty.*numpy.savez"),
        (b"x,y\n1,2\n", "not an .npz file"),
        (npy_of(X), r"one array \(.npy\).*numpy.savez"),
        (pickle.dumps({"x": 1}), "not an .npz file"),
        (b"PK\x03\x04" + b"\x00" * 100, "cut off or broken.*Copy or save it again"),
        (b"PK\x05\x06" + b"\x00" * 18, "a zip file without arrays"),
    ],
)
def test_other_files_are_told_from_npz(tmp_path, content, match):
    """
    What the file is instead is said in plain words, with exit code 4.
    """
    path = tmp_path / "other.npz"
    path.write_bytes(content)

    with pytest.raises(DataError, match=match) as caught:
        read_npz(path)

    assert caught.value.where.startswith(str(path))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_file_cut_off_anywhere_is_refused(saved, share):
    """
    A download that broke off is no shorter data set.
    """
    path = saved(x=np.arange(4000.0).reshape(500, 8), y=np.arange(500) % 2)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(DataError, match="cut off or broken"):
        read_npz(path)


@pytest.mark.parametrize("compressed", [False, True])
def test_a_flipped_bit_is_seen(saved, compressed):
    """
    The check sum of the zip guards the content.
    """
    path = saved(
        x=np.random.default_rng(0).normal(size=(500, 8)), y=np.arange(500) % 2, compressed=compressed
    )
    whole = bytearray(path.read_bytes())
    whole[5000] ^= 1
    path.write_bytes(whole)

    with pytest.raises(DataError, match=r"x cannot be unpacked.*Copy or save the file again"):
        read_npz(path)


@given(drawn=st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_byte_is_refused_or_changes_nothing(tmp_path, drawn):
    """
    Whichever byte of a file is another one: the same data come out, or a refusal, and never other data.
    """
    stream = io.BytesIO()
    np.savez(stream, x=X, y=Y)
    whole = bytearray(stream.getvalue())
    at = drawn.draw(st.integers(0, len(whole) - 1))
    whole[at] = drawn.draw(st.integers(0, 255))
    path = tmp_path / "changed.npz"
    path.write_bytes(whole)

    with contextlib.suppress(DataError, UsageError):
        assert read_npz(path) == Dataset(X, Y)


FLOATS = "{'descr': '<f8', 'fortran_order': False, 'shape': %s, }"


@pytest.mark.parametrize(
    "header, match",
    [
        (
            FLOATS % "(1000000000000,)",
            r"shape \(1000000000000,\), and the file holds another number of bytes",
        ),
        (FLOATS % "(-1, 3)", "x cannot be unpacked: .*negative length"),
        (FLOATS % "(8, 3)", "another number of bytes"),
        (FLOATS % "'abc'", "x cannot be unpacked"),
        ("{'descr': __import__('os').mkdir('evil')}", "x cannot be unpacked"),
        ("no header", "x cannot be unpacked"),
        (
            "{'descr': [('a', '<f8'), ('b', '<i4')], 'fortran_order': False, 'shape': (0,), }",
            r"fields \(a, b\)",
        ),
        ("{'descr': '|O', 'fortran_order': False, 'shape': (8,), }", "Python objects"),
    ],
)
def test_a_header_that_promises_other_than_it_holds_is_refused(zipped, header, match):
    """
    No memory is taken for what a header says alone.
    """
    with pytest.raises(DataError, match=match):
        read_npz(zipped(x=npy(header), y=npy_of(Y)))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(zipped, monkeypatch):
    """
    The directory of the zip and the header agree on too much: neither is followed.
    """
    monkeypatch.setattr(files, "MOST_BYTES", 10_000_000)
    monkeypatch.setattr(npz_files, "_read", lambda *_: pytest.fail("it was unpacked"))
    bomb = npy(FLOATS % "(1000, 2000)", bytes(16_000_000))
    path = zipped(x=bomb, y=npy_of(Y), compression=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 20_000

    with pytest.raises(DataError, match=r"would take 0.024 GB, and 0.01 GB is the limit.*fewer rows"):
        read_npz(path)


def test_more_than_the_memory_is_missing_not_wrong(saved, monkeypatch):
    """
    On a larger machine the same file would pass: exit code 5.
    """
    monkeypatch.setattr(files, "free_memory", lambda: 100)

    with pytest.raises(MissingError, match="of memory are free"):
        read_npz(saved(x=X, y=Y))


def test_too_many_rows_are_refused(zipped, monkeypatch):
    """
    Rows of nothing take no bytes, and there may be any number of them.
    """
    monkeypatch.setattr(npz_files, "MOST_ROWS", 1000)

    with pytest.raises(DataError, match="x has 1,001 rows, and 1,000 is the limit"):
        read_npz(zipped(x=npy(FLOATS % "(1001, 0)"), y=npy_of(Y)))


def test_two_arrays_of_one_name_are_refused(tmp_path):
    """
    Which of them is meant cannot be known.
    """
    with zipfile.ZipFile(tmp_path / "twice.npz", "w") as archive:
        archive.writestr("x.npy", npy_of(X))
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("x.npy", npy_of(X + 1))

    with pytest.raises(DataError, match="two arrays of one name"):
        read_npz(tmp_path / "twice.npz")


def test_a_locked_file_is_refused(saved):
    """
    No password is asked for.
    """
    path = saved(x=X, y=Y)
    whole = bytearray(path.read_bytes())
    at = whole.find(b"PK\x01\x02")
    while at >= 0:
        whole[at + 8] |= 1
        at = whole.find(b"PK\x01\x02", at + 4)
    path.write_bytes(whole)

    with pytest.raises(DataError, match="locked with a password"):
        read_npz(path)


@pytest.mark.parametrize(
    "options, match",
    [
        ({"x": "X"}, r"no such array in the file \(got 'X'\)\. The file has: x, y, z\."),
        ({"groups": "who"}, r"no such array .*'who'.*has: x, y, z"),
        ({"columns": ["a"]}, "1 columns are named"),
    ],
)
def test_a_wrong_word_is_answered_with_what_there_is(saved, options, match):
    """
    Exit code 2, the file, and the arrays that it has.
    """
    with pytest.raises(UsageError, match=match):
        read_npz(saved(x=X, y=Y, z=Y), **options)


@pytest.mark.parametrize(
    "arrays, match",
    [
        ({"x": X, "y": Y[:-1]}, "x has 8 rows and y has 7"),
        ({"x": X.astype(str), "y": Y}, "x holds"),
        ({"x": np.where(np.isclose(X, 1), np.nan, X), "y": Y}, "x, row 2, column 1"),
        ({"x": X, "y": Y + 1}, "leave out class 0"),
        ({"x": X * 1j, "y": Y}, "complex"),
        ({"x": X[:1], "y": Y[:1]}, "one row only"),
        ({"x": X, "y": Y * 0}, "y"),
        ({"x_train": X, "y_train": Y, "x_test": X}, "`x_test` without its other half.*has: x_test"),
        ({"x_train": X, "y_train": Y, "x_test": X[:, :2], "y_test": Y}, "another shape"),
    ],
)
def test_bad_arrays_are_refused_with_the_file_in_front(saved, arrays, match):
    """
    What `Dataset` refuses is refused here, and the file is named.
    """
    path = saved(**arrays)

    with pytest.raises(DataError, match=match) as caught:
        read_npz(path)

    assert str(path) in caught.value.where


def test_what_is_no_file_is_told(tmp_path, saved):
    """
    Nothing, a folder, a pipe and a device are refused, and the nearest name is given.
    """
    saved(x=X, y=Y)
    os.mkfifo(tmp_path / "pipe.npz")

    for name, match in [
        ("sone.npz", r"no such file\. Did you mean `.*some\.npz`"),
        ("", "a folder, not a file.*numpy.savez"),
        ("pipe.npz", "a device or a pipe"),
        ("none/some.npz", "There is no folder"),
        ("some.npz/x", "no such file"),
        ("a\0b", "no such file"),
        ("n" * 300, "no such file"),
    ]:
        with pytest.raises(UsageError, match=match):
            read_npz(f"{tmp_path}/{name}")
    with pytest.raises(UsageError, match="a device or a pipe"):
        read_npz("/dev/zero")
    with pytest.raises(UsageError, match="not the name of a file"):
        read_npz(3)


def test_a_file_that_nobody_lets_us_read_is_missing(saved, monkeypatch):
    """
    Exit code 5, as for everything that the machine lacks.
    """
    monkeypatch.setattr(os, "access", lambda path, mode: False)

    with pytest.raises(MissingError, match=r"cannot be read.*See who may read it"):
        read_npz(saved(x=X, y=Y))
