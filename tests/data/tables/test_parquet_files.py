"""Parquet files as data sets, and what broken ones get instead."""

import polars as pl
import pytest

from trainlab.data.tables.parquet_files import read_parquet
from trainlab.errors import DataError

FRAME = pl.DataFrame(
    {"age": [31.5, None, 64.0, 45.25], "patient": [1, 1, 2, 3], "ill": ["no", "yes", "no", "no"]}
)


@pytest.mark.parametrize(
    "change, expected",
    [
        (
            lambda raw: b"age,ill\n1,no\n",
            r"f\.parquet: byte 1: the file is no Parquet file \(got b'age,'\).*`read_csv`",
        ),
        (lambda raw: b"", r"the file is no Parquet file"),
        (
            lambda raw: raw[: len(raw) // 2],
            r"the Parquet file cannot be read\. It is broken, or was not written",
        ),
        (lambda raw: raw[:-8] + b"\xff\xff\xff\x7fPAR1", r"the Parquet file cannot be read"),
        (lambda raw: b"PAR1" + b"\0" * 20 + b"PAR1", r"the Parquet file cannot be read"),
    ],
)
def test_a_broken_parquet_file_is_refused(tmp_path, change, expected):
    """
    Another format, half a file and a wrong footer end in one DataError, in words that are ours.
    """
    path = tmp_path / "f.parquet"
    FRAME.write_parquet(path)
    path.write_bytes(change(path.read_bytes()))

    with pytest.raises(DataError, match=expected):
        read_parquet(path, "ill")


def test_columns_within_columns_are_refused(tmp_path):
    """
    Lists and structures in a Parquet file are refused by name, and pass where they are dropped.
    """
    path = tmp_path / "f.parquet"
    FRAME.with_columns(pixels=pl.concat_list("patient", "patient")).write_parquet(path)

    with pytest.raises(DataError, match=r"column 'pixels': it holds List\(Int64\) values"):
        read_parquet(path, "ill")
    assert read_parquet(path, "ill", drop="pixels").rows == 4


def test_a_parquet_file_says_how_to_get_it_again(tmp_path):
    """
    The source names the file and the options that were given.
    """
    path = tmp_path / "f.parquet"
    FRAME.write_parquet(path)

    data = read_parquet(path, "ill", groups="patient")

    assert data.source == {"parquet": str(path), "target": "ill", "groups": "patient"}
    assert data.name == "f"


def test_a_parquet_bomb_is_refused_unread(tmp_path, monkeypatch):
    """
    A small file that promises more values than the limit holds is refused by its own count of them.
    """
    path = tmp_path / "bomb.parquet"
    pl.select(a=pl.repeat(0, 1_000_000), ill=pl.repeat(1, 1_000_000)).write_parquet(path)
    assert path.stat().st_size < 10_000
    monkeypatch.setattr("trainlab.data.files.ordinary.MOST_BYTES", 15_000_000)
    monkeypatch.setattr(pl.LazyFrame, "collect", counted := Counted(pl.LazyFrame.collect))

    with pytest.raises(DataError, match=r"bomb\.parquet: read whole it would take 0\.016 GB"):
        read_parquet(path, "ill")

    assert counted.cells == 1


class Counted:
    """A way of collecting that counts the cells it brings."""

    def __init__(self, collect):
        self.collect, self.cells = collect, 0

    def __get__(self, frame, kind):
        def collect(*arguments, **options):
            found = self.collect(frame, *arguments, **options)
            self.cells += found.height * found.width
            return found

        return collect
