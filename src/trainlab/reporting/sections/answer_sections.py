"""What a reader came for, as sections: the answer, the sealed test set, the table of variants."""

from trainlab.reporting.facts.answer import Answer
from trainlab.reporting.facts.baselines import BaselineFacts, baseline_note
from trainlab.reporting.facts.compared import Compared
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.facts.targets import Targets
from trainlab.reporting.facts.techniques import technique_sentence
from trainlab.reporting.facts.variants import VariantFacts, sizes_differ, table_notes
from trainlab.reporting.sections.blocks import Block, Listing, Paragraph, Section, Table
from trainlab.reporting.wording import words
from trainlab.reporting.wording.shared_out import interval_head

_MOST_SENTENCES = 8


def answer_section(facts: Outline) -> Section:
    """Give the answer in sentences: what verdicts come to, what limits them, the comparisons, the claim."""
    return Section("Answer", answer_blocks(facts.answer))


def answer_blocks(said: Answer) -> tuple[Block, ...]:
    """Give the sentences of an answer as blocks."""
    blocks: list[Block] = [Paragraph(said.headline, "strong")]
    blocks += [Paragraph(limit, "warning") for limit in said.limits]
    if len(said.sentences) > 1:
        blocks.append(Listing(said.sentences[:_MOST_SENTENCES]))
    more = said.sentences[_MOST_SENTENCES:]
    if more:
        title = f"The other {words.counted(len(more), 'comparison')} in words"
        blocks.append(Section(title, (Listing(more),), 3, folded=True))
    if said.claim:
        blocks.append(Paragraph(said.claim, "quiet"))
    return tuple(blocks)


def sealed_section(facts: Outline) -> Section | None:
    """Give the sealed test set and each opening of it; None where no rows are sealed."""
    sealed = facts.sealed
    if sealed is None:
        return None
    told = Paragraph(sealed.told, "warning" if sealed.openings else "plain")
    if not sealed.openings:
        return Section("Sealed test set", (told,))
    openings = []
    for one in sealed.openings:
        claim = f", {one.claim}" if one.claim else ""
        openings.append(f"{one.time}, “{one.variant}”: {one.score}{claim}. Reason: {one.reason}")
    return Section("Sealed test set", (told, Listing(tuple(openings))))


def variants_section(facts: Outline) -> Section:
    """Give the table of variants and baselines, what techniques did, and the time to a target."""
    blocks: list[Block] = [variants_table(facts)]
    if facts.techniques:
        said = tuple(technique_sentence(one, facts.metric) for one in facts.techniques)
        blocks.append(Section("What ensembles, pruning and early stopping did", (Listing(said),), 3))
    if facts.targets is not None:
        blocks.append(_targets(facts.targets))
    return Section("Variants", tuple(blocks))


def variants_table(facts: Compared) -> Table:
    """Give the table of variants, and below a rule that of baselines."""
    metric = facts.metric
    compared, sizes = bool(facts.comparisons), sizes_differ(facts.variants)
    interval = interval_head(facts.splits)
    means = [one.low for one in facts.variants] + [one.low for one in facts.baselines]
    means_known = any(low is not None for low in means)
    differences_known = any(one.difference.low is not None for one in facts.comparisons)
    head = ["variant", _lines(words.unit(metric), interval if means_known else "")]
    if compared:
        points = "difference, points" if metric.is_rate else "difference"
        head += [_lines(points, interval if differences_known else ""), "verdict"]
    if sizes:
        head.append("trainable\nnumbers")
    head += ["epochs", "time of a run"]
    numeric = [place for place, name in enumerate(head) if name not in {"variant", "verdict"}]
    notes = table_notes(facts.variants, facts.splits), baseline_note(facts.baselines, facts.splits)
    return Table(
        head=tuple(head),
        rows=tuple(_variant(facts, one, compared=compared, sizes=sizes) for one in facts.variants),
        caption=" ".join(note for note in notes if note),
        numeric=tuple(numeric),
        below=tuple(_baseline(facts, one, len(head)) for one in facts.baselines),
        stacked=True,
    )


def _variant(facts: Compared, one: VariantFacts, *, compared: bool, sizes: bool) -> tuple[str, ...]:
    metric = facts.metric
    diverged = f"{words.counted(len(one.diverged), 'run')} diverged" if one.diverged else ""
    mean, interval = words.score(metric, one.mean), words.interval(metric, one.low, one.high)
    cells = [_lines(one.label, one.changes, diverged), _lines(mean, interval)]
    difference = one.difference
    if compared and difference is not None:
        sure = words.difference_interval(metric, difference.low, difference.high)
        cells += [_lines(words.difference(metric, difference.value), sure), difference.verdict]
    elif compared:
        cells += ["reference" if one.is_reference else "–", ""]
    if sizes:
        cells.append("–" if one.parameters is None else f"{one.parameters:,}")
    return (*cells, one.epochs, "–" if one.seconds is None else words.duration(one.seconds))


def _baseline(facts: Compared, one: BaselineFacts, columns: int) -> tuple[str, ...]:
    name = _lines(one.label, f"baseline: {one.note}" if one.note else "baseline")
    mean = words.score(facts.metric, one.mean)
    scored = _lines(mean, words.interval(facts.metric, one.low, one.high))
    return (name, scored, *("" for _ in range(columns - 2)))


def _targets(targets: Targets) -> Section:
    table = Table(
        head=("variant", "runs there", "epochs", "steps", "time"),
        rows=tuple((row.variant, row.reached, row.epochs, row.steps, row.seconds) for row in targets.rows),
        caption=targets.note,
        numeric=(1, 2, 3, 4),
    )
    return Section(f"Time to the target of {targets.target}", (table,), 3)


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
