"""The loop that people write in PyTorch, without a loader, one model after the other."""

from collections.abc import Callable
from typing import Any

import measure
import works
from contenders.rows import steady_rows
from contenders.script import Fitted, Job, Parts
from contenders.torch_parts import build, load, optimizer, tensors

__all__ = ["fit", "load", "steady"]


def trained(network: works.Network, training: works.Training, rows: tuple[Any, Any]) -> tuple[Any, Any]:
    """Build a network, and give it with what trains it for an epoch."""
    import torch
    from torch import nn

    x, y = rows
    model = build(network)
    steps = optimizer(model.parameters(), training)
    loss_of = nn.CrossEntropyLoss()
    kernels = [one.weight for one in model if isinstance(one, nn.Linear)][:-1]

    def epoch() -> float:
        model.train()
        total = torch.zeros((), device=x.device)
        for batch in torch.randperm(len(y), device=x.device).split(training.batch):
            steps.zero_grad()
            loss = loss_of(model(x[batch]), y[batch])
            if network.l2:
                loss = loss + network.l2 * sum(kernel.square().sum() for kernel in kernels)
            loss.backward()
            steps.step()
            total += loss.detach() * len(batch)
        return float(total.item()) / len(y)

    return model, epoch


def steady(work: works.Steady, seconds: float) -> tuple[measure.Epochs, Callable[[], dict[str, Any]]]:
    """Train epoch after epoch; the sum of the losses is waited for."""
    rows = tensors(work.network, steady_rows(work))
    _, epoch = trained(work.network, work.training, rows)

    def train(epochs: int) -> None:
        for _ in range(epochs):
            epoch()

    steps = -(-len(rows[1]) // work.training.batch)
    return measure.Epochs(train, steps=steps, runs=1, seconds=seconds), dict


def fit(job: Job, parts: Parts) -> list[Fitted]:
    """Fit one run, looking at both samples after each epoch."""
    import torch

    network, [split], [seed] = job.variant.network, job.splits, job.seeds
    torch.manual_seed(seed)
    train, sample, validation = (
        tensors(network, rows) for rows in (split.train, split.sample, split.validation)
    )
    model, epoch = trained(network, job.variant.training, train)
    history = []
    for _ in range(job.epochs):
        with parts.part("training"):
            epoch()
        with parts.part("evaluation"):
            model.eval()
            with torch.no_grad():
                history.append(looked_at(model, sample) | looked_at(model, validation, "val_"))
    return [Fitted(history, lambda path: torch.save(model.state_dict(), path.with_suffix(".pt")))]


def looked_at(model: Any, rows: tuple[Any, Any], before: str = "") -> dict[str, float]:
    """Give loss and accuracy on some rows."""
    from torch import nn

    x, y = rows
    outputs = model(x)
    loss = nn.functional.cross_entropy(outputs, y).item()
    right = (outputs.argmax(1) == y).float().mean().item()
    return {f"{before}loss": loss, f"{before}accuracy": right}
