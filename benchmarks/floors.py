"""The floor of a training step: what the machine needs for it at least, whatever the program.

Two bounds, and the larger one is the floor (a roofline). Arithmetic: the matrix products of forward and
backward over the rate at which large products of float32 are done by all cores. Bytes: what a step must read
and write of a lane's state over the rate at which arrays of that size are copied by all cores at once, as
lanes are trained. Both rates are measured in the same rounds as the contenders.

    python benchmarks/floors.py --worker TASK

is a worker: ``peak`` multiplies, ``bandwidth`` copies; one for each core is asked to copy at once.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import measure
import works

PRODUCT_SIZES = (512, 1024, 2048)
ACCELERATED_SIZES = (2048, 4096, 8192)
ACCELERATED_BYTES = 2**28  # so much that a call's overhead is nothing there


@dataclass(frozen=True)
class Needs:
    """What one step of one run needs: floating-point operations, and bytes of its state that move."""

    operations: int
    bytes: int

    def seconds(self, peak: float, bandwidth: float) -> tuple[float, float]:
        """Give the seconds of arithmetic and those of moving bytes.

        Args:
            peak: operations a second.
            bandwidth: bytes a second, read and written ones added up.
        """
        return self.operations / peak, self.bytes / bandwidth


def needs(network: works.Network, training: works.Training) -> Needs:
    """Count what a step needs.

    A product of B x I by I x O takes 2 B I O operations, and there are three for each layer: forward, the
    gradient of the weights, and the gradient of the inputs, but of the first layer's. Biases, activations and
    the optimizer's own arithmetic are left out. Weights are read twice, forward and backward; gradients
    are written and read; weights and every slot of the optimizer are read and written. Rows are not counted.

    Args:
        network: what is trained.
        training: how.

    >>> needs(works.Network((3,), (2,)), works.Training("sgd", 0.1, 5))
    Needs(operations=720, bytes=912)
    """
    products = [2 * training.batch * one.positions * one.inputs * one.outputs for one in network.products]
    moved = 2 + 2 + 2 + 2 * works.SLOTS[training.optimizer]
    return Needs(3 * sum(products) - products[0], works.FLOAT_BYTES * moved * network.weights)


# ------------------------------------------------------------------------------------- in the workers


def rate(amount: float, call: Callable[[], object], seconds: float) -> float:
    """Call again and again for so long, and give the amount a second of the best call."""
    call()
    best, ends = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < ends:
        began = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - began)
    return amount / best


class Machine:
    """Measures the peak of products and the bandwidth of copies.

    Args:
        state_bytes: bytes of one lane's state.
        seconds: what a measurement takes.
    """

    def __init__(self, state_bytes: int, seconds: float) -> None:
        self.state_bytes = state_bytes
        self.seconds = seconds

    def peak(self) -> dict[str, Any]:
        """Multiply square matrices by NumPy and by JAX; the best of all is the peak."""
        import jax
        import numpy as np

        accelerated = jax.default_backend() != "cpu"
        sizes = ACCELERATED_SIZES if accelerated else PRODUCT_SIZES
        each = self.seconds / len(sizes)
        found: dict[str, float] = {}
        product = jax.jit(lambda a, b: a @ b)
        for size in sizes:
            left = np.random.default_rng(0).random((size, size), np.float32)
            there = jax.device_put(left)
            operations = 2 * size**3
            found[f"jax {size}"] = rate(operations, lambda a=there: product(a, a).block_until_ready(), each)
            if not accelerated:
                found[f"numpy {size}"] = rate(operations, lambda a=left: a @ a, each)
        return {"operations_per_second": found, "accelerated": accelerated}

    def bandwidth(self) -> dict[str, Any]:
        """Copy an array of the size of a lane's state, on a core of its own."""
        import numpy as np

        source = np.ones(self.state_bytes // works.FLOAT_BYTES, np.float32)
        target = np.empty_like(source)
        # So many copies at a time that looking at the clock costs nothing.
        times = max(1, 2**22 // source.nbytes)

        def copies() -> None:
            for _ in range(times):
                np.copyto(target, source)

        return {"bytes_per_second": rate(2 * times * source.nbytes, copies, self.seconds)}

    def accelerated_bandwidth(self) -> dict[str, Any]:
        """Copy a large array on the accelerator."""
        import jax
        import jax.numpy as jnp

        source = jnp.ones(ACCELERATED_BYTES // works.FLOAT_BYTES, jnp.float32)
        copy = jax.jit(lambda a: a + 1)
        moved = 2 * ACCELERATED_BYTES
        return {"bytes_per_second": rate(moved, lambda: copy(source).block_until_ready(), self.seconds)}


def main() -> None:
    """Be a worker of those who ask for a floor."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--worker", type=json.loads, required=True)
    task = parser.parse_args().worker
    machines = {name: Machine(size, task["seconds"]) for name, size in task["state_bytes"].items()}
    peak = next(iter(machines.values())).peak
    handlers: dict[str, Callable[[], dict[str, Any]]] = {"peak": peak}
    for name, machine in machines.items():
        handlers[f"bandwidth {name}"] = machine.bandwidth
        handlers[f"accelerated_bandwidth {name}"] = machine.accelerated_bandwidth
    measure.serve(handlers)


if __name__ == "__main__":
    main()
