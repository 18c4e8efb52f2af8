"""What was seen inside the networks, as a section: gradients layer by layer, units, histograms, numbers."""

from trainlab.reporting.drawing.gradient_depth import gradient_depth, kernels_of, limits_of
from trainlab.reporting.drawing.highlights import colours
from trainlab.reporting.drawing.histograms import histogram
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.facts.inside import CHOSEN, FIRST, LAST, START, Histogram, Inside
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.sections.blocks import Block, Panels, Paragraph, Section, Table
from trainlab.reporting.wording.plain import percent
from trainlab.reporting.wording.words import counted, number

MOST_HISTOGRAMS = 4
MOST_DRAWN = 2
_MOST_ROWS = 40
_LEAST_KERNELS = 2


def inside_section(facts: Outline) -> Section | None:
    """Give what was seen inside the networks; None where no run was probed."""
    seen = facts.details.inside
    if not seen:
        return None
    blocks: list[Block] = [Paragraph(_told(facts, seen), "quiet")]
    parts = (_gradients(facts, seen), _units(facts, seen), _norms(facts, seen))
    blocks += [part for part in parts if part is not None]
    for what, title, name in (
        ("weight", "Weights before and after training", "kernels"),
        ("activation", "Activations before and after training", "activations"),
    ):
        panels = _histograms(facts, seen, what, name)
        if panels is not None:
            blocks.append(Section(title, (panels,), 3, folded=True))
    return Section("Inside the networks", tuple(blocks))


def _told(facts: Outline, seen: tuple[Inside, ...]) -> str:
    said = (
        "Measured on a fixed sample of training rows with dropout and other noise off: before training, "
        "after the first epoch, at the scored epoch and after the last one."
    )
    if len(seen) < len(facts.variants):
        said += (
            f" Shown are {len(seen)} of {counted(len(facts.variants), 'variant')}: the reference and those "
            "furthest from it."
        )
    return said


def _gradients(facts: Outline, seen: tuple[Inside, ...]) -> Block | None:
    deep = [one for one in seen if len(kernels_of(one)) >= _LEAST_KERNELS]
    if not deep:
        return None
    limits, hues = limits_of(deep), colours(facts)
    pictures = tuple(
        Picture(gradient_depth(one, _name(facts, one), hues[one.variant], limits), "", "") for one in deep
    )
    caption = (
        "Root of the sum of squares of the loss's gradient, kernel by kernel, the median over "
        f"{_runs(deep)}; dashed before training, solid at the scored epoch with the range over runs as bars. "
        "All panels share their axis. A line that falls by powers of ten towards the input tells of "
        "vanishing gradients, one that rises of exploding ones."
    )
    return Section("Gradients through the layers", (Panels(pictures, caption, "gradients"),), 3)


def _units(facts: Outline, seen: tuple[Inside, ...]) -> Block | None:
    rows = []
    for one in seen:
        for layer in one.layers:
            found = [*layer.dead, *layer.saturated]
            if all(value is None for value in found):
                continue
            cells = [_share(values[at]) for values in (layer.dead, layer.saturated) for at in (START, CHOSEN)]
            told = f"{layer.name}, {layer.activation}" if layer.activation else layer.name
            rows.append((_name(facts, one), told, *cells))
    if not rows:
        return None
    head = ("variant", "layer", "dead\nat start", "dead\nscored", "saturated\nat start", "saturated\nscored")
    keep = [0, 1, *(at for at in range(2, 6) if any(row[at] != "–" for row in rows))]
    caption = (
        "Dead units are zero on every probed row; saturated ones lie in the flat ends of their activation on "
        "95 % of them. Means over runs."
    )
    table = Table(
        tuple(head[at] for at in keep),
        tuple(tuple(row[at] for at in keep) for row in rows[:_MOST_ROWS]),
        f"{caption}{_cut(len(rows))}",
        tuple(range(2, len(keep))),
    )
    return Section("Units of hidden layers", (table,), 3)


def _norms(facts: Outline, seen: tuple[Inside, ...]) -> Block | None:
    rows = [
        (
            _name(facts, one),
            weight.name,
            *(_number(weight.norms[at]) for at in (START, CHOSEN, LAST)),
            *(_number(weight.gradients[at]) for at in (START, FIRST, CHOSEN)),
        )
        for one in seen
        for weight in one.weights
    ]
    if not rows:
        return None
    head = (
        "variant",
        "weight",
        "norm\nat start",
        "norm\nscored",
        "norm\nlast",
        "gradient\nat start",
        "gradient\nafter epoch 1",
        "gradient\nscored",
    )
    caption = f"Roots of the sum of squares, medians over runs.{_cut(len(rows))}"
    table = Table(head, tuple(rows[:_MOST_ROWS]), caption, tuple(range(2, len(head))))
    return Section("Norms of weights and gradients in numbers", (table,), 3, folded=True)


def _histograms(facts: Outline, seen: tuple[Inside, ...], what: str, name: str) -> Panels | None:
    hues = colours(facts)
    pictures = []
    moves, left_out = False, 0
    for one in seen[:MOST_DRAWN]:
        all_of_them = one.kernels if what == "weight" else one.activations
        there = _ends(all_of_them)
        left_out = max(left_out, len(all_of_them) - len(there))
        moves = moves or one.moves
        for each in there:
            title = f"{_name(facts, one)}: {each.name}"
            svg = histogram(each, title, hues[one.variant], what=what, last=one.moves)
            pictures.append(Picture(svg, "", ""))
    if not pictures:
        return None
    said = [
        "Dashed outline: before training; filled: at the scored epoch"
        + ("; thin line: after the last epoch." if moves else "."),
        "All runs of a variant together; each panel has axes of its own.",
        "A bar that leaves the picture has its height beside it." if what == "activation" else "",
        f"Shown are the first and last layers; up to {left_out} between them are left out."
        if left_out
        else "",
    ]
    return Panels(tuple(pictures), " ".join(part for part in said if part), name)


def _ends(histograms: tuple[Histogram, ...]) -> tuple[Histogram, ...]:
    usable = tuple(one for one in histograms if any(one.shares))
    if len(usable) <= MOST_HISTOGRAMS:
        return usable
    half = MOST_HISTOGRAMS // 2
    return (*usable[:half], *usable[-half:])


def _name(facts: Outline, one: Inside) -> str:
    return facts.variants[one.variant].short


def _runs(seen: list[Inside]) -> str:
    least, most = min(one.runs for one in seen), max(one.runs for one in seen)
    return counted(least, "run") if least == most else f"{least} to {counted(most, 'run')}"


def _share(value: float | None) -> str:
    return "–" if value is None else percent(round(value, 3))


def _number(value: float | None) -> str:
    return "–" if value is None else number(float(f"{value:.3g}"))


def _cut(rows: int) -> str:
    return f" {rows - _MOST_ROWS} more rows are left out." if rows > _MOST_ROWS else ""
