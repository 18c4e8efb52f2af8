"""What networks of one or two inputs say all over them, as a section: regions, heights or fitted curves."""

from trainlab.reporting.drawing.boundaries import levels_of, plane
from trainlab.reporting.drawing.fitted_curves import fitted_curve, limits_of
from trainlab.reporting.drawing.highlights import colours
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.facts.grid_facts import GridFacts, Scene
from trainlab.reporting.facts.inside import CHOSEN
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.sections.blocks import Block, Figure, Panels, Section
from trainlab.reporting.wording.words import counted


def grids_section(facts: Outline) -> Section | None:
    """Give what the networks say; None where they have more than two inputs, or nothing was kept."""
    scene, grids = facts.details.scene, facts.details.grids
    if scene is None or not grids:
        return None
    if len(scene.inputs) == 1:
        return Section("Fitted curves", (_curves(facts, scene, grids),))
    title = "Decision boundaries" if scene.is_classes else "Fitted surfaces"
    parts: list[Block] = [
        Section(facts.variants[one.variant].label, (_plane(facts, scene, one, grids, place),), 3)
        for place, one in enumerate(grids)
    ]
    return Section(title, tuple(parts))


def _curves(facts: Outline, scene: Scene, grids: tuple[GridFacts, ...]) -> Panels:
    limits, hues = limits_of(grids, scene), colours(facts)
    pictures = tuple(
        Picture(
            fitted_curve(one, scene, facts.variants[one.variant].short, hues[one.variant], limits), "", ""
        )
        for one in grids
    )
    said = [_runs(grids[0])]
    if scene.is_classes:
        said.append("A colour for each class, as named at the right.")
    else:
        said.append("Dashed: the mean before training; dotted: after the first epoch.")
    if scene.rows:
        said.append("Points are rows of the data, spread evenly over them.")
    said.append(_left_out(facts, grids))
    return Panels(pictures, " ".join(part for part in said if part), "curves-fitted")


def _plane(facts: Outline, scene: Scene, one: GridFacts, grids: tuple[GridFacts, ...], place: int) -> Figure:
    levels = () if scene.is_classes else levels_of(grids, CHOSEN)
    runs = counted(one.counted, "run")
    said = [f"The mean over {runs}."]
    if scene.is_classes:
        said = [f"Regions: the class of the highest mean probability over {runs}."]
        if one.counted > 1:
            each = "each" if len(one.runs) == one.counted else str(len(one.runs))
            said.append(
                f"Thin lines: the boundaries of {each} of them at the scored epoch; where they part, the "
                "seed decides."
            )
    elif one.counted > 1:
        said.append("The spread is the standard deviation over them, in the unit of the target.")
    said.append("Points are rows of the data, spread evenly over them." if scene.rows else "")
    said.append(_left_out(facts, grids) if place == 0 else "")
    wide, narrow = (plane(one, scene, levels, wide=wide) for wide in (True, False))
    return Figure(Picture(wide, narrow, " ".join(part for part in said if part)), f"plane-{place}")


def _runs(one: GridFacts) -> str:
    shown = "each run" if len(one.runs) == one.counted else f"{len(one.runs)} of {one.counted} runs"
    return f"Thick: the mean over {counted(one.counted, 'run')} at the scored epoch; thin: {shown}."


def _left_out(facts: Outline, grids: tuple[GridFacts, ...]) -> str:
    if len(grids) == len(facts.variants):
        return ""
    return (
        f"Shown are {len(grids)} of {len(facts.variants)} variants: the reference and those furthest from it."
    )
