"""How hard a program is compiled: what runs long is worth it, what runs once is not.

Measured on dense networks (docs/why.md): with the loops that XLA made before it had fusion emitters, steps
compile in half the time and run up to a half longer; without LLVM's optimizations, too, in a third of the
time, and six times longer where they are loops and not products of matrices.
"""

import enum
from typing import Any

import jax

_LOOPS, _LLVM = {"xla_cpu_use_fusion_emitters": False}, {"xla_backend_optimization_level": 0}


class Effort(enum.Enum):
    """How hard a program is compiled."""

    FULL = "full"
    LESS = "less"
    LEAST = "least"


def compiled(lowered: Any, effort: Effort) -> Any:
    """Compile what JAX has lowered."""
    if effort is Effort.FULL:
        return lowered.compile()
    options = _LOOPS if effort is Effort.LESS else {**_LOOPS, **_LLVM}
    try:
        return lowered.compile(options)
    except jax.errors.JaxRuntimeError as error:
        # XLA's options are no promise: where one has gone, programs are compiled in full.
        if "compile option" not in str(error):
            raise
        return lowered.compile()
