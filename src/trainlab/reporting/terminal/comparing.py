"""The comparison for a terminal: differences with their verdicts, and what stands beside them.

How large a difference is beside what runs differ by anyway, what is believed of it, what the noise floor is,
which technique of a cocktail did what, and who is ahead after equal epochs, updates and time. Names are never
read as markup.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from trainlab.comparison.attribution import Attribution, FactorEffect
from trainlab.comparison.comparison import Comparison, Row
from trainlab.comparison.convergence import Convergence, Spread, View
from trainlab.reporting.facts.answer import claim_in_words
from trainlab.reporting.terminal.wrapped import Wrapped
from trainlab.reporting.wording import words
from trainlab.reporting.wording.names import clean, labels
from trainlab.reporting.wording.shared_out import interval_head
from trainlab.results.table import Results

_ROOMY = 108
_MOST_ROWS = 100
_MOST_TRACKS = 12
_MOST_SENTENCES = 40
_LABEL, _SHORT = 60, 26
_STYLES = {"better": "bold green", "worse": "bold red", "equivalent": "cyan", "undecided": "yellow"}
_SAID = {
    "main effect": {"better": "helps", "worse": "costs", "equivalent": "little", "undecided": "undecided"},
    "interaction": {
        "better": "more together",
        "worse": "less together",
        "equivalent": "add up",
        "undecided": "undecided",
    },
}


@dataclass(frozen=True)
class ComparisonTable:
    """A comparison, ready to be printed with rich, laid out for the width of the console.

    Args:
        results: what was measured.
        comparison: the verdicts on it.
        convergence: how the variants learn; None where that is not shown.
        attribution: what each technique does; None where variants cross none.
    """

    results: Results
    comparison: Comparison
    convergence: Convergence | None = None
    attribution: Attribution | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Put intervals beside their numbers where there is room, else below them."""
        del console
        roomy = options.max_width >= _ROOMY
        names = labels(self.results.variants, _LABEL if roomy else _SHORT)
        shown = dict(zip(self.results.variants, names, strict=True))
        if not self.comparison.rows:
            yield Text("There is one variant, so nothing is compared.")
        else:
            yield from _differences(self.comparison, shown, roomy=roomy)
            yield from _beside(self.comparison, shown, roomy=roomy)
        if self.comparison.noise is not None:
            yield from _headed("Noise floor")
            yield Wrapped(self.comparison.noise.sentence)
        if self.attribution is not None:
            yield from _attributed(self.attribution, roomy=roomy)
        if self.convergence is not None and self.comparison.rows:
            yield from _learned(self.convergence, shown, roomy=roomy)


def _differences(comparison: Comparison, shown: dict[str, str], *, roomy: bool) -> Iterator[RenderableType]:
    metric, between = comparison.metric, "  " if roomy else "\n"
    unit = "percentage points" if metric.is_rate and roomy else "points" if metric.is_rate else ""
    known = any(row.low is not None for row in comparison.rows)
    head = f"difference{', ' if unit else ''}{unit}"
    table = _table(
        f"against {clean(shown[comparison.rows[0].against])}",
        f"{head}{between}{interval_head(comparison.splits)}" if known else head,
        "p",
        "verdict",
    )
    for row in comparison.rows[:_MOST_ROWS]:
        value = Text(words.difference(metric, row.difference))
        if row.low is not None:
            value.append(f"{between}{words.difference_interval(metric, row.low, row.high)}", style="dim")
        p = "–" if row.p is None else "<0.001" if row.p < 0.001 else f"{row.p:.3f}"
        table.add_row(
            Text(shown[row.variant]), value, Text(p), Text(row.verdict, style=_STYLES.get(row.verdict, ""))
        )
    yield table
    yield from _more(len(comparison.rows), _MOST_ROWS)
    yield Text("")
    for row in comparison.rows[:_MOST_SENTENCES]:
        yield _item(clean(row.sentence, 2_000))
    claim = claim_in_words(comparison)
    if claim:
        yield Text("")
        yield Wrapped(claim, "dim")


def _beside(comparison: Comparison, shown: dict[str, str], *, roomy: bool) -> Iterator[RenderableType]:
    """Show how large differences are beside noise, and what is believed of them."""
    rows = [row for row in comparison.rows if row.effect is not None or row.bayes is not None]
    if not rows:
        return
    yield from _headed("How large, and how likely")
    between = "  " if roomy else "\n"
    table = _table(
        f"against {clean(shown[rows[0].against])}",
        f"effect size{between}95 % interval",
        f"a run beats a run{between}95 % interval",
        "better",
        "equivalent",
        "worse",
    )
    for row in rows[:_MOST_ROWS]:
        found = row.bayes
        beliefs = () if found is None else (found.better, found.equivalent, found.worse)
        table.add_row(
            Text(shown[row.variant]),
            _size(row, between),
            _beats(row, between),
            *(Text(_chance(belief)) for belief in beliefs),
        )
    yield table
    yield from _more(len(rows), _MOST_ROWS)
    yield Wrapped(_what_stands_beside(comparison, rows), "dim")


def _what_stands_beside(comparison: Comparison, rows: list[Row]) -> str:
    over = next((row.effect.over for row in rows if row.effect is not None), None)
    said = []
    if over is not None:
        on = "on exactly these rows" if over == "seeds" else "on a new training set of this size"
        said.append(
            f"Effect size: the mean difference of pairs over {over} by their standard deviation (d_z, "
            "corrected for few pairs). A run beats a run: the chance that a new run of the variant scores "
            f"better than a new run of {clean(rows[0].against, _LABEL)}, {on}."
        )
    matters = words.number(
        100 * comparison.smallest_difference if comparison.metric.is_rate else comparison.smallest_difference
    )
    said.append(
        "Better, equivalent, worse: how likely the true difference lies above, within and below what matters "
        f"(±{matters} {comparison.metric.unit_of_difference}), each comparison by itself; the verdict does "
        "not read it."
    )
    return " ".join(said)


def _size(row: Row, between: str) -> Text:
    if row.effect is None or row.effect.size is None or row.effect.low is None or row.effect.high is None:
        return Text("–")
    text = Text(_decimal(row.effect.size))
    text.append(f"{between}{_decimal(row.effect.low)} to {_decimal(row.effect.high)}", style="dim")
    return text


def _beats(row: Row, between: str) -> Text:
    if row.effect is None:
        return Text("–")
    text = Text(_chance(row.effect.probability))
    low, high = row.effect.probability_low, row.effect.probability_high
    text.append(f"{between}{100 * low:.0f} to {100 * high:.0f} %", style="dim")
    return text


def _attributed(found: Attribution, *, roomy: bool) -> Iterator[RenderableType]:
    """Show main effects, and below a rule what pairs do together."""
    yield from _headed("What each technique does, averaged over the settings of the others")
    between = "  " if roomy else "\n"
    unit = ", points" if found.metric.is_rate else ""
    table = _table("technique", f"effect{unit}{between}simultaneous 95 %", "p", "it")
    effects = (*found.main_effects, *found.interactions)
    for place, effect in enumerate(effects[:_MOST_ROWS]):
        if place and effect.kind != effects[place - 1].kind:
            table.add_section()
        value = Text(words.difference(found.metric, effect.difference))
        if effect.low is not None:
            told = words.difference_interval(found.metric, effect.low, effect.high)
            value.append(f"{between}{told}", style="dim")
        p = "–" if effect.p is None else "<0.001" if effect.p < 0.001 else f"{effect.p:.3f}"
        said = Text(_SAID[effect.kind][effect.verdict], style=_STYLES[effect.verdict])
        table.add_row(_named(effect), value, Text(p), said)
    yield table
    yield from _more(len(effects), _MOST_ROWS)
    yield Wrapped(clean(found.sentence, 2_000))


def _named(effect: FactorEffect) -> Text:
    if effect.kind == "interaction":
        return Text(clean(effect.name, _LABEL))
    text = Text(clean(effect.name, _LABEL))
    return text.append(f" instead of {clean(effect.against[0], _LABEL)}", style="dim")


def _learned(found: Convergence, shown: dict[str, str], *, roomy: bool) -> Iterator[RenderableType]:
    """Show who is ahead after equal epochs, updates and time; once, where these are the same."""
    views = [view for view in found.views if view.end is not None]
    apart = [view for view in found.views if view.end is None]
    if not views:
        return
    yield from _headed("Ahead after equal epochs, updates and time")
    between = "  " if roomy else "\n"
    unit = ", points" if found.metric.is_rate else ""
    so_far = (f"difference{unit}",) if roomy else ()
    table = _table(
        "after",
        words.unit(found.metric),
        f"difference{unit}{between}95 % interval",
        "mean so far",
        *so_far,
    )
    for place, group in enumerate(_grouped(views)):
        if place:
            table.add_section()
        table.add_row(Text(" = ".join(map(_budget, group)), style="bold"))
        for track in group[0].tracks[:_MOST_TRACKS]:
            gap = track.area_difference
            table.add_row(
                Text(shown[track.variant]),
                Text(words.score(found.metric, track.at_end.mean)),
                _gap(found, track.difference, between),
                Text(words.score(found.metric, track.area.mean), style="dim"),
                *(
                    Text("" if gap is None else words.difference(found.metric, gap.mean), "dim")
                    for _ in so_far
                ),
            )
        left = len(group[0].tracks) - _MOST_TRACKS
        if left > 0:
            table.add_row(Text(f"… {left} more", style="dim"))
    yield table
    note = (
        f"The last point up to which every variant was trained; intervals hold {found.claim}. Mean so far: "
        "the area under the curve, from the first point where every variant has a score."
    )
    if apart:
        axes = words.listing([view.axis for view in apart], "and")
        note += f" No number of {axes} is common to all variants."
    yield Wrapped(note, "dim")


def _grouped(views: list[View]) -> list[list[View]]:
    """Put views together in which every variant stands the same: all cost the same then."""
    groups: list[list[View]] = []
    for view in views:
        if groups and _alike(groups[-1][0], view):
            groups[-1].append(view)
        else:
            groups.append([view])
    return groups


def _alike(one: View, other: View) -> bool:
    pairs = [
        (track.at_end.mean, same.at_end.mean, track.area.mean, same.area.mean)
        for track, same in zip(one.tracks, other.tracks, strict=True)
    ]
    return all(_close(first, second) and _close(third, fourth) for first, second, third, fourth in pairs)


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= 1e-6 * max(abs(one), abs(other))


def _budget(view: View) -> str:
    end = view.end or 0.0
    if view.axis == "seconds":
        return words.duration(end)
    return words.counted(round(end), "update" if view.axis == "updates" else "epoch")


def _gap(found: Convergence, gap: Spread | None, between: str) -> Text:
    if gap is None:
        return Text("")
    text = Text(words.difference(found.metric, gap.mean))
    if gap.low is not None:
        told = words.difference_interval(found.metric, gap.low, gap.high)
        text.append(f"{between}{told}", style="dim")
    return text


def _chance(value: float) -> str:
    """Write a probability in percent; 0 and 100 only where nothing else is possible.

    >>> _chance(0.123), _chance(0.9999), _chance(0.0)
    ('12 %', '>99 %', '0 %')
    """
    if 0 < value < 0.005:
        return "<1 %"
    return ">99 %" if 0.995 <= value < 1 else f"{100 * value:.0f} %"


def _decimal(value: float) -> str:
    text = f"{value:.0f}" if abs(value) >= 99.5 else f"{value:.2f}"
    return text.replace("-", "−", 1)


def _headed(head: str) -> Iterator[RenderableType]:
    yield Text("")
    yield Text(head, style="bold")


def _more(rows: int, most: int) -> Iterator[RenderableType]:
    if rows > most:
        yield Text(f"… {rows - most} more are in `--json`.", style="dim")


def _item(sentence: str) -> RenderableType:
    """Give a sentence with its further lines indented, so that each begins visibly."""
    row = Table.grid(padding=(0, 1, 0, 0))
    row.add_row(Text("-", style="dim"), Wrapped(sentence))
    return row


def _table(*heads: str) -> Table:
    # Rich's simple box, with a rule between sections too.
    ruled = box.Box("    \n    \n ── \n    \n ── \n    \n    \n    \n")
    table = Table(box=ruled, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for place, head in enumerate(heads):
        left = place == 0 or head in {"verdict", "it"}
        # Names give way first: they are the only column that may be folded.
        table.add_column(
            Text(head),
            justify="left" if left else "right",
            overflow="fold" if place == 0 else "ellipsis",
            no_wrap=place > 0,
        )
    return table
