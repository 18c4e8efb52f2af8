"""Runs the experiments of the theory page: ``python docs/theory/make.py [NAME ...]``.

Each NAME is a part of ``docs/guide/theory.md``: its experiments lie beside this file, the verdicts that the
page quotes are printed with what else was measured, and ``docs/guide/pictures/theory-NAME.svg`` is drawn from
the same runs. Results in the folder given by ``--kept`` are opened and not run again.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import trainlab as tl
from trainlab.reporting.drawing.canvas import (
    SMALL,
    blank,
    drawing,
    drawn,
    placed,
    ruled_across,
    ruled_up,
    written,
)
from trainlab.reporting.drawing.theme import INK, LINE, MUTED, SERIES
from trainlab.reporting.wording.names import width
from trainlab.results.probes import MOMENTS, probes_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HERE = Path(__file__).parent
PICTURES = HERE.parent / "guide" / "pictures"
BLUE, ORANGE, GREEN, PURPLE = SERIES[:4]
WIDE, HIGH, TOP, DOWN = 1000.0, 300.0, 58.0, 190.0

Floats = NDArray[np.float64]
Kept = dict[str, tl.Results]


@dataclass(frozen=True)
class Part:
    """A part of the page: its experiments, what is measured on them beside verdicts, and its picture."""

    measured: Callable[[Kept], Iterable[str]]
    picture: Callable[["Figure", Kept], None]
    title: str
    experiments: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A line of a panel: its name, its colour, and ``(seed, place)`` values at places."""

    name: str
    colour: str
    places: Sequence[float]
    values: Floats


# --------------------------------------------------------------------------------- the roles of three sets


def sealed_score(results: tl.Results) -> tuple[str, float, float, float]:
    """Give the variant that validation rows chose, and what rows that chose nothing say of it."""
    # Asked twice, opened once: what is stored knows of an opening that these results do not.
    if not tl.open_results(results.folder).facts.get("openings"):
        tl.refit(results.folder)
        tl.open_test(results.folder, reason="docs/guide/theory.md")
    opening = tl.open_results(results.folder).facts["openings"][0]
    return opening["variant"], opening["mean"], opening["low"], opening["high"]


def looks(results: tl.Results) -> list[tuple[int, str, float]]:
    """Give how many were looked at, what, and the best validation accuracy among them."""
    scores, epochs = results.scores[:, :, 0], results.validation_curve("metric")[:, :, 0]
    return [
        (1, "run, on average", float(scores.mean())),
        (len(scores), "settings", float(scores.mean(axis=1).max())),
        (scores.size, "runs", float(scores.max())),
        (epochs.size, "epochs", float(epochs.max())),
    ]


def roles_measured(kept: Kept) -> Iterable[str]:
    """Tell the best of many where it was chosen and on sealed rows, and the diagnosis of three networks."""
    results = kept["roles-best-of-many"]
    for many, told, best in looks(results):
        yield f"on validation rows, the best of {many:,} {told}: {best:.1%}"
    variant, mean, low, high = sealed_score(results)
    yield f"the best setting, {variant}, on sealed rows: {mean:.1%} [{low:.1%}, {high:.1%}]"
    yield next(row.sentence for row in tl.compare(results).rows if row.variant == variant)
    results = kept["roles-bias-variance"]
    for place, name in enumerate(results.variants):
        train, loss = results.endings["train_loss"][place].mean(), results.endings["loss"][place].mean()
        yield f"{name}: log loss {train:.3f} in training, {loss:.3f} in validation"
    for row in tl.diagnose(results).rows:
        yield f"{row.variant}: {row.verdict} in {row.agreement}; {row.evidence}"


def roles_picture(figure: "Figure", kept: Kept) -> None:
    """Draw the scores of all settings beside the sealed one, and the errors of three networks."""
    results = kept["roles-best-of-many"]
    _, mean, low, high = sealed_score(results)
    axes = framed(figure, 44, 440, "Accuracy on coin throws, by how many were looked at", "%")
    axes.set_xlim(-0.6, 4.4)
    axes.set_ylim(40, 80)
    ruled_up(axes, range(40, 81, 10), 0.02)
    axes.axhline(50, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    names = {}
    for place, (many, told, best) in enumerate(looks(results)):
        axes.bar([place], [100 * best - 50], 0.55, bottom=50, color=BLUE, zorder=3)
        axes.text(
            place, max(50, 100 * best) + 1.5, f"{100 * best:.1f} %", size=SMALL, color=BLUE, ha="center"
        )
        names[place] = f"{many:,} {told}"
    axes.plot([4, 4], [100 * low, 100 * high], color=ORANGE, linewidth=2.2)
    axes.scatter([4], [100 * mean], s=46, marker="D", color=ORANGE, zorder=4)
    named_across(axes, {**names, 4: "sealed rows"})
    results = kept["roles-bias-variance"]
    axes = framed(
        figure, 560, 420, "Training and validation log loss of three networks", "log loss (log scale)"
    )
    lines = [
        Line("training", BLUE, range(3), results.endings["train_loss"][:, :, 0].T),
        Line("validation", ORANGE, range(3), results.endings["loss"][:, :, 0].T),
    ]
    legend(figure, 560, lines)
    axes.set_xlim(-0.4, 2.4)
    logarithmic(axes, lines)
    joined(axes, lines)
    named_across(axes, dict(enumerate(results.variants)))


# --------------------------------------------------------------------------------------- L2 and dropout


def strengths(results: tl.Results) -> list[str]:
    """Give the strengths of a file that changes one number at a time, as they are written in it."""
    return [name.rpartition("=")[2] if "=" in name else "0" for name in results.variants]


def hidden_norms(results: tl.Results) -> Floats:
    """Give ``(seed, variant)`` norms of all hidden kernels together, at the scored epoch."""
    found = np.empty((len(results.seeds), len(results.variants)))
    for place, variant in enumerate(results.variants):
        for seed, (probe,) in enumerate(probes_of(results, variant)):
            assert probe is not None  # noqa: S101  # every run of these files ends well
            hidden = [
                number for number, name in enumerate(probe.weights) if "hidden" in name and "kernel" in name
            ]
            found[seed, place] = np.hypot.reduce(probe.weight_norms[MOMENTS.index("chosen"), hidden])
    return found


def thinned(results: tl.Results, variant: str) -> tuple[float, float, float]:
    """Ask the networks that dropout leaves of one network, alone and together, and the whole one.

    Returns:
        Validation log loss of a single thinned network, on average; of the mean answer of 200 of them; and of
        the network without dropout.
    """
    import keras

    with tempfile.TemporaryDirectory() as folder:
        exported = Path(folder) / "network.keras"
        tl.export(results.folder, exported, variant=variant)
        network = keras.saving.load_model(exported)
    rows = results.validation_rows[0]
    x = np.asarray(tl.load("xor", noise=0.3).x)[rows]
    truth = results.validation_targets[0]

    def loss(said: Floats) -> float:
        return float(-np.log(np.clip(said[np.arange(len(truth)), truth], 1e-7, 1)).mean())

    answers = np.stack([np.asarray(network(x, training=True), np.float64) for _ in range(200)])
    whole = np.asarray(network(x, training=False), np.float64)
    return float(np.mean([loss(said) for said in answers])), loss(answers.mean(axis=0)), loss(whole)


def strengths_measured(kept: Kept) -> Iterable[str]:
    """Tell weights and gaps for each strength, L2 beside decay, and thinned networks beside the whole one."""
    for name in ("l2-strengths", "decay-sgd", "decay-adam", "dropout-gap"):
        results, norms = kept[name], hidden_norms(kept[name])
        for place, variant in enumerate(results.variants):
            train, loss = results.endings["train_loss"][place], results.endings["loss"][place]
            told = f"log loss {train.mean():.3f} in training, {loss.mean():.3f} in validation"
            yield f"{name}, {variant}: norm of hidden weights {norms[:, place].mean():.2f}, {told}"
    for variant in kept["dropout-gap"].variants[1:]:
        one, mean, whole = thinned(kept["dropout-gap"], variant)
        yield f"{variant}: thinned {one:.3f}, mean of 200 {mean:.3f}, without dropout {whole:.3f}"


def strengths_picture(figure: "Figure", kept: Kept) -> None:
    """Draw losses and weights against the strength of L2, and losses against the rate of dropout."""
    panels = ((44, "l2-strengths", "L2", "strength"), (700, "dropout-gap", "Dropout", "rate"))
    for left, name, key, across in panels:
        results = kept[name]
        places = range(len(results.variants))
        axes = framed(figure, left, 280, f"{key}: training and validation loss", "log loss (log scale)")
        lines = [
            Line("training", BLUE, places, results.endings["train_loss"][:, :, 0].T),
            Line("validation", ORANGE, places, results.endings["loss"][:, :, 0].T),
        ]
        legend(figure, left, lines)
        axes.set_xlim(-0.4, len(places) - 0.6)
        logarithmic(axes, lines)
        joined(axes, lines)
        named_across(axes, dict(zip(places, strengths(results), strict=True)), across)
    results = kept["l2-strengths"]
    axes = framed(figure, 380, 260, "L2: how large the weights are", "norm of hidden weights")
    lines = [Line("", GREEN, range(len(results.variants)), hidden_norms(results))]
    axes.set_xlim(-0.4, len(results.variants) - 0.6)
    up_from_zero(axes, lines)
    joined(axes, lines)
    named_across(axes, dict(enumerate(strengths(results))), "strength")


# ---------------------------------------------------------------------------------- momentum and RMSprop


def walked(
    table: str, optimizer: Any, steps: int, *, start: Sequence[float], standardized: bool
) -> tuple[Floats, Floats]:
    """Let one of Keras's optimizers walk down the squared error of a linear model.

    Returns:
        ``(step + 1, weight)`` weights, and ``(step, weight)`` moving averages of squared gradients where the
        optimizer keeps them, else nothing.
    """
    import keras

    rows = np.loadtxt(HERE / f"{table}.csv", delimiter=",", skiprows=1)
    x, y = rows[:, :-1], rows[:, -1:]
    x = (x - x.mean(axis=0)) / (x.std(axis=0) if standardized else 1.0)
    y = y - y.mean()
    kernel = keras.Variable(np.array(start, "float32")[:, None], name="kernel")
    optimizer.build([kernel])
    squares = [one for one in optimizer.variables if one.path.endswith("velocity")]
    path, seen = [np.array(start, np.float64)], []
    for _ in range(steps):
        gradient = 2 * x.T @ (x @ path[-1][:, None] - y) / len(x)
        optimizer.apply([gradient.astype("float32")], [kernel])
        path.append(np.asarray(kernel.value, np.float64)[:, 0])
        seen += [np.asarray(one.value, np.float64)[:, 0] for one in squares]
    return np.stack(path), np.array(seen)


def curvatures() -> Floats:
    """Give the two curvatures of the valley's squared error in standardized columns, the flat one first."""
    rows = np.loadtxt(HERE / "valley.csv", delimiter=",", skiprows=1)
    return np.asarray(2 * np.linalg.eigvalsh(np.corrcoef(rows[:, :2].T)))


def rates_per_weight() -> tuple[Floats, Floats]:
    """Give in how many rows of a hundred a column speaks, and RMSprop's rate for it after 10 steps."""
    import keras

    rate, epsilon = 0.1, 1e-7
    _, squares = walked("rare", keras.optimizers.RMSprop(rate), 10, start=[0.0] * 7, standardized=False)
    rows = np.loadtxt(HERE / "rare.csv", delimiter=",", skiprows=1)
    on_off = 6  # the columns that are 0 or 1 stand first
    return 100 * rows[:, :on_off].mean(axis=0), rate / np.sqrt(squares[-1, :on_off] + epsilon)


def descent_measured(kept: Kept) -> Iterable[str]:
    """Tell what theory asks of the valley, what the runs left, and RMSprop's rate for each weight."""
    flat, steep = curvatures()
    ratio = steep / flat
    plain, best = (ratio - 1) / (ratio + 1), (np.sqrt(ratio) - 1) / (np.sqrt(ratio) + 1)
    yield f"curvatures {flat:.4f} and {steep:.3f}, {ratio:.0f} apart; best rate {2 / (flat + steep):.2f}"
    for name, left in (("plain", plain), (f"momentum {best**2:.2f}", best), ("momentum 0.9", np.sqrt(0.9))):
        yield f"{name}: a step leaves {left:.4f} of the way, 60 steps {left**60:.2g}"
    for name, results in kept.items():
        for study in results.facts["tuning"]["studies"]:
            chosen = results.scores[results.variants.index(study["variant"])].mean()
            yield f"{name}, {study['variant']}: rate {study['point']['learning_rate']:.3g}, mse {chosen:.3g}"
    for share, rate in zip(*rates_per_weight(), strict=True):
        yield f"a column that speaks in {share:.1f} % of rows: RMSprop's rate {rate:.2g}"


def descent_picture(figure: "Figure", kept: Kept) -> None:
    """Draw two walks down a valley, how the loss fell, and RMSprop's rate for each weight."""
    import keras

    axes = framed(figure, 44, 280, "The first 40 steps in the valley", "weight of the second column")
    axes.set_xlim(-2.5, 9)
    axes.set_ylim(-8.5, 3)
    across, up = np.meshgrid(np.linspace(-2.5, 9, 200), np.linspace(-8.5, 3, 200))
    rows = np.loadtxt(HERE / "valley.csv", delimiter=",", skiprows=1)
    x = (rows[:, :2] - rows[:, :2].mean(axis=0)) / rows[:, :2].std(axis=0)
    least, *_ = np.linalg.lstsq(x, rows[:, 2] - rows[:, 2].mean())
    away = np.stack([across - least[0], up - least[1]])
    loss = np.einsum("iab,ij,jab->ab", away, x.T @ x / len(x), away)
    axes.contour(across, up, loss, levels=[0.1, 0.5, 1, 4, 16, 40], colors=[LINE], linewidths=0.8)
    axes.scatter(least[0], least[1], marker="x", s=40, color=INK, zorder=5)
    rates = {
        study["variant"]: study["point"]["learning_rate"]
        for study in kept["momentum-valley"].facts["tuning"]["studies"]
    }
    walks = []
    for name, colour, momentum in (("plain", BLUE, 0.0), ("momentum 0.9", ORANGE, 0.9)):
        path, _ = walked(
            "valley", keras.optimizers.SGD(rates[name], momentum), 40, start=(1, 2.5), standardized=True
        )
        axes.plot(*path.T, color=colour, linewidth=1.3, marker="o", markersize=2.4, zorder=4)
        walks.append(Line(name, colour, (), path))
    legend(figure, 44, walks)
    ruled_up(axes, (-8, -6, -4, -2, 0, 2), 0.02)
    ruled_across(axes, (-2, 0, 2, 4, 6, 8), "weight of the first column", grid=False)
    results = kept["momentum-valley"]
    axes = framed(figure, 392, 260, "Training loss, each at its best rate", "squared error (log scale)")
    epochs = range(1, results.curves["train_loss"].shape[-1] + 1)
    lines = [
        Line(variant, colour, epochs, results.curves["train_loss"][place, :, 0])
        for place, (variant, colour) in enumerate(zip(results.variants, (BLUE, GREEN, ORANGE), strict=True))
    ]
    legend(figure, 392, lines)
    axes.set_xlim(0, 61)
    logarithmic(axes, lines)
    joined(axes, lines, dots=False)
    ruled_across(axes, (0, 20, 40, 60), "step", grid=False)
    shares, effective = rates_per_weight()
    axes = framed(figure, 724, 256, "RMSprop's rate for each weight", "rate (log scale)")
    axes.set_xscale("log")
    axes.set_xlim(1, 100)
    line = Line("", GREEN, shares.tolist(), effective[None])
    logarithmic(axes, [line])
    axes.scatter(shares, effective, s=40, color=GREEN, zorder=4)
    ruled_across(
        axes, (1, 2, 5, 10, 20, 50, 100), "% of rows in which the column speaks (log scale)", grid=False
    )


# ------------------------------------------------------------------------- batch normalization and Adam


def swept(results: tl.Results, key: str) -> dict[str, tuple[list[float], Floats]]:
    """Give for each value of ``key`` the rates and ``(seed, rate)`` scores, 0 for diverged runs."""
    found: dict[str, tuple[list[float], list[Floats]]] = {}
    for place, variant in enumerate(results.variants):
        said = dict(part.split("=", 1) for part in variant.split(", ") if "=" in part)
        rates, scores = found.setdefault(said[key], ([], []))
        rates.append(float(said["learning_rate"]))
        scores.append(results.scores[place, :, 0])
    return {name: (rates, np.nan_to_num(np.stack(scores, axis=1))) for name, (rates, scores) in found.items()}


def rates_measured(kept: Kept) -> Iterable[str]:
    """Tell at how many rates of a sweep a contender comes within five points of its best."""
    for name, key in (
        ("batch-norm-rates", "batch_norm"),
        ("adam-rates-digits", "optimizer"),
        ("adam-rates-spirals", "optimizer"),
    ):
        for value, (rates, scores) in swept(kept[name], key).items():
            means = scores.mean(axis=0)
            near = [rate for rate, mean in zip(rates, means, strict=True) if mean >= means.max() - 0.05]
            best = rates[int(means.argmax())]
            yield f"{name}, {value}: best {means.max():.1%} at {best:g}; within 5 points at {near}"
    for name in ("batch-norm-tuned", "adam-tuned"):
        for study in kept[name].facts["tuning"]["studies"]:
            yield f"{name}, {study['variant']}: rate {study['point']['learning_rate']:.3g}"


def rates_picture(figure: "Figure", kept: Kept) -> None:
    """Draw accuracy against the learning rate, for batch normalization and four optimizers."""
    panels = (
        (44, "batch-norm-rates", "batch_norm", "Digits, SGD: batch normalization"),
        (372, "adam-rates-digits", "optimizer", "Digits: four optimizers"),
        (700, "adam-rates-spirals", "optimizer", "Spirals: four optimizers"),
    )
    names = {"off": "none", "on": "batch normalization", "sgd(momentum=0.9)": "momentum"}
    for left, name, key, title in panels:
        axes = framed(figure, left, 272, title, "accuracy in %")
        lines = [
            Line(names.get(value, value), colour, rates, 100 * scores)
            for (value, (rates, scores)), colour in zip(
                swept(kept[name], key).items(), (BLUE, ORANGE, PURPLE, GREEN), strict=False
            )
        ]
        legend(figure, left, lines)
        axes.set_xscale("log")
        axes.set_xlim(0.7 * min(lines[0].places), 1.4 * max(lines[0].places))
        axes.set_ylim(0, 102)
        ruled_up(axes, range(0, 101, 20), 0.02)
        joined(axes, lines)
        ruled_across(axes, (1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10), "learning rate (log scale)", grid=False)


# ------------------------------------------------------------------------------------ drawing of panels


def framed(figure: "Figure", left: float, across: float, title: str, label: str) -> "Axes":
    """Place a panel with its title and the name of its vertical axis."""
    written(figure, left - 34, 14, title, weight="bold", size=SMALL, va="center_baseline")
    written(figure, left - 34, TOP - 9, label, size=SMALL, color=MUTED, va="center_baseline")
    return placed(figure, left, TOP, across, DOWN)


def legend(figure: "Figure", left: float, lines: Sequence[Line]) -> None:
    """Name lines in their colours, below the title."""
    at = left - 34
    for line in lines:
        written(figure, at, 31, line.name, weight="bold", size=SMALL, color=line.colour, va="center_baseline")
        at += width(line.name, SMALL) + 12


def joined(axes: "Axes", lines: Sequence[Line], *, dots: bool = True) -> None:
    """Draw the means over seeds as lines, and each seed as a small circle."""
    for line in lines:
        places = list(line.places)
        axes.plot(places, line.values.mean(axis=0), color=line.colour, linewidth=1.6, zorder=4)
        if dots:
            for values in line.values:
                axes.scatter(places, values, s=11, facecolor="none", edgecolor=line.colour, zorder=3)


def logarithmic(axes: "Axes", lines: Sequence[Line]) -> None:
    """Fit a vertical axis of factors to all values."""
    values = np.concatenate([line.values.ravel() for line in lines])
    axes.set_yscale("log")
    axes.set_ylim(0.7 * values.min(), 1.4 * values.max())
    steps = (1, 2, 5) if values.max() < 100 * values.min() else (1,)
    ruled_up(axes, [step * 10.0**power for power in range(-6, 5) for step in steps], 0.02)


def up_from_zero(axes: "Axes", lines: Sequence[Line]) -> None:
    """Fit a vertical axis from zero to all values."""
    from matplotlib.ticker import MaxNLocator

    most = 1.08 * max(float(line.values.max()) for line in lines)
    axes.set_ylim(0, most)
    ruled_up(axes, MaxNLocator(5).tick_values(0, most), 0.02)


def named_across(axes: "Axes", names: dict[int, str], label: str = "") -> None:
    """Draw a horizontal axis of words."""
    ruled_across(axes, (), label, grid=False)
    for place, name in names.items():
        axes.annotate(
            name,
            (place, 0),
            (0, -13),
            xycoords=axes.get_xaxis_transform(),
            textcoords="offset points",
            size=SMALL,
            color=MUTED,
            ha="center",
            va="center_baseline",
            annotation_clip=False,
        )


# ------------------------------------------------------------------------------------------------ running

PARTS = {
    "roles": Part(
        roles_measured,
        roles_picture,
        "The best of many looks at coin throws, and the errors of three networks",
        ("roles-best-of-many", "roles-bias-variance"),
    ),
    "strengths": Part(
        strengths_measured,
        strengths_picture,
        "Losses and weights against the strength of L2, and losses against the rate of dropout",
        ("l2-strengths", "decay-sgd", "decay-adam", "dropout-gap"),
    ),
    "descent": Part(
        descent_measured,
        descent_picture,
        "Steps with and without momentum in a valley, and RMSprop's rate for each weight",
        ("momentum-valley", "momentum-bowl", "rmsprop-rare", "rmsprop-standardized"),
    ),
    "rates": Part(
        rates_measured,
        rates_picture,
        "Accuracy against the learning rate, for batch normalization and four optimizers",
        (
            *("batch-norm-rates", "adam-rates-digits", "adam-rates-spirals"),
            *("batch-norm-tuned", "adam-defaults", "adam-tuned", "adam-correction"),
        ),
    ),
}
MOST_TOLD = 8  # a sweep has dozens of comparisons, and the page quotes none of them


def answered(name: str, kept: Path) -> tl.Results:
    """Run an experiment, or open what an earlier run of it gave, and print its verdicts."""
    folder = kept / name
    results = tl.open_results(folder) if folder.exists() else tl.run(HERE / f"{name}.yaml", folder)
    sys.stdout.write(f"{name}: {results.seconds['total']:.0f} s\n")
    rows = tl.compare(results).rows
    if len(rows) <= MOST_TOLD:
        sys.stdout.writelines(f"  {row.sentence}\n" for row in rows)
    sys.stdout.flush()
    return results


def make(name: str, kept: Path) -> Path:
    """Run one part and draw its picture; gives where it is."""
    part = PARTS[name]
    results = {experiment: answered(experiment, kept) for experiment in part.experiments}
    sys.stdout.writelines(f"  {line}\n" for line in part.measured(results))
    with drawing():
        figure = blank(WIDE, HIGH)
        part.picture(figure, results)
        svg = drawn(figure, part.title)
    path = PICTURES / f"theory-{name}.svg"
    path.write_text(svg + "\n", encoding="utf-8")
    return path


def main() -> None:
    """Make the parts that the command line names, or all."""
    parser = argparse.ArgumentParser(description="Run the experiments of the theory page.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(PARTS)}; left out, all")
    parser.add_argument("--kept", type=Path, help="folder of results that are kept between calls")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as fresh:
        for name in asked.names or PARTS:
            sys.stdout.write(f"{make(name, asked.kept or Path(fresh))}\n")


if __name__ == "__main__":
    main()
