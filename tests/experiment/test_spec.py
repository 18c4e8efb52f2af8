"""Experiments: one question as one value, and everything impossible refused with its key."""

import copy
import dataclasses
import pickle

import numpy as np
import pytest

from trainlab.data.dataset import Dataset
from trainlab.data.splitting.validations import Holdout
from trainlab.errors import UsageError
from trainlab.experiment.metrics import METRICS, Metric, metric_for
from trainlab.experiment.models import Mlp
from trainlab.experiment.recipe import Recipe
from trainlab.experiment.spec import Experiment, overridden, parse_seeds
from trainlab.experiment.variants import Variant

CLASSES = Dataset(np.arange(40.0).reshape(20, 2), np.arange(20) % 2, name="classes")
AMOUNTS = Dataset(np.arange(40.0).reshape(20, 2), np.arange(20) / 7, name="amounts")


def test_an_experiment_has_defaults():
    """
    Data alone make an experiment: one baseline, five seeds, a fifth validating, the task's metric.
    """
    experiment = Experiment(CLASSES)

    assert experiment.variants == (Variant("baseline", {}),)
    assert experiment.seeds == (0, 1, 2, 3, 4)
    assert experiment.validation == Holdout(0.2)
    assert experiment.metric == METRICS["accuracy"]
    assert Experiment(AMOUNTS).metric == METRICS["mse"]


def test_python_may_say_it_as_a_file_does():
    """
    Mappings and names, as a file has them, make the same experiment as the values of Python.
    """
    said = Experiment(
        CLASSES,
        {"mlp": [8]},
        {"epochs": 3},
        {"a": {"l2": 0.1}},
        validation={"holdout": 0.3},
        seeds=[0, 1],
        metric="loss",
    )
    made = Experiment(
        CLASSES,
        Mlp((8,)),
        Recipe(epochs=3),
        [Variant("a", {"l2": 0.1})],
        validation=Holdout(0.3),
        seeds=np.arange(2),
        metric=METRICS["loss"],
    )

    assert said == made
    assert hash(said) == hash(made)


def test_one_other_part_makes_another_experiment():
    """
    Experiments that differ in any one part are not equal.
    """
    others = [
        {"data": AMOUNTS, "metric": "loss"},
        {"model": Mlp((3,))},
        {"recipe": {"epochs": 3}},
        {"variants": {"a": {}}},
        {"validation": Holdout(0.4)},
        {"seeds": 3},
        {"metric": "loss"},
        {"question": "Which?"},
        {"split_seed": 1},
        {"smallest_difference": 0.01},
        {"target_score": 0.9},
    ]

    assert all(Experiment(**{"data": CLASSES} | other) != Experiment(CLASSES) for other in others)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])  # noqa: S301
def test_an_experiment_can_be_copied(copied):
    """
    A copy, deep or through bytes, is equal.
    """
    experiment = Experiment(CLASSES, variants={"a": {"optimizer": {"sgd": {"momentum": 0.9}}}})

    assert copied(experiment) == experiment


def test_an_experiment_can_be_replaced_part_by_part():
    """
    The standard library's `replace` gives an experiment that differs in one part, checked again.
    """
    experiment = Experiment(CLASSES, grid={"l2": [0, 0.1]})

    assert dataclasses.replace(experiment, split_seed=3).split_seed == 3
    assert dataclasses.replace(experiment, split_seed=3).variants == experiment.variants
    with pytest.raises(UsageError, match="split_seed: not in the allowed range"):
        dataclasses.replace(experiment, split_seed=-3)


def test_variants_come_from_three_places():
    """
    Written variants come first, then those one at a time, then the grid.
    """
    experiment = Experiment(
        CLASSES,
        variants={"own": {"epochs": 3}},
        one_at_a_time={"l2": [0.1]},
        grid={"dropout": [0.1], "l2": [0.2]},
    )

    assert [variant.name for variant in experiment.variants] == [
        "own",
        "baseline",
        "l2=0.1",
        "dropout=0.1, l2=0.2",
    ]
    assert experiment.reference.name == "baseline"


def test_a_written_baseline_serves_one_at_a_time_too():
    """
    Where an empty variant is written, no second one is added.
    """
    experiment = Experiment(CLASSES, variants={"plain": {}}, one_at_a_time={"l2": [0.1]})

    assert [variant.name for variant in experiment.variants] == ["plain", "l2=0.1"]
    assert experiment.reference.name == "plain"


@pytest.mark.parametrize(
    "parts, match",
    [
        ({"data": "digits"}, r"^data: not a data set .*tl\.load"),
        ({"data": None}, r"^data: not a data set"),
        ({"model": "mlp"}, r"^model: not a model"),
        ({"recipe": "adam"}, r"^recipe: not a recipe .*tl\.Recipe"),
        ({"recipe": {"epoch": 3}}, r"^recipe\.epoch: unknown setting"),
        ({"variants": ["a"]}, r"^variants: not a mapping"),
        ({"variants": None}, r"^variants: not a mapping"),
        ({"variants": [Variant("a", {}), Variant("a", {"l2": 1})]}, r"^variants: two variants of one name"),
        ({"variants": {1: {}, "1": {}}}, r"^variants: two variants of one name \(got '1'\)"),
        ({"grid": {"l2": [1]}, "one_at_a_time": {"l2": [1]}}, r"^grid: two variants of one name"),
        ({"variants": {"l2=1": {}}, "one_at_a_time": {"l2": [1]}}, r"^one_at_a_time: two variants of one"),
        ({"grid": {"l2": 1}}, r"^grid\.l2: not a list of values"),
        ({"one_at_a_time": {}}, r"^one_at_a_time: nothing to vary"),
        ({"validation": 0.2}, r"^validation: not a way to validate .*\{holdout: 0\.2\}"),
        ({"validation": {"holdout": "a"}}, r"^validation\.holdout: not a share of the rows"),
        ({"validation": Holdout(0.01)}, r"^validation\.holdout: 1 of 20 rows validate, too few"),
        ({"seeds": 0}, r"^seeds: not in the allowed range"),
        ({"seeds": True}, r"^seeds: not a whole number"),
        ({"seeds": "5"}, r"^seeds: not a whole number"),
        ({"seeds": [1, 1]}, r"^seeds\.1: the same seed twice \(got 1\)"),
        ({"seeds": []}, r"^seeds: too short a list"),
        ({"seeds": [2**32]}, r"^seeds\.0: too large"),
        ({"seeds": 10**9}, r"^seeds: too large \(got 1000000000\)\. Give at most 100000\."),
        ({"seeds": range(10**9)}, r"^seeds: a list of 1000000000"),
        ({"seeds": 60_000, "variants": {"a": {}, "b": {}}}, r"^seeds: 120000 runs\. Ask for fewer"),
        ({"metric": "acuracy"}, r"^metric: unknown metric .*`accuracy`"),
        ({"metric": "mse"}, r"^metric: mean squared error does not fit a classification"),
        ({"metric": ["accuracy"]}, r"^metric: unknown metric"),
        (
            {"metric": Metric("own", "own", higher_is_better=True, tasks=frozenset({"classification"}))},
            r"^metric: unknown metric \(got 'own'\)",
        ),
        ({"question": 5}, r"^question: not a text"),
        ({"question": "x" * 1001}, r"^question: longer than 1000"),
        ({"question": "\x1b]0;title"}, r"^question: a text with control characters"),
        ({"split_seed": -1}, r"^split_seed: not in the allowed range"),
        ({"split_seed": None}, r"^split_seed: not a whole number"),
        ({"smallest_difference": 0}, r"^smallest_difference: not in the allowed range.*above 0"),
        ({"target_score": "high"}, r"^target_score: not a number"),
        (
            {"target_score": 97},
            r"^target_score: accuracy is never that \(got 97\)\. Write.*0\.97",
        ),
        ({"target_score": -0.1}, r"^target_score: accuracy is never that"),
        ({"recipe": {"train_fraction": 1e-9}}, r"^recipe\.train_fraction: "),
        ({"variants": {"a": {"train_fraction": 1e-9}}}, r"^variants\.a\.train_fraction: "),
        ({"recipe": {"clip_norm": 1, "clip_value": 1}}, r"^recipe\.clip_value: both"),
        (
            {"recipe": {"clip_norm": 1}, "variants": {"a": {"clip_value": 1}}},
            r"^variants\.a\.clip_value: both `clip_norm` and `clip_value`",
        ),
        ({"recipe": {"augment": {"rotation": 0.1}}}, r"^recipe\.augment\.rotation: `rotation` needs images"),
        (
            {"recipe": {"ensemble": 3}, "variants": {"a": {}, "a: control": {}}},
            r"^variants\.a: control: the name",
        ),
        ({"recipe": {"train_rows": 17}}, r"^recipe\.train_rows: there are 16 training rows"),
        ({"variants": {"v1.5": {"train_rows": 17}}}, r"^variants\.v1\.5\.train_rows: there are 16"),
    ],
)
def test_an_impossible_experiment_is_refused(parts, match):
    """
    Every part is checked when the experiment is made, and the key that is wrong is named.
    """
    with pytest.raises(UsageError, match=match):
        Experiment(**{"data": CLASSES} | parts)


def test_the_question_is_one_line():
    """
    Line breaks and runs of spaces of a question become single spaces.
    """
    assert Experiment(CLASSES, question="  Does it\n\n  help? ").question == "Does it help?"


def test_the_document_says_what_is_in_force():
    """
    The document holds plain values only, defaults written out.
    """
    experiment = Experiment(
        CLASSES, Mlp((4,)), {"hidden": [8]}, {"baseline": {}, "a": {"l2": np.float64(0.5)}}, seeds=2
    )

    assert experiment.document() == {
        "question": "",
        "data": "classes",
        "prepare": {},
        "test": None,
        "validation": {"holdout": 0.2},
        "split_seed": 0,
        "model": {"mlp": {"hidden": [4], "activation": "relu"}},
        "recipe": {
            "optimizer": "adam",
            "learning_rate": 0.001,
            "batch_size": 32,
            "epochs": 10,
            "hidden": [8],
        },
        "variants": {"baseline": {}, "a": {"l2": 0.5}},
        "seeds": [0, 1],
        "metric": "accuracy",
        "smallest_difference": None,
        "target_score": None,
        "baselines": ["dummy", "linear", "trees"],
        "override": {},
    }


@pytest.mark.parametrize(
    "rate, written",
    [(None, {"optimizer": "sgd", "learning_rate": 0.01}), (0.1, {"optimizer": "sgd"})],
)
def test_the_document_says_the_learning_rate_of_another_optimizer(rate, written):
    """
    A variant's optimizer brings its own learning rate where none was asked for, and the document says so.
    """
    experiment = Experiment(
        CLASSES, recipe={"learning_rate": rate} if rate else {}, variants={"a": {"optimizer": "sgd"}}
    )

    assert experiment.document()["variants"] == {"a": written}


@pytest.mark.parametrize(
    "score, metric", [(0, "accuracy"), (1, "accuracy"), (-5.5, "loss"), (97, "log_loss")]
)
def test_a_target_score_may_be_what_its_metric_can_be(score, metric):
    """
    A rate has a target between 0 and 1, another metric any number.
    """
    assert Experiment(CLASSES, metric=metric, target_score=score).target_score == score


def test_every_ensemble_has_its_control():
    """
    Behind an ensemble stands one network that trains as many epochs as its members, unless it is not wanted.
    """
    experiment = Experiment(
        CLASSES,
        recipe={"epochs": 4},
        variants={
            "one": {},
            "three": {"ensemble": 3},
            "bare": {"ensemble": {"members": 2, "control": False}},
            "long": {"ensemble": 2, "epochs": 10},
        },
    )

    assert {
        variant.name: dict(variant.changes) for variant in experiment.variants if "control" in variant.name
    } == {
        "three: control": {"ensemble": False, "epochs": 12},
        "long: control": {"ensemble": False, "epochs": 20},
    }
    assert [variant.name for variant in experiment.variants][1:3] == ["three", "three: control"]
    assert dataclasses.replace(experiment, split_seed=0) == experiment
    assert experiment.reference.name == "one"


def test_controls_follow_other_epochs():
    """
    Where epochs are overridden, so are those of an ensemble's control, in their proportion.
    """
    experiment = Experiment(CLASSES, recipe={"ensemble": 3}, variants={"a": {}, "b": {"epochs": 50}})

    quick = overridden(experiment, epochs=2)

    assert {variant.name: variant.recipe(quick.recipe).epochs for variant in quick.variants} == {
        "a": 2,
        "a: control": 6,
        "b": 2,
        "b: control": 6,
    }
    assert overridden(quick, epochs=10) == overridden(experiment, epochs=10)


def test_other_seeds_and_epochs_reach_every_variant():
    """
    Seeds and epochs are overridden in the recipe and in the variants, and nothing else is.
    """
    experiment = Experiment(CLASSES, variants={"a": {}, "long": {"epochs": 90, "l2": 0.1}}, seeds=[7, 8])

    quick = overridden(experiment, seeds=1, epochs=2)

    assert quick == Experiment(
        CLASSES, recipe={"epochs": 2}, variants={"a": {}, "long": {"epochs": 2, "l2": 0.1}}, seeds=1
    )
    assert overridden(experiment) == experiment


@pytest.mark.parametrize(
    "others, match",
    [
        ({"seeds": 0}, r"^seeds: not in the allowed range"),
        ({"epochs": 0}, r"^epochs: not in the allowed range"),
        ({"epochs": "fast"}, r"^epochs: not a whole number"),
    ],
)
def test_impossible_overrides_are_refused(others, match):
    """
    A number of seeds or epochs that is put in place of another is checked like it.
    """
    with pytest.raises(UsageError, match=match):
        overridden(Experiment(CLASSES, variants={"a": {"epochs": 3}}), **others)


@pytest.mark.parametrize(
    "value, seeds",
    [(3, (0, 1, 2)), (3.0, (0, 1, 2)), ([7, 11], (7, 11)), (range(2), (0, 1)), (np.arange(2), (0, 1))],
)
def test_seeds_are_counted_or_listed(value, seeds):
    """
    A number gives so many seeds from 0 on, a list gives itself.
    """
    assert parse_seeds(value) == seeds


@pytest.fixture
def grouped():
    """Forty rows in eight groups."""
    return Dataset(np.arange(80.0).reshape(40, 2), [0, 1] * 20, groups=np.arange(40) // 5, name="grouped")


def test_sealed_rows_are_no_part_of_the_data(grouped):
    """
    A share of whole groups goes under seal, once: the same experiment with other seeds keeps the same rows.
    """
    experiment = Experiment(grouped, test={"holdout": 0.25}, seeds=2)
    again = dataclasses.replace(experiment, seeds=(5, 6))

    assert experiment.data.sealed.rows == 10
    assert experiment.data.rows == 30
    assert not set(experiment.data.groups) & set(grouped.groups[experiment.data.sealed.numbers])
    assert again.data is experiment.data
    assert experiment.document()["test"] == {"holdout": 0.25}


def test_a_second_seal_is_refused(grouped):
    """
    Data that bring their own test rows have no others.
    """
    with pytest.raises(UsageError, match=r"^test\.holdout: 5 rows are sealed already.*Leave `test` out"):
        Experiment(grouped.seal(range(5)), test={"holdout": 0.25})


def test_an_epoch_is_not_chosen_on_one_row():
    """
    Early stopping is refused where a fold has one validation row: no half is left to score the choice.
    """
    with pytest.raises(
        UsageError, match=r"^variants\.stopped\.early_stopping: a fold with one validation row"
    ):
        Experiment(
            CLASSES,
            variants={"a": {}, "stopped": {"early_stopping": True}},
            validation={"leave_one_out": True},
        )


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({}, True),
        ({"model": {"linear": {}}}, True),
        ({"recipe": {"loss": "huber"}}, True),
        ({"recipe": {"loss": "poisson"}}, False),
        ({"variants": {"a": {}, "b": {"output": "sigmoid"}}}, False),
        ({"model": lambda: None}, False),
    ],
)
def test_targets_are_standardized_where_that_changes_their_unit_only(changes, expected):
    """
    A bounded head, a loss of ratios and a user's own network get the amounts as they are.
    """
    data = Dataset(np.arange(40.0).reshape(20, 2), np.arange(20.0) / 7)

    assert Experiment(data, **changes).scales_target is expected


def test_runs_are_counted_with_their_folds():
    """
    So many runs are refused before any split is drawn.
    """
    data = Dataset(np.arange(2000.0), np.arange(2000) % 2)

    with pytest.raises(UsageError, match=r"^seeds: 200000 runs"):
        Experiment(data, validation={"leave_one_out": True}, seeds=100)


def test_a_metric_shows_values_as_people_read_them():
    """
    Rates are written in percent and their differences in points, the rest in four digits.
    """
    accuracy, error = METRICS["accuracy"], METRICS["mse"]

    assert (accuracy.shown(0.5), accuracy.shown_difference(-0.01)) == ("50.00 %", "-1.00")
    assert (error.shown(12.34567), error.shown_difference(0.5)) == ("12.35", "+0.5")
    assert (accuracy.unit_of_difference, error.unit_of_difference) == (
        "percentage points",
        "units of mean squared error",
    )


@pytest.mark.parametrize("name", METRICS)
def test_each_metric_is_found_for_its_tasks_only(name):
    """
    A metric is given for the tasks that know it and refused for the others.
    """
    for task in ("classification", "regression"):
        if task in METRICS[name].tasks:
            assert metric_for(name, task) == METRICS[name]
        else:
            with pytest.raises(UsageError, match=f"does not fit a {task} task.*Choose one of: "):
                metric_for(name, task)


def test_unlike_losses_are_not_compared_by_their_numbers():
    """
    Variants of different losses are compared by a metric that means the same for all of them.
    """
    variants = {"plain": {}, "hinge": {"loss": "categorical_hinge"}}

    with pytest.raises(
        UsageError, match=r"^metric: variants 'plain' and 'hinge' have unlike losses.*accuracy"
    ):
        Experiment(CLASSES, variants=variants, metric="loss")

    assert Experiment(CLASSES, variants=variants, metric="accuracy").metric.name == "accuracy"
    assert Experiment(CLASSES, variants={"plain": {}, "l2": {"l2": 0.1}}, metric="loss").metric.name == "loss"
