"""Scores against training rows: which variants make a curve, and whether more data would help."""

import json

import numpy as np
import pytest

from trainlab.diagnosis.learning_curve import learning_curve
from trainlab.results.outcome import Outcome
from trainlab.results.records import RunEnding
from trainlab.results.store import Writer
from trainlab.results.table import open_results


@pytest.fixture
def stored(tmp_path):
    """A function that stores variant -> ``(seed, fold)`` scores, of runs on 1,600 rows, and opens them."""
    made = iter(range(1_000))

    def store(scores, changes, *, metric="mse", validation=None, recipe=None, smallest=0.002):
        folder = tmp_path / str(next(made))
        folder.mkdir()
        seeds, folds = next(iter(scores.values())).shape
        declared, endings = [], {}
        for variant, table in enumerate(scores.values()):
            for (seed, fold), score in np.ndenumerate(table):
                run = len(declared)
                declared.append((run, variant, seed, fold, 0, 0, 0))
                outcome = Outcome.FINISHED if np.isfinite(score) else Outcome.DIVERGED
                endings[run] = RunEnding(outcome, 1, 1, 1, None, score, score, 0.8 * score, score, 9, 9)
        document = {
            "variants": dict(zip(scores, changes, strict=True)),
            "recipe": {"epochs": 10} if recipe is None else recipe,
            "seeds": list(range(seeds)),
            "metric": metric,
            "smallest_difference": smallest,
            "validation": {"holdout": 0.2} if validation is None else validation,
        }
        task = "regression" if metric == "mse" else "classification"
        data = {"task": task, "rows": 2000, "target_mean": [0.0], "class_counts": [1000, 1000]}
        with Writer(folder) as writer:
            writer.write_facts(
                {"experiment": document, "reference": next(iter(scores)), "folds": folds, "data": data}
            )
            writer.declare_runs(declared)
            for fold in range(folds):
                rows = np.arange(400) + (400 * fold if folds > 1 else 0)
                arrays = {"validation": rows, "halves": rows % 2 == 0, "targets": np.zeros((400, 1))}
                writer.write_arrays(f"fold/{fold}", {**arrays, "training": np.arange(1600)})
            writer.write_endings(endings)
        return open_results(folder)

    return store


SHARES = (0.0625, 0.125, 0.25, 0.5, 1.0)
ROWS = 1600 * np.array(SHARES)


def powered(level, scale, rate, *, noise=0.0, runs=(5, 1), seed=0):
    """Scores of runs at each share of 1,600 rows, by a law, with noise."""
    random = np.random.default_rng(seed)
    return {
        f"train_fraction={share:g}": level
        + scale * (1600 * share) ** -rate
        + noise * random.standard_normal(runs)
        for share in SHARES
    }


CHANGES = [{"train_fraction": share} for share in SHARES]


def test_a_known_law_is_found_and_twice_the_rows_are_foretold(stored):
    """
    Its gain lies in the interval, and more than matters means that more data would help.
    """
    results = stored(powered(0.05, 2.0, 0.5, noise=0.001), CHANGES)

    found = learning_curve(results)

    (line,) = found.lines
    gain = 2.0 * (1600**-0.5 - 3200**-0.5)
    assert [point.rows for point in line.points] == ROWS.tolist()
    assert line.law.level == pytest.approx(0.05, abs=0.01)
    assert line.law.rate == pytest.approx(0.5, abs=0.05)
    assert line.law.level_range[0] < 0.05 < line.law.level_range[1]
    assert line.twice.low < gain < line.twice.high
    assert line.twice.helps == "yes"
    assert line.sentence.startswith("twice the rows (3,200) would lower mean squared error by about 0.01")
    assert line.sentence.endswith("more data would help by more than matters (0.002)")
    assert line.law.drawn[0][0] == pytest.approx(100)
    assert line.law.drawn[-1][0] == pytest.approx(6400)
    assert all(low <= score <= high for _, score, low, high in line.law.drawn)
    assert found.claim == "for training again on these rows, on exactly these validation rows"
    document = found.document()
    assert json.loads(json.dumps(document)) == document


def test_a_curve_that_has_come_to_its_level_needs_no_more_rows(stored):
    """
    Where twice the rows gain less than matters, the sentence says so; a wide interval leaves it open.
    """
    flat = learning_curve(stored(powered(0.2, 5.0, 1.0, noise=0.0005), CHANGES, smallest=0.01))
    wide = learning_curve(stored(powered(0.2, 5.0, 1.0, noise=0.1), CHANGES, smallest=0.001))
    level = {name: np.full((5, 1), 0.2) + 0.001 * np.arange(5)[:, None] for name in powered(0, 1, 1)}
    still = learning_curve(stored(level, CHANGES, smallest=0.01))

    assert flat.lines[0].twice.helps == "no"
    assert "more data would not help by what matters (0.01)" in flat.lines[0].sentence
    assert wide.lines[0].twice.helps == "open"
    assert "cannot be told" in wide.lines[0].sentence
    assert still.lines[0].twice.helps == "no"


def test_shares_of_right_answers_rise_towards_one(stored):
    """
    For accuracy the law is one of what it lacks to 100 %, drawn as accuracy.
    """
    scores = {name: 1 - table for name, table in powered(0.03, 1.0, 0.5, noise=0.0005).items()}

    (line,) = learning_curve(stored(scores, CHANGES, metric="accuracy")).lines

    assert line.law.level == pytest.approx(0.03, abs=0.005)
    assert line.law.drawn[-1][1] == pytest.approx(1 - 0.03 - 6400**-0.5, abs=0.002)
    assert line.law.drawn[0][1] < line.law.drawn[-1][1] < 0.97
    assert line.twice.gain > 0
    assert "would raise accuracy by about 0.7" in line.sentence
    assert " points [" in line.sentence


def test_folds_are_counted_and_their_intervals_widened(stored):
    """
    Over folds, seeds are averaged within each, and the interval is that of training sets that overlap.
    """
    scores = powered(0.05, 2.0, 0.5, noise=0.001, runs=(2, 5))

    over_folds = learning_curve(stored(scores, CHANGES, validation={"kfold": 5}))
    disjoint = learning_curve(stored(scores, CHANGES, validation={"disjoint": 5, "common": 0.2}))
    resampled = learning_curve(stored(scores, CHANGES, validation={"bootstrap": 5}))

    widths = [found.lines[0].twice.high - found.lines[0].twice.low for found in (over_folds, disjoint)]
    assert widths[0] == pytest.approx(widths[1] * np.sqrt((1 / 5 + 1 / 4) / (1 / 5)), rel=0.05)
    assert "drawn like these" in over_folds.claim
    assert resampled.lines[0].twice.low is None
    assert resampled.lines[0].twice.helps == "open"


def test_variants_that_differ_in_more_are_lines_of_their_own(stored):
    """
    A grid of rows and dropout has a line for each dropout; epochs may change along with the rows.
    """
    names = [(share, rate) for share in (0.25, 0.5, 1.0) for rate in (0.0, 0.3)]
    scores = {f"{share}, {rate}": np.full((3, 1), 0.1 + 1 / (1600 * share)) for share, rate in names}
    crossed = stored(scores, [{"train_fraction": share, "dropout": rate} for share, rate in names])
    epochs = [{"train_rows": rows, "epochs": 4000 // rows} for rows in (100, 200, 400)]
    along = stored({str(one["train_rows"]): np.full((3, 1), 0.3) for one in epochs}, epochs)
    neither = stored({"a": np.full((3, 1), 0.1), "b": np.full((3, 1), 0.1)}, [{}, {"dropout": 0.1}])

    lines = learning_curve(crossed).lines

    assert [line.name for line in lines] == ["dropout=0.0", "dropout=0.3"]
    assert [len(line.points) for line in lines] == [3, 3]
    assert lines[0].sentence.startswith("dropout=0.0: ")
    assert [point.rows for point in learning_curve(along).lines[0].points] == [100, 200, 400]
    assert learning_curve(neither) is None


def test_too_little_is_told_as_that(stored):
    """
    Two sizes, one seed, runs that diverged and scores that follow no law are said, and foretell nothing.
    """
    two = learning_curve(stored(dict(list(powered(0, 1, 1).items())[:2]), CHANGES[:2]))
    one = learning_curve(stored(powered(0.05, 2.0, 0.5, runs=(1, 1)), CHANGES))
    gone = powered(0.05, 2.0, 0.5, noise=0.001)
    gone["train_fraction=1"][2:] = np.nan
    some = learning_curve(stored(gone, CHANGES))
    gone["train_fraction=1"][:] = np.nan
    none = learning_curve(stored(gone, CHANGES))
    bumped = powered(0.05, 2.0, 0.5, noise=0.0005)
    bumped["train_fraction=0.25"] += 0.3
    bump = learning_curve(stored(bumped, CHANGES))

    assert two.lines[0].sentence.startswith("2 sizes tell no curve; at least 3 do, as `grid: {train_fraction")
    assert one.lines[0].twice.low is None
    assert one.lines[0].sentence.endswith("cannot be told from 1 seed or fold")
    assert some.lines[0].points[-1].runs == 2
    assert some.lines[0].twice.low is None
    assert none.lines[0].sentence == "no seed or fold has a score at every size"
    assert bump.lines[0].law is None
    assert bump.lines[0].sentence == "the scores follow no power law, so nothing is said about more rows"


@pytest.mark.slow
def test_the_gain_of_twice_the_rows_is_covered(stored):
    """
    95 % intervals over 5 seeds cover the true gain of simulated laws in 93 % and more.
    """
    from trainlab.comparison.splits import Splits
    from trainlab.diagnosis.learning_curve import _fitted
    from trainlab.experiment.metrics import METRICS

    random, splits = np.random.default_rng(3), Splits("one split", (1600,), (400,), 400)
    for level, scale, rate, noise in ((0.05, 2, 0.5, 0.03), (0.3, 5, 0.9, 0.03), (0.0, 1, 0.2, 0.03)):
        truth = level + scale * ROWS**-rate
        gain = scale * (1600**-rate - 3200**-rate)
        covered = 0
        for _ in range(150):
            losses = truth * (1 + noise * random.standard_normal((5, 5)))
            _, twice = _fitted(ROWS, losses, splits, METRICS["mse"], 0.01)
            covered += twice.low <= gain <= twice.high
        assert 0.93 <= covered / 150 <= 1, (rate, covered / 150)
