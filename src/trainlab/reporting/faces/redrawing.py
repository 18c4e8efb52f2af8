"""The pictures of a report drawn anew with plain matplotlib from stored results: the code of a notebook.

A notebook shows the source of these functions, so each stands by itself and is short enough to be changed by
its reader. Only ``notebook`` reads this file, as text.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from trainlab.comparison.compare import compare
from trainlab.comparison.measured import all_measures
from trainlab.reporting.wording.names import labels
from trainlab.results.probes import probes_of
from trainlab.results.table import Results


def scores(results: Results) -> Figure:
    """Draw the score of every run, and the mean of each variant."""
    figure, axes = plt.subplots(figsize=(8, 1 + 0.5 * len(results.variants)), layout="constrained")
    for place, runs in enumerate(results.scores):
        found = runs[np.isfinite(runs)]
        axes.plot(found, np.full(found.size, place), "o", color="C0", alpha=0.4)
        if found.size:
            axes.plot(found.mean(), place, "D", color="black")
    axes.set_yticks(range(len(results.variants)), labels(results.variants, 40))
    axes.invert_yaxis()
    axes.set_xlabel(results.metric.label)
    axes.grid(axis="x", alpha=0.3)
    return figure


def differences(results: Results) -> Figure:
    """Draw the difference of each variant to the reference, with the interval that its verdict reads."""
    comparison = compare(results)
    rows = comparison.rows
    figure, axes = plt.subplots(figsize=(8, 1 + 0.5 * len(rows)), layout="constrained")
    names = labels([row.variant for row in rows], 40)
    smallest = comparison.smallest_difference
    axes.axvspan(-smallest, smallest, color="0.92", zorder=0)
    axes.axvline(0, color="black", linewidth=1)
    for place, row in enumerate(rows):
        if row.low is not None and row.high is not None:
            axes.plot([row.low, row.high], [place, place], "|-", color="C0")
        if row.difference is not None:
            axes.plot(row.difference, place, "o", color="C0")
    axes.set_yticks(
        range(len(rows)), [f"{name}: {row.verdict}" for name, row in zip(names, rows, strict=True)]
    )
    axes.invert_yaxis()
    axes.set_xlabel(f"difference in {results.metric.label}")
    axes.grid(axis="x", alpha=0.3)
    return figure


def curves(results: Results) -> Figure:
    """Draw loss and metric after each epoch, as means over all runs of a variant."""
    figure, grid = plt.subplots(2, 2, figsize=(9, 6), sharex=True, layout="constrained")
    for row, what in zip(grid, ("loss", "metric"), strict=True):
        sides = {"training": results.curves[f"train_{what}"], "validation": results.validation_curve(what)}
        for axes, (side, curve) in zip(row, sides.items(), strict=True):
            means = np.ma.masked_invalid(curve).mean(axis=(1, 2))
            epochs = np.arange(1, means.shape[1] + 1)
            for name, mean in zip(labels(results.variants, 40), means, strict=True):
                axes.plot(epochs, np.ma.filled(mean, np.nan), label=name)
            axes.set_title(f"{side} {what if what == 'loss' else results.metric.label}")
            axes.grid(alpha=0.3)
    for axes in grid[1]:
        axes.set_xlabel("epoch")
    if len(results.variants) <= 12:
        figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure


def panels(results: Results) -> Figure:
    """Draw the validation loss of every run, a picture for each of the first twelve variants."""
    names = labels(results.variants, 30)[:12]
    down = -(-len(names) // 3)
    figure, grid = plt.subplots(
        down, 3, figsize=(9, 2.6 * down), sharex=True, sharey=True, squeeze=False, layout="constrained"
    )
    validation, training = results.validation_curve("loss"), results.curves["train_loss"]
    epochs = np.arange(1, validation.shape[-1] + 1)
    for place, axes in enumerate(grid.flat):
        if place >= len(names):
            axes.set_axis_off()
            continue
        axes.plot(epochs, validation[place].reshape(-1, epochs.size).T, color="C0", linewidth=1.2)
        axes.plot(
            epochs, training[place].reshape(-1, epochs.size).T, color="black", linewidth=0.8, linestyle=":"
        )
        axes.set_title(names[place], size="medium")
        axes.grid(alpha=0.3)
    figure.supxlabel("epoch")
    figure.suptitle("loss of every run: validation solid, training dotted", size="medium")
    return figure


def time(results: Results) -> Figure:
    """Draw the time of one run of each variant, measured alone, without compiling."""
    measured = results.facts.get("variant_seconds") or {}
    seconds = [measured.get(name) or np.nan for name in results.variants]
    figure, axes = plt.subplots(figsize=(8, 1 + 0.4 * len(seconds)), layout="constrained")
    axes.barh(labels(results.variants, 40), seconds)
    axes.invert_yaxis()
    axes.set_xlabel("seconds")
    return figure


def confusion(results: Results) -> Figure:
    """Draw which class was said of the rows of each class: the first three variants, all runs together."""
    measured = all_measures(results, results.variants[:3])
    wide = len(measured)
    figure, grid = plt.subplots(1, wide, figsize=(4 * wide, 4), squeeze=False, layout="constrained")
    classes = [str(name)[:20] for name in results.facts["data"].get("classes") or ()]
    for axes, one in zip(grid[0], measured, strict=True):
        if one.confusion is None:
            continue
        shares = one.confusion / np.maximum(one.confusion.sum(axis=1, keepdims=True), 1)
        axes.imshow(100 * shares, cmap="Blues", vmin=0, vmax=100)
        for (true, said), share in np.ndenumerate(shares):
            if share >= 0.005:
                colour = "white" if share > 0.5 else "black"
                axes.text(said, true, f"{100 * share:.0f}", ha="center", va="center", color=colour)
        if len(classes) == len(shares):
            axes.set_xticks(range(len(classes)), classes, rotation=90)
            axes.set_yticks(range(len(classes)), classes)
        axes.set_title(labels([one.variant], 30)[0])
        axes.set_xlabel("said")
        axes.set_ylabel("is, % of its rows")
    return figure


def reliability(results: Results) -> Figure:
    """Draw how often answers are right beside how sure they are, all runs of a variant together."""
    figure, axes = plt.subplots(figsize=(5, 5), layout="constrained")
    axes.plot([0, 1], [0, 1], color="black", linewidth=0.8, linestyle="--")
    for one in all_measures(results, results.variants[:6]):
        if one.reliability is not None:
            told = one.reliability.counts > 0
            name = f"{labels([one.variant], 30)[0]}, error {100 * one.reliability.error:.1f} %"
            axes.plot(one.reliability.confidence[told], one.reliability.accuracy[told], "o-", label=name)
    axes.set_xlabel("mean probability of the class that is said")
    axes.set_ylabel("share that is right")
    if len(axes.lines) > 1:
        axes.legend()
    axes.grid(alpha=0.3)
    return figure


def gradients(results: Results) -> Figure:
    """Draw the norm of the gradient of each weight before training, the median over the runs of a variant."""
    figure, axes = plt.subplots(figsize=(8, 4), layout="constrained")
    for name, label in zip(results.variants[:6], labels(results.variants[:6], 30), strict=True):
        runs = [probe for row in probes_of(results, name) for probe in row if probe is not None]
        if runs:
            axes.plot(np.median([probe.gradient_norms[0] for probe in runs], axis=0), "o-", label=label)
            axes.set_xticks(range(len(runs[0].weights)), runs[0].weights, rotation=60, ha="right")
    axes.set_yscale("log")
    axes.set_ylabel("norm of the gradient before training")
    if axes.lines:
        axes.legend()
    axes.grid(alpha=0.3)
    return figure
