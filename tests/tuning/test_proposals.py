"""Tests of proposals: the same trials give the same points, and points get better, whatever the space."""

import dataclasses
import importlib.util
import math
import subprocess
import sys

import numpy as np
import pytest

from trainlab.errors import MissingError, UsageError
from trainlab.experiment.metrics import METRICS
from trainlab.experiment.space import parse_space
from trainlab.tuning import proposals
from trainlab.tuning.proposals import check_sampler, propose
from trainlab.tuning.trials import Study, Trial

NUMBERS = {
    "learning_rate": {"log": [1e-4, 1.0]},
    "l2": {"log": [1e-6, 0.1]},
    "dropout": {"linear": [0.0, 0.8]},
}
TREE = {
    "optimizer": ["adam", {"sgd": {"momentum": {"linear": [0.0, 0.99]}}}],
    "learning_rate": {"log": [1e-4, 1.0]},
    "dropout": [False, {"linear": [0.05, 0.7]}],
    "hidden": {"layers": [1, 3], "units": {"log": [8, 128]}},
}
SAMPLERS = ("quasi_random", "random", "grid", "tpe", "cmaes")


@pytest.fixture(autouse=True)
def _optuna():
    pytest.importorskip("optuna")
    pytest.importorskip("cmaes")


def worth(point):
    """Score a point: best at a rate of 0.01, more so with Adam, two layers and a little dropout."""
    score = 1 - 0.05 * (math.log10(point["learning_rate"]) + 2) ** 2
    score -= 0.02 * (math.log10(point.get("l2", 1e-3)) + 3) ** 2
    score -= 0.05 * (point.get("optimizer") == "sgd") + 0.05 * abs(point.get("hidden.layers", 2) - 2)
    strength = point.get(
        "dropout.strength", 0.0 if isinstance(point.get("dropout"), str) else point.get("dropout", 0.2)
    )
    return score - 0.5 * (strength - 0.2) ** 2


def trial(number, point, score, outcome="finished", curve=()):
    """Give a trial of one run."""
    values = dict.fromkeys(field.name for field in dataclasses.fields(Trial))
    told = {"number": number, "point": point, "outcome": outcome, "scores": np.array([[score]], float)}
    return Trial(**(values | told | {"curve": np.array(curve, float), "changes": {}, "epochs": len(curve)}))


def study(space, sampler, trials=(), *, seed=0, cohort=8, budget=64, metric="accuracy"):
    """Give a study of these trials."""
    parsed = parse_space(space)
    tuning = {
        "space": parsed.document(),
        "sampler": sampler,
        "trials": budget,
        "cohort": cohort,
        "sampler_seed": seed,
    }
    return Study("found", 0, tuning, parsed.parameters, tuple(trials), METRICS[metric], ended=False)


def searched(space, sampler, cohorts, *, score=worth, cohort=8, seed=0, metric="accuracy"):
    """Propose cohorts and score them, one after the other."""
    trials = []
    for _ in range(cohorts):
        points = propose(study(space, sampler, trials, seed=seed, cohort=cohort, metric=metric), cohort)
        trials += [trial(len(trials) + at, point, score(point)) for at, point in enumerate(points)]
    return trials


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_points_belong_to_the_space(sampler):
    """
    Every point holds the parameters that apply and no others, each a value that it knows, as its recipe does.
    """
    space = NUMBERS if sampler in {"cmaes", "grid"} else TREE
    parsed = parse_space(space)

    points = [one.point for one in searched(space, sampler, 3, cohort=6)]

    assert len(points) == 18
    for point in points:
        assert set(point) == {one.name for one in parsed.parameters if one.applies(point)}
        assert all(
            point[one.name] in one.choices if one.kind == "choice" else one.low <= point[one.name] <= one.high
            for one in parsed.parameters
            if one.name in point
        )
        assert set(parsed.settings(point)) == set(space)


@pytest.mark.parametrize("sampler", ["quasi_random", "random", "grid"])
def test_cohorts_are_pieces_of_one_plan(sampler):
    """
    Where scores teach nothing, cohorts of 4 one after the other are the points of one cohort of 12.
    """
    in_pieces = [one.point for one in searched(NUMBERS, sampler, 3, cohort=4)]

    assert in_pieces == propose(study(NUMBERS, sampler), 12)


@pytest.mark.parametrize("sampler", ["tpe", "cmaes"])
def test_the_same_trials_give_the_same_points(sampler):
    """
    Asked twice, a study answers the same; with another seed, or one trial more, it does not.
    """
    trials = searched(NUMBERS, "quasi_random", 2)
    asked = propose(study(NUMBERS, sampler, trials), 8)

    assert propose(study(NUMBERS, sampler, trials), 8) == asked
    assert propose(study(NUMBERS, sampler, trials, seed=1), 8) != asked
    assert propose(study(NUMBERS, sampler, trials[:-1]), 8) != asked


def test_a_fresh_process_proposes_the_same():
    """
    TPE proposes the same points of a conditional space in a process whose texts hash differently.
    """
    script = (
        "import sys, importlib.util as util;"
        "spec = util.spec_from_file_location('told', sys.argv[1]); told = util.module_from_spec(spec);"
        "spec.loader.exec_module(told);"
        "trials = told.searched(told.TREE, 'quasi_random', 2);"
        "print(repr(told.propose(told.study(told.TREE, 'tpe', trials), 4)))"
    )
    environment = {"PYTHONHASHSEED": "7", "PYTHONPATH": ":".join(sys.path)}
    there = subprocess.run(
        [sys.executable, "-c", script, __file__], env=environment, capture_output=True, text=True, check=True
    )

    here = propose(study(TREE, "tpe", searched(TREE, "quasi_random", 2)), 4)

    assert there.stdout.strip() == repr(here)
    assert not there.stderr


@pytest.mark.parametrize("metric", ["accuracy", "log_loss"])
@pytest.mark.parametrize("sampler", ["tpe", "cmaes"])
def test_later_cohorts_are_better(sampler, metric):
    """
    The fourth cohort of 12 scores far better than the first, in a metric that rises as in one that falls.
    """
    space = NUMBERS if sampler == "cmaes" else TREE
    sign = 1 if metric == "accuracy" else -1

    trials = searched(space, sampler, 4, cohort=12, metric=metric, score=lambda point: sign * worth(point))

    worths = [np.mean([worth(one.point) for one in trials[12 * at : 12 * at + 12]]) for at in range(4)]
    assert worths[3] > worths[0] + 0.5 * (1 - worths[0])


def test_tpe_begins_with_the_core_points_until_ten_have_ended():
    """
    Its first cohorts are quasi-random; trials that run teach it nothing.
    """
    begun = searched(NUMBERS, "quasi_random", 1, cohort=9)
    running = [*begun, *(trial(9 + at, begun[at].point, math.nan, "running") for at in range(3))]

    for trials in (begun, running):
        after = propose(study(NUMBERS, "quasi_random", trials), 4)
        assert propose(study(NUMBERS, "tpe", trials), 4) == after


def test_what_diverged_is_not_gone_back_to():
    """
    Where every rate above 0.01 diverged and all others score alike, TPE keeps below it.
    """
    plan = propose(study(NUMBERS, "quasi_random"), 24)
    wild = [point["learning_rate"] > 0.01 for point in plan]
    trials = [
        trial(at, point, math.nan if gone else 0.5, "diverged" if gone else "finished")
        for at, (point, gone) in enumerate(zip(plan, wild, strict=True))
    ]

    points = propose(study(NUMBERS, "tpe", trials), 24)

    assert 8 < sum(wild) < 16
    assert sum(point["learning_rate"] > 0.01 for point in points) <= 3


def test_endings_are_told_as_what_they_are():
    """
    Finished has its mean, pruned its metrics on the way, diverged none, so that it is last; running runs.
    """
    point = {"learning_rate": 0.01, "l2": 1e-3, "dropout": 0.4}
    parameters = parse_space(NUMBERS).parameters
    told = {
        outcome: proposals._told(trial(0, point, score, outcome, curve=[0.5, 0.7]), parameters)
        for outcome, score in (("finished", 0.8), ("pruned", 0.7), ("diverged", 0.7), ("running", math.nan))
    }

    assert [(one.state.name, one.value, one.intermediate_values) for one in told.values()] == [
        ("COMPLETE", 0.8, {}),
        ("PRUNED", None, {1: 0.5, 2: 0.7}),
        ("PRUNED", None, {}),
        ("RUNNING", None, {}),
    ]
    assert told["finished"].params == pytest.approx({"learning_rate": 0.5, "l2": 0.6, "dropout": 0.5})


def test_nothing_is_tried_twice():
    """
    In a space of choices no point is proposed again, although one is by far the best, until all were tried.
    """
    choices = {
        "activation": ["relu", "tanh", "sigmoid"],
        "batch_size": [16, 32, 64],
        "layer_norm": [False, True],
    }
    everything = propose(study(choices, "grid"), 18)
    trials = [trial(at, point, float(at == 0)) for at, point in enumerate(everything[:12])]

    points = propose(study(choices, "tpe", trials), 18)

    assert len(points) == 6
    assert all(point in everything[12:] for point in points)


def test_a_grid_ends():
    """
    A grid of 2 x 3 options gives what is left of it, and then nothing.
    """
    space = {"activation": ["relu", "tanh"], "batch_size": [16, 32, 64]}
    trials = [trial(at, point, 0.5) for at, point in enumerate(propose(study(space, "grid"), 4))]

    rest = propose(study(space, "grid", trials), 4)

    assert len(rest) == 2
    full = [*trials, *(trial(4 + at, point, 0.5) for at, point in enumerate(rest))]
    assert propose(study(space, "grid", full), 4) == []


def test_cmaes_is_the_method_of_the_package():
    """
    Three generations are those of an optimizer that was told the same and never stopped.
    """
    import cmaes

    parsed = parse_space(NUMBERS)
    trials = searched(NUMBERS, "cmaes", 3, cohort=10)
    steady = cmaes.CMA(
        mean=np.full(3, 0.5), sigma=1 / 6, bounds=np.tile([0.0, 1.0], (3, 1)), population_size=10
    )
    for generation in (trials[:10], trials[10:20], trials[20:]):
        places = [
            np.array([one.position(told.point[one.name]) for one in parsed.parameters]) for told in generation
        ]
        steady.tell([(place, -told.mean) for place, told in zip(places, generation, strict=True)])
    steady.reseed_rng(proposals._seed(study(NUMBERS, "cmaes", trials)))

    assert propose(study(NUMBERS, "cmaes", trials, cohort=10), 2) == [
        parsed.point(steady.ask()) for _ in range(2)
    ]


def test_cmaes_ranks_endings():
    """
    A finished trial comes before one that was pruned, a later one of these before an earlier, diverged last.
    """
    point = {"learning_rate": 0.01}
    trials = [
        trial(0, point, math.nan, "diverged", curve=[0.9]),
        trial(1, point, 0.9, "pruned", curve=[0.9]),
        trial(2, point, 0.2, "pruned", curve=[0.1, 0.2]),
        trial(3, point, 0.1),
        trial(4, point, 0.3),
    ]

    losses = proposals._losses(study({"learning_rate": {"log": [1e-4, 1.0]}}, "cmaes", trials))

    assert list(losses) == [4, 3, 2, 1, 0]


def test_cmaes_waits_for_a_whole_generation():
    """
    With cohorts of 3, three of them make a generation: until then its points spread around the middle.
    """
    trials = searched(NUMBERS, "cmaes", 2, cohort=3)
    other = [dataclasses.replace(one, scores=1 - one.scores) for one in trials]

    points = propose(study(NUMBERS, "cmaes", trials, cohort=3), 3)

    assert points == propose(study(NUMBERS, "cmaes", other, cohort=3), 3)


def test_cmaes_refuses_choices():
    """
    A choice is named, with the sampler that takes it.
    """
    with pytest.raises(
        UsageError, match=r"'optimizer' is a choice or hangs on one \(got 'cmaes'\).*`sampler: tpe`"
    ):
        propose(study(TREE, "cmaes"), 4)


def test_nothing_is_said(capfd, caplog):
    """
    Proposing prints, logs and warns of nothing, and leaves Optuna as talkative as it was.
    """
    import optuna

    before = optuna.logging.get_verbosity()

    propose(study(TREE, "tpe", searched(TREE, "quasi_random", 2)), 2)

    assert capfd.readouterr() == ("", "")
    assert not caplog.records
    assert optuna.logging.get_verbosity() == before


def test_what_is_missing_is_said_with_the_line_that_installs_it(monkeypatch):
    """
    Without the extra the samplers of Optuna are refused, and the core ones are not.
    """
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "optuna" else found(name, *rest)
    )
    monkeypatch.setitem(sys.modules, "cmaes", None)

    for sampler in ("tpe", "cmaes"):
        with pytest.raises(MissingError, match=r"not installed.*pip install \"trainlab\[tune\]\""):
            check_sampler(sampler)
    check_sampler("quasi_random")
    with pytest.raises(MissingError, match="not installed"):
        propose(study(NUMBERS, "tpe", searched(NUMBERS, "quasi_random", 2)), 2)
    with pytest.raises(MissingError, match="`cmaes` is not installed"):
        propose(study(NUMBERS, "cmaes"), 2)
