"""What an answer of a variant costs: seconds a row, and how large its network is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from trainlab.results.table import Results

FACT = "prediction"


@dataclass(frozen=True)
class Prediction:
    """What one answer costs; of an ensemble, all members together.

    Args:
        seconds_per_row: steady time on the machine and device of the run, many rows at once, nothing else
            running beside it; compiling left out.
        bytes: of everything the network needs to answer, as 32-bit numbers.
        parameters: trainable numbers.
    """

    seconds_per_row: float
    bytes: int
    parameters: int

    def document(self) -> dict[str, Any]:
        """Give it as plain values."""
        return asdict(self)


def prediction_of(results: Results) -> Mapping[str, Prediction]:
    """Give what an answer of each variant costs; variants that were not measured are left out.

    Args:
        results: what is stored.
    """
    return {name: Prediction(**said) for name, said in results.facts.get(FACT, {}).items()}
