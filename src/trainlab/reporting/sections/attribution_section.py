"""Which technique helped, as a section: main effects and interactions where variants form a grid."""

from trainlab.comparison.attribution import FactorEffect
from trainlab.reporting.drawing.effect_forest import effect_forest
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.sections.blocks import Block, Figure, Paragraph, Section
from trainlab.reporting.wording.names import clean

MOST_EFFECTS = 24


def attribution_section(facts: Outline) -> Section | None:
    """Give effects of techniques; None where the variants are no grid over several."""
    told = facts.details.attribution
    if told is None or not told.effects:
        return None
    blocks: list[Block] = [Paragraph(clean(told.sentence, 2_000), "strong")]
    for title, effects, note in (
        (
            "Main effects",
            told.main_effects,
            "What a technique changes, the mean over all settings of the others.",
        ),
        (
            "Interactions",
            told.interactions,
            "What two techniques do together beyond what both effects add up to.",
        ),
    ):
        if effects:
            blocks.append(
                Section(title, (_forest(facts, effects, note, title.lower().replace(" ", "-")),), 3)
            )
    return Section("Which technique helped", tuple(blocks))


def _forest(facts: Outline, effects: tuple[FactorEffect, ...], note: str, name: str) -> Figure:
    shown = effects
    left_out = ""
    if len(effects) > MOST_EFFECTS:
        shown = tuple(sorted(effects, key=lambda one: -abs(one.difference or 0.0))[:MOST_EFFECTS])
        left_out = f" Shown are the {MOST_EFFECTS} largest of {len(effects)}."
    caption = (
        f"{note} Intervals hold for all effects of the grid at once; the shaded zone holds effects too small "
        f"to matter; an open circle is undecided, a square equivalent.{left_out}"
    )
    wide, narrow = (effect_forest(facts, shown, wide=wide) for wide in (True, False))
    return Figure(Picture(wide, narrow, caption), name)
