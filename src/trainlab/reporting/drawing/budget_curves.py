"""What variants would have been expected to score had each been tuned with fewer trials."""

import math
from collections.abc import Sequence
from typing import Any

from trainlab.experiment.metrics import Metric
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
from trainlab.reporting.drawing.panel import named_ends, ticks
from trainlab.reporting.drawing.rows import NARROW, WIDE
from trainlab.reporting.drawing.theme import MUTED
from trainlab.reporting.wording.names import fitted, width
from trainlab.reporting.wording.words import unit
from trainlab.tuning.budgets import Expected

_LEFT, _TOP, _DOWN, _FOOT = 46.0, 24.0, 170.0, 44.0
_NAME = 120.0
_APART = 0.03
_FURTHEST = 3.0


def budget_curves(
    metric: Metric,
    curves: Sequence[tuple[str, str, Sequence[Expected]]],
    *,
    wide: bool,
) -> str:
    """Draw the expected scores with their ranges.

    Args:
        metric: what is scored.
        curves: of each variant its name, its colour, and what is expected at each budget.
        wide: for a wide page or a narrow one.
    """
    whole = WIDE if wide else NARROW
    names = [fitted(name, SMALL, _NAME if wide else 0.7 * _NAME) for name, _, _ in curves]
    right = 26 + max(width(name, SMALL) for name in names)
    times = 100.0 if metric.is_rate else 1.0
    with drawing():
        figure = blank(whole, _TOP + _DOWN + _FOOT)
        quiet: Any = {"size": SMALL, "color": MUTED, "va": "center_baseline"}
        written(figure, 4, 10, unit(metric), **quiet)
        axes = placed(figure, _LEFT, _TOP, whole - _LEFT - right, _DOWN)
        budgets = sorted({one.trials for _, _, told in curves for one in told})
        last = math.log2(budgets[-1]) or 1.0
        axes.set_xlim(-0.04 * last - 0.1, last * 1.04 + 0.1)
        low, high = _limits(metric, times, curves)
        axes.set_ylim(low, high)
        ruled_up(axes, ticks((low, high), 5), 6 / (whole - _LEFT - right))
        _rule(axes, budgets, whole - _LEFT - right)
        ends = []
        for place, (name, (_, hue, told)) in enumerate(zip(names, curves, strict=True)):
            aside = (place - (len(curves) - 1) / 2) * _APART * last / 4
            known = [one for one in told if one.mean is not None]
            if not known:
                continue
            across = [math.log2(one.trials) + aside for one in known]
            up = [times * (one.mean or 0.0) for one in known]
            axes.plot(across, up, color=hue, linewidth=1.6, marker="o", markersize=4, zorder=4)
            for at, one in zip(across, known, strict=True):
                if one.low is not None and one.high is not None:
                    axes.plot(
                        [at, at], [times * one.low, times * one.high], color=hue, linewidth=1.1, alpha=0.6
                    )
            ends.append(((up[-1] - low) / (high - low), name, hue))
        named_ends(axes, ends)
        return drawn(figure, f"Expected {unit(metric)} at {len(budgets)} budgets")


def _rule(axes: Any, budgets: Sequence[int], room: float) -> None:
    """Rule the axis of budgets, which counts doublings, with the budgets themselves."""
    ruled_across(axes, (), "trials of each variant", grid=False)
    taken = -math.inf
    across = axes.get_xaxis_transform()
    span = axes.get_xlim()[1] - axes.get_xlim()[0]
    for budget in budgets:
        at = math.log2(budget) / span * room
        if at - taken < width(str(budget), SMALL) + 6:
            continue
        taken = at
        axes.text(
            math.log2(budget),
            -13 / _DOWN,
            f"{budget:,}",
            transform=across,
            size=SMALL,
            color=MUTED,
            ha="center",
            va="center_baseline",
        )


def _limits(
    metric: Metric, times: float, curves: Sequence[tuple[str, str, Sequence[Expected]]]
) -> tuple[float, float]:
    """Give the ends of the axis: what is far worse than most means would press the others together."""
    sign = 1.0 if metric.higher_is_better else -1.0
    told = [one for _, _, expected in curves for one in expected if one.mean is not None]
    means = sorted(sign * times * (one.mean or 0.0) for one in told)
    best, middle = means[-1], means[len(means) // 2]
    ranges = [sign * times * end for one in told for end in (one.low, one.high) if end is not None]
    reach = _FURTHEST * (best - middle) or 0.1 * abs(best) or 1.0
    low = max(min([*means, *ranges]), best - reach)
    high = min(max([*means, *ranges]), best + 0.4 * reach)
    spare = 0.05 * (high - low) or 0.1
    ends = sorted((sign * (low - spare), sign * (high + spare)))
    return ends[0], ends[1]
