"""Ways to validate by their names in a file, and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import model_selection

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.splits import split
from trainlab.data.splitting.validations import (
    Bootstrap,
    Disjoint,
    GroupKFold,
    Holdout,
    KFold,
    LeaveOneOut,
    MonteCarlo,
    RepeatedKFold,
    Splitter,
    TimeSeries,
)
from trainlab.errors import DataError, UsageError
from trainlab.experiment.places import Place
from trainlab.experiment.validation import (
    EXAMPLES,
    VALUES,
    parse_test,
    parse_validation,
    split_at,
    validation_document,
)

numbers = st.integers(2, 300)
shares = st.floats(0.01, 0.99)
ways = st.one_of(
    shares.map(Holdout),
    numbers.map(KFold),
    st.builds(RepeatedKFold, numbers, numbers),
    st.builds(MonteCarlo, numbers, shares),
    numbers.map(GroupKFold),
    st.builds(TimeSeries, numbers, st.integers(0, 50)),
    st.just(LeaveOneOut()),
    numbers.map(Bootstrap),
    st.builds(Bootstrap, numbers, shares),
    st.builds(Disjoint, numbers, shares),
)


@pytest.mark.parametrize(
    "written, meant",
    [
        ({"holdout": 0.1}, Holdout(0.1)),
        ({"kfold": 5}, KFold(5)),
        ({"kfold": 5.0}, KFold(5)),
        ({"repeated_kfold": [5, 3]}, RepeatedKFold(5, 3)),
        ({"monte_carlo": 10, "fraction": 0.3}, MonteCarlo(10, 0.3)),
        ({"monte_carlo": 10}, MonteCarlo(10, 0.2)),
        ({"group_kfold": 5}, GroupKFold(5)),
        ({"time_series": 5, "gap": 2}, TimeSeries(5, 2)),
        ({"gap": 2, "time_series": 5}, TimeSeries(5, 2)),
        ({"time_series": 5}, TimeSeries(5)),
        ({"leave_one_out": True}, LeaveOneOut()),
        ({"bootstrap": 20}, Bootstrap(20)),
        ({"bootstrap": 20, "common": 0.2}, Bootstrap(20, common=0.2)),
        ({"disjoint": 5}, Disjoint(5, common=0.2)),
        ({"common": 0.3, "disjoint": 5}, Disjoint(5, common=0.3)),
    ],
)
def test_each_way_is_read_by_its_name(written, meant):
    """
    Every form of the design is read; values pass as they are.
    """
    assert parse_validation(written) == meant
    assert parse_validation(meant) is meant


@given(ways)
def test_what_is_written_is_read_again(way):
    """
    The document of a way is read as the same way, and names the way first.
    """
    document = validation_document(way)

    assert parse_validation(document) == way
    assert next(iter(document)) in EXAMPLES


def test_every_example_is_a_way():
    """
    There is one example for each value but the splitter, which has no name in a file.
    """
    assert len(EXAMPLES) == len(VALUES) - 1


def test_a_splitter_passes_in_python_and_stands_by_its_name():
    """
    An object that splits is taken as it is; its document cannot be read again, and says why.
    """
    theirs = model_selection.GroupKFold(3)

    read = parse_validation(theirs)

    assert isinstance(read, Splitter)
    assert read.splitter is theirs
    document = validation_document(read)
    assert document["splitter"].startswith("GroupKFold(n_splits=3")
    with pytest.raises(UsageError, match=r"^validation\.splitter: a splitter cannot stand in a file.*Python"):
        parse_validation(document)


@pytest.mark.parametrize(
    "value, match",
    [
        (0.2, r"^validation: not a way to validate \(got 0\.2\)\. Write `validation: \{holdout: 0\.2\}`"),
        ("kfold", r"^validation: not a way to validate .*`validation: \{kfold: 5\}`"),
        ([5, 3], "^validation: not a way to validate"),
        ({}, "^validation: not a way to validate"),
        (None, "^validation: not a way to validate"),
        ({"kfolds": 5}, r"^validation\.kfolds: unknown way to validate .*Did you mean `kfold`\?"),
        (
            {"kfold": 5, "bootstrap": 2},
            r"^validation\.bootstrap: `kfold` and `bootstrap` at once.*\{kfold: 5\}",
        ),
        ({"fraction": 0.2}, r"^validation\.fraction: `fraction` belongs to `monte_carlo`.*\{monte_carlo: 10"),
        ({"kfold": 5, "gap": 2}, r"^validation\.gap: `gap` belongs to `time_series`.*or leave it out"),
        ({"kfold": "5"}, r"^validation\.kfold: not a whole number .*without quotation marks"),
        ({"kfold": 1}, r"^validation\.kfold: .*at least 2"),
        ({"kfold": 2.5}, r"^validation\.kfold: not a whole number"),
        ({"kfold": True}, r"^validation\.kfold: not a whole number"),
        ({"kfold": 1_000_000}, r"^validation\.kfold: too large .*at most 100000"),
        ({"repeated_kfold": 5}, r"^validation\.repeated_kfold: not two numbers .*\[5, 3\]"),
        ({"repeated_kfold": [5]}, r"^validation\.repeated_kfold: not two numbers"),
        ({"repeated_kfold": [5, 0]}, r"^validation\.repeated_kfold\.1: .*at least 1"),
        ({"repeated_kfold": [1, 5]}, r"^validation\.repeated_kfold\.0: .*at least 2"),
        (
            {"repeated_kfold": [1000, 1000]},
            r"^validation\.repeated_kfold\.1: 1000000 folds .*most 100 repeats",
        ),
        ({"monte_carlo": 5, "fraction": 2}, r"^validation\.fraction: not a share of the rows"),
        ({"monte_carlo": 0}, r"^validation\.monte_carlo: .*at least 1"),
        ({"time_series": 5, "gap": -1}, r"^validation\.gap: .*at least 0"),
        (
            {"leave_one_out": False},
            r"^validation\.leave_one_out: this names no way .*\{leave_one_out: true\}",
        ),
        ({"leave_one_out": 1}, r"^validation\.leave_one_out: neither true nor false"),
        ({"bootstrap": None}, r"^validation\.bootstrap: not a whole number"),
        ({"holdout": 1}, r"^validation\.holdout: not a share of the rows"),
        ({"disjoint": 1}, r"^validation\.disjoint: .*at least 2"),
        ({"disjoint": 5, "common": 2}, r"^validation\.common: not a share of the rows"),
        ({"bootstrap": 5, "common": "a"}, r"^validation\.common: "),
        (
            {"kfold": 5, "common": 0.2},
            r"^validation\.common: `common` belongs to `disjoint` and `bootstrap`.*\{disjoint: 5, common",
        ),
    ],
)
def test_what_names_no_way_is_refused_where_it_stands(value, match):
    """
    The message has the key and how it is written.
    """
    with pytest.raises(UsageError, match=match):
        parse_validation(value)


def test_sealed_rows_are_a_holdout():
    """
    Only a share can be sealed; other ways are told apart from words that nobody knows.
    """
    assert parse_test({"holdout": 0.2}) == parse_test(Holdout(0.2)) == Holdout(0.2)
    with pytest.raises(UsageError, match=r"^test: not a way to seal rows .*`test: \{holdout: 0\.2\}`"):
        parse_test(0.2)
    with pytest.raises(UsageError, match=r"^test\.kfold: `kfold` validates and seals no rows"):
        parse_test({"kfold": 5})
    with pytest.raises(UsageError, match=r"^test\.holdot: unknown way to seal rows .*Did you mean `holdout`"):
        parse_test({"holdot": 0.2})
    with pytest.raises(UsageError, match=r"^test\.holdout: not a share of the rows"):
        parse_test({"holdout": 20})


@pytest.mark.parametrize(
    "way, error, place",
    [
        (KFold(9), UsageError, ("validation", "kfold")),
        (MonteCarlo(3, 0.01), UsageError, ("validation", "fraction")),
        (Disjoint(9), UsageError, ("validation", "disjoint")),
        (Bootstrap(9, 0.99), UsageError, ("validation", "common")),
        (TimeSeries(2, 15), UsageError, ("validation", "gap")),
        (GroupKFold(2), UsageError, ("validation", "group_kfold")),
        (Splitter([([0], [1])]), UsageError, ("validation",)),
    ],
)
def test_a_split_is_refused_at_the_key_that_asks_too_much(way, error, place):
    """
    Whoever reads the file can point to the number; what the data refuse stays the data's refusal.
    """
    data = Dataset(np.zeros((16, 1)), [0, 1] * 8)

    with pytest.raises(error) as refusal:
        split_at(data, way, 0, Place("validation"))

    assert refusal.value.where.keys == place
    assert split_at(data, KFold(4), 1) == split(data, KFold(4), 1)
    with pytest.raises(DataError, match=r"^validation\.kfold: two folds cannot be had"):
        split_at(Dataset(np.zeros((5, 1)), [0, 0, 0, 0, 1]), KFold(2))
    with pytest.raises(UsageError, match=r"^split_seed: "):
        split_at(data, KFold(4), -1)
