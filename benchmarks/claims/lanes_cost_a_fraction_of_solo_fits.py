"""Lanes cost a fraction of solo fits.

A step of one run costs less than a quarter of what it costs in `keras.Model.fit` on JAX and less than a
twentieth on TensorFlow, where 32 small networks train together on a processor with two cores; for a wider
network with Adam and batches of ten, 8 at once, less than 1/3.5 and 1/15. Training stays below 1.2 GB.

    python benchmarks/claims/lanes_cost_a_fraction_of_solo_fits.py [--quick] [--json PATH] [--rounds N]

Each contender is a process of its own with the same rows in memory, and trains whole epochs of them; nobody
measures a metric or looks at validation rows. They are asked in turn, round after round. TensorFlow and
PyTorch (`pip install "trainlab[bench]"`) take part where they are installed.
"""

import argparse
import importlib.util
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure

ROWS, INPUTS, CLASSES = 60_000, 784, 10
HELD_OUT = 0.01
QUICK_ROWS = 3_000
EPOCHS = 10  # of the figure that includes compiling
CLAIMED_PEAK_GB = 1.2
PACKAGES = ("trainlab", "keras", "jax", "jaxlib", "numpy", "tensorflow-cpu", "tensorflow", "torch")


@dataclass(frozen=True)
class Work:
    """A network, how it is trained, how many at once, and what is claimed: contender -> times slower."""

    hidden: tuple[int, ...]
    optimizer: str
    learning_rate: float
    batch_rows: int
    lanes: int
    claimed: dict[str, float]

    @property
    def sentence(self) -> str:
        """The work in words."""
        sizes = "-".join(map(str, (INPUTS, *self.hidden, CLASSES)))
        trained = f"{self.optimizer} {self.learning_rate:g}, batch {self.batch_rows}"
        return f"{sizes}, {trained}, {self.lanes} lanes"


WORKS = {
    "a": Work((64, 32), "sgd", 0.01, 32, 32, {"keras_jax": 4, "keras_tensorflow": 20}),
    "b": Work((128, 128), "adam", 1e-3, 10, 8, {"keras_jax": 3.5, "keras_tensorflow": 15}),
}

# ---------------------------------------------------------------------------------- in the workers


def arrays(rows: int) -> tuple[Any, Any]:
    """Draw ``(row, 784)`` bytes and ``(row,)`` classes: what is learned does not matter here."""
    import numpy as np

    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (rows, INPUTS), np.uint8), rng.integers(0, CLASSES, rows)


def floats(rows: int) -> tuple[Any, Any]:
    """Give the same rows as the others take them: the fastest way for them, and four times the memory."""
    import numpy as np

    x, y = arrays(rows)
    return x.astype(np.float32) / np.float32(255), y


def lanes(work: Work, rows: int, seconds: float) -> tuple[measure.Epochs, Callable[[], dict[str, Any]]]:
    """Train all lanes together; the engine waits for every slice of an epoch by itself."""
    import trainlab as tl
    from trainlab.checking import prepare
    from trainlab.engine.chunk import Chunk, Clock, data_on_devices
    from trainlab.engine.placement import device_sentence
    from trainlab.engine.training import program_for
    from trainlab.running import silent

    recipe = tl.Recipe(
        optimizer=work.optimizer,
        learning_rate=work.learning_rate,
        batch_size=work.batch_rows,
        epochs=EPOCHS,
    )
    x, y = arrays(rows)
    experiment = tl.Experiment(
        data=tl.Dataset(x, y, scale=1 / 255),
        model=tl.mlp(work.hidden),
        recipe=recipe,
        variants={"baseline": {}},
        validation=tl.Holdout(HELD_OUT),
        seeds=work.lanes,
    )
    ready = prepare(experiment)
    (cohort,) = ready.cohorts
    program, row_numbers = program_for(experiment, ready.folds, cohort)
    (places,) = cohort.cohort.chunks(cohort.width.width)
    data = data_on_devices(experiment.data, program)
    chunk = Chunk(cohort.cohort, program, row_numbers, data, places, Clock())
    chunk.start()

    def train(epochs: int) -> None:
        for _ in range(epochs):
            chunk.train_epoch(silent)

    def facts() -> dict[str, Any]:
        return {
            "device": device_sentence(),
            "train_rows": cohort.cohort.train_rows,
            "compile_seconds": program.compile_seconds,
        }

    return measure.Epochs(train, steps=cohort.cohort.steps, runs=len(places), seconds=seconds), facts


def keras_fit(work: Work, rows: int, seconds: float) -> tuple[measure.Epochs, Callable[[], dict[str, Any]]]:
    """Train by `fit`, which gives the losses of each epoch as numbers, so it is ready when it returns."""
    import keras

    x, y = floats(rows)
    hidden = [keras.layers.Dense(units, activation="relu") for units in work.hidden]
    output = keras.layers.Dense(CLASSES, activation="softmax")
    model = keras.Sequential([keras.Input((INPUTS,)), *hidden, output])
    kind = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}[work.optimizer]
    model.compile(optimizer=kind(work.learning_rate), loss="sparse_categorical_crossentropy")

    def train(epochs: int) -> None:
        model.fit(x, y, batch_size=work.batch_rows, epochs=epochs, verbose=0)

    return measure.Epochs(train, steps=-(-rows // work.batch_rows), runs=1, seconds=seconds), dict


def torch_loop(work: Work, rows: int, seconds: float) -> tuple[measure.Epochs, Callable[[], dict[str, Any]]]:
    """Train by the loop that people write, without a loader; on a CPU PyTorch is ready when it returns."""
    import torch
    from torch import nn

    x, y = map(torch.from_numpy, floats(rows))
    sizes = pairwise((INPUTS, *work.hidden))
    hidden = [part for pair in sizes for part in (nn.Linear(*pair), nn.ReLU())]
    model = nn.Sequential(*hidden, nn.Linear(work.hidden[-1], CLASSES))
    kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[work.optimizer]
    optimizer = kind(model.parameters(), lr=work.learning_rate)
    loss_of = nn.CrossEntropyLoss()

    def train(epochs: int) -> None:
        for _ in range(epochs):
            total = torch.zeros(())
            for batch in torch.randperm(rows).split(work.batch_rows):
                optimizer.zero_grad()
                loss = loss_of(model(x[batch]), y[batch])
                loss.backward()
                optimizer.step()
                total += loss.detach() * len(batch)
            total.item()

    return measure.Epochs(train, steps=-(-rows // work.batch_rows), runs=1, seconds=seconds), dict


@dataclass(frozen=True)
class Contender:
    """A way of training: what it is called, who does it, in how many processes, what it needs."""

    title: str
    make: Callable[[Work, int, float], tuple[measure.Epochs, Callable[[], dict[str, Any]]]]
    variables: dict[str, str]
    package: str
    processes: int = 1
    compiles: bool = True


OURS = "lanes"
CORES = measure.os.cpu_count() or 1
CONTENDERS = {
    # What is measured is this checkout, whose commit is told, not what may be installed.
    OURS: Contender("trainlab", lanes, {"PYTHONPATH": str(measure.ROOT / "src")}, "keras"),
    "keras_jax": Contender("Keras fit, JAX", keras_fit, {"KERAS_BACKEND": "jax"}, "jax"),
    "keras_tensorflow": Contender(
        "Keras fit, TensorFlow", keras_fit, {"KERAS_BACKEND": "tensorflow"}, "tensorflow"
    ),
    "torch": Contender("PyTorch loop", torch_loop, {}, "torch", compiles=False),
    # Nothing is claimed of it, but whoever has many runs would start as many at a time as there are cores.
    "keras_jax_per_core": Contender(
        f"Keras fit, JAX, {CORES} at once", keras_fit, {"KERAS_BACKEND": "jax"}, "jax", CORES
    ),
}


def work_for(task: dict[str, Any]) -> None:
    """Be a worker: answer what ``measured`` asks."""
    epochs, facts = CONTENDERS[task["contender"]].make(WORKS[task["work"]], task["rows"], task["seconds"])
    measure.serve(
        {
            "facts": facts,
            "warm": epochs.warm,
            "measure": epochs.measure,
            "peak": lambda: {"bytes": measure.peak_bytes()},
        }
    )


# ------------------------------------------------------------------------ in the process that asks


def measured(name: str, *, rows: int, seconds: float, rounds: int) -> dict[str, Any]:
    """Let all contenders do one work, in turn, round after round."""
    found: dict[str, dict[str, Any]] = {}
    with ExitStack() as stack:
        teams: dict[str, list[measure.Worker]] = {}
        for key, contender in CONTENDERS.items():
            if importlib.util.find_spec(contender.package) is None:
                print(f"{contender.title}: left out, {contender.package} is not installed", file=sys.stderr)
                continue
            task = {"contender": key, "work": name, "rows": rows, "seconds": seconds}
            teams[key] = [
                stack.enter_context(measure.Worker(Path(__file__), task, contender.variables))
                for _ in range(contender.processes)
            ]
            print(f"{WORKS[name].sentence}: {contender.title} warms up", file=sys.stderr)
            warm, facts = asked(teams[key], "warm"), asked(teams[key], "facts")
            found[key] = {"title": contender.title, **warm[0], **facts[0], "warm": warm, "rounds": []}
            # The others train on as many rows as the validation share leaves us.
            rows = found[OURS]["train_rows"]
        for number in range(1, rounds + 1):
            print(f"{WORKS[name].sentence}: round {number} of {rounds}", file=sys.stderr)
            for key, team in teams.items():
                found[key]["rounds"].append(asked(team, "measure"))
        for key, team in teams.items():
            found[key]["peak_bytes"] = sum(answer["bytes"] for answer in asked(team, "peak"))
    summed_up(found, WORKS[name])
    return {"work": WORKS[name].sentence, "contenders": found}


def asked(team: Sequence[measure.Worker], request: str) -> list[dict[str, Any]]:
    """Ask all of a team at once, and wait for all."""
    for worker in team:
        worker.send(request)
    return [worker.receive() for worker in team]


def summed_up(found: dict[str, dict[str, Any]], work: Work) -> None:
    """Add to the raw samples what they say: microseconds, ratios round by round, compile time."""
    for key, one in found.items():
        per_epoch = one["steps"] * one["runs"]
        one["microseconds"] = [
            1e6 / sum(per_epoch * answer["epochs"] / answer["seconds"] for answer in answers)
            for answers in one["rounds"]
        ]
        steady = measure.spread(one["microseconds"])
        together = per_epoch * len(one["rounds"][0])
        if key != OURS:
            # Two epochs differ by more than nothing: where nothing is compiled, the difference says nothing.
            first = max(answer["first_epoch_seconds"] for answer in one["warm"])
            extra = max(0.0, first - steady.median * together / 1e6)
            one["compile_seconds"] = extra if CONTENDERS[key].compiles else 0.0
        one["with_compile"] = steady.median + one["compile_seconds"] * 1e6 / (EPOCHS * together)
        pairs = zip(one["microseconds"], found[OURS]["microseconds"], strict=True)
        one["ratios"] = [theirs / ours for theirs, ours in pairs]
        one["claimed"] = work.claimed.get(key)
        one["spread"] = steady.document()
        one["ratio"] = measure.spread(one["ratios"]).document()


def shown(document: dict[str, Any]) -> str:
    """Lay out what was measured."""
    where = document["environment"]
    names = {name: version for name, version in where["versions"].items() if version != "not installed"}
    device = f"{document['device']} ({where['processor']}, {where['cores']} cores)"
    busy = f"load {where['load']} before and {where['load_after']} after"
    lines = [
        f"{device}, commit {where['commit']}, {where['started']}, {busy}.",
        ", ".join(f"{name} {version}" for name, version in names.items()) + ".",
        f"Median of {document['rounds']} rounds (lowest to highest); ratios are taken within a round.",
    ]
    with_compile = f"µs with compile, {EPOCHS} epochs"
    head = (
        "contender",
        "µs per step of a run",
        "times ours",
        "claimed",
        "compile, s",
        with_compile,
        "peak, MB",
    )
    for one in document["works"].values():
        rows = [
            (
                found["title"],
                f"{measure.Spread(**found['spread']):.0f}",
                "1" if key == OURS else f"{measure.Spread(**found['ratio']):.1f}",
                f"{found['claimed']:g}" if found["claimed"] else "",
                f"{found['compile_seconds']:.1f}" if CONTENDERS[key].compiles else "",
                f"{found['with_compile']:.0f}",
                f"{found['peak_bytes'] / 1e6:.0f}",
            )
            for key, found in one["contenders"].items()
        ]
        ours = one["contenders"][OURS]
        lines += [
            "",
            f"**{one['work']}**, {ours['train_rows']:,} rows, {ours['steps']:,} steps an epoch",
            "",
            measure.table(head, rows),
            "",
            f"Peak memory of trainlab: {ours['peak_bytes'] / 1e9:.2f} GB (claimed: below {CLAIMED_PEAK_GB}).",
        ]
    return "\n".join(lines)


def main() -> None:
    """Measure, or be a worker of those who do."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few rows and one round: is it in order?")
    parser.add_argument("--json", type=Path, help="write all samples there")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (5)")
    parser.add_argument("--worker", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work_for(options.worker)
        return
    rounds = 1 if options.quick else options.rounds
    rows, seconds = (QUICK_ROWS, 0.1) if options.quick else (ROWS, 1.0)
    document: dict[str, Any] = {
        "schema": "trainlab/benchmark/1",
        "claim": Path(__file__).stem,
        "environment": measure.environment(PACKAGES),
        "rounds": rounds,
    }
    document["works"] = {name: measured(name, rows=rows, seconds=seconds, rounds=rounds) for name in WORKS}
    document["environment"]["load_after"] = measure.load()
    document["device"] = document["works"]["a"]["contenders"][OURS]["device"]
    print(shown(document))
    if options.json:
        measure.write_json(options.json, document)


if __name__ == "__main__":
    main()
