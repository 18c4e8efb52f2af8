"""How a variant's settings are tuned: a space, how many trials of which sampler, and on which rows.

``tune`` and ``budget`` tune every variant alike; ``search`` searches for one more, called `found`. Both come
to the same value, a tuning. What is done with it stands in the room ``tuning``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from trainlab.data.splitting.validations import Holdout, LeaveOneOut, Splitter, TimeSeries, Validation
from trainlab.errors import UsageError
from trainlab.experiment.checks import Check, count, flag, mapping, number, one_of
from trainlab.experiment.places import Place
from trainlab.experiment.space import Space, parse_space
from trainlab.experiment.validation import parse_validation, validation_document

FOUND = "found"
"""Name of the variant that a search looks for."""
COCKTAIL = "cocktail"
MOST_TRIALS = 100_000

Sampler = Literal["quasi_random", "random", "grid", "tpe", "cmaes"]
SAMPLERS: tuple[Sampler, ...] = ("quasi_random", "random", "grid", "tpe", "cmaes")

INNER = Holdout(0.2)


@dataclass(frozen=True)
class Pruning:
    """When a trial is given up before its last epoch.

    Args:
        kind: ``"median"`` gives up what is worse than the median of the trials that came as far;
            ``"halving"`` lets the best ``1 / factor`` go on, at epoch ``first`` and at its multiples by
            ``factor`` (asynchronous successive halving, Li et al. 2020).
        first: epoch of the first look.
        factor: of how many trials one goes on.
    """

    kind: Literal["median", "halving"]
    first: int = 1
    factor: int = 3

    def document(self) -> dict[str, Any]:
        """Give plain values."""
        factor = {"factor": self.factor} if self.kind == "halving" else {}
        return {self.kind: {"first": self.first, **factor}}


@dataclass(frozen=True)
class Tuning:
    """How one variant is tuned.

    Trials are trained and scored within the training rows of a fold, with seeds of their own; what is chosen
    is trained again on all of them with the experiment's seeds, and scored on rows that no trial has seen.

    Args:
        space: the settings that are left open.
        trials: how many points of it are tried, in each fold.
        sampler: who proposes them.
        minutes: after so many no more are asked for; left out, there is no such limit.
        cohort: trials that are asked for at once, trained at once, and then told.
        seeds: networks of a trial on each inner split.
        validation: how the training rows of a fold are split again.
        pruning: when a trial is given up early; None for never.
        choose: ``"best"``, or ``"simplest"``: of those within one standard error of the best the one with
            the fewest weights.
        sampler_seed: what the sampler draws from.
    """

    space: Space
    trials: int = 16
    sampler: Sampler = "quasi_random"
    minutes: float | None = None
    cohort: int = 32
    seeds: int = 1
    validation: Validation = INNER
    pruning: Pruning | None = None
    choose: Literal["best", "simplest"] = "best"
    sampler_seed: int = 0

    def document(self) -> dict[str, Any]:
        """Give plain values, defaults written out."""
        return {
            "space": self.space.document(),
            "sampler": self.sampler,
            "trials": self.trials,
            "minutes": self.minutes,
            "cohort": self.cohort,
            "seeds": self.seeds,
            "validation": validation_document(self.validation),
            "pruning": None if self.pruning is None else self.pruning.document(),
            "choose": self.choose,
            "sampler_seed": self.sampler_seed,
        }


@dataclass(frozen=True)
class Budget:
    """How much tuning every variant gets.

    Args:
        trials: points that are tried for each variant, in each fold.
        seeds: networks of a trial on each inner split.
        validation: how the training rows of a fold are split again.
        choose: ``"best"`` or ``"simplest"``.
    """

    trials: int = 16
    seeds: int = 1
    validation: Validation = INNER
    choose: Literal["best", "simplest"] = "best"

    def tuning(self, space: Space) -> Tuning:
        """Give the tuning of a space with this budget: quasi-random trials, all at once."""
        return Tuning(
            space,
            trials=self.trials,
            cohort=self.trials,
            seeds=self.seeds,
            validation=self.validation,
            choose=self.choose,
        )

    def document(self) -> Any:
        """Give it as an experiment file writes it."""
        if self == Budget(self.trials):
            return self.trials
        return {
            "trials": self.trials,
            "seeds": self.seeds,
            "validation": validation_document(self.validation),
            "choose": self.choose,
        }


@dataclass(frozen=True)
class Search:
    """A search for the best settings.

    Args:
        tuning: of which space, how; None for the ready-made cocktail of all techniques, whose space follows
            from the data.
        settings: what of the tuning is said beside its space.
        attribute: whether the techniques of what is found are left out one by one, to see what helped.
    """

    space: Space | None
    settings: tuple[tuple[str, Any], ...] = ()
    attribute: bool = False

    def tuning(self, space: Space) -> Tuning:
        """Give the tuning of the space that is searched.

        Args:
            space: its own, or that of the cocktail.
        """
        return Tuning(space, **{"trials": 64, "sampler": "tpe", **dict(self.settings)})

    def document(self) -> dict[str, Any]:
        """Give it as an experiment file writes it."""
        whole = self.tuning(self.space or Space((), ())).document()
        told: dict[str, Any] = {"space": COCKTAIL if self.space is None else self.space.document()}
        told |= {key: value for key, value in whole.items() if key != "space" and value is not None}
        return told | ({"attribute": True} if self.attribute else {})


def parse_budget(value: object, where: str = "budget") -> Budget:
    """Read how much tuning every variant gets: how many trials, or more of it as a mapping.

    >>> parse_budget(16).trials, parse_budget({"trials": 8, "seeds": 2}).seeds
    (16, 2)
    >>> parse_budget(0)
    Traceback (most recent call last):
    trainlab.errors.UsageError: budget: not in the allowed range (got 0). Give a whole number of at least 1.
    """
    if isinstance(value, Budget):
        return value
    place = Place.of(where)
    if not isinstance(value, Mapping):
        return Budget(_TRIALS(value, place))
    known = ("trials", "seeds", "validation", "choose")
    return Budget(**_checked(mapping(value, place, known, "part of a budget"), place))


def parse_search(value: object, where: str = "search") -> Search:
    """Read a search.

    Raises:
        UsageError: for anything impossible in it, at its place.

    >>> parse_search({"space": {"learning_rate": {"log": [1e-4, 0.1]}}, "trials": 8}).settings
    (('trials', 8),)
    >>> parse_search({"trials": 8})
    Traceback (most recent call last):
    trainlab.errors.UsageError: search: a search without a space. Write `search: {space: {learning_rate: \
{log: [1e-4, 1e-1]}}, trials: 64}`, or `space: cocktail` for all techniques.
    """
    if isinstance(value, Search):
        return value
    place = Place.of(where)
    known = ("space", "attribute", *_CHECKS)
    told = mapping(value, place, known, "part of a search")
    if "space" not in told:
        cure = (
            "Write `search: {space: {learning_rate: {log: [1e-4, 1e-1]}}, trials: 64}`, or `space: cocktail` "
            "for all techniques."
        )
        raise UsageError("a search without a space", place, None, cure)
    space = told.pop("space")
    found = None if space == COCKTAIL else parse_space(space, place / "space")
    attribute = flag()(told.pop("attribute", False), place / "attribute")
    settings = _checked(told, place)
    if settings.get("sampler") == "cmaes":
        if found is None:
            cure = (
                "Take `sampler: tpe`: a cocktail is made of choices, and CMA-ES moves through numbers alone."
            )
            raise UsageError("no sampler for a cocktail", place / "sampler", "cmaes", cure)
        _check_cmaes(found, place / "sampler")
    usual = Search(None).tuning(Space((), ()))
    unusual = ((key, settings[key]) for key in _CHECKS if key in settings)
    kept = tuple((key, value) for key, value in unusual if value != getattr(usual, key))
    return Search(found, kept, attribute=attribute)


def _check_cmaes(space: Space, place: Place) -> None:
    for parameter in space.parameters:
        if parameter.kind == "choice" or parameter.when:
            cure = "Leave only numbers open that always apply, or take `sampler: tpe`."
            message = (
                f"CMA-ES moves through numbers alone, and {parameter.name!r} is a choice or hangs on one"
            )
            raise UsageError(message, place, "cmaes", cure)


def _checked(told: Mapping[str, Any], place: Place) -> dict[str, Any]:
    return {key: _CHECKS[key](value, place / key) for key, value in told.items() if value is not None}


def _inner(value: object, where: str) -> Validation:
    found = parse_validation(value, where)
    if isinstance(found, Splitter | LeaveOneOut | TimeSeries):
        cure = "Write `validation: {holdout: 0.2}` or `{kfold: 3}`; a time series is cut in time anyway."
        raise UsageError("not a way to split training rows again", where, None, cure)
    return found


def _pruning(value: object, where: str) -> Pruning | None:
    place = Place.of(where)
    if value is False or value == "none":
        return None
    if isinstance(value, str):
        value = {one_of(("median", "halving"), "pruning")(value, place): {}}
    kinds = mapping(value, place, ("median", "halving"), "pruning")
    if len(kinds) != 1:
        cure = "Write `pruning: {halving: {first: 1, factor: 3}}`."
        raise UsageError("not one pruning", place, value, cure)
    ((kind, told),) = kinds.items()
    inside = place / kind
    parts = mapping(told or {}, inside, ("first", "factor")[: 1 + (kind == "halving")], "part of pruning")
    first = count()(parts.get("first", 1), inside / "first")
    factor = count(low=2)(parts.get("factor", 3), inside / "factor")
    return Pruning("halving" if kind == "halving" else "median", first, factor)


_TRIALS = count(high=MOST_TRIALS)
_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "sampler": one_of(SAMPLERS, "sampler"),
        "trials": _TRIALS,
        "minutes": number(low=0.0, low_open=True),
        "cohort": count(high=10_000),
        "seeds": count(high=1_000),
        "validation": _inner,
        "pruning": _pruning,
        "choose": one_of(("best", "simplest"), "way to choose"),
        "sampler_seed": count(low=0, high=2**32 - 1),
    }
)
