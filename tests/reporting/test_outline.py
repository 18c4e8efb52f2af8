"""The facts of a report, checked against numbers that are known."""

import dataclasses
import itertools

import numpy as np
import pytest
from scipy import stats

from trainlab.comparison.compare import compare
from trainlab.reporting.facts.answer import answer
from trainlab.reporting.facts.curves import KINDS
from trainlab.reporting.facts.outline import outline
from trainlab.reporting.facts.protocol import protocol
from trainlab.results.outcome import Outcome

ALL_FACTS = (
    *("fingerprint", "started", "command", "versions", "machine", "seconds", "data", "plan", "networks"),
    *("variant_seconds", "findings", "sealed", "resumed"),
)
VERDICTS = ("better", "worse", "equivalent", "undecided")


def decided(comparison, verdicts):
    """The same comparison, had it come to these verdicts."""
    rows = tuple(
        dataclasses.replace(row, verdict=verdict, sentence=f"{row.variant}: {verdict}")
        for row, verdict in zip(comparison.rows, verdicts, strict=True)
    )
    return dataclasses.replace(comparison, rows=rows)


def test_the_same_results_have_the_same_facts(techniques):
    """
    Two outlines of one folder are equal.
    """
    assert outline(techniques) == outline(techniques)


def test_curves_are_means_over_seeds_with_the_t_interval(techniques):
    """
    Mean and band of "l2" are those that SciPy computes over its five seeds.
    """
    told = outline(techniques).curves[1].curves["train_loss"]

    runs = techniques.curves["train_loss"][1, :, 0]
    band = stats.t.interval(0.95, 4, runs.mean(axis=0), runs.std(axis=0, ddof=1) / np.sqrt(5))
    np.testing.assert_allclose(told.mean, runs.mean(axis=0))
    np.testing.assert_allclose([told.low, told.high], band)
    assert (told.runs, told.whole) == ((5,) * 20, 20)


def test_validation_curves_weigh_the_halves_by_their_rows(techniques):
    """
    The validation loss of a curve is the one over all validation rows.
    """
    told = outline(techniques).curves[0].curves["validation_loss"]

    np.testing.assert_allclose(told.mean, techniques.validation_curve("loss")[0, :, 0].mean(axis=0))


def test_a_diverged_run_stands_beside_the_curves(techniques):
    """
    Mean and band are over the other four seeds; the diverged run is told by itself, to its last finite epoch.
    """
    curves = outline(techniques).curves[3]

    assert {curves.curves[kind].runs for kind in KINDS} == {(4,) * 20}
    assert [run.seed for run in curves.diverged] == [3]
    assert sum(value is not None for value in curves.diverged[0].values["validation_loss"]) == 6


def test_seeds_that_stopped_earlier_end_the_band(techniques):
    """
    Where only some seeds got that far, the mean goes on over those and there is no band.
    """
    losses = techniques.curves["train_loss"].copy()
    losses[0, 2:, 0, 12:] = np.nan
    shorter = dataclasses.replace(techniques, curves={**techniques.curves, "train_loss": losses})

    told = outline(shorter).curves[0].curves["train_loss"]

    assert (told.whole, told.runs[11], told.runs[12]) == (12, 5, 2)
    assert told.low[11] is not None
    assert told.low[12] is None
    assert told.mean[12] == pytest.approx(losses[0, :2, 0, 12].mean())


def test_one_seed_has_no_band(one_seed):
    """
    A single seed gives a mean and neither band nor interval.
    """
    told = outline(one_seed)

    assert told.curves[0].curves["train_loss"].low == (None,)
    assert [(variant.low, variant.runs) for variant in told.variants] == [(None, 1), (None, 1)]
    assert "one seed only" in told.answer.paragraph


def test_every_score_of_the_table_is_a_stored_one(techniques):
    """
    Scores, means and epochs are those of the store; a diverged run has no score.
    """
    variants = outline(techniques).variants

    for place, variant in enumerate(variants):
        scores = techniques.scores[place, :, 0]
        finite = scores[np.isfinite(scores)]
        assert variant.mean == pytest.approx(finite.mean())
        assert [score is None for score in variant.scores] == list(np.isnan(scores))
        assert (variant.runs, variant.epochs) == (len(finite), "20")
    assert variants[3].diverged == (3,)
    assert variants[0].difference is None


def test_nothing_is_called_better_without_that_verdict(techniques):
    """
    Whatever the verdicts, the headline calls exactly those better, worse and equivalent that they call so.
    """
    comparison = compare(techniques)
    labels = {name: name for name in techniques.variants}

    for verdicts in itertools.product(VERDICTS, repeat=3):
        told = answer(techniques, decided(comparison, verdicts), labels).headline

        assert ("better" in told) == ("better" in verdicts)
        assert ("worse" in told) == ("worse" in verdicts)
        assert ("equivalent" in told) == ("equivalent" in verdicts)
        assert ("Undecided" in told) == ("undecided" in verdicts)
        assert ("was not compared" in told) == (verdicts.count("better") > 1)
        for name, verdict in zip(("l2", "dropout", "both"), verdicts, strict=True):
            assert verdict != "better" or f"“{name}”" in told.partition(" better ")[0]


def test_the_sentence_of_each_comparison_is_told(techniques):
    """
    Every sentence of the comparison stands in the answer, those with a verdict first.
    """
    comparison = decided(compare(techniques), ("undecided", "worse", "better"))

    told = outline(techniques, comparison).answer.sentences

    assert told == ("both: better.", "dropout: worse.", "l2: undecided.")


def test_diverged_and_missing_runs_are_told_beside_the_answer(techniques):
    """
    A reader of the answer alone learns of runs that diverged or did not end.
    """
    outcomes = techniques.outcomes.copy()
    outcomes[0, 0, 0] = Outcome.INTERRUPTED

    told = outline(dataclasses.replace(techniques, outcomes=outcomes)).answer.paragraph

    assert "1 of 20 runs diverged." in told
    assert "1 of 20 runs did not come to their end: the answer is provisional." in told


def test_the_protocol_tells_what_is_shared_and_what_changes(techniques):
    """
    Data, split, recipe, variants, seeds, length and metric are told in words.
    """
    told = {entry.term: entry.text for entry in outline(techniques).protocol}

    assert told["Data"].startswith(
        "digits: 1,797 rows of shape 8 × 8 × 1, 10 classes (0, 1, 2, 3, 4 and 5 more) of 177 to 183 rows."
    )
    assert "1,617 rows train, 180 rows validate" in told["Validation"]
    assert "split seed 0" in told["Validation"]
    assert told["Shared by all variants"] == (
        "Adam, learning rate 0.001, batches of 32 rows, 20 epochs, no L2 penalty, no dropout, except where a "
        "variant says otherwise."
    )
    assert "“baseline” changes nothing; “l2”: L2 penalty 0.001; “dropout”: dropout 0.3" in told["Variants"]
    assert told["Seeds"].startswith("5 seeds (0 to 4)")
    assert told["Training length"].startswith("20 epochs, 1,020 optimizer steps.")
    assert "0.5 percentage points" in told["Metric"]
    assert told["Test"].startswith("360 rows are sealed")


@pytest.mark.parametrize(
    "kinds,shape,said",
    [
        (["text"], [1], ", 1 column of texts,"),
        (["number"] * 13 + ["category"] * 2, [15], ", 13 columns of numbers and 2 of categories,"),
        (["text", "number", "category"], [3], ", 1 column of numbers, 1 of categories and 1 of texts,"),
        (["number", "date"], [2], ", 1 column of numbers and 1 of another kind,"),
        ([None, "number"], [2], ", 2 columns of numbers,"),
        ([], [1], " of 1 number,"),
        ([], [64], " of 64 numbers,"),
        ([], [28, 28], " of shape 28 × 28,"),
        ([], [[3], [4, 4, 1]], " of shapes 3 and 4 × 4 × 1,"),
        ([], None, ","),
    ],
)
def test_a_row_is_told_by_its_columns_else_by_its_shape(techniques, kinds, shape, said):
    """
    Tables say how many columns of which kind they have, arrays their shape, and data without either nothing.
    """
    columns = [{"name": f"c{place}", "kind": kind} for place, kind in enumerate(kinds)]
    data = {**techniques.facts["data"], "columns": columns, "input_shape": shape}
    results = dataclasses.replace(techniques, facts={**techniques.facts, "data": data})

    told = {entry.term: entry.text for entry in outline(results).protocol}

    assert told["Data"].startswith(f"digits: 1,797 rows{said} 10 classes (0, 1, ")


def test_names_of_classes_are_clean(techniques):
    """
    No escape of a class reaches the report, and two classes are named without a rest.
    """
    data = {**techniques.facts["data"], "classes": ["a\x1b[31m\u202e", "b" * 500], "class_counts": [3, 4]}
    results = dataclasses.replace(techniques, facts={**techniques.facts, "data": data})

    # The rows are of ten classes still, so that nothing but the words can be asked for.
    told = {entry.term: entry.text for entry in protocol(results, compare(techniques))}

    assert f", 2 classes (a[31m and {'b' * 20}…{'b' * 19}) of 3 to 4 rows" in told["Data"]


@pytest.mark.parametrize(
    "seconds,rest",
    [
        ({"compile": 3.0, "train": 1.5, "evaluate": 0.5, "total": 25.0}, "20 s"),
        ({"compile": 3.0, "train": 1.5, "evaluate": 0.5, "total": 5.0}, None),
        ({"compile": 3.0, "train": 1.5, "evaluate": 0.5, "total": 4.0}, None),
        ({"compile": 3.0, "train": 1.5, "total": 25.0}, None),
        ({"compile": 3.0, "train": 1.5, "evaluate": 0.5}, None),
    ],
)
def test_the_parts_of_the_time_come_to_the_whole(techniques, seconds, rest):
    """
    What no part was measured for has a line of its own, where all parts are known and something is left.
    """
    results = dataclasses.replace(techniques, facts={**techniques.facts, "seconds": seconds})

    told = {entry.term: entry.text for entry in outline(results).seconds}

    assert told.get("reading, checks, baselines, timing and the rest") == rest
    assert list(told)[-1] == ("the whole command" if "total" in seconds else "evaluating")


def test_variants_of_one_network_share_its_table(techniques):
    """
    Equal layer tables are told once, with the variants that train them.
    """
    networks = outline(techniques).networks

    assert [network.variants for network in networks] == [("baseline", "l2"), ("dropout", "both")]
    said = [[(at.settings, at.variants) for at in layer.settings] for layer in networks[1].layers]
    assert said == [[(words, ("dropout", "both"))] for words in ("", "relu", "dropout 0.3", "")]


def test_a_metric_that_is_the_loss_is_recognized(regression, techniques):
    """
    Mean squared error as metric and as loss is one picture, accuracy is another.
    """
    assert outline(regression).loss_is_metric
    assert not outline(techniques).loss_is_metric


@pytest.mark.parametrize("missing", [*((name,) for name in ALL_FACTS), ALL_FACTS])
def test_a_missing_fact_leaves_the_rest(tmp_path, make_results, missing):
    """
    Whatever fact was not stored, there is an outline, and it says what is not recorded.
    """
    results = make_results(tmp_path, {"baseline": 0.8, "dropout": 0.9}, seeds=2, epochs=2, missing=missing)

    told = outline(results)

    assert len(told.variants) == 2
    assert ("data" in missing) == ("not recorded" in told.answer.headline)
    assert ("command" in missing) == (told.command == "not recorded")


def test_results_that_have_only_begun_are_told(tmp_path, make_results):
    """
    Runs that are declared and not yet trained give an outline without numbers.
    """
    results = make_results(tmp_path, {"baseline": 0.8, "dropout": 0.9}, seeds=2, epochs=2)
    nothing = {name: np.full_like(values, np.nan) for name, values in results.endings.items()}
    begun = dataclasses.replace(
        results,
        outcomes=np.zeros_like(results.outcomes),
        endings=nothing,
        curves={name: values[..., :0] for name, values in results.curves.items()},
    )

    told = outline(begun)

    assert [variant.mean for variant in told.variants] == [None, None]
    assert "provisional" in told.answer.paragraph
