"""The distinct networks of an experiment as diagrams."""

from trainlab.reporting.drawing.network_diagram import bypassed, diagram, left_out
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.sections.blocks import Block, Figure, Section
from trainlab.reporting.wording.words import some

MOST_NETWORKS = 4


def network_diagrams(outline: Outline) -> Section | None:
    """Give the diagrams of the distinct networks, the first ones where there are many."""
    drawable = [network for network in outline.networks if network.layers]
    blocks: list[Block] = []
    for place, network in enumerate(drawable[:MOST_NETWORKS]):
        said = [
            f"The network of {some(network.variants, 6)}: {network.parameters} trainable numbers.",
            "Framed layers learn; beside the arrow stands the shape of one row.",
            "Lines on the left are inputs from further above." if bypassed(network) else "",
            left_out(network),
        ]
        caption = " ".join(part for part in said if part)
        picture = Picture(diagram(network, wide=True), diagram(network, wide=False), caption)
        blocks.append(Figure(picture, f"network-{place}"))
    return Section("Diagrams of the networks", tuple(blocks)) if blocks else None
