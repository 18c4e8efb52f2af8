"""Bias and variance measured: how much of a variant's loss comes from where, as facts with sentences.

Told from runs over several training sets that leave the same rows out (``{disjoint: 5, common: 0.2}``,
``{bootstrap: 20, common: 0.2}``), or from resamples, each row by those that leave it out. How a row's loss is
taken apart stands in ``decomposing``.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.comparison.over_folds import DISJOINT_CLAIM, RESAMPLES_CLAIM, corrected_t, percentiles
from trainlab.data.named.catalogue import load
from trainlab.data.named.curves import known_curve
from trainlab.diagnosis.decomposing import LOSSES, Domingos, Floats, Loss, domingos, row_parts
from trainlab.diagnosis.loss_parts import LABELS, ByRow, LossParts, Part, parts_in_words
from trainlab.results.outcome import Outcome
from trainlab.results.table import Results

# Two sets have equal shares in a variance whatever they are: their spread tells nothing.
LEAST_SETS = 3
# So many numbers of outputs are looked at together: 4 MB.
AT_ONCE = 500_000


@dataclass(frozen=True)
class Decomposition:
    """Where the loss of one variant comes from.

    Args:
        variant: name of the variant.
        claim: for what it holds, in words.
        describes: whether intervals only describe the resamples that were drawn.
        sets: training sets that are counted.
        seeds: seeds of each.
        rows: rows that are averaged over.
        losses: the losses that were taken apart; none where there are too few runs.
        domingos: the 0-1 loss by Domingos; None for a regression.
        left_out: which runs and rows are not counted and why; empty where all are.
        sentence: the parts of the first loss in words, or why there are none.
        by_row: the parts of each row, loss by loss.
    """

    variant: str
    claim: str
    describes: bool
    sets: int
    seeds: int
    rows: int
    losses: tuple[LossParts, ...]
    domingos: Domingos | None
    left_out: str
    sentence: str
    by_row: tuple[ByRow, ...] = field(default=(), repr=False, compare=False)

    def document(self) -> dict[str, Any]:
        """Give plain values, as ``trainlab diagnose --json`` shows them."""
        told = self.domingos
        return {
            "variant": self.variant,
            "claim": self.claim,
            "describes": self.describes,
            "sets": self.sets,
            "seeds": self.seeds,
            "rows": self.rows,
            "losses": [loss.document() for loss in self.losses],
            "domingos": None if told is None else vars(told).copy(),
            "left_out": self.left_out,
            "sentence": self.sentence,
        }


def decompose(results: Results) -> tuple[Decomposition, ...] | None:
    """Take the loss of each variant apart into bias and variance.

    Args:
        results: what is stored, finished or not.

    Returns:
        One for each variant, in the order of the experiment; None where rows were shared out in a way that
        tells no variance: training sets of k-fold overlap, and leave each row out once.

    Source:
        See ``decomposing.row_parts``. Intervals are Student's over the shares of disjoint training sets (the
        jackknife of J. Tukey, 1958), with the upper end taken from the logarithm where the interval excludes
        zero: they allow for other training rows and seeds, on the same rows. Their measured coverage stands
        in ``docs/guide/bias-variance.md``.
    """
    kind = _kind(results)
    if kind is None or results.folds < 2:
        return None
    layout = _layout(results)
    return tuple(_decomposed(results, variant, kind, layout) for variant in results.variants)


@dataclass(frozen=True, eq=False)
class _Layout:
    """The rows that are scored.

    Args:
        rows: ``(row,)`` numbers of all rows that some set leaves out, ascending.
        targets: ``(row,)`` or ``(row, target)``.
        out: ``(set, row)`` whether a set leaves a row out.
        truth: ``(row, target)`` amounts without noise; None where they are not known.
    """

    rows: NDArray[Any]
    targets: NDArray[Any]
    out: NDArray[np.bool_]
    truth: Floats | None


def _kind(results: Results) -> str | None:
    validation = results.facts["experiment"].get("validation") or {}
    if "disjoint" in validation:
        return "disjoint"
    if "bootstrap" in validation:
        return "common" if "common" in validation else "bootstrap"
    return None


def _layout(results: Results) -> _Layout:
    rows = np.unique(np.concatenate(results.validation_rows))
    first = results.validation_targets[0]
    targets = np.zeros((len(rows), *first.shape[1:]), first.dtype)
    out = np.zeros((results.folds, len(rows)), np.bool_)
    for fold, validating in enumerate(results.validation_rows):
        places = np.searchsorted(rows, validating)
        out[fold, places] = True
        targets[places] = results.validation_targets[fold]
    return _Layout(rows, targets, out, _truth(results, targets))


def _truth(results: Results, targets: NDArray[Any]) -> Floats | None:
    """Give the targets without noise, for data made from a known curve; found again by their values."""
    source = results.facts["data"].get("source")
    known = known_curve(source)
    if known is None or not isinstance(source, (str, Mapping)):
        return None
    ((name, options),) = ({source: {}} if isinstance(source, str) else source).items()
    data = load(name, **options)
    amounts, inputs = data.y[:, 0], np.asarray(data.x, np.float64)[:, 0]
    order = np.argsort(amounts, kind="stable")
    places = np.searchsorted(amounts[order], targets[:, 0]).clip(max=len(order) - 1)
    found = order[places]
    # Without noise a step has equal targets for many inputs, and these equal truths.
    if not np.array_equal(amounts[found], targets[:, 0].astype(amounts.dtype)):
        return None
    return known.truth(inputs[found]).reshape(-1, 1)


def _decomposed(results: Results, variant: str, kind: str, layout: _Layout) -> Decomposition:
    outputs = [_outputs(results, variant, fold) for fold in range(results.folds)]
    there = np.array([[run is not None for run in runs] for runs in outputs])
    sets, seeds = complete(there)
    out = layout.out[sets]
    counted = np.flatnonzero(out.sum(axis=0) >= 2)
    said = _left_out(results, variant, there, (len(sets), len(seeds)), len(layout.rows) - len(counted))
    claim = _claim(kind)
    describes = kind != "disjoint"
    if len(sets) < 2 or not len(counted):
        why = (
            f"{variant}: bias and variance cannot be told from {len(sets)} training sets with all their runs"
        )
        return Decomposition(
            variant, claim, describes, len(sets), len(seeds), 0, (), None, said, f"{why}; two are needed"
        )
    of_classes = results.facts["data"]["task"] == "classification"
    taken = [loss for loss in LOSSES.values() if loss.of_classes == of_classes]
    sums = {loss.name: _Sums(loss, layout, len(sets), len(seeds), counted) for loss in taken}
    votes: list[tuple[int, Domingos]] = []
    for chunk, numbers in _chunks(outputs, results, layout, (sets, seeds, counted)):
        for one in sums.values():
            one.add(chunk, numbers, out[:, chunk])
        if of_classes:
            votes.append((len(chunk), domingos(numbers, layout.targets[chunk], out[:, chunk])))
    parts = tuple(one.parts(describes=describes) for one in sums.values())
    return Decomposition(
        variant=variant,
        claim=claim,
        describes=describes,
        sets=len(sets),
        seeds=len(seeds),
        rows=len(counted),
        losses=parts,
        domingos=_mean_domingos(votes) if votes else None,
        left_out=said,
        sentence=f"{variant}: {parts[0].sentence}",
        by_row=tuple(one.by_row() for one in sums.values()),
    )


def complete(there: NDArray[np.bool_]) -> tuple[list[int], list[int]]:
    """Choose sets and seeds of which every run is there, leaving out what lacks the largest share of runs.

    Args:
        there: ``(set, seed)`` whether a run ended with a score.

    Returns:
        Numbers of the sets and of the seeds that are kept.

    >>> complete(np.array([[True, True], [True, False], [True, True]]))
    ([0, 2], [0, 1])
    """
    sets, seeds = list(range(there.shape[0])), list(range(there.shape[1]))
    while sets and seeds:
        lacking = ~there[np.ix_(sets, seeds)]
        if not lacking.any():
            break
        by_set, by_seed = lacking.mean(axis=1), lacking.mean(axis=0)
        if by_set.max() >= by_seed.max():
            sets.pop(int(by_set.argmax()))
        else:
            seeds.pop(int(by_seed.argmax()))
    return (sets, seeds) if sets and seeds else ([], [])


class _Sums:
    """The parts of one loss, gathered from some rows at a time."""

    def __init__(self, loss: Loss, layout: _Layout, sets: int, seeds: int, counted: NDArray[Any]) -> None:
        self.loss, self.layout, self.counted = loss, layout, counted
        self.several = seeds > 1
        self.truth = None if loss.of_classes else layout.truth
        # (part, set): sums over the rows that a set leaves out; parts are total, averaged, bias, chance.
        self.sums = np.zeros((4, sets))
        self.counts = np.zeros(sets)
        self.rows = np.zeros((4, len(layout.rows)))
        self.noise = np.zeros(len(layout.rows))

    def add(self, chunk: NDArray[Any], outputs: NDArray[Any], out: NDArray[np.bool_]) -> None:
        """Add the rows of these places."""
        found = row_parts(self.loss, outputs, self.layout.targets[chunk], out)
        chance = np.where(out, 0.0, np.nan)
        if self.truth is not None:
            truth = self.truth[chunk]
            self.noise[chunk] = self.loss.at(self.layout.targets[chunk] - truth, truth)
            chance = found.bias - row_parts(self.loss, outputs, truth, out).bias - self.noise[chunk]
        averaged = found.total if found.averaged is None else found.averaged
        shares = np.stack([found.total, averaged, found.bias, chance])
        self.sums += np.nansum(shares, axis=2)
        self.counts += out.sum(axis=1)
        self.rows[:, chunk] = np.nanmean(shares, axis=1)

    def parts(self, *, describes: bool) -> LossParts:
        """Give means over all rows, with what the spread over sets allows."""
        means = self.rows[:, self.counted].mean(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = self.sums / self.counts

        def part(weights: Sequence[float], more: float = 0.0) -> Part:
            value = float(np.dot(weights, means)) + more
            return _part(value, np.dot(weights, shares) + more, describes=describes)

        loss = self.loss.name
        known = self.truth is not None
        noise = float(self.noise[self.counted].mean())
        found = {
            "total": part((1, 0, 0, 0)),
            "noise": Part(noise, None, None) if known else None,
            "bias": part((0, 0, 1, -1), -noise),
            "chance": part((0, 0, 0, 1)) if known else None,
            "variance": part((1, 0, -1, 0)),
            "data": part((0, 1, -1, 0)) if self.several else None,
            "seed": part((1, -1, 0, 0)) if self.several else None,
        }
        larger = part((-1, 0, 2, -1), -noise)
        sentence = parts_in_words(loss, found, larger, describes=describes, sets=len(self.counts))
        return LossParts(loss=loss, label=LABELS[loss], sentence=sentence, **found)  # type: ignore[arg-type]

    def by_row(self) -> ByRow:
        """Give the parts of each row that is counted."""
        total, averaged, bias, _ = self.rows[:, self.counted]
        seed = total - averaged if self.several else None
        return ByRow(self.layout.rows[self.counted], total, bias, averaged - bias, seed)


def _outputs(results: Results, variant: str, fold: int) -> list[NDArray[Any] | None]:
    """Give what the networks of a set say, seed by seed; None for runs without a score or with no numbers."""
    outcomes = results.outcomes[results.variants.index(variant), :, fold]
    return [
        said if said is not None and Outcome(outcome).scored and np.isfinite(said).all() else None
        for said, outcome in zip(results.rows("outputs", variant, fold), outcomes, strict=True)
    ]


def _chunks(
    outputs: Sequence[Sequence[NDArray[Any] | None]],
    results: Results,
    layout: _Layout,
    chosen: tuple[list[int], list[int], NDArray[Any]],
) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Give places of rows with ``(set, seed, row, output)`` numbers; 1 where a set trained on a row."""
    sets, seeds, counted = chosen
    example = outputs[sets[0]][seeds[0]]
    width = 1 if example is None else example.shape[1]
    size = max(1, AT_ONCE // (len(sets) * len(seeds) * width))
    places = [np.searchsorted(results.validation_rows[fold], layout.rows) for fold in sets]
    for start in range(0, len(counted), size):
        chunk = counted[start : start + size]
        numbers = np.ones((len(sets), len(seeds), len(chunk), width))
        for index, fold in enumerate(sets):
            here = layout.out[fold, chunk]
            for place, seed in enumerate(seeds):
                said = outputs[fold][seed]
                if said is not None:
                    numbers[index, place, here] = said[places[index][chunk[here]]]
        yield chunk, numbers


def _part(value: float, shares: Floats, *, describes: bool) -> Part:
    known = shares[np.isfinite(shares)]
    if describes:
        return Part(value, *(percentiles(known) or (None, None)))
    interval = corrected_t(known, ratio=0.0).interval() if len(known) >= LEAST_SETS else None
    if interval is None:
        return Part(value, None, None)
    low, high = interval
    # Squares are skewed, and Student's interval misses above: where it is above zero, its upper end is that
    # of the logarithm. With 10 and 20 sets that raised the coverage of variances by 3 to 5 points.
    return Part(value, low, value * math.exp(min((high - value) / value, 1.0)) if low > 0 else high)


def _mean_domingos(found: Sequence[tuple[int, Domingos]]) -> Domingos:
    counts = np.array([count for count, _ in found], np.float64)
    names = ("bias", "unbiased", "biased", "total")
    means = {
        name: float(np.dot(counts, [getattr(one, name) for _, one in found]) / counts.sum()) for name in names
    }
    return Domingos(**means)


def _claim(kind: str) -> str:
    if kind == "disjoint":
        return DISJOINT_CLAIM
    scored = "scored on rows that train in none of them"
    if kind == "bootstrap":
        scored = "each row scored by those that leave it out, at least two"
    return f"{RESAMPLES_CLAIM}, {scored}"


def _left_out(
    results: Results, variant: str, there: NDArray[np.bool_], kept: tuple[int, int], rows: int
) -> str:
    """Say which runs and rows are not counted, and why."""
    said = []
    if not there.all():
        diverged = int((results.outcomes[results.variants.index(variant)] == Outcome.DIVERGED).sum())
        lacking = int((~there).sum())
        cause = f" ({diverged} diverged)" if diverged else ""
        said.append(
            f"{lacking} of {there.size} runs {'has' if lacking == 1 else 'have'} no prediction{cause}: "
            f"counted are {kept[0]} training sets of {kept[1]} seeds, so that this holds for runs that end "
            "well"
        )
    if rows and kept[0] >= 2:
        counted = "1 row" if rows == 1 else f"{rows} rows"
        verb = "is" if rows == 1 else "are"
        said.append(f"{counted} that fewer than two training sets leave out {verb} not counted")
    return "; ".join(said)
