"""Ensembles, as a recipe asks for them."""

from collections.abc import Mapping
from dataclasses import dataclass

from trainlab.experiment.checks import count, flag, mapping
from trainlab.experiment.places import Place

MOST_MEMBERS = 1_000


@dataclass(frozen=True)
class Ensemble:
    """Several networks, apart in their seeds alone, that answer as one by the mean of their answers.

    Args:
        members: how many networks.
        control: whether a single network is trained beside them for as many epochs as all members together,
            so that the gain of averaging is told from the gain of computing more.

    Source:
        Lakshminarayanan, Pritzel & Blundell, *Simple and Scalable Predictive Uncertainty Estimation using
        Deep Ensembles*, NeurIPS 2017. We depart: no adversarial training.
    """

    members: int = 5
    control: bool = True

    def document(self) -> object:
        """Give the value as an experiment file writes it."""
        return self.members if self.control else {"members": self.members, "control": False}


def parse_ensemble(value: object, where: str) -> Ensemble | None:
    """Read ``5`` or ``{members: 5, control: false}``; one member is no ensemble.

    >>> parse_ensemble(5, "ensemble")
    Ensemble(members=5, control=True)
    """
    if isinstance(value, Ensemble):
        value = value.document()
    if isinstance(value, Mapping):
        place = Place.of(where)
        said = mapping(value, place, ("members", "control"), "key of an ensemble")
        members = count(high=MOST_MEMBERS)(said.get("members", 5), place / "members")
        found = Ensemble(members, flag()(said.get("control", True), place / "control"))
    else:
        found = Ensemble(count(high=MOST_MEMBERS)(value, where))
    return found if found.members > 1 else None
