"""What the errors are made of, as a section: bias and variance of each variant, measured."""

from trainlab.diagnosis.loss_parts import LossParts, Part
from trainlab.reporting.drawing.decomposition_bars import decomposition_bars, named, parts_of
from trainlab.reporting.drawing.highlights import chosen
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.sections.blocks import Block, Figure, Paragraph, Section, Table
from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.words import number

MOST_ROWS = 20


def decomposition_section(facts: Outline) -> Section | None:
    """Give bias and variance; None where the rows are not shared out in a way that tells them."""
    told = facts.details.decomposition
    places = chosen(facts, MOST_ROWS)
    shown = [
        (place, one)
        for one in told
        for place in (facts.details.places[one.variant],)
        if place in places and one.losses
    ]
    if not shown:
        return None
    first = shown[0][1]
    blocks: list[Block] = [Paragraph(f"{_upper(first.claim).rstrip('.')}.", "quiet")]
    for number_of_loss, loss in enumerate(first.losses):
        losses = [one.losses[number_of_loss] for _, one in shown]
        at = [place for place, _ in shown]
        parts: tuple[Block, ...] = (
            _figure(facts, at, losses, describes=first.describes),
            _table(facts, at, losses),
        )
        title = f"{_upper(loss.label)} taken apart (validation rows)"
        blocks.append(Section(title, parts, 3, folded=number_of_loss > 0))
    left_out = {one.left_out for _, one in shown if one.left_out}
    blocks += [Paragraph(f"{_upper(clean(text, 600))}.", "warning") for text in sorted(left_out)]
    return Section("Bias and variance, measured", tuple(blocks))


def _figure(facts: Outline, places: list[int], losses: list[LossParts], *, describes: bool) -> Figure:
    lines = "the middle 95 % over resamples" if describes else "its 95 % interval over training sets"
    said = ["Parts of the mean loss of one network, added up"]
    said.append(
        f"; the line above a bar is {lines}." if any(one.total.low is not None for one in losses) else "."
    )
    if losses[0].noise is None:
        said.append(" The noise of the data is not known and part of the bias.")
    if any(part.value < 0 for one in losses for _, part in parts_of(one)):
        said.append(" A part near zero may come out negative and then stands left of zero.")
    wide, narrow = (decomposition_bars(facts, places, losses, wide=wide) for wide in (True, False))
    return Figure(Picture(wide, narrow, "".join(said)), f"parts-{losses[0].loss.replace('_', '-')}")


def _table(facts: Outline, places: list[int], losses: list[LossParts]) -> Table:
    names = [name for name, _ in parts_of(losses[0])]
    head = ("variant", "mean loss", *(named(name, losses[0]).replace(", ", ",\n") for name in names))
    rows = tuple(
        (
            facts.variants[place].label,
            _part(loss.total),
            *(_part(dict(parts_of(loss)).get(name)) for name in names),
        )
        for place, loss in zip(places, losses, strict=True)
    )
    return Table(head, rows, "", tuple(range(1, len(head))), stacked=True)


def _part(part: Part | None) -> str:
    if part is None:
        return "–"
    if part.low is None or part.high is None:
        return _three(part.value)
    return f"{_three(part.value)}\n{_three(part.low)} to {_three(part.high)}"


def _three(value: float) -> str:
    return number(float(f"{value:.3g}")).replace("-", "−", 1)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
