"""Schedules in words: what may be written, what is filled in, and what is refused."""

import pickle

import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.places import Place
from trainlab.experiment.schedules import CONSTANT, KINDS, Schedule, parse_schedule

WRITTEN = [
    *KINDS,
    *({kind: None} for kind in KINDS),
    *({kind: {}, "warmup": 2} for kind in KINDS),
    {"warmup": 2},
    {"step": {"every": 7, "factor": 0.25}},
    {"exponential": {"factor": 1}, "warmup": 0.5},
    {"inverse_time": {"rate": 0}},
    {"cosine": {"restarts": 3, "warmup": 1.5}},
    {"one_cycle": {"peak": 0.1}},
    {"one_cycle": {"peak": 0.1}, "warmup": 3},
    {"plateau": {"patience": 2, "factor": 0.1, "min_delta": 0, "cooldown": 1, "min_rate": 1e-6}},
]


@pytest.mark.parametrize("written", WRITTEN, ids=str)
def test_a_schedule_reads_back_what_it_writes(written):
    """
    What a schedule writes is read as the same value, which survives pickling and hashes alike.
    """
    schedule = parse_schedule(written)

    again = parse_schedule(schedule.document())

    assert again == schedule
    assert hash(again) == hash(schedule)
    assert pickle.loads(pickle.dumps(schedule)) == schedule  # noqa: S301
    assert parse_schedule(schedule) == schedule


@pytest.mark.parametrize("kind", KINDS)
def test_every_schedule_has_all_its_numbers_in_order(kind):
    """
    A bare name has every number of its kind and the warm-up, as floats, sorted by name.
    """
    numbers = parse_schedule(kind).numbers

    assert [name for name, _ in numbers] == sorted([*KINDS[kind], "warmup"])
    assert {type(value) for _, value in numbers} == {float}


@pytest.mark.parametrize(
    "kind, numbers",
    [
        ("constant", {}),
        ("step", {"every": 5, "factor": 0.5}),
        ("exponential", {"factor": 0.95}),
        ("inverse_time", {"rate": 0.1}),
        ("cosine", {"restarts": 0}),
        ("one_cycle", {"peak": 0}),
        ("plateau", {"patience": 3, "factor": 0.5, "min_delta": 1e-4, "cooldown": 0, "min_rate": 0}),
    ],
)
def test_a_bare_name_has_the_promised_numbers(kind, numbers):
    """
    The numbers of a bare name are those that the docstring of `parse_schedule` promises.
    """
    assert dict(parse_schedule(kind).numbers) == numbers | {"warmup": 0}


def test_one_schedule_however_it_is_written():
    """
    A warm-up inside or beside, an upper-case name and NumPy's numbers make equal schedules.
    """
    expected = Schedule("cosine", (("restarts", 1.0), ("warmup", 2.0)))

    assert parse_schedule({"cosine": {"restarts": 1}, "warmup": 2}) == expected
    assert parse_schedule({"cosine": {"restarts": 1, "warmup": 2}}) == expected
    assert parse_schedule({"Cosine": {"restarts": np.int64(1), "warmup": np.float32(2)}}) == expected


def test_a_warm_up_alone_is_constant_afterwards():
    """
    `warmup` alone and beside `constant` are one schedule, and a warm-up of zero is none.
    """
    assert parse_schedule({"warmup": 2}) == parse_schedule({"constant": {"warmup": 2}})
    assert parse_schedule({"warmup": 2}).document() == {"warmup": 2}
    assert parse_schedule({"warmup": 0}) == CONSTANT


@pytest.mark.parametrize(
    "written, sentence",
    [
        ("cosin", "schedule: unknown schedule (got 'cosin'). Did you mean `cosine`?"),
        ("one-cycle", "schedule: unknown schedule (got 'one-cycle'). Did you mean `one_cycle`?"),
        (
            {"cosine": {}, "warm_up": 2},
            "schedule.warm_up: unknown schedule (got 'warm_up'). Did you mean `warmup`?",
        ),
        (
            {"cosine": {}, "restarts": 2},
            (
                "schedule.restarts: unknown schedule (got 'restarts'). It is a number of a schedule: "
                "write `schedule: {cosine: {restarts: ...}}`."
            ),
        ),
        (
            {"step": {}, "cosine": {}},
            "schedule.cosine: more than one schedule (got 'cosine'). Keep `step` or `cosine`.",
        ),
        (
            {"cosine": {"warmup": 1}, "warmup": 2},
            (
                "schedule.cosine.warmup: the warm-up is given twice (got 1). "
                "Write it once: `{cosine: {...}, warmup: 2}`."
            ),
        ),
        (
            {"step": {"evry": 2}},
            "schedule.step.evry: step has no such number (got 'evry'). Did you mean `every`?",
        ),
        (
            {"plateau": {"min_lr": 0}},
            "schedule.plateau.min_lr: plateau has no such number (got 'min_lr'). Did you mean `min_rate`?",
        ),
        (
            {"step": 5},
            "schedule.step: the numbers of step are no mapping (got 5). Write `{step: {every: ...}}`.",
        ),
        (
            {"constant": 5},
            (
                "schedule.constant: the numbers of constant are no mapping (got 5). "
                "Write `{constant: {warmup: ...}}`."
            ),
        ),
        (
            5,
            (
                "schedule: a schedule is a name, or one name with its numbers (got 5). "
                "Write `schedule: cosine` or `schedule: {step: {every: 5, factor: 0.5}, warmup: 2}`."
            ),
        ),
        (
            {},
            (
                "schedule: a schedule is a name, or one name with its numbers (got {}). "
                "Write `schedule: cosine` or `schedule: {step: {every: 5, factor: 0.5}, warmup: 2}`."
            ),
        ),
        (
            {"step": {"factor": 1.5}},
            "schedule.step.factor: not in the allowed range (got 1.5). Give a number in (0, 1].",
        ),
        (
            {"plateau": {"factor": 1}},
            "schedule.plateau.factor: not in the allowed range (got 1). Give a number in (0, 1).",
        ),
        (
            {"one_cycle": {"peak": 0}},
            "schedule.one_cycle.peak: not in the allowed range (got 0). Give a number above 0.",
        ),
        (
            {"step": {"every": 0.5}},
            "schedule.step.every: not a whole number (got 0.5). Give a whole number of at least 1.",
        ),
        ({"cosine": {"restarts": 101}}, "schedule.cosine.restarts: too large (got 101). Give at most 100."),
        ({"warmup": -1}, "schedule.warmup: not in the allowed range (got -1). Give a number of at least 0."),
        (
            {"step": {"warmup": "2"}},
            (
                "schedule.step.warmup: not a number (got '2'). "
                "Write it as a plain number, without quotation marks or underscores."
            ),
        ),
    ],
    ids=str,
)
def test_a_wrong_schedule_is_refused_with_its_cure(written, sentence):
    """
    Each refusal names the place, what was written and what to write instead.
    """
    with pytest.raises(UsageError) as caught:
        parse_schedule(written)

    assert str(caught.value) == sentence


def test_a_refusal_keeps_the_keys_apart():
    """
    The place of a wrong number leads through the keys as they are written, whatever is in their names.
    """
    with pytest.raises(UsageError) as caught:
        parse_schedule({"Step": {"factor": 0}}, Place("variants", "v1.5", "schedule"))

    assert caught.value.where.keys == ("variants", "v1.5", "schedule", "Step", "factor")
