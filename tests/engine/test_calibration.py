"""What a step costs on this machine: measured once, kept, and what plans make of it.

Nothing here asserts a real duration: calibrations are made up, or measured and looked at for their form.
"""

import dataclasses
import json
from pathlib import Path

import jax
import numpy as np
import pytest

import trainlab as tl
from trainlab.checking import prepare
from trainlab.engine import calibration, plan
from trainlab.engine.calibration import Calibration, Way, calibration_file, fitted, of_this_machine
from trainlab.engine.kept import Kept
from trainlab.engine.plan import grouped, read_width
from trainlab.experiment.models import mlp
from trainlab.experiment.recipe import Recipe
from trainlab.planning import plan as planned
from trainlab.testing import same_bits, tiny_data, tiny_experiment

MADE_UP = Calibration(Way(7e-6, 8e-12), Way(2e-6, 16e-12), lanes=16, compile=0.5)
TINY, WIDE = 4e3, 1e7
LONG = Recipe(optimizer="sgd", learning_rate=0.1, batch_size=16, epochs=300_000)

pytestmark = pytest.mark.skipif(jax.default_backend() != "cpu", reason="lanes of other devices stay together")


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """A folder of caches of the test's own, and nothing known from other tests."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    of_this_machine.cache_clear()
    yield tmp_path / "caches"
    of_this_machine.cache_clear()


@pytest.fixture
def measured(monkeypatch):
    """Stand in for the measurement, and list how often it was asked for."""
    asked = []

    def measure(lanes):
        asked.append(lanes)
        return dataclasses.replace(MADE_UP, lanes=lanes)

    monkeypatch.setattr(calibration, "measure", measure)
    return asked


@pytest.fixture
def never(monkeypatch):
    """Fail where anything is measured."""

    def measure(lanes):
        pytest.fail("measured")

    monkeypatch.setattr(plan, "of_this_machine", measure)


def long_experiment(**changes):
    """Make an experiment of a tiny network and more steps than a calibration costs."""
    parts = {
        "data": tiny_data(inputs=2),
        "model": mlp([8]),
        "variants": {"baseline": {}, "slow": {"learning_rate": 0.01}},
        "seeds": 4,
        "recipe": LONG,
    }
    return tiny_experiment(**(parts | changes))


def forget_and_ask(lanes=16):
    """Ask as another process would."""
    of_this_machine.cache_clear()
    return of_this_machine(lanes)


def test_a_calibration_is_measured_once_and_read_back(measured, home):
    """
    The second process finds what the first has measured, in our folder of caches.
    """
    first, second = forget_and_ask(), forget_and_ask()

    assert first == second == MADE_UP
    assert measured == [16]
    assert calibration_file().is_relative_to(home / "trainlab" / "calibration")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[1]",
        b"\xff\xfe",
        b'{"schema": "another"}',
        json.dumps(MADE_UP.document() | {"one": {"overhead": -1.0, "per_operation": 0.0}}).encode(),
        json.dumps(MADE_UP.document() | {"together": {"overhead": 1.0}}).encode(),
        json.dumps(MADE_UP.document() | {"compile": float("nan")}).encode(),
        json.dumps(MADE_UP.document() | {"jax": "0.0.1"}).encode(),
        json.dumps(MADE_UP.document() | {"lanes": 8}).encode(),
    ],
)
def test_a_file_that_is_no_calibration_is_measured_anew(measured, content):
    """
    Cut short, of another JAX, another width or another program: it is replaced by what is measured.
    """
    calibration_file().parent.mkdir(parents=True)
    calibration_file().write_bytes(content)

    assert forget_and_ask() == MADE_UP
    assert measured == [16]
    assert json.loads(calibration_file().read_bytes()) == MADE_UP.document()


def test_another_jax_has_a_file_of_its_own(measured, monkeypatch):
    """
    After an upgrade of JAX the machine is measured anew, and the old file stays.
    """
    forget_and_ask()
    before = calibration_file()
    monkeypatch.setattr(jax, "__version__", "99.0")
    forget_and_ask()

    assert measured == [16, 16]
    assert before.exists()
    assert calibration_file().exists()
    assert before != calibration_file()


def test_where_nothing_can_be_kept_it_is_measured_for_the_process(measured, monkeypatch, tmp_path):
    """
    A folder that can't be made loses the file, not the calibration, which all plans of a process share.
    """
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

    assert forget_and_ask() == of_this_machine(16) == MADE_UP
    assert measured == [16]


def test_without_a_home_it_is_measured_for_the_process(measured, monkeypatch):
    """
    Where no home is known nothing is kept, and nothing fails.
    """

    def homeless():
        raise RuntimeError

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)

    assert forget_and_ask() == MADE_UP
    assert calibration_file() is None


def test_what_cannot_be_measured_fails_no_plan(monkeypatch):
    """
    Where the measurement breaks, lanes are taken one at a time, in the words of a plan without one.
    """

    def broken(lanes):
        raise RuntimeError(lanes)

    monkeypatch.setattr(calibration, "measure", broken)
    (ready,) = prepare(long_experiment()).cohorts

    assert ready.width.group == 1
    assert ready.width.reason.endswith("; one lane at a time on each core")


def test_overhead_and_slope_are_found_again():
    """
    Durations made up from an overhead and seconds an operation give both back; neither is ever negative.
    """
    operations = np.array([4e3, 1e5, 2e6])
    found = fitted(operations, 3e-6 + 2e-11 * operations)
    falling = fitted(operations, [3e-6, 2e-6, 1e-6])
    steep = fitted(operations, [1e-9, 1e-6, 1e-4])

    assert (found.overhead, found.per_operation) == pytest.approx((3e-6, 2e-11), rel=1e-2)
    assert falling.per_operation == 0 < falling.overhead
    assert steep.overhead >= 0
    assert steep.per_operation > 0


def test_a_calibration_has_the_form_that_plans_read(monkeypatch):
    """
    The measurement itself gives finite seconds for both ways, and can be read back.
    """
    small = [dataclasses.replace(size, steps=2) for size in calibration.SIZES]
    monkeypatch.setattr(calibration, "SIZES", small)
    monkeypatch.setattr(calibration, "REPEATS", 1)
    found = calibration.measure(2)

    assert calibration.read_calibration(json.loads(json.dumps(found.document()))) == found


def test_what_a_group_shares_is_told_from_its_size():
    """
    A calibrated group takes what was measured, a smaller one lies between it and one lane at a time.
    """
    assert MADE_UP.step(TINY, 1) == MADE_UP.one.seconds(TINY)
    assert MADE_UP.step(TINY, 16) == pytest.approx(MADE_UP.together.seconds(TINY))
    assert MADE_UP.step(TINY, 1) > MADE_UP.step(TINY, 4) > MADE_UP.step(TINY, 16)


def test_tiny_networks_of_many_steps_are_vectorised_and_wide_ones_are_not():
    """
    By made-up seconds: what saves enough to pay for a further program is vectorised, and the words say why.
    """
    many = 1e8
    tiny = grouped(MADE_UP, TINY, 16, many, many, programs=1)
    wide = grouped(MADE_UP, WIDE, 16, many, many, programs=1)

    source = "by this machine's calibration"
    said = "16 lanes vectorised together on each core: 2.1 µs a step, one at a time 7.0"
    assert tiny == (16, f"; {said}, {source}")
    said = "one lane at a time on each core: 87 µs a step, vectorised 162"
    assert wide == (1, f"; {said}, {source}")


def test_few_steps_do_not_pay_for_a_further_program():
    """
    A saving that is less than compiling the program to time a step in is left, and the words say so.
    """
    few = 1e5

    lanes, said = grouped(MADE_UP, TINY, 16, few, few, programs=1)
    assert lanes == 1
    assert said.endswith("too little to pay for what it costs")
    assert grouped(MADE_UP, TINY, 16, few, few, programs=0)[0] == 16


def test_lanes_that_wait_for_the_longest_are_paid_for():
    """
    Where few lanes go on far longer than the others, they are taken one at a time.
    """
    assert grouped(MADE_UP, TINY, 16, 1e8, 1.5e8, programs=0)[0] == 16
    assert grouped(MADE_UP, TINY, 16, 1e8, 8e8, programs=0)[0] == 1


def test_a_plan_of_long_work_is_measured_and_says_so(measured):
    """
    Lanes of a tiny network with many steps share a step; the plan is the same when it is made again.
    """
    (first,), (again,) = prepare(long_experiment()).cohorts, prepare(long_experiment()).cohorts
    devices = len(jax.devices())

    assert first.width.group == first.width.width // devices > 1
    assert "vectorised together on each core" in first.width.reason
    assert first.width == again.width == read_width(first.width.document())
    assert len(measured) == 1


def test_a_plan_with_a_wide_network_goes_one_lane_at_a_time(measured):
    """
    Long work on a network whose weights fill the cache is measured too, and taken lane by lane.
    """
    (ready,) = prepare(long_experiment(model=mlp([2048, 512]))).cohorts

    assert ready.width.group == 1
    assert "one lane at a time on each core: " in ready.width.reason
    assert len(measured) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"recipe": Recipe(optimizer="sgd", learning_rate=0.1, batch_size=16, epochs=300)},
        {"recipe": dataclasses.replace(LONG, early_stopping=True)},
        {"seeds": 1, "variants": {"baseline": {}}},
    ],
    ids=["short", "stops early", "one lane"],
)
def test_work_that_cannot_gain_is_never_measured(never, changes):
    """
    Short work, lanes that stop early, and as few lanes as devices are taken one at a time unmeasured.
    """
    (ready,) = prepare(long_experiment(**changes)).cohorts

    assert ready.width.group == 1
    assert "calibration" not in ready.width.reason


def test_trials_are_never_vectorised(never):
    """
    Lanes that are taken over by other runs must have their bits at any width.
    """
    (ready,) = prepare(long_experiment(), kept=Kept()).cohorts

    assert ready.width.group == 1


def test_what_is_kept_does_not_decide_whether_anything_is_measured(measured, never):
    """
    A machine that is calibrated plans short work as one that is not.
    """
    forget_and_ask()
    (ready,) = prepare(tiny_experiment(variants={"a": {}, "b": {"l2": 0.1}}, seeds=4)).cohorts

    assert ready.width.reason.endswith("; one lane at a time on each core")


def vectorised(monkeypatch):
    """Let everything be worth vectorising."""
    monkeypatch.setattr(plan, "SECONDS_TO_FIND_OUT", 0.0)
    free = Calibration(Way(1.0, 0.0), Way(0.0, 0.0), lanes=16, compile=0.0)
    monkeypatch.setattr(plan, "of_this_machine", lambda lanes: free)


def test_vectorised_lanes_train_to_the_end(monkeypatch, tmp_path):
    """
    A plan with groups on a CPU is run, estimated and reported as any other.

    A run that diverges leaves its neighbours as they are, and each variant's seconds are known.
    """
    experiment = tiny_experiment(
        data=tiny_data(inputs=2),
        model=mlp([8]),
        variants={"baseline": {}, "slow": {"learning_rate": 0.01}, "wild": {"learning_rate": 1e30}},
        seeds=4,
        recipe=Recipe(optimizer="sgd", learning_rate=0.1, batch_size=16, epochs=6),
    )
    alone = tl.run(experiment, tmp_path / "alone")
    vectorised(monkeypatch)
    estimate = planned(experiment)
    together = tl.run(experiment, tmp_path / "together")
    again = tl.run(experiment, tmp_path / "again")

    (cohort,) = together.facts["plan"]["cohorts"]
    assert cohort["group"] > 1
    assert "vectorised together" in cohort["reason"]
    assert estimate.cohorts[0]["group"] == cohort["group"]
    np.testing.assert_array_equal(together.endings["epochs"], alone.endings["epochs"])
    np.testing.assert_array_equal(np.isnan(together.endings["loss"]), np.isnan(alone.endings["loss"]))
    np.testing.assert_allclose(together.endings["loss"][:2], alone.endings["loss"][:2], rtol=1e-4)
    assert all(seconds > 0 for seconds in together.facts["variant_seconds"].values() if seconds is not None)
    assert same_bits(tmp_path / "together", tmp_path / "again")
    assert tl.report(together, tmp_path / "report.html").exists()
    assert again.facts["variant_seconds"].keys() == alone.facts["variant_seconds"].keys()


def test_vectorised_lanes_go_on_with_their_bits(monkeypatch, tmp_path):
    """
    Interrupted at an epoch and resumed by a process that would plan otherwise, lanes keep group and bits.
    """
    experiment = long_experiment(
        recipe=Recipe(optimizer="adam", learning_rate=0.05, batch_size=16, epochs=8), seeds=3
    )
    with monkeypatch.context() as patched:
        vectorised(patched)
        tl.run(experiment, tmp_path / "whole")

        def interrupt(progress):
            if progress.done > 18:
                raise KeyboardInterrupt

        cut = tl.run(experiment, tmp_path / "cut", show=interrupt)
    resumed = tl.resume(tmp_path / "cut", experiment)

    assert cut.facts["interrupted"]
    assert resumed.facts["plan"]["cohorts"][0]["group"] > 1
    assert same_bits(tmp_path / "whole", tmp_path / "cut")
