"""The answer for a terminal: the table of variants, then the sentences that the verdicts come to.

Names are never read as markup. Colour repeats what words say, and rich leaves it out where ``NO_COLOR`` is
set or the output is no terminal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainlab.comparison.comparison import Comparison
from trainlab.comparison.splits import Kind
from trainlab.experiment.metrics import Metric
from trainlab.reporting.facts.answer import Answer, answer
from trainlab.reporting.facts.baselines import BaselineFacts, baseline_facts, baseline_note
from trainlab.reporting.facts.diagnosed import diagnosis_of
from trainlab.reporting.facts.findings import FindingFacts, finding_facts
from trainlab.reporting.facts.outline import targets_of
from trainlab.reporting.facts.sealed import SealedFacts, sealed_facts
from trainlab.reporting.facts.targets import Targets
from trainlab.reporting.facts.techniques import technique_facts, technique_sentence
from trainlab.reporting.facts.tuned import tuned_in_words
from trainlab.reporting.facts.variants import LABEL, VariantFacts, sizes_differ, table_notes, variant_facts
from trainlab.reporting.terminal.findings_table import findings_lines
from trainlab.reporting.terminal.wrapped import Wrapped
from trainlab.reporting.wording import words
from trainlab.reporting.wording.names import clean, labels
from trainlab.reporting.wording.shared_out import interval_head
from trainlab.results.table import Results

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.table import Table
    from rich.text import Text

_ROOMY = 112
_TIGHT = 70
_MOST_ROWS = 100
_MOST_SENTENCES = 12
_LONGEST = 1_000
_WIDEST_HEAD = 14
_STYLES = {"better": "bold green", "worse": "bold red", "equivalent": "cyan", "undecided": "yellow"}


@dataclass(frozen=True)
class AnswerTable:
    """The answer, ready to be printed with rich, laid out for the width of the console.

    Args:
        metric: what is compared.
        variants: the rows.
        answer: the sentences.
        techniques: sentences on what ensembles, pruning and early stopping did.
        targets: when variants reached the score to reach; None where none was set.
        splits: how rows were shared out.
        findings: what the checks of the protocol said.
        baselines: simple models on the same folds.
        sealed: the sealed test set and its openings; None where there is none.
        diagnosis: a sentence on what is wrong with each variant.
        tuned: a sentence on the settings of each tuned variant.
    """

    metric: Metric
    variants: tuple[VariantFacts, ...]
    answer: Answer
    techniques: tuple[str, ...]
    targets: Targets | None
    splits: Kind
    findings: tuple[FindingFacts, ...]
    baselines: tuple[BaselineFacts, ...]
    sealed: SealedFacts | None
    diagnosis: tuple[str, ...]
    tuned: tuple[str, ...]

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Put intervals beside their numbers where there is room, else below them."""
        if self.findings:
            yield from findings_lines(self.findings[:_MOST_SENTENCES])
            if len(self.findings) > _MOST_SENTENCES:
                yield from _quiet(
                    f"… {len(self.findings) - _MOST_SENTENCES} more findings are in the report."
                )
            yield from _quiet("")
        yield _table(self, roomy=options.max_width >= _ROOMY, tight=options.max_width < _TIGHT)
        yield from _sentences(self)
        yield from _sealed(self)
        if self.tuned:
            yield from _headed("Settings that tuning found")
            yield from (_item(sentence) for sentence in self.tuned[:_MOST_SENTENCES])
            if len(self.tuned) > _MOST_SENTENCES:
                yield _item(f"`trainlab trials` tells {len(self.tuned) - _MOST_SENTENCES} more.")
        if self.diagnosis:
            yield from _headed("Diagnosis")
            yield from (_item(sentence) for sentence in self.diagnosis[:_MOST_SENTENCES])
            if len(self.diagnosis) > _MOST_SENTENCES:
                yield _item(f"`trainlab diagnose` tells {len(self.diagnosis) - _MOST_SENTENCES} more.")
        if self.techniques:
            yield from _headed("What ensembles, pruning and early stopping did")
            yield from (_item(sentence) for sentence in self.techniques[:_MOST_SENTENCES])
            if len(self.techniques) > _MOST_SENTENCES:
                yield _item(f"The report tells {len(self.techniques) - _MOST_SENTENCES} more.")
        if self.targets is not None:
            yield from _headed(f"Time to the target of {self.targets.target}")
            yield _target_table(self.targets)
            yield from _quiet(self.targets.note)


def answer_table(results: Results, comparison: Comparison) -> AnswerTable:
    """Give the answer as something that rich prints.

    Args:
        results: what was measured.
        comparison: the verdicts on it.
    """
    shown = dict(zip(results.variants, labels(results.variants, LABEL), strict=True))
    variants = variant_facts(results, comparison)
    found = diagnosis_of(results)
    return AnswerTable(
        metric=results.metric,
        variants=variants,
        answer=answer(results, comparison, shown),
        techniques=tuple(
            technique_sentence(facts, results.metric) for facts in technique_facts(results, shown)
        ),
        targets=targets_of(results, shown),
        splits=comparison.splits,
        findings=finding_facts(results.facts.get("findings") or ()),
        baselines=baseline_facts(results.facts.get("baselines")),
        sealed=sealed_facts(results),
        diagnosis=() if found is None else tuple(clean(row.sentence, _LONGEST) for row in found.rows),
        tuned=tuned_in_words(results),
    )


def _table(facts: AnswerTable, *, roomy: bool, tight: bool) -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    compared = any(variant.difference for variant in facts.variants)
    between = "  " if roomy else "\n"
    points = "points" if roomy else "pts"
    difference = f"difference, {points}" if facts.metric.is_rate else "difference"
    # Rich's simple box, with a rule between sections too.
    ruled = box.Box("    \n    \n ── \n    \n ── \n    \n    \n    \n")
    table = Table(box=ruled, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    # Names give way first: they are the only column that may be folded.
    table.add_column(Text("variant"), overflow="fold")
    numbers = {"justify": "right", "no_wrap": True}
    interval = interval_head(facts.splits)
    lows = [one.low for one in facts.variants] + [one.low for one in facts.baselines]
    sure = f"{between}{interval}" if any(low is not None for low in lows) else ""
    table.add_column(Text(f"{_head(facts.metric, roomy=roomy)}{sure}"), **numbers)  # type: ignore[arg-type]
    if compared:
        known = any(variant.difference and variant.difference.low is not None for variant in facts.variants)
        table.add_column(Text(f"{difference}{between}{interval}" if known else difference), **numbers)  # type: ignore[arg-type]
        table.add_column(Text("verdict"), no_wrap=True)
    sizes = roomy and sizes_differ(facts.variants)
    if sizes:
        table.add_column(Text("numbers"), **numbers)  # type: ignore[arg-type]
    table.add_column(Text("epochs"), **numbers)  # type: ignore[arg-type]
    if not tight:
        table.add_column(Text("one run"), **numbers)  # type: ignore[arg-type]
    for variant in facts.variants[:_MOST_ROWS]:
        cells = [_name(variant, roomy=roomy), _mean(facts.metric, variant, between)]
        if compared:
            cells += _verdict(facts.metric, variant, between)
        if sizes:
            cells.append(Text("–" if variant.parameters is None else f"{variant.parameters:,}"))
        seconds = "–" if variant.seconds is None else words.duration(variant.seconds)
        table.add_row(*cells, Text(variant.epochs), *(() if tight else (Text(seconds),)))
    if len(facts.variants) > _MOST_ROWS:
        table.add_row(Text(f"… {len(facts.variants) - _MOST_ROWS} more", style="dim"))
    _baselines(table, facts, between)
    return table


def _baselines(table: "Table", facts: AnswerTable, between: str) -> None:
    """Add the baselines below a rule; their notes stand where there is room."""
    from rich.text import Text

    if facts.baselines:
        table.add_section()
    for one in facts.baselines:
        name = Text(one.label, style="italic")
        if one.note and "\n" not in between:
            name.append(f"\n{one.note}", style="not italic dim")
        table.add_row(name, _mean(facts.metric, one, between))


def _head(metric: Metric, *, roomy: bool) -> str:
    named = words.unit(metric)
    return named if roomy or len(named) <= _WIDEST_HEAD else metric.name


def _name(variant: VariantFacts, *, roomy: bool) -> "Text":
    from rich.text import Text

    style = "bold" if variant.is_reference else ""
    name = Text(variant.label if roomy else variant.short, style=style)
    if variant.diverged:
        name.append(f"\n{len(variant.diverged)} diverged", style="not bold red")
    return name


def _mean(metric: Metric, variant: VariantFacts | BaselineFacts, between: str) -> "Text":
    from rich.text import Text

    mean = Text(words.score(metric, variant.mean))
    if variant.low is not None:
        mean.append(f"{between}{words.interval(metric, variant.low, variant.high)}", style="dim")
    return mean


def _verdict(metric: Metric, variant: VariantFacts, between: str) -> "list[Text]":
    from rich.text import Text

    difference = variant.difference
    if difference is None:
        return [Text("reference" if variant.is_reference else "–", style="dim"), Text("")]
    value = Text(words.difference(metric, difference.value))
    if difference.low is not None:
        told = words.difference_interval(metric, difference.low, difference.high)
        value.append(f"{between}{told}", style="dim")
    return [value, Text(difference.verdict, style=_STYLES.get(difference.verdict, ""))]


def _sentences(facts: AnswerTable) -> "Iterator[RenderableType]":
    from rich.text import Text

    said = facts.answer
    yield Text("")
    yield Wrapped(said.headline, "bold")
    for limit in said.limits:
        yield Wrapped(limit, "yellow")
    if len(said.sentences) > 1:
        yield Text("")
        for sentence in said.sentences[:_MOST_SENTENCES]:
            yield _item(sentence)
        if len(said.sentences) > _MOST_SENTENCES:
            yield _item(f"{len(said.sentences) - _MOST_SENTENCES} more comparisons stand in the table.")
    table, below = table_notes(facts.variants, facts.splits), baseline_note(facts.baselines, facts.splits)
    notes = " ".join(note for note in (said.claim, table, below) if note)
    if notes:
        yield Text("")
        yield Wrapped(notes, "dim")


def _sealed(facts: AnswerTable) -> "Iterator[RenderableType]":
    from rich.text import Text

    if facts.sealed is None:
        return
    yield Text("")
    yield Wrapped(f"Sealed test set: {facts.sealed.told}", "bold yellow" if facts.sealed.openings else "dim")
    for one in facts.sealed.openings[:_MOST_SENTENCES]:
        claim = f", {one.claim}" if one.claim else ""
        yield _item(f"{one.time}, “{one.variant}”: {one.score}{claim}. Reason: {one.reason}")
    if len(facts.sealed.openings) > _MOST_SENTENCES:
        yield _item(f"The report tells {len(facts.sealed.openings) - _MOST_SENTENCES} more openings.")


def _headed(head: str) -> "Iterator[RenderableType]":
    from rich.text import Text

    yield Text("")
    yield Text(head, style="bold")


def _quiet(text: str) -> "Iterator[RenderableType]":
    yield Wrapped(text, "dim")


def _target_table(targets: Targets) -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column(Text("variant"), overflow="fold")
    for head in ("reached", "epochs", "steps", "time"):
        table.add_column(Text(head), justify="right", overflow="fold")
    for row in targets.rows[:_MOST_ROWS]:
        table.add_row(
            *(Text(text) for text in (row.variant, row.reached, row.epochs, row.steps, row.seconds))
        )
    if len(targets.rows) > _MOST_ROWS:
        table.add_row(Text(f"… {len(targets.rows) - _MOST_ROWS} more", style="dim"))
    return table


def _item(sentence: str) -> "RenderableType":
    """Give a sentence with its further lines indented, so that each begins visibly."""
    from rich.table import Table
    from rich.text import Text

    row = Table.grid(padding=(0, 1, 0, 0))
    row.add_row(Text("-", style="dim"), Wrapped(sentence, "dim"))
    return row
