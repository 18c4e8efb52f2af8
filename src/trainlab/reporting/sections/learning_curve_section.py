"""Would more data help, and which value of a setting is best: scores over rows and settings, as sections."""

from trainlab.diagnosis.learning_curve import Line
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.drawing.size_curves import rows_curve, setting_curve
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.sections.blocks import Block, Listing, Panels, Paragraph, Section
from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.shared_out import interval_head

MOST_CURVES = 8


def learning_curve_section(facts: Outline) -> Section | None:
    """Give scores against training rows; None where variants do not differ in them alone."""
    told = facts.details.learning_curve
    lines = () if told is None else tuple(line for line in told.lines if _drawable(line))
    if told is None or not lines:
        return None
    said = [_upper(clean(line.sentence, 600)).rstrip(".") + "." for line in lines]
    blocks: list[Block] = [Paragraph(said[0], "strong") if len(said) == 1 else Listing(tuple(said))]
    caption = (
        f"Means over runs with the {interval_head(facts.splits)}, solid on validation rows and dashed on "
        "training rows"
        + (
            "; the thin line is the fitted power law with its interval"
            if any(one.law for one in lines)
            else ""
        )
        + f". Intervals hold {clean(told.claim, 300).rstrip('.')}; where they leave the picture they are cut."
    )
    pictures = tuple(Picture(rows_curve(facts, line), "", "") for line in lines[:MOST_CURVES])
    blocks.append(Panels(pictures, caption, "rows"))
    return Section("Would more data help? (validation rows)", tuple(blocks))


def validation_curve_section(facts: Outline) -> Section | None:
    """Give scores against single settings; None where no three variants differ in one number alone."""
    told = tuple(
        one for one in facts.details.validation_curves if any(point.score is not None for point in one.points)
    )
    if not told:
        return None
    blocks: list[Block] = [
        Listing(tuple(_upper(clean(one.sentence, 600)).rstrip(".") + "." for one in told[:MOST_CURVES]))
    ]
    caption = (
        f"Means over runs with the {interval_head(facts.splits)}, solid on validation rows and dashed on "
        "training rows; circled "
        "are the best value and those that are as good."
    )
    if len(told) > MOST_CURVES:
        caption += f" Shown are {MOST_CURVES} of {len(told)}."
    pictures = tuple(Picture(setting_curve(facts, one), "", "") for one in told[:MOST_CURVES])
    blocks.append(Panels(pictures, caption, "settings"))
    return Section("Scores against single settings (validation rows)", tuple(blocks))


def _drawable(line: Line) -> bool:
    return sum(one.score is not None for one in line.points) > 1


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
