"""Cohorts: which runs share a program, what it costs them, and the words for it. Nothing is compiled here."""

import numpy as np
import pytest

from trainlab.data.splitting.splits import split
from trainlab.engine import cohort as room
from trainlab.engine.cohort import make_cohorts
from trainlab.engine.workshop import Workshop
from trainlab.errors import UsageError
from trainlab.experiment.models import mlp
from trainlab.experiment.recipe import Recipe
from trainlab.testing import tiny_data, tiny_experiment

RECIPE = Recipe(optimizer={"sgd": {"momentum": 0.9}}, learning_rate=0.1, batch_size=16, epochs=3)


def cohorts_of(experiment):
    """Group the runs of an experiment."""
    folds = split(experiment.data, experiment.validation, experiment.split_seed)
    return make_cohorts(experiment, folds, Workshop(experiment, folds))


def names_in(experiment):
    """Give the names of the variants of each cohort."""
    names = [variant.name for variant in experiment.variants]
    return [
        list(dict.fromkeys(names[run.variant] for run in cohort.runs)) for cohort in cohorts_of(experiment)
    ]


def test_a_variant_may_bring_a_model_of_its_own(tmp_path):
    """
    A recipe's model goes before the experiment's; one in a Python file is run only when that is allowed.
    """
    file = tmp_path / "mine.py"
    body = "return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])"
    file.write_text(f"import keras\n\n\ndef build():\n    {body}\n", encoding="utf-8")
    own = {"model": {"python": f"{file}:build"}}
    experiment = tiny_experiment(variants={"baseline": {}, "linear": {"model": {"linear": {}}}, "own": own})
    folds = split(experiment.data, experiment.validation, experiment.split_seed)

    with pytest.raises(UsageError, match="--allow-code"):
        cohorts_of(experiment)
    cohorts = make_cohorts(experiment, folds, Workshop(experiment, folds, allow_code=True))

    assert [cohort.blueprint.description for cohort in cohorts[:2]] == [mlp([5]), mlp([])]
    assert cohorts[2].blueprint.description.source == "mine.py:build"


def test_only_what_changes_shapes_or_the_graph_opens_another_program():
    """
    Numbers and placed techniques share the baseline's program; sizes, batches, optimizers and rows don't.
    """
    shared = {
        "baseline": {},
        "slow": {"learning_rate": 0.01},
        "less momentum": {"optimizer": {"sgd": {"momentum": 0.5}}},
        "dropout": {"dropout": 0.3},
        "l2 by layer": {"l2": [0.1, 0.2]},
        "decay": {"weight_decay": 0.1},
        "smooth": {"label_smoothing": 0.1},
        "clipped": {"clip_norm": 0.1},
        "noisy": {"augment": {"noise": 0.1}},
        "stopping": {"early_stopping": True},
        "longer": {"epochs": 5},
        "pruned": {"prune": 0.5},
        "several": {"ensemble": {"members": 2, "control": False}},
        "balanced": {"class_weight": "balanced"},
    }
    apart = {
        "wide": {"width": 2},
        "normalized": {"batch_norm": True},
        "tanh": {"activation": "tanh"},
        "no momentum": {"optimizer": "sgd"},
        "adam": {"optimizer": "adam"},
        "averaged": {"ema": 0.9},
        "batches": {"batch_size": 32},
        "fewer": {"train_rows": 40},
        "squares": {"loss": "mse"},
        "more columns": {"irrelevant_features": {"noise": 2}},
    }
    experiment = tiny_experiment(recipe=RECIPE, variants=shared | apart, model=mlp([5, 4]))

    assert names_in(experiment) == [list(shared), *([name] for name in apart)]


def test_runs_of_one_change_share_a_program():
    """
    Two variants with the same size, optimizer or schedule share a program, whatever their numbers are.
    """
    variants = {
        "adam": {"optimizer": "adam"},
        "slow adam": {"optimizer": "adam", "learning_rate": 0.01, "dropout": 0.2},
        "cosine": {"schedule": "cosine"},
        "warm cosine": {"schedule": {"cosine": {"restarts": 1}, "warmup": 1}, "epochs": 8},
    }

    assert names_in(tiny_experiment(variants=variants)) == [["adam", "slow adam"], ["cosine", "warm cosine"]]


def test_every_trained_run_is_in_one_cohort():
    """
    All variants, seeds and members are trained once; an ensemble itself is not trained.
    """
    experiment = tiny_experiment(variants={"a": {}, "two": {"ensemble": 2}, "wide": {"width": 2}})
    cohorts = cohorts_of(experiment)
    runs = [run for cohort in cohorts for run in cohort.runs]

    assert len({run.number for run in runs}) == len(runs) == 2 + 4 + 2 + 2
    assert not any(run.members for run in runs)
    assert {run.member for run in runs} == {0, 1, 2}
    for cohort in cohorts:
        for values in cohort.numbers.values():
            assert len(values) == len(cohort.runs) == len(cohort.recipes)


def test_a_run_without_a_technique_has_the_number_that_changes_nothing():
    """
    Strengths are zero, clipping is at infinity and every class counts once, for runs that ask for none.
    """
    variants = {
        "baseline": {},
        "all": {
            "dropout": 0.3,
            "l2": 0.1,
            "clip_norm": 0.5,
            "class_weight": {0: 2.0, 1: 1.0, 2: 1.0},
            "augment": {"noise": 0.1},
        },
    }
    (cohort,) = cohorts_of(tiny_experiment(variants=variants, seeds=1))
    baseline = {name: values[0] for name, values in cohort.numbers.items()}

    assert baseline["clip_norm"] == np.inf
    assert baseline["noise"] == 0
    assert [value for name, value in baseline.items() if "@" in name] == [0.0, 0.0]
    np.testing.assert_array_equal(baseline["class_weight"], [1, 1, 1])
    assert cohort.is_own(1)
    assert not cohort.is_own(0)


@pytest.mark.parametrize("epochs, parts", [(10, 1), (10_000_000, 3)])
def test_runs_part_where_sharing_would_cost_more_than_compiling(epochs, parts):
    """
    Draws that a lane has no use for are paid for while there is little work, and parted where there is much.
    """
    variants = {
        "baseline": {},
        "l2": {"l2": 0.1},
        "dropout": {"dropout": 0.3},
        "more dropout": {"dropout": 0.5},
        "noise": {"gaussian_noise": 0.1},
    }
    experiment = tiny_experiment(variants=variants, recipe=Recipe(batch_size=16, epochs=epochs))
    found = names_in(experiment)

    assert len(found) == parts
    if parts == 3:
        assert found == [["baseline", "l2"], ["dropout", "more dropout"], ["noise"]]


def test_what_sharing_costs_is_counted_in_draws(monkeypatch):
    """
    The bound between joining and parting lies where rows times draws times their seconds pass a compilation.
    """
    experiment = tiny_experiment(seeds=1)
    rows = 72  # 90, of which a fifth validates
    # Alone the baseline draws nothing: it would pay for a dropout of five units, for every row and epoch.
    seconds = 3 * rows * 5 * room.SECONDS_PER_DRAW
    monkeypatch.setattr(room, "SECONDS_TO_COMPILE", 1.01 * seconds)
    joined = names_in(experiment)
    monkeypatch.setattr(room, "SECONDS_TO_COMPILE", 0.99 * seconds)
    parted = names_in(experiment)

    assert joined == [["baseline", "dropout"]]
    assert parted == [["baseline"], ["dropout"]]


def test_the_reason_says_what_is_shared_and_what_differs():
    """
    In words: whose runs, what is one for all of them, and which numbers differ from lane to lane.
    """
    variants = {"baseline": {}, "both": {"dropout": 0.3, "l2": 0.1}, "long": {"epochs": 7}}
    (cohort,) = cohorts_of(tiny_experiment(variants=variants))
    (alone,) = cohorts_of(tiny_experiment(variants={"baseline": {}}))

    assert (
        cohort.reason(["baseline", "both", "long"])
        == "baseline, both, long: one network and optimizer, 72 rows in batches of 16, 3 to 7 epochs; "
        "dropout and l2 differ from lane to lane"
    )
    assert (
        alone.reason(["baseline"])
        == "baseline: one network and optimizer, 72 rows in batches of 16, 3 epochs"
    )


def test_the_reason_names_at_most_four_variants():
    """
    Of many variants the first four are named and the others counted.
    """
    names = [f"v{number}" for number in range(9)]
    variants = {name: {"l2": 0.1 * place} for place, name in enumerate(names)}
    (cohort,) = cohorts_of(tiny_experiment(variants=variants))

    assert cohort.reason(names).startswith("v0, v1, v2, v3 and 5 more: one network")


@pytest.mark.parametrize("width", [1, 3, 4, 6, 8])
def test_chunks_hold_every_run_once_and_are_equally_wide(width):
    """
    However wide, all runs are in one chunk each, and the last chunk is padded with its first run.
    """
    (cohort,) = cohorts_of(tiny_experiment(data=tiny_data(rows=60), seeds=3))
    chunks = list(cohort.chunks(width))

    assert {len(chunk) for chunk in chunks} == {width}
    assert sorted(place for chunk in chunks for place in dict.fromkeys(chunk)) == list(range(6))


def test_each_stretch_of_a_chunk_holds_all_variants():
    """
    Two devices share a chunk in halves; where one variant stops early, neither is left with the other's runs.
    """
    (cohort,) = cohorts_of(tiny_experiment(data=tiny_data(rows=60), seeds=4))
    ((*chunk,),) = cohort.chunks(8)
    variants = [cohort.runs[place].variant for place in chunk]

    assert sorted(variants[:4]) == sorted(variants[4:]) == [0, 0, 1, 1]


def test_what_cannot_be_placed_is_told_with_its_variant():
    """
    The refusal names the variant, or the recipe where all variants share the technique.
    """
    wrong = {"strength": 0.3, "at": ["hiden_1"]}

    with pytest.raises(UsageError, match=r"^variants\.odd\.dropout: .*Did you mean `hidden_1`"):
        cohorts_of(tiny_experiment(variants={"baseline": {}, "odd": {"dropout": wrong}}))
    with pytest.raises(UsageError, match=r"^recipe\.l2: 2 strengths for 1 place"):
        cohorts_of(tiny_experiment(recipe=Recipe(l2=[0.1, 0.2]), variants={"baseline": {}}))
