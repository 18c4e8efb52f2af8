"""Pieces: the layers, regularizers, constraints and weight drops that stand at sites.

The same site becomes one of two things: in a network of lanes a piece whose number comes from the lane, in a
plain model Keras's own piece with a plain number. Where pieces go is not known here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras

from trainlab.model.lane_layers import LaneAlphaDropout, LaneGaussianDropout, LaneMaxNorm
from trainlab.model.reweighted import DropConnect
from trainlab.model.sites import ON_OUTPUTS, Site
from trainlab.per_lane import Knob

# What traced code sees in comparisons, as `if rate > 0`; the numbers in force are the lanes'.
SEEN = 0.5

# technique -> (the class for lanes, Keras's own class, the attribute that is the strength)
_LAYERS: dict[str, tuple[Any, Any, str]] = {
    "dropout": (keras.layers.Dropout, keras.layers.Dropout, "rate"),
    "gaussian_dropout": (LaneGaussianDropout, keras.layers.GaussianDropout, "rate"),
    "alpha_dropout": (LaneAlphaDropout, keras.layers.AlphaDropout, "rate"),
    "gaussian_noise": (keras.layers.GaussianNoise, keras.layers.GaussianNoise, "stddev"),
}
_PENALTIES = {"l1": "l1", "l2": "l2", "activity_l1": "l1", "activity_l2": "l2"}


@dataclass(frozen=True, eq=False)
class Pieces:
    """Makes what stands at sites, and notes which attributes take the lanes' numbers.

    Args:
        strengths: strength at each site; not looked at for lanes.
        lanes: whether the numbers come from lanes.
        knobs: filled with the attributes that take a lane's number.
        drawing: filled with what draws by chance, by the name of its site's number.
    """

    strengths: Mapping[Site, float]
    lanes: bool
    knobs: list[Knob] = field(default_factory=list)
    drawing: dict[str, Any] = field(default_factory=dict)

    def at(self, layer: int, techniques: Sequence[str]) -> list[Site]:
        """Give the sites of a layer with one of these techniques, in the order of the techniques."""
        found = [site for site in sorted(self.strengths) if site.layer == layer]
        return [site for technique in techniques for site in found if site.technique == technique]

    def layers(self, layer: int, name: Callable[[str], str], policy: Any) -> list[Any]:
        """Make the layers that stand behind a layer's output.

        Args:
            layer: the layer's position.
            name: gives the name of a technique's layer there.
            policy: the precision they compute in.
        """
        return [self._layer(site, name(site.technique), policy) for site in self.at(layer, ON_OUTPUTS)]

    def _layer(self, site: Site, name: str, policy: Any) -> Any:
        for_lanes, plain, attribute = _LAYERS[site.technique]
        kind = for_lanes if self.lanes else plain
        options = {attribute: self._strength(site), "name": name, "dtype": policy}
        made = kind(seed=0, **options)
        self._turn(made, attribute, site)
        return made

    def regularizer(self, sites: Sequence[Site]) -> Any:
        """Make one regularizer for an L1 site, an L2 site, or one of both on the same weights."""
        strengths = {_PENALTIES[site.technique]: self._strength(site) for site in sites}
        if len(strengths) == 2:
            made = keras.regularizers.L1L2(**strengths)
        elif "l1" in strengths:
            made = keras.regularizers.L1(**strengths)
        else:
            made = keras.regularizers.L2(**strengths)
        for site in sites:
            self._turn(made, _PENALTIES[site.technique], site)
        return made

    def constraint(self, site: Site, axes: tuple[int, ...]) -> Any:
        """Make the bound of the norm over some axes."""
        kind = LaneMaxNorm if self.lanes else keras.constraints.MaxNorm
        made = kind(self._strength(site), axis=list(axes))
        self._turn(made, "max_value", site)
        return made

    def drops(self, layer: int) -> tuple[DropConnect, ...]:
        """Make what drops a layer's weights."""
        made = []
        for site in self.at(layer, ("drop_connect",)):
            made.append(DropConnect((site.weight,), self._strength(site), site.number))
            self._turn(made[-1], "rate", site)
        return tuple(made)

    def _strength(self, site: Site) -> float:
        return SEEN if self.lanes else self.strengths[site]

    def _turn(self, owner: Any, attribute: str, site: Site) -> None:
        if hasattr(owner, "seed_generator"):
            self.drawing[site.number] = owner.seed_generator
        if self.lanes:
            self.knobs.append(Knob(owner, attribute, site.number))
