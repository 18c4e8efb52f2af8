"""Makes the tables that experiments of this folder learn from: ``python docs/theory/tables.py``.

Each has a truth that is known: how flat its valley is, how rare a column, that nothing can be learned.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
ROWS, MANY = 400, 1000
NOISE = 0.1

Columns = dict[str, NDArray[np.float64] | NDArray[np.str_]]


def pair(correlation: float) -> Columns:
    """Make two correlated columns, and a target that asks for their difference.

    Along the difference the squared error hardly curves where the columns are nearly the same: the valley's
    floor. Its curvature is ``1 - correlation``, across it is ``1 + correlation``.
    """
    random = np.random.default_rng(0)
    left, other = random.normal(size=(2, ROWS))
    right = correlation * left + np.sqrt(1 - correlation**2) * other
    told = (left - right) / np.sqrt(2 - 2 * correlation)
    return {"left": left, "right": right, "target": told + NOISE * random.normal(size=ROWS)}


def rare() -> Columns:
    """Make six columns that are 1 in some rows and 0 in the others; the rare ones say twice as much.

    An amount stands beside them, so that no two rows are the same.
    """
    random = np.random.default_rng(0)
    shares = {"in_50": 1.0, "in_40": -1.0, "in_30": 1.0, "in_4": -2.0, "in_3": 2.0, "in_2": -2.0}
    found = {
        name: (random.random(MANY) < int(name.removeprefix("in_")) / 100).astype(np.float64)
        for name in shares
    }
    found["amount"] = random.normal(size=MANY)
    told = sum(weight * found[name] for name, weight in shares.items()) + 0.5 * found["amount"]
    return {**found, "target": told + NOISE * random.normal(size=MANY)}


def coin() -> Columns:
    """Make twelve columns of noise, and a side that a fair coin has thrown."""
    random = np.random.default_rng(0)
    noise = {f"noise_{column}": random.normal(size=ROWS) for column in range(1, 13)}
    return {**noise, "side": random.choice(np.array(["heads", "tails"]), ROWS)}


TABLES = {"valley": pair(0.99), "bowl": pair(0.0), "rare": rare(), "coin": coin()}


def main() -> None:
    """Write all tables."""
    for name, columns in TABLES.items():
        digits = 4 if name in {"valley", "bowl"} else 2
        rows = zip(*(_told(column, digits) for column in columns.values()), strict=True)
        lines = [",".join(columns), *(",".join(row) for row in rows)]
        (HERE / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _told(column: NDArray[np.float64] | NDArray[np.str_], digits: int) -> list[str]:
    return [value if isinstance(value, str) else f"{value:.{digits}g}" for value in column.tolist()]


if __name__ == "__main__":
    main()
