"""An ensemble by `torch.func`: the weights of all lanes stacked, and one gradient mapped over them.

The optimizers work number by number, so one of PyTorch's own on the stacked weights is exact for each lane.
Lanes of one program differ by their rows and seeds only: they share learning rate and network.
"""

from collections.abc import Callable, Sequence
from typing import Any

import measure
import works
from contenders.rows import steady_rows
from contenders.script import Fitted, Job, Parts
from contenders.torch_parts import build, device, load, optimizer, tensors

__all__ = ["fit", "load", "steady"]


class Ensemble:
    """Lanes that are trained together.

    Args:
        network: what is trained.
        training: how.
        seeds: seed of each lane's first weights.
    """

    def __init__(self, network: works.Network, training: works.Training, seeds: Sequence[int]) -> None:
        import torch
        from torch.func import functional_call, grad_and_value, stack_module_state, vmap

        models = []
        for seed in seeds:
            torch.manual_seed(seed)
            models.append(build(network))
        self.weights, _ = stack_module_state(models)
        self.training = training
        self._steps = optimizer(list(self.weights.values()), training)
        model = models[0]

        def loss(weights: Any, x: Any, y: Any) -> Any:
            return torch.nn.functional.cross_entropy(functional_call(model, weights, (x,)), y)

        def looked_at(weights: Any, x: Any, y: Any) -> Any:
            outputs = functional_call(model, weights, (x,))
            right = (outputs.argmax(1) == y).float().mean()
            return torch.stack([torch.nn.functional.cross_entropy(outputs, y), right])

        self._model = model
        self._gradients = vmap(grad_and_value(loss), randomness="different")
        self._looked_at = vmap(looked_at)

    def epoch(self, x: Any, y: Any, orders: Any) -> Any:
        """Train an epoch.

        Args:
            x: inputs.
            y: targets.
            orders: ``(lane, row)`` the rows of each lane in their order.
        """
        import torch

        self._model.train()
        total = torch.zeros(len(orders), device=orders.device)
        for batch in orders.split(self.training.batch, 1):
            with torch.no_grad():
                gradients, losses = self._gradients(self.weights, x[batch], y[batch])
            for name, weight in self.weights.items():
                weight.grad = gradients[name]
            self._steps.step()
            total += losses.detach() * batch.shape[1]
        return (total / orders.shape[1]).tolist()

    def look(self, x: Any, y: Any, rows: Any) -> list[list[float]]:
        """Give loss and accuracy of each lane on its ``(lane, row)`` rows."""
        import torch

        self._model.eval()
        with torch.no_grad():
            found: list[list[float]] = self._looked_at(self.weights, x[rows], y[rows]).tolist()
        return found


def shuffled(rows: Any) -> Any:
    """Put each lane's ``(lane, row)`` rows into an order of its own."""
    import torch

    return torch.stack([one[torch.randperm(len(one), device=one.device)] for one in rows])


def steady(work: works.Steady, seconds: float) -> tuple[measure.Epochs, Callable[[], dict[str, Any]]]:
    """Train epoch after epoch of all lanes; the sums of the losses are waited for."""
    import torch

    x, y = tensors(work.network, steady_rows(work))
    ensemble = Ensemble(work.network, work.training, range(work.lanes))
    rows = torch.arange(len(y), device=device()).expand(work.lanes, -1)

    def train(epochs: int) -> None:
        for _ in range(epochs):
            ensemble.epoch(x, y, shuffled(rows))

    steps = -(-len(y) // work.training.batch)
    return measure.Epochs(train, steps=steps, runs=work.lanes, seconds=seconds), dict


def fit(job: Job, parts: Parts) -> list[Fitted]:
    """Fit all runs of a variant at once, looking at both samples after each epoch.

    Folds of unequal size train on as many rows as the smallest, so that lanes have one shape.
    """
    import torch

    network = job.variant.network
    ensemble = Ensemble(network, job.variant.training, job.seeds)
    stacks, placed = [], []
    for kind in ("train", "sample", "validation"):
        splits = list({id(split): getattr(split, kind) for split in job.splits}.values())
        fewest = min(len(y) for _, y in splits)
        first = {id(split): number for number, split in enumerate({id(s): s for s in job.splits}.values())}
        offsets = torch.tensor([[fewest * first[id(split)]] for split in job.splits], device=device())
        parts_x, parts_y = zip(*(tensors(network, rows) for rows in splits), strict=True)
        stacks.append((torch.cat([x[:fewest] for x in parts_x]), torch.cat([y[:fewest] for y in parts_y])))
        placed.append(offsets + torch.arange(fewest, device=device()))
    histories: list[list[dict[str, float]]] = [[] for _ in job.splits]
    for _ in range(job.epochs):
        with parts.part("training"):
            ensemble.epoch(*stacks[0], shuffled(placed[0]))
        with parts.part("evaluation"):
            seen, held_out = (ensemble.look(*stacks[which], placed[which]) for which in (1, 2))
        for history, one, other in zip(histories, seen, held_out, strict=True):
            names = ("loss", "accuracy", "val_loss", "val_accuracy")
            history.append(dict(zip(names, (*one, *other), strict=True)))

    def saved(lane: int) -> Callable[[Any], None]:
        own = {name: weight[lane].detach().clone() for name, weight in ensemble.weights.items()}
        return lambda path: torch.save(own, path.with_suffix(".pt"))

    return [Fitted(history, saved(lane)) for lane, history in enumerate(histories)]
