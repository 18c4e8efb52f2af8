"""The learning-rate schedules by name, with the numbers each takes: vocabulary only.

How a rate is computed is said in ``recipe``. Here stand the names, bounds and defaults, so that an experiment
file is checked without importing JAX or Keras.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from trainlab.errors import UsageError
from trainlab.experiment.checks import Check, count, number, suggestion
from trainlab.experiment.places import Place

WARMUP = "warmup"
LEFT_OUT = 0.0  # what stands for a peak that is left out: a number, so that lanes with and without it mix

_SHARE = number(low=0.0, high=1.0, low_open=True)
_EPOCHS = number(low=0.0)

# Name -> the numbers it takes beside the warm-up: check and default.
_Numbers = Mapping[str, tuple[Check, float]]

KINDS: Mapping[str, _Numbers] = MappingProxyType(
    {
        "constant": MappingProxyType({}),
        "step": MappingProxyType({"every": (count(), 5.0), "factor": (_SHARE, 0.5)}),
        "exponential": MappingProxyType({"factor": (_SHARE, 0.95)}),
        "inverse_time": MappingProxyType({"rate": (number(low=0.0), 0.1)}),
        # At most a hundred: the step times the number of periods is a 32-bit whole number in the program.
        "cosine": MappingProxyType({"restarts": (count(low=0, high=100), 0.0)}),
        "one_cycle": MappingProxyType({"peak": (number(low=0.0, low_open=True), LEFT_OUT)}),
        "plateau": MappingProxyType(
            {
                "patience": (count(), 3.0),
                "factor": (number(low=0.0, high=1.0, low_open=True, high_open=True), 0.5),
                "min_delta": (number(low=0.0), 1e-4),
                "cooldown": (count(low=0), 0.0),
                "min_rate": (number(low=0.0), 0.0),
            }
        ),
    }
)

_HOW = "Write `schedule: cosine` or `schedule: {step: {every: 5, factor: 0.5}, warmup: 2}`."


@dataclass(frozen=True)
class Schedule:
    """How the learning rate changes during training.

    Args:
        kind: one of ``KINDS``.
        numbers: all numbers of the kind and the warm-up in epochs, sorted by name; 0 for a warm-up or a peak
            that is left out.

    >>> parse_schedule("cosine")
    Schedule(kind='cosine', numbers=(('restarts', 0.0), ('warmup', 0.0)))
    """

    kind: str
    numbers: tuple[tuple[str, float], ...]

    def document(self) -> object:
        """Give the schedule as an experiment file writes it, with every number in force.

        >>> parse_schedule({"step": None, "warmup": 2}).document()
        {'step': {'every': 5, 'factor': 0.5}, 'warmup': 2}
        >>> parse_schedule("constant").document()
        'constant'
        """
        given = {name: int(value) if value.is_integer() else value for name, value in self.numbers}
        warmup = given.pop(WARMUP)
        if not given.get("peak", True):
            del given["peak"]
        beside = {WARMUP: warmup} if warmup else {}
        if self.kind == "constant" and warmup:
            return beside
        return {self.kind: given, **beside} if given or beside else self.kind


def parse_schedule(value: object, where: str = "schedule") -> Schedule:
    """Read a schedule: a name, a name with its numbers, either with a warm-up, or a warm-up alone.

    Left-out numbers: ``step`` halves the rate every 5 epochs, ``exponential`` multiplies it by 0.95 an epoch,
    ``inverse_time`` has rate 0.1 an epoch, ``cosine`` no restarts, ``one_cycle`` the learning rate as peak,
    and ``plateau`` halves the rate after 3 epochs in which the validation loss has not fallen by 0.0001, with
    no cooldown and no lowest rate. There is no warm-up unless one is given; the rate is constant after a
    warm-up alone.

    Args:
        value: what was written.
        where: the place where it stands.

    Raises:
        UsageError: for an unknown schedule or number, a number out of its bounds, or anything given twice.

    >>> parse_schedule({"step": {"every": 10}, "warmup": 2}).numbers
    (('every', 10.0), ('factor', 0.5), ('warmup', 2.0))
    >>> parse_schedule({"warmup": 2})
    Schedule(kind='constant', numbers=(('warmup', 2.0),))
    >>> parse_schedule("cosin")
    Traceback (most recent call last):
    trainlab.errors.UsageError: schedule: unknown schedule (got 'cosin'). Did you mean `cosine`?
    """
    place = Place.of(where)
    if isinstance(value, Schedule):
        value = value.document()
    if isinstance(value, str):
        return _schedule(_kind(value, place), None, {}, place)
    if not isinstance(value, Mapping) or not value:
        raise UsageError("a schedule is a name, or one name with its numbers", place, value, _HOW)
    beside = {WARMUP: value[WARMUP]} if WARMUP in value else {}
    names = [key for key in value if key != WARMUP]
    if not names:
        return _schedule("constant", None, beside, place)
    kinds = {key: _kind(key, place.key(key), [name for name in names if name in KINDS]) for key in names}
    if len(kinds) > 1:
        both = " or ".join(f"`{kind}`" for kind in kinds.values())
        raise UsageError("more than one schedule", place.key(names[1]), names[1], f"Keep {both}.")
    ((written, kind),) = kinds.items()
    return _schedule(kind, value[written], beside, place, written)


def _kind(given: object, where: Place, others: list[str] | None = None) -> str:
    """Tell which kind is meant; ``others`` are the kinds that stand beside a key of the file."""
    name = given.lower() if isinstance(given, str) else given
    if isinstance(name, str) and name in KINDS:
        return name
    owners = [kind for kind in others or KINDS if given in KINDS[kind]]
    if owners:
        cure = f"It is a number of a schedule: write `schedule: {{{owners[0]}: {{{given}: ...}}}}`."
        raise UsageError("unknown schedule", where, given, cure)
    names = list(KINDS) if others is None else [*KINDS, WARMUP]
    raise UsageError("unknown schedule", where, given, suggestion(given, names))


def _schedule(
    kind: str, given: object, beside: Mapping[str, object], where: Place, written: str | None = None
) -> Schedule:
    known = KINDS[kind]
    inside = where / (kind if written is None else written)
    given = {} if given is None else given
    if not isinstance(given, Mapping):
        cure = f"Write `{{{kind}: {{{next(iter(known), WARMUP)}: ...}}}}`."
        raise UsageError(f"the numbers of {kind} are no mapping", inside, given, cure)
    for key in given:
        if key not in known and key != WARMUP:
            cure = suggestion(key, [*known, WARMUP])
            raise UsageError(f"{kind} has no such number", inside.key(key), key, cure)
    if WARMUP in given and beside:
        cure = f"Write it once: `{{{kind}: {{...}}, {WARMUP}: {beside[WARMUP]}}}`."
        raise UsageError("the warm-up is given twice", inside.key(WARMUP), given[WARMUP], cure)
    found = {name: default for name, (_, default) in known.items()} | {WARMUP: 0.0}
    found |= {name: float(known[name][0](given[name], inside / name)) for name in known if name in given}
    for holder, place in ((given, inside), (beside, where)):
        if WARMUP in holder:
            found[WARMUP] = float(_EPOCHS(holder[WARMUP], place / WARMUP))
    return Schedule(kind, tuple(sorted(found.items())))


CONSTANT = parse_schedule("constant")
