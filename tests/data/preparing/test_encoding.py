"""Preparation inside folds: what scikit-learn computes, from training rows and nothing else."""

import inspect
import json

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.preparing import blocks, encoding, fitted_steps, fitting, steps_in_force
from trainlab.data.preparing.encoding import prepare_data
from trainlab.data.preparing.preparation import Prepare, Step
from trainlab.data.splitting.folds import Fold
from trainlab.errors import DataError, UsageError

SEX = Column("sex", "category", ("f", "m"))
SIZE = Column("size", "category", ("high", "low", "mid", "never"))
TEXTS = (
    "the cat sat on the mat",
    "The dog! The dog ate a cat.",
    "one dog, two dogs, three dogs",
    "nothing to see",
    "ÜBER café straße naïve",
    "a I 1 22 x_y",
    "mat mat mat mat",
    "cat and dog and mat",
)
REVIEW = Column("review", "text", TEXTS)


def steps(*written):
    """Steps by name, or as pairs of name and value."""
    return tuple(Step(one) if isinstance(one, str) else Step(*one) for one in written)


def fold(train, validation):
    """A fold whose halves do not matter."""
    return Fold(train, validation, np.arange(len(validation)) % 2 == 1)


def thirds(rows=30):
    """Three folds, each of which validates on another third."""
    every = np.arange(rows)
    return [fold(every[every % 3 != part], every[every % 3 == part]) for part in range(3)]


def numbers(rows=30, missing=0.2, seed=0):
    """Four columns of unlike size, with missing values, and many equal ones."""
    random = np.random.default_rng(seed)
    x = random.integers(0, 6, (rows, 4)) * [1.0, 100.0, 0.01, 1.0] + [0.0, -5000.0, 3.0, 1e3]
    x[random.random(x.shape) < missing] = np.nan
    return Dataset(x, np.arange(rows) % 2, columns=list("abcd"), missing=True)


def mixed(rows=30, seed=0, columns=("age", SEX, REVIEW, SIZE, "pay")):
    """A table of two columns of numbers, two categories and a text, each with missing values."""
    random = np.random.default_rng(seed)
    x = np.column_stack(
        [
            random.normal(40, 12, rows),
            random.integers(0, 2, rows),
            random.integers(0, len(TEXTS), rows),
            random.integers(0, 3, rows),
            random.lognormal(8, 1, rows),
        ]
    )
    x[random.random(x.shape) < 0.15] = np.nan
    return Dataset(x, random.normal(size=rows), columns=columns, missing=True)


EVERYTHING = Prepare(
    numbers=(Step("impute", "median"), Step("clip", (0.1, 0.9), quantiles=True), Step("standardize")),
    categories=steps(("impute", "most_frequent")),
    texts=steps(("impute", "empty"), ("tf_idf", 6)),
    target="standardize",
    columns=(("size", steps(("impute", "most_frequent"), ("ordinal", ("low", "mid", "high", "never")))),),
)


@pytest.mark.parametrize("fill", ["mean", "median", "most_frequent", 7.5])
@pytest.mark.parametrize(
    "scaling, scaler", [("standardize", StandardScaler), ("min_max", MinMaxScaler), ("none", None)]
)
def test_numbers_are_those_of_scikit_learn(fill, scaling, scaler):
    """
    Filling and scaling give what scikit-learn's pipeline gives when fitted on the same training rows.
    """
    data = numbers()
    how = {"strategy": fill} if isinstance(fill, str) else {"strategy": "constant", "fill_value": fill}
    prepared = prepare_data(data, Prepare(numbers=steps(("impute", fill), scaling)), thirds())

    assert prepared.data is data
    for one, ready in zip(thirds(), prepared.folds, strict=True):
        theirs = make_pipeline(SimpleImputer(**how), scaler() if scaler else "passthrough")
        theirs.fit(data.x[one.train].astype(np.float64))
        expected = theirs.transform(data.x.astype(np.float64))
        np.testing.assert_allclose(ready.parts[0].applied(data.x, np.float64), expected, 1e-12, 1e-12)


def test_a_row_that_trains_twice_counts_twice():
    """
    A bootstrap's repeats weigh in every fitted number, of numbers, levels, words and targets.
    """
    data = mixed()
    rows = np.array([0, 0, 0, 1, 2, 3, 3, 4, 5, 6, 7, 8])
    repeated = prepare_data(data, EVERYTHING, [fold(rows, [20, 21])])
    listed = Dataset(data.x[rows], data.y[rows], columns=data.columns, missing=True)
    plain = prepare_data(
        Dataset(
            np.concatenate([listed.x, data.x[20:22]]),
            np.concatenate([listed.y, data.y[20:22]]),
            columns=data.columns,
            missing=True,
        ),
        EVERYTHING,
        [fold(np.arange(12), [12, 13])],
    )

    assert repeated.folds[0].document() == plain.folds[0].document()


def test_levels_are_those_of_scikit_learn():
    """
    0/1 columns are those of scikit-learn's encoder; a level that a fold has not seen is all zeros.
    """
    random = np.random.default_rng(3)
    codes = random.integers(0, 8, (30, 1)).astype(np.float32)
    column = Column("letter", "category", tuple("abcdefgh"))
    data = Dataset(codes, np.arange(30) % 2, columns=[column])
    one = fold(np.flatnonzero(codes[:, 0] < 6), np.flatnonzero(codes[:, 0] >= 6))
    prepared = prepare_data(data, Prepare(), [one])
    theirs = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(codes[one.train])

    assert prepared.data.x.dtype == np.uint8
    seen = prepared.folds[0].parts[0].applied(prepared.data.x, np.float64)
    np.testing.assert_array_equal(seen, theirs.transform(codes))
    assert not seen[one.validation].any()


@pytest.mark.parametrize("step, theirs", [("bag_of_words", CountVectorizer), ("tf_idf", TfidfVectorizer)])
def test_words_are_those_of_scikit_learn(step, theirs):
    """
    Counts and weighted counts of words are those of scikit-learn's vectorizers fitted on the training rows.
    """
    codes = np.random.default_rng(1).integers(0, len(TEXTS), (24, 1)).astype(np.float32)
    data = Dataset(codes, np.arange(24) % 2, columns=[REVIEW])
    prepared = prepare_data(data, Prepare(texts=(Step(step),)), thirds(24))
    texts = np.array(TEXTS, object)[codes[:, 0].astype(int)]

    for one, ready in zip(thirds(24), prepared.folds, strict=True):
        fitted = theirs().fit(texts[one.train])
        part = ready.parts[0]
        seen = part.applied(prepared.data.x, np.float64)
        width = seen.shape[1] - part.padding
        np.testing.assert_allclose(seen[:, :width], fitted.transform(texts).toarray(), 1e-12, 1e-15)
        assert [column["word"] for column in ready.document()["inputs"][0]["columns"]] == list(
            fitted.get_feature_names_out()
        )


def test_the_most_frequent_words_are_those_of_most_training_rows():
    """
    A word is chosen by how many rows have it, not by how often they say it; ties go by the alphabet.
    """
    texts = ("mat mat mat mat", "cat dog", "dog cat owl", "owl")
    column = Column("t", "text", texts)
    data = Dataset([[0.0], [1.0], [2.0], [3.0], [0.0]], [0, 1, 0, 1, 0], columns=[column])
    ready = prepare_data(data, Prepare(texts=steps(("bag_of_words", 2))), [fold([0, 1, 2, 3], [4])])

    words = [one["word"] for one in ready.folds[0].document()["inputs"][0]["columns"]]
    assert words == ["cat", "dog"]


def changed(data, rows, seed):
    """The same data with other values in some rows, wild ones among them."""
    random = np.random.default_rng(seed)
    x, y = data.x.copy(), data.y.copy()
    for place, column in enumerate(data.columns):
        if column.kind == "number":
            x[rows, place] = random.choice([np.nan, 1e9, -1e9, 0.0], len(rows))
        else:
            x[rows, place] = random.choice([np.nan, *range(len(column.levels))], len(rows))
    y[rows] = random.normal(0, 1e6, (len(rows), 1))
    return Dataset(x, y, columns=data.columns, missing=True)


def without_padding(prepared, number, rows):
    """The prepared rows of a fold, as wide as this fold makes them."""
    part = prepared.folds[number].parts[0]
    seen = part.applied(prepared.data.x[rows], np.float64)
    return seen[:, : seen.shape[1] - part.padding]


PREPARATIONS = {
    "everything": EVERYTHING,
    "by default": Prepare(
        numbers=steps(("impute", "mean")),
        categories=steps(("impute", "missing")),
        texts=steps(("impute", "empty")),
    ),
    "min_max": Prepare(
        numbers=steps(("impute", "most_frequent"), ("rescale", 3), ("clip", (-2, 50))),
        categories=steps(("impute", "most_frequent"), "ordinal", "min_max"),
        texts=steps(("impute", "empty"), ("bag_of_words", 4)),
        target="min_max",
    ),
}


@pytest.mark.parametrize("name", PREPARATIONS)
@pytest.mark.parametrize("seed", [1, 2])
def test_validation_rows_leave_no_trace(name, seed):
    """
    Other values in a fold's validation rows change nothing in its training rows, nor in what is fitted.
    """
    data, folds = mixed(), thirds()
    before = prepare_data(data, PREPARATIONS[name], folds)

    for number, one in enumerate(folds):
        after = prepare_data(changed(data, one.validation, seed), PREPARATIONS[name], folds)
        assert after.folds[number].document() == before.folds[number].document()
        # Wider rows are summed in another order.
        np.testing.assert_allclose(
            without_padding(after, number, one.train), without_padding(before, number, one.train), 1e-14
        )


@pytest.mark.parametrize("name", PREPARATIONS)
def test_a_fold_is_prepared_as_if_its_training_rows_were_all_there_is(name):
    """
    Data without the validation rows, but for two, give the same numbers, levels and words.
    """
    data = mixed()
    for number, one in enumerate(thirds()):
        kept = np.concatenate([one.train, one.validation[:2]])
        rows = len(one.train)
        alone = prepare_data(data.subset(kept), PREPARATIONS[name], [fold(np.arange(rows), [rows, rows + 1])])
        among = prepare_data(data, PREPARATIONS[name], thirds())

        assert alone.folds[0].document() == among.folds[number].document()
        # Wider rows are summed in another order.
        np.testing.assert_allclose(
            without_padding(alone, 0, np.arange(rows)), without_padding(among, number, one.train), 1e-14
        )


def test_a_scaler_fitted_outside_a_fold_cannot_be_passed():
    """
    No function of the room takes what was fitted, and the only one that gives it demands folds.
    """
    made = ("Fitted", "FittedSteps", "TargetScale", "FoldPreparation", "Prepared")
    giving = []
    for module in (encoding, blocks, fitted_steps, fitting, steps_in_force):
        for name, function in vars(module).items():
            if (
                not inspect.isfunction(function)
                or name.startswith("_")
                or function.__module__ != module.__name__
            ):
                continue
            signature = inspect.signature(function)
            taken = " ".join(str(one.annotation) for one in signature.parameters.values())
            assert not any(kind in taken for kind in made), name
            if any(kind in str(signature.return_annotation) for kind in made[2:]):
                giving.append(name)
                assert signature.parameters["folds"].default is inspect.Parameter.empty
    assert giving == ["prepare_data"]
    with pytest.raises(UsageError, match="no fold to prepare the data in"):
        prepare_data(mixed(), EVERYTHING, [])
    for field in Prepare.__dataclass_fields__:
        with pytest.raises((UsageError, AttributeError, TypeError, ValueError)):
            Prepare(**{field: StandardScaler().fit([[0.0], [1.0]])})
    with pytest.raises(UsageError, match="unknown step"):
        Step(StandardScaler().fit([[0.0], [1.0]]))


def test_all_folds_are_equally_wide_and_have_the_same_arrays():
    """
    Narrow folds are padded with columns of zeros, also where nothing is scaled; what is None is None in all.
    """
    texts = Column("t", "text", ("one two three four", "one two", "one", ""))
    x = np.array([[0, 1], [1, 2], [2, 3], [3, 0], [2, 4], [1, 5]], np.float32)
    data = Dataset(x, [0, 1] * 3, columns=[texts, "n"])
    folds = [fold([2, 3, 4], [0]), fold([0, 1, 2], [3]), fold([1, 2, 3], [4])]
    prepared = prepare_data(data, Prepare(texts=steps("bag_of_words"), numbers=steps("none")), folds)
    parts = [one.parts[0] for one in prepared.folds]

    assert [part.padding for part in parts] == [3, 0, 2]
    for name in (*fitting.NUMBERS, "take", "unit"):
        assert len({getattr(part, name) is None for part in parts}) == 1
    for part in parts:
        seen = part.applied(prepared.data.x, np.float64)
        assert seen.shape == (6, 5)
        assert not seen[:, 5 - part.padding :].any()
        raw = fitting.Fitted(take=part.take, fill=part.fill, low=part.low, high=part.high)
        assert not raw.applied(prepared.data.x)[:, 5 - part.padding :].any()
    assert prepared.data.columns[-1] == Column("n")


def test_nothing_is_copied_where_nothing_is_encoded():
    """
    Numbers stand as they were given, and folds that take all columns say nothing of taking.
    """
    data = Dataset(np.random.default_rng(0).normal(size=(12, 3)), np.arange(12) % 2)
    prepared = prepare_data(data, Prepare(), thirds(12))
    nothing = prepare_data(data, Prepare(numbers=steps("none")), thirds(12)).folds[0].parts[0]

    assert prepared.data is data
    assert prepared.folds[0].parts[0].take is None
    assert [getattr(nothing, name) for name in (*fitting.NUMBERS, "take", "unit")] == [None] * 7


def test_a_constant_column_is_shifted_and_not_scaled():
    """
    A column that is the same in all training rows becomes 0 there, by either scaling.
    """
    x = np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 3.0], [0.4, 4.0]], np.float32)
    data = Dataset(x, [0, 1, 0, 1])
    for scaling in ("standardize", "min_max"):
        part = prepare_data(data, Prepare(numbers=steps(scaling)), [fold([0, 1, 2], [3])]).folds[0].parts[0]
        seen = part.applied(x, np.float64)[:, 0]
        np.testing.assert_allclose(seen, [0, 0, 0, np.float64(x[3, 0]) - x[0, 0]], atol=1e-15)


def test_a_column_without_training_values_is_none_of_that_fold():
    """
    A column of numbers that is missing in all training rows is left out of that fold, as scikit-learn does.
    """
    x = np.array([[1, np.nan], [2, np.nan], [4, np.nan], [5, 7], [6, 9]], np.float32)
    data = Dataset(x, [0, 1, 0, 1, 0], missing=True)
    folds = [fold([0, 1, 2], [3, 4]), fold([0, 3, 4], [1, 2])]
    ready = prepare_data(data, Prepare(numbers=steps(("impute", "mean"), "standardize")), folds).folds
    first = ready[0].parts[0].applied(x, np.float64)

    assert ready[0].parts[0].padding == 1
    theirs = make_pipeline(SimpleImputer(), StandardScaler())
    with pytest.warns(UserWarning, match="without any observed values"):
        theirs.fit(x[:3].astype(np.float64))
    with pytest.warns(UserWarning, match="without any observed values"):
        expected = theirs.transform(x.astype(np.float64))
    np.testing.assert_allclose(first[:, :1], expected, 1e-12)
    assert not first[:, 1].any()
    assert len(ready[1].document()["inputs"][0]["columns"]) == 2


def test_a_fold_without_any_column_is_refused():
    """
    Where no column has a value in the training rows, the fold is named.
    """
    data = Dataset([[np.nan], [np.nan], [1.0], [2.0]], [0, 1, 0, 1], missing=True)
    with pytest.raises(DataError, match=r"fold 1 \(counted from 0\) has no column with a value"):
        prepare_data(data, Prepare(numbers=steps(("impute", "mean"))), [fold([2, 3], [0]), fold([0, 1], [2])])


def test_too_many_words_for_the_memory_are_refused_before_they_are_stored(monkeypatch):
    """
    The refusal names the column, the numbers, the size and how to ask for less.
    """
    monkeypatch.setattr(encoding, "MOST_BYTES", 100)
    codes = np.arange(24.0)[:, None] % len(TEXTS)
    data = Dataset(codes, np.arange(24) % 2, columns=[REVIEW])
    with pytest.raises(
        DataError, match=r"words and levels make 24 x \d+ numbers, 0\.0 GB.*come from 'review'"
    ):
        prepare_data(data, Prepare(), thirds(24))


@pytest.mark.parametrize("kind", ["standardize", "min_max"])
def test_targets_are_scaled_by_training_rows_and_come_back(kind):
    """
    Targets become what scikit-learn makes of them, and what a network says returns to their own unit.
    """
    random = np.random.default_rng(0)
    y = random.normal([200_000, 3], [50_000, 0.1], (30, 2))
    data = Dataset(random.normal(size=(30, 2)), y)
    scaler = {"standardize": StandardScaler, "min_max": MinMaxScaler}[kind]

    for one, ready in zip(thirds(), prepare_data(data, Prepare(target=kind), thirds()).folds, strict=True):
        kept = data.y.astype(np.float64)
        expected = scaler().fit(kept[one.train]).transform(kept)
        np.testing.assert_allclose(ready.target.applied(data.y, np.float64), expected, 1e-10)
        np.testing.assert_allclose(ready.target.undone(expected, np.float64), kept, 1e-12)


def test_targets_are_scaled_by_default_only_where_that_is_asked_for():
    """
    Who knows the loss decides; `none` in the experiment has the last word, and classes are never scaled.
    """
    amounts = Dataset(np.arange(30.0), np.arange(30) / 7)
    classes = Dataset(np.arange(30.0), np.arange(30) % 2)

    def target(data, scale_target, **said):
        return prepare_data(data, Prepare(**said), thirds(), scale_target=scale_target).folds[0].target

    assert target(amounts, scale_target=False) is None
    assert target(amounts, scale_target=True) is not None
    assert target(amounts, scale_target=True, target="none") is None
    assert target(classes, scale_target=True) is None


def test_images_are_standardized_by_channel():
    """
    Each channel gets one mean and one deviation over all pixels of the training images, and the scale goes.
    """
    x = np.random.default_rng(0).integers(0, 256, (12, 4, 5, 3), np.uint8) // np.array([1, 2, 3], np.uint8)
    data = Dataset(x.astype(np.uint8), np.arange(12) % 2)
    assert data.scale == pytest.approx(1 / 255)
    one = thirds(12)[0]
    part = prepare_data(data, Prepare(numbers=steps("standardize")), [one]).folds[0].parts[0]
    theirs = StandardScaler().fit(data.x[one.train].reshape(-1, 3).astype(np.float64))
    expected = theirs.transform(data.x.reshape(-1, 3).astype(np.float64)).reshape(x.shape)

    np.testing.assert_allclose(part.applied(data.x, np.float64), expected, 1e-12, 1e-12)
    assert part.factor.shape == (3,)


def test_images_keep_their_scale_unless_a_step_scales():
    """
    Without a word, and clipped, images keep the constant scale; without an axis of channels there is one.
    """
    x = np.random.default_rng(0).integers(0, 256, (12, 4, 5), np.uint8)
    data = Dataset(x, np.arange(12) % 2)

    def part(*written):
        return prepare_data(data, Prepare(numbers=steps(*written)), thirds(12)).folds[0].parts[0]

    assert part().factor is None
    assert part(("clip", (10, 200))).factor is None
    assert part(("clip", (10, 200))).applied(x, np.float64).min() == 10
    np.testing.assert_allclose(part(("rescale", 255)).applied(x, np.float64), x / 255, 1e-12)
    assert part("standardize").shift.shape == (1,)


def test_each_of_several_inputs_is_prepared_by_itself():
    """
    Inputs are named as columns are: a table is standardized, images stay, and each can be told otherwise.
    """
    random = np.random.default_rng(0)
    data = Dataset(
        {"image": random.integers(0, 256, (12, 4, 4, 1), np.uint8), "table": random.normal(5, 3, (12, 2))},
        np.arange(12) % 2,
    )
    one = thirds(12)[:1]
    image, table = prepare_data(data, Prepare(), one).folds[0].parts
    named = prepare_data(data, Prepare(columns=(("image", steps("min_max")),)), one).folds[0]

    assert image.factor is None
    np.testing.assert_allclose(table.applied(data.x[1][one[0].train], np.float64).mean(axis=0), 0, atol=1e-12)
    assert named.parts[0].factor is not None
    assert [part["name"] for part in named.document()["inputs"]] == ["image", "table"]
    with pytest.raises(UsageError, match=r"no such input \(got 'imagge'\)\. Did you mean `image`"):
        prepare_data(data, Prepare(columns=(("imagge", steps("min_max")),)), one)


def test_a_clip_after_scaling_counts_in_what_the_scaling_makes():
    """
    Bounds stand in the unit that the steps before them have made.
    """
    x = np.array([[0.0], [1.0], [2.0], [3.0], [100.0]])
    data = Dataset(x, [0, 1, 0, 1, 0])
    folds = [fold([0, 1, 2, 3], [4])]
    part = (
        prepare_data(data, Prepare(numbers=steps("standardize", ("clip", (-1, 1)))), folds).folds[0].parts[0]
    )
    expected = np.clip(StandardScaler().fit(x[:4]).transform(x), -1, 1)

    np.testing.assert_allclose(part.applied(x, np.float64), expected, 1e-12)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(4, 12),
    width=st.integers(1, 4),
    fill=st.sampled_from(["mean", "median", "most_frequent", 0.5]),
    scaling=st.sampled_from(["standardize", "min_max", "none"]),
    seed=st.integers(0, 2**20),
)
def test_any_table_is_prepared_to_finite_numbers_that_scikit_learn_agrees_on(
    rows, width, fill, scaling, seed
):
    """
    Whatever is missing or constant, prepared rows are finite and those of the same pipeline there.
    """
    random = np.random.default_rng(seed)
    x = random.choice([np.nan, -1.5, 0.0, 0.1, 3e5], (rows, width)).astype(np.float32)
    train = random.integers(0, rows - 1, rows)
    x[train[0]] = 1.0
    data = Dataset(x, np.arange(rows) % 2, missing=True)
    one = fold(train, [rows - 1])
    part = prepare_data(data, Prepare(numbers=steps(("impute", fill), scaling)), [one]).folds[0].parts[0]
    seen = part.applied(data.x, np.float64)
    how = {"strategy": fill} if isinstance(fill, str) else {"strategy": "constant", "fill_value": fill}
    scaler = {"standardize": StandardScaler(), "min_max": MinMaxScaler(), "none": "passthrough"}[scaling]
    theirs = make_pipeline(SimpleImputer(**how), scaler).fit(x[train].astype(np.float64))

    assert np.isfinite(seen).all()
    # Deviations of a column with one far value are sums of large squares.
    np.testing.assert_allclose(seen, theirs.transform(x.astype(np.float64)), 1e-9, 1e-9)


def test_what_was_fitted_is_plain_json():
    """
    Everything fitted passes through JSON unchanged, NaN and infinity never in it.
    """
    document = prepare_data(mixed(), EVERYTHING, thirds()).folds[0].document()

    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["words"] == {"lowercase": True, "pattern": r"\b\w\w+\b"}
    assert set(document["target"]) == {"shift", "factor"}


def test_many_folds_cost_little_more_than_few():
    """
    Leaving each of 400 texts out counts words by subtraction, which equals a recount.
    """
    random = np.random.default_rng(0)
    texts = tuple(" ".join(random.choice(list("abcdefghij"), 5) + "x") + f" n{row}" for row in range(400))
    data = Dataset(np.arange(400.0)[:, None], np.arange(400) % 2, columns=[Column("t", "text", texts)])
    every = np.arange(400)
    folds = [fold(np.delete(every, row), [row]) for row in range(400)]
    many = prepare_data(data, Prepare(texts=steps(("tf_idf", 30))), folds)
    cold = prepare_data(data, Prepare(texts=steps(("tf_idf", 30))), folds[7:8])

    assert many.folds[7].document() == cold.folds[0].document()
    assert scipy.sparse.issparse(blocks.count_words(texts)[1])
