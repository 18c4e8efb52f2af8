"""What predictions come to, as a section: all measures, confusion matrices, classes, reliability diagrams."""

from collections.abc import Callable

from trainlab.reporting.drawing.confusion_matrix import MOST_CLASSES, confusion_matrix
from trainlab.reporting.drawing.highlights import colours
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.drawing.reliability import reliability_diagram
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.facts.predictions import ClassFacts, Interval, PredictionFacts
from trainlab.reporting.sections.blocks import Block, Panels, Paragraph, Section, Table
from trainlab.reporting.wording.words import counted

_MOST_ROWS = 20


def predictions_section(facts: Outline) -> Section | None:
    """Give what predictions come to; None where no run was completed."""
    told = facts.details.predictions
    if not told:
        return None
    where = "validation rows, out of fold" if facts.folds > 1 else "validation rows"
    blocks: list[Block] = [_measures(facts, told)]
    if told[0].classes:
        blocks += _confusion(facts, told, where)
        tables = tuple(Section(facts.variants[one.variant].label, (_classes(one),), 3) for one in told)
        blocks.append(Section(f"Class by class ({where})", tables, 3, folded=True))
    sure = tuple(one for one in told if one.sureness is not None)
    if sure:
        blocks.append(Section(f"Reliability ({where})", (_reliability(facts, sure),), 3))
    return Section(f"Predictions ({where})", tuple(blocks))


def _measures(facts: Outline, told: tuple[PredictionFacts, ...]) -> Table:
    rows = []
    for place, one in enumerate(told[0].measures):
        cells = [_cell(one.metric.shown, told_of.measures[place].value) for told_of in told]
        arrow = "higher is better" if one.metric.higher_is_better else "lower is better"
        rows.append((f"{_upper(one.metric.label)}\n{arrow}", *cells))
    head = ("measure", *(facts.variants[one.variant].label for one in told))
    caption = (
        "Means over runs with the interval of the scores above. Verdicts are read off "
        f"{facts.metric.label} alone, named beforehand; the others describe."
    )
    if len(told) < len(facts.variants):
        of = counted(len(facts.variants), "variant")
        caption += f" Shown are {len(told)} of {of}: the reference and the best other one."
    return Table(head, tuple(rows), caption, tuple(range(1, len(head))))


def _confusion(facts: Outline, told: tuple[PredictionFacts, ...], where: str) -> list[Block]:
    title = f"Confusion ({where})"
    if len(told[0].classes) > MOST_CLASSES:
        return [Section(title, (_pairs(facts, told),), 3)]
    pictures = tuple(
        Picture(confusion_matrix(one, facts.variants[one.variant].short), "", "") for one in told
    )
    caption = (
        "Of the rows of each class, the percentage that is said to be of each class, all runs together; what "
        "is right is blue and on the diagonal, what is wrong orange and drawn stronger."
    )
    return [Section(title, (Panels(pictures, caption, "confusion"),), 3)]


def _pairs(facts: Outline, told: tuple[PredictionFacts, ...]) -> Block:
    """Give the most confused pairs where there are too many classes for a matrix."""
    rows = []
    for one in told:
        pairs = sorted(
            (
                (share, true, said)
                for true, shares in enumerate(one.shares)
                for said, share in enumerate(shares)
                if true != said and share > 0
            ),
            reverse=True,
        )
        for share, true, said in pairs[: _MOST_ROWS // len(told)]:
            names = one.classes[true].name, one.classes[said].name
            rows.append((facts.variants[one.variant].label, *names, f"{100 * share:.1f} %"))
    if not rows:
        return Paragraph("No row is put into another class.")
    of = counted(len(told[0].classes), "class", "classes")
    caption = f"The most frequent ones of {of}, as shares of the rows of a class."
    return Table(("variant", "is", "said", "share"), tuple(rows), caption, (3,))


def _classes(one: PredictionFacts) -> Table:
    shown = one.classes
    caption = f"Means over {counted(one.runs, 'run')}."
    if len(shown) > _MOST_ROWS:
        shown = tuple(sorted(shown, key=_f1)[:_MOST_ROWS])
        caption += f" The {_MOST_ROWS} classes of the lowest F1, of {len(one.classes)}."
    rows = tuple(
        (each.name, f"{each.rows:,}", _rate(each.precision), _rate(each.recall), _rate(each.f1))
        for each in shown
    )
    return Table(
        ("class", "rows,\nall runs", "precision, %", "recall, %", "F1, %"), rows, caption, (1, 2, 3, 4)
    )


def _f1(one: ClassFacts) -> float:
    return one.f1[0] or 0.0


def _reliability(facts: Outline, told: tuple[PredictionFacts, ...]) -> Panels:
    hues = colours(facts)
    pictures = tuple(
        Picture(
            reliability_diagram(one.sureness, facts.variants[one.variant].short, hues[one.variant]), "", ""
        )
        for one in told
        if one.sureness is not None
    )
    caption = (
        "Answers are put together by how sure they are, all runs together: on the dashed line an answer that "
        "is 80 % sure is right in 80 of 100 rows; below it the network is too sure. Pale bars are the share "
        "of all answers in percent. The error is the mean gap; by chance is what a perfectly calibrated "
        "network would show on so many rows."
    )
    return Panels(pictures, caption, "reliability")


def _rate(value: Interval) -> str:
    return _cell(lambda one: f"{100 * one:.1f}", value)


def _cell(shown: Callable[[float], str], value: Interval) -> str:
    mean, low, high = value
    if mean is None:
        return "–"
    if low is None or high is None:
        return shown(mean)
    return f"{shown(mean)}\n{shown(low).removesuffix(' %')} to {shown(high).removesuffix(' %')}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
