"""What a CSV file becomes, and what the files that people really have get instead of a data set."""

import csv
import io
import os
import pickle

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainlab.data.tables.csv_files import csv_table, read_csv
from trainlab.data.tables.csv_records import HEAD_BYTES, read_head, read_records, split_record
from trainlab.errors import DataError, MissingError, UsageError

GOOD = "age,y\n" + "".join(f"{20 + number}.5,{'ab'[number % 2]}\n" for number in range(8))


@pytest.fixture
def written(tmp_path):
    """Write a file and give its path."""

    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


# ------------------------------------------------------------------------------------------- good files


def test_a_table_is_what_polars_and_python_read(written):
    """
    Numbers, levels and classes are those that polars' and Python's own readers find.
    """
    rows = [
        ["1.25", "Ulm", "x, y"],
        ["-3e-7", "Bonn", 'say "z"'],
        ["1e300", "Ulm", "x, y"],
        ["", "Bonn", "q"],
    ]
    rows[2][0] = "16777217"
    stream = io.StringIO()
    csv.writer(stream).writerows([["size", "town", "kind"], *rows])

    data = read_csv(written(stream.getvalue()), "kind")

    theirs = pl.read_csv(stream.getvalue().encode())
    np.testing.assert_array_equal(
        data.x[:, 0], theirs["size"].fill_null(np.nan).to_numpy().astype(np.float32)
    )
    assert [data.columns[1].levels[int(place)] for place in data.x[:, 1]] == theirs["town"].to_list()
    assert [data.classes[number] for number in data.y] == [row[2] for row in rows]
    assert data.missing
    assert data.name == "table"


cells = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=8
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=6))
def test_records_are_what_python_wrote(rows):
    """
    Whatever texts Python's csv module writes, quoted, with separators and line feeds, are found again.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([["a", "b", "c"], *rows])
    raw = stream.getvalue().encode()

    records = read_records(raw, read_head(raw))

    theirs = pl.read_csv(records.body, has_header=False, infer_schema=False)
    assert theirs.fill_null("").rows() == [tuple(row) for row in rows]
    ends = [*records.lines[1:].tolist(), raw.count(b"\n") + 1]
    lines = stream.getvalue().split("\n")
    found = ["\n".join(lines[a - 1 : b - 1]) for a, b in zip(records.lines.tolist(), ends, strict=True)]
    assert [tuple(split_record(text, ",")) for text in found] == [tuple(row) for row in rows]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(width=32, allow_nan=False, allow_infinity=False)), min_size=2))
def test_numbers_survive_the_round_trip(tmp_path_factory, numbers):
    """
    Every float32 written by Python and read here is the same number, and None is a missing one.
    """
    path = tmp_path_factory.mktemp("numbers") / "n.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([["a", "n", "y"], *((1.5, n, row % 2) for row, n in enumerate(numbers))])
    if all(number is None for number in numbers):
        with pytest.raises(DataError, match="column 'n': no row has a value"):
            read_csv(path, "y")
        return

    data = read_csv(path, "y")

    expected = np.array([np.nan if number is None else number for number in numbers], np.float32)
    np.testing.assert_array_equal(data.x[:, 1], expected)


def test_both_ways_of_reading_give_the_same_numbers(written):
    """
    A table read straight as numbers is the one that is read as texts first, for want of a plain cell.
    """
    body = "".join(f"{n / 7},{n},{n % 3}\n" for n in range(200))
    straight = read_csv(written("a,b,y\n" + body), "y")

    spaced = read_csv(written("a,b,y\n" + body.replace(",150,", ", 150 ,"), "s.csv"), "y")

    assert straight == spaced
    assert straight.x.dtype == np.float32


def test_long_names_of_things_are_not_blurred(written):
    """
    Groups and categories of twenty digits stay apart, which as numbers would be one.
    """
    content = "g,c,a,y\n12345678901234567891,12345678901234567891,1,u\n"
    content += "12345678901234567892,12345678901234567892,2,v\n12345678901234567892,1.50,3,v\n"

    data = read_csv(written(content), "y", groups="g", kinds={"c": "category"})

    assert data.groups.tolist() == [0, 1, 1]
    assert data.columns[0].levels == ("1.50", "12345678901234567891", "12345678901234567892")


@pytest.mark.parametrize(
    "content, note",
    [
        (GOOD.replace(",", ";"), "columns: separated by semicolons"),
        (GOOD.replace(",", "\t"), "columns: separated by tabs"),
        (GOOD.replace(",", "|"), "columns: separated by bars"),
        (GOOD.replace("age,y", " age , y"), "names of columns: white space in 2 of them was left out"),
        ("# May\n#\n" + GOOD + "# end\n", "comments: lines beginning with # were left out (1)"),
        (b"\xef\xbb\xbf" + GOOD.encode(), ""),
        (GOOD.replace("\n", "\r\n"), ""),
        (GOOD.replace("\n", "\r"), ""),
        (GOOD.replace("22.5,a\n", "22.5,a\n\n   \n") + "\n\n", ""),
        (GOOD.replace("20.5,a", '"20.5","a"'), ""),
        (GOOD.replace("20.5,a", " 20.5 , a"), ""),
        (GOOD.removesuffix("\n"), ""),
    ],
)
def test_near_relatives_are_read_alike(written, content, note):
    """
    Other separators, marks, line ends, spaces, comments and quoted numbers make the same data set.
    """
    expected = read_csv(written(GOOD, "good.csv"), "y")

    data = read_csv(written(content), "y")

    assert data == expected
    assert not note or note in data.notes


def test_row_numbers_without_a_name_are_left_out(written):
    """
    The first column that pandas writes is no input, with or without its name for none.
    """
    expected = read_csv(written("a,y\n1.5,k\n2.5,l\n"), "y")

    for first in ("", "Unnamed: 0"):
        data = read_csv(written(f"{first},a,y\n0,1.5,k\n1,2.5,l\n"), "y")

        assert data == expected
        assert "column 1 has no name and counts the rows: left out" in data.notes
    assert read_csv(written("a,y,\n1.5,k,\n2.5,l,\n"), "y") == expected


def test_decimal_commas_are_read_where_they_are_announced(written):
    """
    With `decimal=','` a file of a German spreadsheet is the same table, in every way of reading it.
    """
    expected = read_csv(written(GOOD), "y")
    german = GOOD.replace(",", ";").replace(".", ",")

    assert read_csv(written(german), "y", decimal=",") == expected
    assert read_csv(written(german.replace("20,5", " 20,5")), "y", decimal=",") == expected
    quoted = "".join(f'"{a}","{b}"\n' for a, b in (line.split(";") for line in german.split()))
    assert read_csv(written(quoted), "y", decimal=",") == expected
    with pytest.raises(DataError, match=r"column 'age', row 2 \(line 3\): not a number .* \(got '1.000,5'\)"):
        read_csv(written(german.replace("21,5", "1.000,5")), "y", decimal=",")


def test_missing_values_are_kept_and_counted(written):
    """
    Empty cells and the usual words are NaN; other words are so where they are named, and only then.
    """
    content = GOOD + "NA,a\n,b\nnull,a\n"

    data = read_csv(written(content), "y")

    assert data.missing
    assert int(np.isnan(data.x).sum()) == 3
    assert "missing values, kept as such: 'age' (3)" in data.notes
    with pytest.raises(DataError, match=r"not a number in 2 of 11 rows \(got 'NA'\)"):
        read_csv(written(content), "y", missing=["?"])
    assert (
        int(np.isnan(read_csv(written(content.replace("NA", "?")), "y", missing=["?", "null"]).x).sum()) == 3
    )


def test_what_was_asked_for_can_be_asked_for_again(written):
    """
    The source names the file by its absolute path and every option that was given, and no other.
    """
    path = written("a,g,y\n1,u,3\n2,v,1\n3,u,3\n")

    data = read_csv(path, "y", groups="g", task="classification", missing=["?"], name="mine")

    assert data.source == {
        "csv": str(path),
        "target": "y",
        "task": "classification",
        "groups": "g",
        "missing": ["?"],
        "name": "mine",
    }
    options = dict(data.source)
    assert read_csv(options.pop("csv"), **options) == data


# -------------------------------------------------------------------------------------------- bad files

ZIP = b"PK\x03\x04\x14\0\0\0\x08\0"
BAD = {
    "a word among numbers": (
        GOOD + "old,a\n",
        r"column 'age', row 9 \(line 10\): not a number in 1 of 9 rows \(got 'old'\)\.",
        r"missing=\[\.\.\., 'old'\]",
        r"kinds=\{'age': 'category'\}",
    ),
    "the line after blank ones": (
        GOOD + "\n\nold,a\nolder,b\n",
        r"row 9 \(line 12\): not a number in 2 of 10 rows \(got 'old'\)",
    ),
    "the line after a quoted line feed": (
        't,a,y\n"one\ntwo",1,u\nx,2,v\nx,3,u\nx,b,v\n',
        r"column 'a', row 4 \(line 6\): not a number",
    ),
    "decimal comma in a row": (
        GOOD + "1,5,a\n",
        r"row 9 \(line 10\): 3 values for 2 columns; in 1 of 9 rows",
        r"\(got '1,5,a'\)",
    ),
    "decimal commas, quoted": (
        GOOD.replace("20.5", '"20,5"'),
        r"row 1 \(line 2\): not a number in 1 of 8 rows \(got '20,5'\)\. Write a decimal point, as",
        r"1\.5;",
        "`decimal=','`",
    ),
    "all with decimal commas": (
        GOOD.replace(",", ";").replace(".", ","),
        r"not written as numbers are in 8 of 8 rows \(got '20,5'\)",
    ),
    "thousands": (
        'a,y\n"1,234",k\n"12,000",l\n',
        r"\(got '1,234'\)\. Write thousands without a sign",
    ),
    "per cent": (
        "a,y\n12%,k\n13%,l\n",
        r"\(got '12%'\)\. Write the number alone",
    ),
    "currency": (
        "a,y\n$12,k\n$1.50,l\n",
        r"\(got '\$12'\)\. Write the number alone, and the currency",
    ),
    "UTF-16": (
        GOOD.encode("utf-16"),
        "byte 1: the text is in UTF-16",
        "iconv -f utf-16",
    ),
    "UTF-16 without a mark": (
        GOOD.encode("utf-16-le"),
        "line 1, byte 2: a NUL byte",
    ),
    "Latin-1": (
        "a,y\n1,Bär\n2,Elch\n".encode("latin-1"),
        r"line 2, byte 4: the text is not in UTF-8 \(got b'\\xe4'\)\.",
        "'ä'",
        "iconv -f latin1",
    ),
    "NUL": (
        GOOD.encode() + b"1.5\0,a\n",
        "line 10, byte 4: a NUL byte, which no text has",
    ),
    "a short row": (
        "a,b,y\n1,2,u\n3,v\n4,5,v\n",
        r"row 2 \(line 3\): 2 values for 3 columns; in 1 of 3 rows",
    ),
    "rows with a name more": (
        "a,y\n1,3,5\n2,4,5\n",
        "Every row has one value more: name the first column too",
    ),
    "short and long rows": (
        "a,b,y\n1,2,u\n3,v\n4,5,v,w\n",
        r"row 2 \(line 3\): 2 values for 3 columns; in 2 of 3 rows",
    ),
    "two columns of one name": (
        "age,b,age ,y\n1,2,3,k\n3,4,5,l\n",
        r"columns 1 and 3: two columns of one name \(got 'age'\)",
    ),
    "no value in a column": (
        "a,b,y\n1,,k\n3,NA,l\n",
        r"column 'b': no row has a value\. Leave it out: `drop: \[b\]` beside `csv:`",
        r"in Python `drop=\['b'\]`",
    ),
    "no name for a column": (
        ",a,y\nr,1.5,k\ns,2.5,l\n",
        r"column 1: the column has no name and is not empty \(got 'r'\)",
    ),
    "infinity": (
        GOOD + "-inf,a\n",
        r"row 9 \(line 10\): infinite in 1 of 9 rows \(got -inf\)",
    ),
    "beyond any float": (
        GOOD + "1e400,a\n",
        r"row 9 \(line 10\): infinite in 1 of 9 rows",
    ),
    "beyond float32": (
        GOOD + "1e39,a\n",
        r"row 9 \(line 10\): too large for float32 in 1 of 9 rows \(got 1e\+39\)",
    ),
    "beyond any integer": (
        GOOD + "9" * 50 + ",a\n",
        r"row 9 \(line 10\): too large for float32",
    ),
    "hexadecimal": (
        GOOD + "0x1F,a\n",
        r"not a number in 1 of 9 rows \(got '0x1F'\)",
    ),
    "no target": (
        GOOD + "3.5,\n4.5,NA\n",
        r"column 'y', row 9 \(line 10\): missing in 2 of 10 rows",
    ),
    "one class": (
        "a,y\n1,k\n2,k\n",
        r"column 'y': all 2 rows are of one class \(got 'k'\)",
    ),
    "one amount": (
        "a,y\n1,2.5\n2,2.5\n",
        r"column 'y': all 2 rows have the same target \(got 2\.5\)",
    ),
    "labels and numbers mixed": (
        "a,y\n1,k\n2,5\n3,6\n",
        r"column 'y', row 1 \(line 2\): not a number in 1 of 3 rows \(got 'k'\)",
        "task='classification'",
    ),
    "dates to learn": (
        "a,y\n1,2020-01-01\n2,2020-01-02\n",
        "column 'y', row 1",
        ": a date or time of day to learn",
    ),
    "classes or amounts": (
        "a,y\n" + "".join(f"{n}.5,{n}\n" for n in range(40)),
        "column 'y': 40 different whole numbers may be classes and may be amounts",
    ),
    "an empty file": (
        "",
        r"table\.csv: the file is empty",
    ),
    "blank lines": (
        "\n\n",
        "the file has no line with names",
    ),
    "names alone": (
        "age,y\n",
        "there are names of columns and no rows",
    ),
    "one row": (
        "a,y\n1,k\n",
        r"the table has 1 row\.",
    ),
    "one column": (
        "a\n1\n2\n",
        "the table has one column",
    ),
    "no names": (
        "1.5,2\n3,4\n",
        r"line 1: the first line holds numbers, not the names of columns \(got '1.5,2'\)",
    ),
    "names in a comment": (
        "#a,y\n1,2\n3,4\n",
        "line 2: the first line holds numbers",
        "If line 1 holds the names, take the # away",
    ),
    "names again": (
        GOOD + GOOD,
        r"row 9 \(line 10\): not a number in 1 of 17 rows \(got 'age'\)\. The line of names stands",
        "again there: delete it",
    ),
    "a quotation mark left open": (
        'a,y\n1,k\n2,"l\n3,m\n',
        "line 3: a quotation mark is never closed",
    ),
    "a quotation mark inside": (
        'a,y\n3" pipe,k\n4" pipe,l\n',
        "line 2: a quotation mark stands inside a value",
        '"a 3"" pipe"',
    ),
    "a carriage return before a quotation mark": (
        'a,y\n1,\r"k, l"\n2,m\n',
        "line 2: a quotation mark stands inside a value",
    ),
    "dates": (
        "d,a,y\n2026-01-02,1,k\n2026-01-03,2,l\n",
        r"column 'd', row 1 \(line 2\): dates",
        r"in 2 of 2 rows \(got '2026-01-02'\)\. Write `time: d` if it orders the rows, `drop: \[d\]`, or",
        r"beside `csv:` \(in Python `time='d'`, `drop=\['d'\]`, or `kinds=\{'d': 'category'\}`\)",
    ),
    "names of things": (
        "id,y\n" + "".join(f"x{n},{'ab'[n % 2]}\n" for n in range(40)),
        "column 'id': 40 different texts in 40 rows",
        r"Write `drop: \[id\]` if it only names the rows",
        r"to count its words, beside `csv:` \(in Python `drop=\['id'\]`",
    ),
    "undeclared texts": (
        "t,y\n" + "".join(f"a fine film {n},{'ab'[n % 2]}\n" for n in range(40)),
        "Write `text: t` to count its words",
        "beside `csv:`",
        "in Python `text='t'`",
    ),
    "numbers with a zero first": (
        "z,y\n" + "".join(f"0{n},{'ab'[n % 2]}\n" for n in range(40)),
        "column 'z': 40 different texts",
        r"kinds=\{'z': 'number'\}",
    ),
    "a million columns": (
        ",".join(f"c{n}" for n in range(1_000_000)) + "\n",
        r"line 1: 1,000,000 columns\. At most 100,000 are read",
    ),
    "a zip archive": (
        ZIP,
        "byte 1: the file is a zip archive",
    ),
    "a gzip archive": (
        b"\x1f\x8b\x08\0",
        "the file is a gzip archive",
    ),
    "a Parquet file": (
        b"PAR1\x15\x04\x15\0\0\0PAR1",
        "the file is a Parquet file, no CSV",
        "`read_parquet`",
    ),
    "a page of HTML": (
        "<!DOCTYPE html>\n<html>",
        "a page of HTML, perhaps one that reports an error",
    ),
    "JSON": (
        '{"age": [1, 2]}',
        "the file is JSON, no CSV",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_with_its_place(written, what):
    """
    A bad file ends in one DataError that names file, place, value and count and what to do, and exits with 4.
    """
    content, *expected = BAD[what]

    with pytest.raises(DataError, match=".*".join(expected)) as caught:
        read_csv(written(content), "y")

    assert "table.csv: " in str(caught.value)
    assert caught.value.cure
    assert caught.value.exit_code == 4
    assert not any(word in str(caught.value) for word in ("dtype", "Schema", "polars", "np."))
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301  # our own


@pytest.mark.parametrize("name", ["PAR1", "bzhang", "pkw", "{x}", "[m]"])
def test_a_name_is_not_taken_for_another_format(written, name):
    """
    Names of columns that begin as other files do are names.
    """
    assert read_csv(written(GOOD.replace("age", name)), "y").columns[0].name == name


def test_a_bad_cell_far_below_is_found(written):
    """
    A word after thousands of numbers is refused with its row, not read as a column of words.
    """
    rows = [f"{n}.5,{n % 2}" for n in range(30_000)]
    rows[25_000] = "none of it,1"

    with pytest.raises(DataError, match=r"row 25001 \(line 25002\): not a number in 1 of 30000 rows"):
        read_csv(written("a,y\n" + "\n".join(rows)), "y")


def test_the_scan_is_the_same_across_its_chunks(written, monkeypatch):
    """
    Quoted values, line feeds and short rows that lie across two chunks of the scan are seen as within one.
    """
    content = 'a,b,y\n"x\n""y"", z",1,u\n' + '"p, q",2,v\n' * 30
    whole = read_csv(written(content), "y", text="a")
    for size in (1, 2, 3, 7, 16):
        monkeypatch.setattr("trainlab.data.tables.csv_records._CHUNK", size)

        assert read_csv(written(content), "y", text="a") == whole
        with pytest.raises(DataError, match=r"row 32 \(line 34\): 2 values for 3 columns"):
            read_csv(written(content + "1,2\n"), "y", text="a")


def test_what_lies_elsewhere_or_is_no_file_is_told(written, tmp_path):
    """
    A link to a file is read; a folder, a pipe and a name without a file are refused without being opened.
    """
    link = tmp_path / "link.csv"
    link.symlink_to(written(GOOD))
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)

    assert read_csv(link, "y").rows == 8
    with pytest.raises(UsageError, match="a device or a pipe"):
        read_csv(pipe, "y")
    with pytest.raises(UsageError, match="a folder, not a file"):
        read_csv(tmp_path, "y")
    with pytest.raises(UsageError, match=r"Did you mean `.*table\.csv`"):
        read_csv(tmp_path / "tabel.csv", "y")


def test_a_huge_file_is_refused_unread(tmp_path):
    """
    A file of ten gigabytes is refused by its size alone.
    """
    path = tmp_path / "huge.csv"
    with path.open("wb") as stream:
        stream.truncate(10**10)

    with pytest.raises((DataError, MissingError), match="would take 20 GB"):
        read_csv(path, "y")


def test_a_line_without_end_is_no_line_of_names(written):
    """
    Sixteen megabytes without a line feed are refused before the rest is looked at.
    """
    with pytest.raises(DataError, match="the first line does not end within"):
        read_csv(written(b"a," * (HEAD_BYTES // 2 + 1)), "y")


@pytest.mark.parametrize(
    "options, expected",
    [
        ({"target": "Y "}, r"target: no such column \(got 'Y '\)\. Did you mean 'y'\?"),
        ({"target": "label"}, r"target: no such column \(got 'label'\)\. The columns are: 'age', 'y'"),
        ({"target": 3}, r"target: not the name of a column"),
        ({"target": []}, r"target: no column to learn"),
        ({"target": "y", "groups": "y"}, r"groups: the column is `target` already"),
        ({"target": "y", "drop": "age"}, r"columns: no column is left to learn from"),
        ({"target": "y", "task": "regresion"}, r"task: unknown task"),
        (
            {"target": "y", "kinds": {"age": "integer"}},
            r"unknown kind of column .*Choose one of: number, category",
        ),
        (
            {"target": "y", "kinds": {"y": "category"}},
            r"kinds: a kind is asked for a column that is no input",
        ),
        ({"target": "y", "decimal": ";"}, r"decimal: not a decimal sign"),
        ({"target": "y", "missing": 0}, r"missing: not a list of texts"),
        (
            {"target": "y", "task": "regression", "classes": ["a", "b"]},
            r"classes: a regression has no classes",
        ),
    ],
)
def test_a_wrong_word_is_a_wrong_usage(written, options, expected):
    """
    Names that are no columns and options that do not fit are refused with what was meant, and exit with 2.
    """
    with pytest.raises(UsageError, match=expected) as caught:
        read_csv(written(GOOD), **options)

    assert caught.value.exit_code == 2


def test_a_table_knows_its_columns_as_they_are(written):
    """
    Below the data set, numbers are numbers already and lines are known.
    """
    table = csv_table(written(GOOD))

    assert table.frame.schema == {"age": pl.Float64, "y": pl.String}
    assert table.lines.tolist() == list(range(2, 10))
