"""A network as boxes from input to output, each layer with its shape and parameters, bypasses beside them.

A layer that takes its inputs from elsewhere than the one above it has a line on the left for each such input.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trainlab.reporting.drawing.canvas import SMALL, TEXT, blank, drawing, drawn, placed
from trainlab.reporting.drawing.rows import NARROW, WIDE
from trainlab.reporting.drawing.theme import INK, LINE, MUTED, PAPER, ZONE
from trainlab.reporting.facts.networks import Layer, Network
from trainlab.reporting.wording.names import fitted, width
from trainlab.reporting.wording.words import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BOXES = 40

_GAP = 16.0
_LANE = 9.0
_MOST_LANES = 6
_PAD = 10.0


@dataclass(frozen=True)
class _Box:
    """A box of the diagram: a layer, the input, or a note on layers that are left out."""

    title: str
    told: str
    shape: str
    parameters: str
    sources: tuple[int, ...]
    kind: str


def diagram(network: Network, *, wide: bool) -> str:
    """Draw one network.

    Args:
        network: its layers with the places of the layers before them.
        wide: one line in a box on a wide page, two on a narrow one.
    """
    boxes = _boxes(network)
    around = _lanes(boxes)
    lanes = 1 + max((lane for _, _, lane in around), default=-1)
    height, whole = (28.0, WIDE) if wide else (42.0, NARROW)
    step = height + _GAP
    left = 6.0 + _LANE * min(lanes, _MOST_LANES) + (6.0 if lanes else 0.0)
    with drawing():
        figure = blank(whole, step * len(boxes) - _GAP + 8)
        axes = placed(figure, 0, 0, whole, step * len(boxes) - _GAP + 8)
        axes.set_xlim(0, whole)
        axes.set_ylim(step * len(boxes) - _GAP + 8, 0)
        right = min(whole - 4, left + 520) if wide else whole - 4
        tops = [4 + step * place for place in range(len(boxes))]
        for place, (box, top) in enumerate(zip(boxes, tops, strict=True)):
            _draw_box(axes, box, (left, top, right, height), wide=wide)
            if place - 1 in box.sources or box.kind == "rest":
                middle = (left + right) / 2
                _arrow(axes, [(middle, top - _GAP), (middle, top - 1)])
        for source, target, lane in around:
            # Lines beyond the last lane lie on one another: the ends can still be told apart.
            at = left - 6 - _LANE * min(lane, _MOST_LANES - 1)
            leave, enter = tops[source] + height * 0.7, tops[target] + height * 0.3
            _arrow(axes, [(left, leave), (at, leave), (at, enter), (left - 1, enter)])
        return drawn(figure, f"Diagram of a network with {counted(len(network.layers), 'layer')}")


def _draw_box(axes: "Axes", box: _Box, place: tuple[float, float, float, float], *, wide: bool) -> None:
    from matplotlib.patches import FancyBboxPatch

    left, top, right, height = place
    learns = box.kind == "learns"
    if box.kind != "rest":
        patch = FancyBboxPatch(
            (left, top),
            right - left,
            height,
            boxstyle="round,pad=0,rounding_size=5",
            facecolor=PAPER if learns else ZONE,
            edgecolor=INK if learns else LINE,
            linewidth=1.2 if learns else 0.8,
            zorder=2,
        )
        axes.add_patch(patch)
    middle: Any = {"va": "center_baseline", "zorder": 3}
    first = top + (height / 2 if wide else 13)
    second = top + (height / 2 if wide else 30)
    end = right - _PAD
    numbers = " · ".join(text for text in (box.shape, box.parameters) if text)
    if wide:
        # Shapes stand in one column, parameters in another, whatever box they are of.
        axes.text(end, first, box.parameters, ha="right", size=SMALL, color=MUTED, **middle)
        axes.text(end - 128, first, box.shape, ha="right", size=SMALL, color=INK, **middle)
    else:
        axes.text(end, second, numbers, ha="right", size=SMALL, color=MUTED, **middle)
    room = right - left - 2 * _PAD - (128 + width(box.shape, SMALL) + 8 if wide else 0)
    weight = "bold" if learns else "normal"
    title = fitted(box.title, TEXT, room * 0.55 if wide else room)
    axes.text(left + _PAD, first, title, size=TEXT, weight=weight, **middle)
    begin = left + _PAD + (max(150.0, width(title, TEXT) + 10) if wide else 0)
    told = fitted(
        box.told,
        SMALL,
        end - begin - (128 + width(box.shape, SMALL) + 8 if wide else width(numbers, SMALL) + 8),
    )
    axes.text(begin, second, told, size=SMALL, color=MUTED, **middle)


def _arrow(axes: "Axes", points: Sequence[tuple[float, float]]) -> None:
    across, down = zip(*points, strict=True)
    axes.plot(across, down, color=MUTED, linewidth=1.1, zorder=1, solid_joinstyle="round")
    (before, above), (end, below) = points[-2:]
    side = (1.0, 0.0) if above == below and end > before else (0.0, 1.0)
    size = 4.0
    head = [
        (end, below),
        (end - size * side[0] - size * 0.7 * side[1], below - size * side[1] - size * 0.7 * side[0]),
        (end - size * side[0] + size * 0.7 * side[1], below - size * side[1] + size * 0.7 * side[0]),
    ]
    axes.fill(*zip(*head, strict=True), color=MUTED, linewidth=0, zorder=1)


def _boxes(network: Network) -> list[_Box]:
    """Give the boxes with sources among themselves: an input on top, the middle of deep networks left out."""
    layers = network.layers
    kept = list(range(len(layers)))
    cut = 0
    if len(layers) > MOST_BOXES:
        cut = len(layers) - MOST_BOXES + 1
        begin = MOST_BOXES // 2
        kept = [*range(begin), -1, *range(begin + cut, len(layers))]
    has_input = any(layer.kind == "InputLayer" for layer in layers)
    boxes = [] if has_input else [_Box("input", "", "; ".join(network.inputs), "", (), "passes")]
    first = len(boxes)
    at = {layer: first + place for place, layer in enumerate(kept) if layer >= 0}
    gap = next((first + place for place, layer in enumerate(kept) if layer < 0), None)
    for layer in kept:
        if layer < 0:
            boxes.append(_Box(f"… {cut} more layers …", "", "", "", (), "rest"))
            continue
        found = {at.get(source, gap) for source in layers[layer].sources}
        sources = tuple(sorted(place for place in found if place is not None))
        if not sources and not has_input:
            sources = (0,)
        boxes.append(_layer_box(layers[layer], sources))
    return boxes


def _layer_box(layer: Layer, sources: tuple[int, ...]) -> _Box:
    learns = layer.parameters not in {"0", "–"}
    # What only some of the variants have there stands in the table.
    told = [set(at.settings.split(", ")) for at in layer.settings]
    alike = [word for word in layer.settings[0].settings.split(", ") if word] if layer.settings else []
    common = [word for word in alike if all(word in words for words in told)]
    return _Box(
        layer.name,
        ", ".join([layer.kind, *common]),
        layer.output_shape,
        f"{layer.parameters} parameters" if learns else "",
        sources,
        "learns" if learns else "passes",
    )


def _lanes(boxes: Sequence[_Box]) -> list[tuple[int, int, int]]:
    """Give each input from further above a lane on the left that no other line uses at that height."""
    around = sorted(
        ((source, place) for place, box in enumerate(boxes) for source in box.sources if source < place - 1),
        key=lambda edge: (edge[1] - edge[0], edge[0]),
    )
    taken: list[list[tuple[int, int]]] = []
    found = []
    for source, target in around:
        lane = next(
            (
                number
                for number, edges in enumerate(taken)
                if all(target <= begin or end <= source for begin, end in edges)
            ),
            len(taken),
        )
        if lane == len(taken):
            taken.append([])
        taken[lane].append((source, target))
        found.append((source, target, lane))
    return found


def bypassed(network: Network) -> bool:
    """Tell whether some layer takes an input from further above than the one before it."""
    return bool(_lanes(_boxes(network)))


def left_out(network: Network) -> str:
    """Say how many layers a diagram leaves out; empty where it has room for all."""
    if len(network.layers) <= MOST_BOXES:
        return ""
    return f"{len(network.layers) - MOST_BOXES + 1} layers in the middle are left out; the table lists them."
