"""The cheapest next experiment for what is wrong with a variant: a ready variant that one call runs.

Candidates stand in the order of what they cost; the first that can be, and has not been tried, is proposed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trainlab.diagnosis.flexibility import STRENGTHS, strength
from trainlab.errors import UsageError
from trainlab.experiment.recipe import DEFAULTS, Recipe
from trainlab.experiment.schedules import parse_schedule
from trainlab.experiment.variants import Variant

Ailment = str
"""A verdict, or the code of a finding."""

Changes = dict[str, Any]

DYING = ("relu", "relu6")
_RATE_STEP = 10.0
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Next:
    """A ready variant.

    Args:
        name: its name, none that the experiment has.
        changes: all that it changes of the experiment's recipe, what the diagnosed variant changes included,
            as an experiment file writes it.
        why: what it would tell.
        added: what of it the diagnosed variant does not have.
    """

    name: str
    changes: Mapping[str, Any]
    why: str
    added: Mapping[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Give plain values."""
        return {"name": self.name, "changes": dict(self.changes), "why": self.why}


@dataclass(frozen=True)
class Asked:
    """What a proposal has to fit to.

    Args:
        variant: name of the diagnosed variant.
        document: the experiment as it is stored.
        least_rows: validation rows of the smallest fold; a single one can't be halved for early stopping.
    """

    variant: str
    document: Mapping[str, Any]
    least_rows: int = 2

    @property
    def changes(self) -> Changes:
        """What the variant changes."""
        return dict(self.document["variants"][self.variant] or {})

    @property
    def settings(self) -> Changes:
        """Its settings in force, defaults included."""
        return {**DEFAULTS, **(self.document.get("recipe") or {}), **self.changes}

    @property
    def model(self) -> Mapping[str, Any]:
        """Its network, as an experiment file describes it."""
        given = self.settings["model"] or self.document.get("model") or {}
        return given if isinstance(given, Mapping) else {}


def next_experiment(asked: Asked, ailments: Sequence[Ailment]) -> Next | None:
    """Propose the cheapest variant that would mend what is wrong; None where all have been tried.

    Args:
        asked: the variant and the experiment it belongs to.
        ailments: what is wrong, the most telling first.

    >>> document = {
    ...     "recipe": {"learning_rate": 0.5},
    ...     "variants": {"wide": {"width": 8}},
    ...     "model": {"mlp": [8]},
    ... }
    >>> found = next_experiment(Asked("wide", document), ["diverged"])
    >>> found.name, dict(found.changes)
    ('wide + learning_rate 0.05', {'width': 8, 'learning_rate': 0.05})
    """
    tried = _tried(asked.document)
    for ailment in ailments:
        for added, why in _CURES.get(ailment, _none)(asked):
            changes = {**asked.changes, **added}
            name = _name(asked, added)
            found = _in_force(name, changes, asked.document)
            if found is not None and found not in tried:
                return Next(name, changes, why, added)
    return None


def _tried(document: Mapping[str, Any]) -> list[Any]:
    found = [_in_force(name, changes or {}, document) for name, changes in document["variants"].items()]
    return [one for one in found if one is not None]


def _in_force(name: str, changes: Changes, document: Mapping[str, Any]) -> Any:
    """Give the recipe in force, which can be compared; None where the settings contradict each other.

    A model that lives in Python can be neither read nor compared by its value, so its words stand for it.
    """
    recipe, changes = dict(document.get("recipe") or {}), dict(changes)
    model = changes.pop("model", recipe.pop("model", None))
    try:
        found = Variant(name, changes).recipe(Recipe(**recipe))
        if isinstance(model, Mapping) and {"mlp", "linear", "cnn"} & set(model):
            return found.changed({"model": model}), None
    except UsageError:
        return None
    return found, repr(model)


def _name(asked: Asked, added: Changes) -> str:
    told = ", ".join(_told(key, value) for key, value in added.items())
    name = f"{asked.variant[:_LONGEST_NAME]} + {told}"
    taken, again = set(asked.document["variants"]), 2
    whole = name
    while whole in taken:
        whole, again = f"{name} ({again})", again + 1
    return whole


def _told(key: str, value: Any) -> str:
    if value is True:
        return key
    if value is False or value == 0:
        return f"no {key}"
    if isinstance(value, Mapping):
        ((family, sizes),) = value.items()
        return f"{family} {_told('', sizes).strip()}" if key == "model" else f"{key} {family}"
    if isinstance(value, (list, tuple)):
        return f"{key} {'-'.join(map(str, value))}"
    return f"{key} {value:g}" if isinstance(value, float) else f"{key} {value}"


# ---------------------------------------------------------------------------------------- what may help

Cures = Iterator[tuple[Changes, str]]


def _none(asked: Asked) -> Cures:
    del asked
    yield from ()


def _stops(asked: Asked) -> Cures:
    if not asked.settings["early_stopping"] and asked.least_rows > 1:
        yield {"early_stopping": True}, "whether stopping at the best epoch is all it needs; it costs nothing"


def _overfitting(asked: Asked) -> Cures:
    yield from _stops(asked)
    settings = asked.settings
    if not strength(settings["dropout"]) and _has_hidden(asked):
        yield {"dropout": 0.3}, "whether dropout keeps it from learning its rows by heart"
    if not strength(settings["l2"]) and not settings["l1_l2"] and _has_hidden(asked):
        yield {"l2": 1e-3}, "whether a penalty on large weights keeps it from learning its rows by heart"
    if 0 < strength(settings["dropout"]) < 0.5 and not isinstance(settings["dropout"], Mapping):
        yield {"dropout": 0.5}, "whether more dropout helps more"
    yield from _sized(asked, 0.5, "whether a network of half the width is enough")
    if 0 < strength(settings["l2"]) < 0.1 and isinstance(settings["l2"], float):
        yield {"l2": _rounded(10 * settings["l2"])}, "whether a stronger penalty helps more"


def _underfitting(asked: Asked) -> Cures:
    on = [key for key in STRENGTHS if strength(asked.settings[key])]
    for key in sorted(on, key=lambda key: -strength(asked.settings[key])):
        yield {key: 0.0 if key != "l1_l2" else False}, f"whether it is `{key}` that keeps it from learning"
    yield from _larger(asked)
    yield from _longer(asked)
    yield from _rate(asked, _RATE_STEP, "whether a larger step gets further")


def _both(asked: Asked) -> Cures:
    yield from _stops(asked)
    yield from _larger(asked)
    yield from _overfitting(asked)


def _not_converged(asked: Asked) -> Cures:
    yield from _longer(asked)
    yield from _rate(asked, _RATE_STEP, "whether a larger step gets there in as many epochs")


def _too_high(asked: Asked) -> Cures:
    yield from _rate(asked, 1 / _RATE_STEP, "whether steps were too long")
    if not asked.settings["clip_norm"] and not asked.settings["clip_value"]:
        yield {"clip_norm": 1.0}, "whether single large gradients throw it off"


def _too_low(asked: Asked) -> Cures:
    yield from _rate(asked, _RATE_STEP, "whether steps were too short")
    yield from _longer(asked)


def _dying(asked: Asked) -> Cures:
    if asked.settings["initializer"] not in {None, "he_normal", "he_uniform", "glorot_uniform"}:
        yield {"initializer": "he_normal"}, "whether its units were dead from the start"
    if _activation(asked) in {*DYING, ""}:  # not said: their units did die
        yield {"activation": "leaky_relu"}, "whether units that cannot die learn more"
    yield from _rate(asked, 1 / _RATE_STEP, "whether long steps killed its units")


def _saturating(asked: Asked) -> Cures:
    if asked.settings["initializer"] not in {None, "glorot_uniform", "glorot_normal"}:
        yield {"initializer": "glorot_uniform"}, "whether its weights began too large"
    if not asked.settings["batch_norm"] and _has_hidden(asked):
        yield {"batch_norm": True}, "whether units that are kept in their steep range learn more"
    yield from _rate(asked, 1 / _RATE_STEP, "whether long steps drove its units into their flat ends")


def _vanishing(asked: Asked) -> Cures:
    if _activation(asked) in {"sigmoid", "tanh", "hard_sigmoid", "softsign"}:
        yield {"activation": "relu"}, "whether gradients reach its first layers through `relu`"
    if asked.settings["initializer"] not in {None, "he_normal", "glorot_uniform"}:
        yield {"initializer": "he_normal"}, "whether gradients reach its first layers from another start"
    if not asked.settings["batch_norm"] and _has_hidden(asked):
        yield {"batch_norm": True}, "whether normalized layers let gradients reach the first ones"


def _exploding(asked: Asked) -> Cures:
    if not asked.settings["clip_norm"] and not asked.settings["clip_value"]:
        yield {"clip_norm": 1.0}, "whether single large gradients throw it off"
    yield from _too_high(asked)


def _longer(asked: Asked) -> Cures:
    epochs = max(8, 2 * int(asked.settings["epochs"]))
    yield {"epochs": epochs}, "whether it goes on learning"


def _larger(asked: Asked) -> Cures:
    hidden = _hidden(asked)
    if hidden:
        yield from _sized(asked, 4.0, "whether a wider network gets further")
        if _family(asked) == "mlp" and len(hidden) < 3:
            deeper = [*hidden, hidden[-1]]
            yield _hidden_changes(asked, deeper), "whether a deeper network gets further"
    elif _family(asked) in {"mlp", "linear"}:
        yield _hidden_changes(asked, [64]), "whether a hidden layer gets further than none"


def _sized(asked: Asked, factor: float, why: str) -> Cures:
    if _hidden(asked):
        yield {"width": _rounded(factor * float(asked.settings["width"]))}, why


def _hidden_changes(asked: Asked, hidden: list[int]) -> Changes:
    """Say the sizes where the network is said: inside of a model of the variant's own, else beside it."""
    if asked.settings["model"]:
        return {"model": {"mlp": hidden}}
    return {"hidden": hidden} if _family(asked) == "mlp" else {"model": {"mlp": hidden}}


def _rate(asked: Asked, factor: float, why: str) -> Cures:
    rate, schedule = asked.settings["learning_rate"], asked.settings["schedule"]
    if rate is None or (schedule and dict(parse_schedule(schedule, "schedule").numbers).get("peak")):
        return  # the peak of the schedule is what the steps go by
    how = "at ten times the rate" if factor > 1 else "at a tenth of the rate"
    yield {"learning_rate": _rounded(factor * float(rate))}, f"{why}, {how}"


def _family(asked: Asked) -> str:
    return next(iter(asked.model), "")


def _hidden(asked: Asked) -> list[int]:
    """Give the sizes of the hidden layers of a network that is described; nothing of others."""
    if asked.settings["hidden"]:
        return list(asked.settings["hidden"])
    family = _family(asked)
    said = asked.model.get(family)
    if family == "cnn":
        given = said if isinstance(said, Mapping) else {}
        return [*given.get("filters", (32, 64)), *given.get("hidden", ())]
    if family == "mlp":
        return list(said.get("hidden", (64,)) if isinstance(said, Mapping) else said or ())
    return []


def _has_hidden(asked: Asked) -> bool:
    """Tell whether there are layers to act on: of a network that is not described, it is supposed."""
    return _family(asked) not in {"mlp", "linear", "cnn"} or bool(_hidden(asked))


def _activation(asked: Asked) -> str:
    """Give the activation of the hidden layers; empty where the network does not say it."""
    said = asked.model.get(_family(asked))
    named = said.get("activation", "relu") if isinstance(said, Mapping) else "relu"
    own = named if _family(asked) in {"mlp", "cnn"} else ""
    return str(asked.settings["activation"] or own)


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


_CURES = {
    "overfitting": _overfitting,
    "underfitting": _underfitting,
    "both": _both,
    "not_converged": _not_converged,
    "diverged": _too_high,
    "epochs": _longer,
    "TL201": _overfitting,
    "TL204": _too_high,
    "TL205": _too_low,
    "TL206": _too_high,
    "TL208": _dying,
    "TL209": _saturating,
    "TL210": _vanishing,
    "TL211": _exploding,
}
