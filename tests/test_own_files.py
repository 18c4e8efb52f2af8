"""Data of a person's own, from the file they have to the answer, through the command line.

Real data are written as people keep them: reviews and houses as CSV, houses as Parquet, photographs as an
.npz of Keras's names and as a folder of PNGs.
"""

import csv
import json

import numpy as np
import pytest

from trainlab.cli import command
from trainlab.data.files.sources import Source

CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
HOUSES = ("longitude", "latitude", "house_age", "rooms", "bedrooms", "people", "households", "income")

REVIEWS = """\
question: Does dropout help a small network that counts words?
data: {csv: reviews.csv, target: sentiment, text: review}
prepare: {review: {bag_of_words: 500}}
test: {holdout: 0.2}
model: {mlp: [16]}
recipe: {optimizer: adam, learning_rate: 1e-3, batch_size: 64, epochs: 6}
variants: {baseline: {}, dropout: {dropout: 0.5}}
seeds: 2
override: {TL125: one strength is enough to see whether files are read}
"""
PRICES = """\
question: Does a second layer help to tell what a house costs?
data: {csv: houses.csv, target: value}
test: {holdout: 0.2}
validation: {kfold: 5}
model: {mlp: [32]}
recipe: {optimizer: adam, learning_rate: 3e-3, batch_size: 256, epochs: 5}
variants: {one layer: {}, two layers: {hidden: [32, 32]}}
seeds: 1
metric: mae
"""
PHOTOS = """\
question: Does a higher learning rate help on photographs?
data: {npz: photos.npz, classes: [airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck]}
model: {cnn: {filters: [8], hidden: [16]}}
recipe: {optimizer: adam, learning_rate: 1e-3, batch_size: 50, epochs: 4}
variants: {baseline: {}, faster: {learning_rate: 4e-3}}
seeds: 2
baselines: [dummy]
"""


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """An empty folder in which commands are typed."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_reviews(datasets, path, rows):
    """Write reviews of IMDB as a CSV of texts, drawn from all by seed 0."""
    ranks = json.loads((datasets / "imdb_word_index.json").read_text(encoding="utf-8"))
    words = np.full(max(ranks.values()) + 1, "", dtype=object)
    words[list(ranks.values())] = list(ranks)
    with np.load(datasets / "imdb_flat.npz") as file:
        said, good, ends = file["x_train"], file["y_train"], np.cumsum(file["len_train"])
    drawn = np.random.default_rng(0).permutation(len(good))[:rows]
    with path.open("w", newline="", encoding="utf-8") as stream:
        written = csv.writer(stream)
        written.writerow(["review", "sentiment"])
        for row in drawn:
            review = words[said[ends[row - 1] if row else 0 : ends[row]]]
            written.writerow([" ".join(review), "positive" if good[row] else "negative"])


def write_houses(datasets, folder):
    """Write California housing as a CSV with names, and as Parquet."""
    import polars as pl

    with np.load(datasets / "california_housing.npz") as file:
        x, y = file["x"].astype(float), file["y"].astype(float)
    table = pl.DataFrame({name: x[:, column] for column, name in enumerate(HOUSES)} | {"value": y})
    table.write_csv(folder / "houses.csv")
    table.write_parquet(folder / "houses.parquet")


def write_photographs(datasets, folder, rows=500):
    """Write images of CIFAR-10 as an .npz of Keras's names, and those that train as a folder of PNGs."""
    from PIL import Image

    arrays = {}
    for part, name in (("train", "cifar10_subset_train"), ("test", "cifar10_subset_test")):
        with np.load(datasets / f"{name}.npz") as file:
            arrays |= {f"x_{part}": file["x"][:rows], f"y_{part}": file["y"][:rows]}
    np.savez(folder / "photos.npz", **arrays)
    for number, (pixels, label) in enumerate(zip(arrays["x_train"], arrays["y_train"], strict=True)):
        place = folder / "photos" / CIFAR10[int(label)] / f"{number}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(place)


def said_by(capsys, *words):
    """Type a command that must succeed, and read the one object that it prints."""
    code = command([*words, "--json"])
    printed = capsys.readouterr()

    assert code == 0, printed.err
    return json.loads(printed.out)


def from_file_to_final_model(capsys, experiment, *source):
    """Type what a person types one after the other, and give what each command said."""
    with open("own.yaml", "w", encoding="utf-8") as file:  # noqa: PTH123  # as the command line names it
        file.write(experiment)
    card = said_by(capsys, "data", *source)
    lint = said_by(capsys, "lint", "own.yaml")
    plan = said_by(capsys, "plan", "own.yaml")
    run = said_by(capsys, "run", "own.yaml", "--out", "out")
    refit = said_by(capsys, "refit", "out")
    test = said_by(capsys, "open-test", "out", "--reason", "the end of the experiment")
    export = said_by(capsys, "export", "out", "--to", "final.keras")
    return {
        "data": card,
        "lint": lint,
        "plan": plan,
        "run": run,
        "refit": refit,
        "open-test": test,
        "export": export,
    }


@pytest.mark.slow
def test_reviews_in_a_csv_are_told_apart(shared_keras_home, workplace, capsys):
    """
    Of 2,000 reviews in a CSV a network that counts words tells 70 % and more, also of those under seal.
    """
    write_reviews(shared_keras_home / "datasets", workplace / "reviews.csv", 2_000)

    said = from_file_to_final_model(
        capsys, REVIEWS, "reviews.csv", "--target", "sentiment", "--text", "review"
    )

    assert (said["data"]["rows"], said["plan"]["runs"], said["run"]["runs"]) == (2_000, 4, 4)
    assert said["run"]["variants"][0]["mean"] > 0.7
    assert (said["refit"]["rows"], said["open-test"]["rows"]) == (1_600, 400)
    assert said["open-test"]["mean"] > 0.7
    beside = json.loads((workplace / "final.preparation.json").read_text(encoding="utf-8"))
    words = {column["word"] for column in beside["inputs"][0]["columns"]}
    assert len(words) == 500
    assert {"bad", "great", "worst"} <= words


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_houses_in_a_table_are_priced(shared_keras_home, workplace, capsys, suffix):
    """
    On five folds of a table networks tell prices better than the median does, and the final one within 60 k$.
    """
    write_houses(shared_keras_home / "datasets", workplace)
    experiment = PRICES.replace("csv: houses.csv", f"{suffix}: houses.{suffix}")

    said = from_file_to_final_model(capsys, experiment, f"houses.{suffix}", "--target", "value")

    assert said["data"]["rows"] == 20_640
    assert [column["name"] for column in said["data"]["columns"]] == list(HOUSES)
    assert said["run"]["runs"] == 10
    assert max(one["mean"] for one in said["run"]["variants"]) < 70_000
    assert said["refit"]["variant"] == "two layers"
    assert (said["open-test"]["rows"], said["open-test"]["number"]) == (4_128, 1)
    assert said["open-test"]["mean"] < 60_000


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["npz", "images"])
def test_photographs_run_from_arrays_and_from_pictures(shared_keras_home, workplace, capsys, kind):
    """
    500 photographs run from an .npz with test rows of its own, and from a folder of PNGs that seals some.
    """
    write_photographs(shared_keras_home / "datasets", workplace)
    experiment, source = PHOTOS, "photos.npz"
    if kind == "images":
        asked = next(line for line in PHOTOS.splitlines() if line.startswith("data"))
        experiment = PHOTOS.replace(asked, "data: {images: photos}\ntest: {holdout: 0.2}")
        source = "photos"

    said = from_file_to_final_model(capsys, experiment, source)

    sealed = 500 if kind == "npz" else 100
    assert said["data"]["rows"] == 500
    assert (said["refit"]["rows"], said["open-test"]["rows"]) == ((500, 500) if kind == "npz" else (400, 100))
    assert said["open-test"]["mean"] > 0.1 - 2 * 0.3 / np.sqrt(sealed)
    assert [one["name"] for one in said["data"]["classes"]] == (
        [str(number) for number in range(10)] if kind == "npz" else sorted(CIFAR10)
    )


BAD = {
    "a word among numbers": (
        "age,ill\n31,yes\n64,no\nunknown,no\n",
        "column 'age', row 3 (line 4): not a number in 1 of 3 rows (got 'unknown')",
    ),
    "a short row": ("age,town,ill\n31,Ulm,no\n64,yes\n", "row 2 (line 3): 2 values for 3 columns"),
    "decimal commas": ("age;ill\n1,5;yes\n2,5;no\n", "not written as numbers are in 2 of 2 rows (got '1,5')"),
    "no label": ("age,ill\n31,yes\n64,no\n7,\n", "column 'ill', row 3 (line 4): missing in 1 of 3 rows"),
    "one class": ("age,ill\n31,no\n64,no\n", "column 'ill': all 2 rows are of one class (got 'no')"),
    "infinity": ("age,ill\n31,yes\ninf,no\n7,no\n", "row 2 (line 3): infinite in 1 of 3 rows"),
    "no names": ("31,1\n64,0\n", "line 1: the first line holds numbers, not the names of columns"),
    "a quotation mark left open": ('age,ill\n31,yes\n64,"no\n', "line 3: a quotation mark is never closed"),
    "Latin-1": ("age,ill\n31,B\xe4r\n64,no\n", "line 2, byte 5: the text is not in UTF-8"),
    "nothing": ("", "the file is empty"),
    "a missing value that nothing fills": (
        "age,ill\n" + "31,yes\n64,no\n" * 20 + ",no\n",
        "column 'age', row 40 (counted from 0): 1 of 41 rows have a missing value, and no step fills it",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_csv_leaves_nothing_behind(workplace, capsys, what):
    """
    Running on a bad CSV exits with 4 and one sentence with the place, and writes nothing.
    """
    content, expected = BAD[what]
    (workplace / "people.csv").write_bytes(content.encode("latin-1"))
    (workplace / "own.yaml").write_text("data: {csv: people.csv, target: ill}", encoding="utf-8")

    code = command(["run", "own.yaml", "--out", "out"])
    said = capsys.readouterr()

    assert code == 4
    assert expected in said.err
    assert said.err.startswith("Error: ")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.out + said.err
    assert not said.out
    assert sorted(path.name for path in workplace.iterdir()) == ["own.yaml", "people.csv"]


# What is said of the data, the word that is wrong there, and what is said of it.
WRONG_WORDS = (
    ("{csv: people.csv, target: il}", "target", "no such column (got 'il'). Did you mean 'ill'?"),
    ("{csv: people.csv, target: ill, groups: who}", "groups", "no such column (got 'who')"),
    ("{csv: people.csv, target: ill, kinds: {zip: number}}", "kinds", "no such column (got 'zip')"),
    ("{csv: people.csv, target: ill, text: ill}", "text", "the column is `target` already (got 'ill')"),
    ("{csv: people.csv, target: ill, drop: age}", "data", "columns: no column is left to learn from"),
    ("{npz: people.npz, y: z}", "y", "no such array in the file (got 'z'). The file has: x, y."),
    ("{npz: people.npz, time: when}", "time", "no such array in the file (got 'when')"),
)


@pytest.mark.parametrize("data, word, sentence", WRONG_WORDS)
def test_a_wrong_word_is_found_in_the_experiment_and_in_the_file(workplace, capsys, data, word, sentence):
    """
    A word that does not fit the data exits with 2, at its line and column, and names the data file too.
    """
    (workplace / "people.csv").write_text("age,ill\n31,yes\n64,no\n", encoding="utf-8")
    np.savez(workplace / "people.npz", x=np.eye(4), y=[0, 1, 0, 1])
    line = f"data: {data}"
    (workplace / "own.yaml").write_text(f"question: Why?\n{line}", encoding="utf-8")
    column = line.index(f"{word}: ") + len(f"{word}: ") + 1
    file = workplace / ("people.npz" if "npz" in data else "people.csv")

    code = command(["run", "own.yaml", "--out", "out"])
    said = capsys.readouterr()

    assert code == 2
    assert said.err.startswith(f"Error: own.yaml:2:{column}: {word}: {file}: {sentence}")
    assert not (workplace / "out").exists()


def test_the_same_rows_are_read_alike_from_every_form(workplace):
    """
    A table is the same from CSV and Parquet, and photographs from .npz and PNGs, to the last bit.
    """
    import polars as pl
    from PIL import Image

    random = np.random.default_rng(0)
    table = pl.DataFrame(
        {"size": random.normal(80, 20, 50), "town": ["Ulm", "Bonn"] * 25, "price": random.normal(size=50)}
    )
    table.write_csv(workplace / "a.csv")
    table.write_parquet(workplace / "a.parquet")
    pixels = random.integers(0, 256, (12, 8, 6, 3), dtype=np.uint8)
    labels = np.arange(12) % 3
    np.savez(workplace / "a.npz", x=pixels, y=labels)
    for number, (image, label) in enumerate(zip(pixels, labels, strict=True)):
        place = workplace / "a" / "ABC"[label] / f"{number:02}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(place)

    csv_rows = Source("csv", "a.csv", {"target": "price"}).load()
    parquet_rows = Source("parquet", "a.parquet", {"target": "price"}).load()
    arrays = Source("npz", "a.npz", {"classes": ["A", "B", "C"]}).load()
    images = Source("images", "a").load()

    assert csv_rows.fingerprint == parquet_rows.fingerprint
    sorted_by_class = np.argsort(labels, kind="stable")
    np.testing.assert_array_equal(arrays.x[sorted_by_class], images.x)
    np.testing.assert_array_equal(arrays.y[sorted_by_class], images.y)
    assert (arrays.scale, arrays.classes) == (images.scale, images.classes)


def test_a_small_table_is_described_and_examined(workplace, capsys):
    """
    A table with numbers, categories, texts and gaps has a card and a lint, which sees that a text tells all.
    """
    rows = (
        ("", "tired and cold", "yes"),
        ("Ulm", "well", "no"),
        ("Bonn", "well", "no"),
        ("Ulm", "tired", "yes"),
    )
    lines = [",".join((str(20 + row), *rows[row % 4])) for row in range(40)]
    (workplace / "people.csv").write_text("\n".join(["age,town,report,ill", *lines]), encoding="utf-8")
    (workplace / "own.yaml").write_text(
        "data: {csv: people.csv, target: ill, text: report}\n"
        "prepare: {town: {impute: missing}, report: {bag_of_words: 5}}\n"
        "test: {holdout: 0.2}\nvalidation: {kfold: 4}\nseeds: 2",
        encoding="utf-8",
    )

    card = said_by(capsys, "data", "people.csv", "--target", "ill", "--text", "report")
    lint = said_by(capsys, "lint", "own.yaml")

    assert [column["kind"] for column in card["columns"]] == ["number", "category", "text"]
    assert card["columns"][1]["missing"] == pytest.approx(10 / 40)
    found = {finding["code"]: finding for finding in lint["findings"]}
    assert "report" in found["TL104"]["where"] + found["TL104"]["evidence"]
    assert sorted(path.name for path in workplace.iterdir()) == ["own.yaml", "people.csv"]
