"""The size of gradients from the first kernel to the last: does learning reach the layers near the input?"""

from collections.abc import Sequence

from trainlab.reporting.drawing.canvas import drawing, drawn
from trainlab.reporting.drawing.panel import PANEL, named_ends, panel, ruled
from trainlab.reporting.drawing.theme import MUTED
from trainlab.reporting.facts.inside import CHOSEN, START, Inside, WeightNorms

_DECADE = 10.0


def kernels_of(facts: Inside) -> tuple[WeightNorms, ...]:
    """Give the kernels that have a gradient at some moment, from input to output."""
    return tuple(one for one in facts.weights if one.is_kernel and any(value for value in one.gradients))


def limits_of(variants: Sequence[Inside]) -> tuple[float, float]:
    """Give the ends of the axis that all variants share; gradients of exactly zero have no place on it."""
    values = [
        value
        for facts in variants
        for one in kernels_of(facts)
        for moment in (START, CHOSEN)
        for value in (one.least[moment], one.gradients[moment], one.most[moment])
        if value
    ]
    low, high = min(values, default=0.1), max(values, default=1.0)
    middle = (low * high) ** 0.5
    # Less than a power of ten would make a picture of noise.
    return min(low / 1.5, middle / _DECADE**0.5), max(high * 1.5, middle * _DECADE**0.5)


def gradient_depth(facts: Inside, title: str, hue: str, limits: tuple[float, float]) -> str:
    """Draw the gradients of one variant.

    Args:
        facts: what was seen inside of it.
        title: the variant's name.
        hue: the variant's colour.
        limits: ends of the axis, see ``limits_of``.
    """
    kernels = kernels_of(facts)
    with drawing():
        made = panel(title, above="gradient norm, log scale", right=66.0, whole=PANEL)
        axes = made.axes
        axes.set_yscale("log")
        axes.set_ylim(*limits)
        axes.set_xlim(0.7, len(kernels) + 0.3)
        ruled(axes, "kernel, from input to output", most_across=min(8, len(kernels)))
        ends = []
        for moment, name, colour, style in (
            (START, "start", MUTED, (0, (3, 2))),
            (CHOSEN, "scored", hue, "solid"),
        ):
            points = [(place, one) for place, one in enumerate(kernels, 1) if one.gradients[moment]]
            if not points:
                continue
            across = [place for place, _ in points]
            heights = [one.gradients[moment] or 0.0 for _, one in points]
            axes.plot(across, heights, color=colour, linestyle=style, linewidth=1.6, zorder=3)
            axes.plot(across, heights, color=colour, linestyle="", marker="o", markersize=4.5, zorder=4)
            for place, one in points:
                least, most = one.least[moment], one.most[moment]
                if moment == CHOSEN and least and most:
                    axes.plot([place, place], [least, most], color=colour, linewidth=1.2, alpha=0.6, zorder=2)
            ends.append((_share(heights[-1], limits), name, colour))
        named_ends(axes, ends)
        return drawn(made.figure, f"Gradient norms of {title}")


def _share(value: float, limits: tuple[float, float]) -> float:
    from math import log

    low, high = limits
    return (log(value) - log(low)) / (log(high) - log(low))
