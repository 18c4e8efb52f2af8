"""How variants converge, as a section: equal epochs, equal updates and equal time side by side."""

from trainlab.comparison.convergence import Spread, View
from trainlab.reporting.drawing.convergence_panels import NAMES, TITLES, ahead, convergence_panel, limits_of
from trainlab.reporting.drawing.highlights import chosen
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.drawing.theme import SERIES
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.sections.blocks import Block, Panels, Paragraph, Section, Table
from trainlab.reporting.wording.shared_out import interval_head
from trainlab.reporting.wording.words import (
    difference,
    difference_interval,
    duration,
    interval,
    number,
    score,
    unit,
)

_MOST_ROWS = 40


def convergence_section(facts: Outline) -> Section | None:
    """Give the three views; None where no epoch was recorded."""
    told = facts.details.convergence
    if told is None:
        return None
    views = [
        view for view in told.views if any(value is not None for one in view.tracks for value in one.mean)
    ]
    if not views:
        return None
    places = chosen(facts, len(SERIES) + 1)
    limits = limits_of(facts, views)
    pictures = tuple(Picture(convergence_panel(facts, view, places, limits), "", "") for view in views)
    said = [
        f"{_upper(unit(facts.metric))} on validation rows after each epoch, the mean over runs"
        + (
            f", with its {interval_head(facts.splits)} as a band"
            if len(places) <= 3 and _banded(views)
            else ""
        )
        + ", against what it took to get there.",
        "Beyond the dotted line not every variant was trained."
        if any(view.end is not None and view.points and view.end < 0.995 * view.points[-1] for view in views)
        else "",
        f"The other {len(facts.variants) - len(places)} variants are grey."
        if len(places) < len(facts.variants)
        else "",
    ]
    blocks: list[Block] = [
        Paragraph(_ahead(facts, views)),
        Panels(pictures, " ".join(part for part in said if part), "convergence"),
    ]
    if any(view.end is not None for view in views):
        score_table, area_table = _tables(facts, views, told.claim)
        blocks += [score_table, Section("Areas under the learning curves", (area_table,), 3, folded=True)]
    out_of_fold = ", out of fold" if facts.folds > 1 else ""
    return Section(f"Convergence (validation rows{out_of_fold})", tuple(blocks))


def _ahead(facts: Outline, views: list[View]) -> str:
    parts = []
    for view in views:
        first = ahead(view, facts)
        if first is None or view.end is None:
            parts.append(f"at {TITLES[view.axis]} nothing is common to all variants")
            continue
        name = facts.variants[facts.details.places[first.variant]].label
        end = duration(view.end) if view.axis == "seconds" else f"{number(view.end)} {_noun(view)}"
        parts.append(f"at {TITLES[view.axis]} ({end}) “{name}” has the best mean")
    return f"{_upper('; '.join(parts))}."


def _noun(view: View) -> str:
    return "epochs" if view.axis == "epochs" else NAMES[view.axis]


def _tables(facts: Outline, views: list[View], claim: str) -> list[Block]:
    """Give scores where all variants were last trained, and the areas under the curves up to there."""
    metric = facts.metric
    sure = any(one.difference and one.difference.low is not None for view in views for one in view.tracks)
    against = "Below each stands variant minus reference"
    if facts.splits == "resamples" and sure:
        against += f" with the {interval_head(facts.splits)} of resamples"
    elif sure:
        against += f" with an interval that holds for all variants at once, {claim.rstrip('.')}"
    against += "."
    found: list[Block] = []
    for name, note in (
        ("score", f"The {unit(metric)} at the last point up to which every variant was trained. {against}"),
        ("area", "The area under the curve up to that point: its mean height, in the unit of the metric."),
    ):
        head = (f"variant, {name}", *(f"at {TITLES[view.axis]}" for view in views))
        rows = []
        for place in chosen(facts, _MOST_ROWS):
            tracks = [view.tracks[place] for view in views]
            pairs = [
                (track.at_end, track.difference) if name == "score" else (track.area, track.area_difference)
                for track in tracks
            ]
            rows.append((facts.variants[place].label, *(_cell(facts, *pair) for pair in pairs)))
        found.append(Table(head, tuple(rows), note, tuple(range(1, len(head))), stacked=True))
    return found


def _cell(facts: Outline, value: Spread, against: Spread | None) -> str:
    metric = facts.metric
    shown = score(metric, value.mean)
    if against is None or against.mean is None:
        sure = interval(metric, value.low, value.high)
        return f"{shown}\n{sure}" if sure else shown
    sure = difference_interval(metric, against.low, against.high)
    lines = [shown, difference(metric, against.mean), sure]
    return "\n".join(line for line in lines if line)


def _banded(views: list[View]) -> bool:
    return any(value is not None for view in views for track in view.tracks for value in track.low)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
