"""The function of the guide page that prepares new rows: it makes what an exported model takes."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.preparing.encoding import prepare_data
from trainlab.data.preparing.fitting import Fitted
from trainlab.data.splitting.folds import Fold
from trainlab.experiment.preparation import parse_prepare

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "preparation.md"
TEXTS = ("good film, good cast", "Bad film!", "no words at all", "über Straße 42")
SIZES = ("high", "low", "mid")
SEXES = ("f", "m")


def prepare_rows(rows, document):
    """Run the function as it stands on the page, after the document has been through a file."""
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    names = {}
    exec(code, names)  # noqa: S102  # our own page
    return names["prepare_rows"](rows, json.loads(json.dumps(document)))


def table(rows=24, missing=0.2):
    """Columns of every kind with missing values, and the same rows as dictionaries."""
    random = np.random.default_rng(5)
    x = np.column_stack(
        [
            random.normal(40, 12, rows),
            *(random.integers(0, count, rows) for count in (len(SEXES), len(TEXTS), len(SIZES))),
        ]
    ).astype(np.float32)
    x[random.random(x.shape) < missing] = np.nan
    columns = (
        Column("age"),
        Column("sex", "category", SEXES),
        Column("review", "text", TEXTS),
        Column("size", "category", SIZES),
    )
    raw = [
        {
            column.name: None
            if np.isnan(value)
            else column.levels[int(value)]
            if column.levels
            else float(value)
            for column, value in zip(columns, row, strict=True)
        }
        for row in x
    ]
    return Dataset(x, np.arange(rows) % 2, columns=columns, missing=True), raw


@pytest.mark.parametrize(
    "prepare",
    [
        {"numbers": {"impute": "mean"}, "categories": {"impute": "missing"}, "texts": {"impute": "empty"}},
        {
            "numbers": [{"impute": "median"}, {"clip": {"quantiles": [0.1, 0.9]}}, "min_max"],
            "sex": {"impute": "most_frequent"},
            "size": [{"impute": "mid"}, {"ordinal": ["low", "mid", "high"]}, "standardize"],
            "texts": [{"impute": "empty"}, {"bag_of_words": 3}],
        },
        {
            "numbers": [{"impute": 0}, "none"],
            "categories": {"impute": "most_frequent"},
            "texts": {"impute": "empty"},
        },
    ],
)
def test_new_rows_are_prepared_as_in_training(prepare):
    """
    The page's function, and then the numbers that the model applies, give what the network was trained on.
    """
    data, raw = table()
    every = np.arange(24)
    folds = [Fold(every[every % 4 != part], every[every % 4 == part], [False] * 6) for part in range(4)]
    # A fold that has not seen all: narrower, and padded.
    folds.append(Fold([0, 1, 2], [3, 4], [False, True]))
    prepared = prepare_data(data, parse_prepare(prepare), folds)

    for ready in prepared.folds:
        part = ready.parts[0]
        taken = prepare_rows(raw, ready.document())
        width = taken.shape[1]
        arrays = ("fill", "low", "high", "shift", "factor", "unit")
        own = {name: values[:width] for name in arrays if (values := getattr(part, name)) is not None}
        model = Fitted(**own)
        expected = part.applied(data.x if prepared.data is data else prepared.data.x, np.float64)
        assert width == expected.shape[1] - part.padding
        np.testing.assert_allclose(model.applied(taken, np.float64), expected[:, :width], 1e-12, 1e-12)
