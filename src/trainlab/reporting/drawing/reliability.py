"""A reliability diagram: how sure answers are against how often they are right, and how many there are."""

from trainlab.reporting.drawing.canvas import SMALL, drawing, drawn
from trainlab.reporting.drawing.panel import PANEL, panel, ruled
from trainlab.reporting.drawing.theme import MUTED
from trainlab.reporting.facts.predictions import Sureness

_SIDE = 180.0


def reliability_diagram(facts: Sureness, title: str, hue: str) -> str:
    """Draw the bins of one variant.

    Args:
        facts: the bins.
        title: the variant's name.
        hue: the variant's colour.
    """
    with drawing():
        made = panel(title, above="right, %", down=_SIDE, whole=PANEL)
        axes = made.axes
        axes.set_xlim(0, 100)
        axes.set_ylim(0, 100)
        ruled(axes, "mean probability of the class said, %", most_across=5, most_up=5)
        axes.plot([0, 100], [0, 100], color=MUTED, linewidth=1.0, linestyle=(0, (3, 2)), zorder=2)
        said = [100 * one for one, _, _ in facts.bins]
        right = [100 * one for _, one, _ in facts.bins]
        # Bars as high as the share of all rows in the bin: few rows make a jumpy line.
        shares = [100 * share for _, _, share in facts.bins]
        axes.bar(said, shares, width=3.2, color=hue, alpha=0.25, linewidth=0, zorder=1)
        axes.plot(said, right, color=hue, linewidth=1.8, marker="o", markersize=4.5, zorder=4)
        told = f"error {100 * facts.error:.1f} %, by chance {100 * facts.by_chance:.1f} %"
        axes.text(
            0.03,
            0.95,
            told,
            transform=axes.transAxes,
            size=SMALL,
            color=MUTED,
            va="center_baseline",
            zorder=5,
        )
        return drawn(made.figure, f"Reliability diagram of {title}")
