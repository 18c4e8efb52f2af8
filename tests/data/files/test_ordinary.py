"""Files and folders that a person names: what is told of those that are not what they should be."""

import os
from pathlib import Path

import pytest

from trainlab.data.files import ordinary as files
from trainlab.data.files.ordinary import (
    check_room,
    free_memory,
    nearest,
    ordinary_file,
    ordinary_folder,
    reading,
)
from trainlab.errors import DataError, MissingError, UsageError


def test_paths_become_absolute(tmp_path, monkeypatch):
    """
    What was found is found again from another folder; a home and a link are understood.
    """
    (tmp_path / "a.csv").touch()
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))

    assert ordinary_file("a.csv", "?") == tmp_path / "a.csv"
    assert ordinary_file("~/b.csv", "?") == tmp_path / "b.csv"
    assert ordinary_folder("~", "?") == tmp_path


def test_the_nearest_name_is_told(tmp_path):
    """
    A slip of the pen is answered with the file that is there, any other name with the folder.
    """
    (tmp_path / "houses.csv").touch()

    assert nearest(tmp_path / "house.cvs") == f"Did you mean `{tmp_path / 'houses.csv'}`?"
    assert nearest(tmp_path / "zebra") == f"The folder `{tmp_path}` is there, but nothing of that name in it."
    assert nearest(tmp_path / "no" / "zebra") == f"There is no folder `{tmp_path / 'no'}` either."


def test_a_loop_of_links_is_no_file(tmp_path):
    """
    Links that lead to each other end in a sentence.
    """
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")

    with pytest.raises(UsageError, match="no such file"):
        ordinary_file(tmp_path / "a", "?")


def test_what_the_system_refuses_is_missing(tmp_path, monkeypatch):
    """
    A closed folder on the way is no slip of the pen.
    """

    def closed(self, **_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", closed)

    with pytest.raises(MissingError, match=r"it cannot be read: Permission denied\. See who"):
        ordinary_file(tmp_path / "a", "?")


def test_memory_is_told_where_the_system_tells_it(monkeypatch):
    """
    The free memory is some megabytes at least, less than all there is, and unknown where nobody tells.
    """
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert 10_000_000 < free_memory() <= whole

    def unheard(*args, **kwargs):
        raise OSError

    monkeypatch.setattr(Path, "open", unheard)
    assert 0 < free_memory() <= whole
    monkeypatch.setattr(os, "sysconf", unheard)
    assert free_memory() is None
    check_room(files.MOST_BYTES, "x", "?")


def test_room_is_judged_by_limit_and_memory(monkeypatch):
    """
    Above the limit the data are wrong, above the memory the machine is too small; below both all is well.
    """
    monkeypatch.setattr(files, "free_memory", lambda: 2_000_000_000)

    check_room(1_999_999_999, "a.npz", "Cut.")
    with pytest.raises(
        MissingError, match=r"^a\.npz: read whole it would take 3 GB, and 2 GB of memory are free\. Cut\.$"
    ):
        check_room(3_000_000_000, "a.npz", "Cut.")
    with pytest.raises(DataError, match=r"^a\.npz: .* take 9 GB, and 8 GB is the limit\. Cut\.$"):
        check_room(9_000_000_000, "a.npz", "Cut.")


@pytest.mark.parametrize("kind", [DataError, UsageError])
def test_the_file_stands_in_front_of_what_is_said(kind):
    """
    The kind of an error, its value and its cure stay; an error without place gets the file alone.
    """
    for where, expected in [("x, row 3", "a.npz: x, row 3"), ("", "a.npz")]:
        with pytest.raises(kind) as caught, reading(Path("a.npz")):
            raise kind("is wrong", where, 7, "Mend it.")

        assert (caught.value.where, caught.value.value, caught.value.cure) == (expected, 7, "Mend it.")
