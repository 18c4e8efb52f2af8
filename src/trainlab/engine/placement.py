"""Where lanes and data stand: lanes are spread over all devices, data stands whole on each."""

from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

LANE = "lane"
# Axes that arrays are cut along: the first one, or none.
SPREAD: PartitionSpec = PartitionSpec(LANE)  # type: ignore[no-untyped-call]
WHOLE: PartitionSpec = PartitionSpec()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Placement:
    """Devices in a row, and the two ways to stand on them."""

    mesh: Mesh

    @property
    def devices(self) -> int:
        """How many devices there are."""
        return int(self.mesh.devices.size)

    def spread(self, tree: Any) -> Any:
        """Spread arrays ``(lane, ...)`` over the devices."""
        return jax.device_put(tree, NamedSharding(self.mesh, SPREAD))

    def copied(self, tree: Any) -> Any:
        """Put arrays whole on every device."""
        return jax.device_put(tree, NamedSharding(self.mesh, WHOLE))


def place(lanes: int, most: int | None = None) -> Placement:
    """Take the devices for so many lanes: never more devices than lanes.

    Args:
        lanes: lanes to be trained.
        most: use at most so many devices; left out, all.
    """
    found = jax.devices()
    count = max(1, min(len(found), lanes, most or len(found)))
    return Placement(Mesh(np.array(found[:count]), (LANE,)))


def device_sentence() -> str:
    """Say which devices there are, as ``2 x cpu``."""
    found = jax.devices()
    return f"{len(found)} x {found[0].device_kind}"
