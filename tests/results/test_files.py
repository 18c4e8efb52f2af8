"""Files that are whole or not there, and arrays that are as they were or refused."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainlab.errors import MissingError
from trainlab.results.files import DamagedFileError, read_arrays, write_arrays, write_whole

ARRAYS = {
    "weights": np.arange(6, dtype=np.float32).reshape(2, 3),
    "keys": np.array([1, 2**32 - 1], np.uint32),
    "empty": np.zeros((0, 2), np.float64),
    "strided": np.arange(8, dtype=np.int64)[::2],
}
NOTES = {"epoch": 3, "lanes": [0, 1], "text": "ä"}


def same(arrays):
    """Whether arrays are those that were written, with types and shapes."""
    return arrays.keys() == ARRAYS.keys() and all(
        (arrays[name].dtype, arrays[name].shape) == (array.dtype, array.shape)
        and np.array_equal(arrays[name], array)
        for name, array in ARRAYS.items()
    )


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A file of arrays with notes."""
    path = tmp_path_factory.mktemp("kept") / "state.safetensors"
    write_arrays(path, ARRAYS, NOTES)
    return path


def test_arrays_and_notes_come_back(kept):
    """
    Arrays keep their types and shapes, notes what JSON can say.
    """
    arrays, notes = read_arrays(kept)

    assert same(arrays)
    assert notes == NOTES


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_changed_byte_is_refused(kept, data):
    """
    One byte changed anywhere, in arrays, types, shapes, names or notes, is refused or changes nothing.
    """
    content = bytearray(kept.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    changed = kept.with_name("changed.safetensors")
    changed.write_bytes(content)

    try:
        arrays, notes = read_arrays(changed)
    except DamagedFileError as error:
        assert error.exit_code == 5  # noqa: PT017  # either ending is right
    else:
        assert same(arrays)
        assert notes == NOTES


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_file_cut_short_is_refused(kept, data):
    """
    Whatever is missing at the end, the file is not read.
    """
    content = kept.read_bytes()
    short = kept.with_name("short.safetensors")
    short.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])

    with pytest.raises(DamagedFileError, match=r"short\.safetensors: the file is damaged"):
        read_arrays(short)


@pytest.mark.parametrize(
    "one, other", [(b"F32", b"I32"), (b"[2,3]", b"[3,2]"), (b'epoch\\": 3', b'epoch\\": 4')]
)
def test_a_changed_description_is_refused(kept, one, other):
    """
    The same bytes under another type, shape or note are another content.
    """
    content = kept.read_bytes()
    changed = kept.with_name("described.safetensors")
    changed.write_bytes(content.replace(one, other, 1))

    assert content.count(one) >= 1
    with pytest.raises(DamagedFileError, match="checksum"):
        read_arrays(changed)


@pytest.mark.parametrize("content", [b"", b"text", b"\0" * 100, b"\xff" * 100])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    """
    What is no file of arrays is damaged, as far as we can tell.
    """
    path = tmp_path / "other.safetensors"
    path.write_bytes(content)

    with pytest.raises(DamagedFileError, match="the file is damaged"):
        read_arrays(path)


def test_a_missing_file_is_refused(tmp_path):
    """
    A file that is not there is told with its path.
    """
    with pytest.raises(DamagedFileError, match=r"none\.safetensors"):
        read_arrays(tmp_path / "none.safetensors")


def test_a_file_is_replaced_whole(tmp_path):
    """
    The new content takes the place of the old, and nothing lies beside it.
    """
    path = tmp_path / "file"

    write_whole(path, b"old")
    write_whole(path, b"new")

    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failed_write_leaves_the_old_content(tmp_path, monkeypatch, step):
    """
    Where the disk refuses, at whatever step, the old file stays and nothing lies beside it.
    """
    path = tmp_path / "file"
    write_whole(path, b"old")

    def refuse(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (type(path), "replace")), refuse)
    with pytest.raises(MissingError, match=r"cannot be written: No space left on device.*Free space"):
        write_whole(path, b"new")

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_content(tmp_path):
    """
    In a process whose files may not grow, a write that does not fit keeps the old file.
    """
    pytest.importorskip("resource")
    path = tmp_path / "file"
    write_whole(path, b"old")
    code = (
        "import resource, sys; from pathlib import Path; from trainlab.errors import MissingError;"
        "from trainlab.results.files import write_whole\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_whole(Path(sys.argv[1]), bytes(100_000))\n"
        "except MissingError as error: sys.exit(error.exit_code)"
    )

    answer = subprocess.run([sys.executable, "-c", code, str(path)], check=False)

    assert answer.returncode == 5
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("parent", ["missing", "file"])
def test_a_place_that_is_no_folder_is_told(tmp_path, parent):
    """
    A folder that is not there, or is a file, gives an error with the path.
    """
    (tmp_path / "file").touch()

    with pytest.raises(MissingError, match=r"the file cannot be written"):
        write_whole(tmp_path / parent / "state", b"new")
