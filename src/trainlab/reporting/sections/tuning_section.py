"""How variants were tuned, as a section: what was chosen, what that gave on unseen rows, and every trial."""

from collections.abc import Sequence

from trainlab.experiment.metrics import Metric
from trainlab.reporting.drawing.budget_curves import budget_curves
from trainlab.reporting.drawing.highlights import colours
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.drawing.slices import Cell
from trainlab.reporting.drawing.theme import MUTED
from trainlab.reporting.drawing.trial_marks import marks_in_words, score_axis, strip_in_words
from trainlab.reporting.drawing.tuning_dots import MOST_CELLS, cells_of, tuning_dots
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.facts.trials import Studied
from trainlab.reporting.facts.tuned import TunedFacts
from trainlab.reporting.facts.variants import LABEL
from trainlab.reporting.sections.blocks import Block, Figure, Paragraph, Section, Table
from trainlab.reporting.wording import words
from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.shared_out import interval_head
from trainlab.tuning.budgets import Budgets

MOST_NUMBERS = 8
MOST_CURVES = 7
MOST_BUDGETS = 8


def tuning_section(facts: Outline) -> Section | None:
    """Give how the variants were tuned; None where none was."""
    told = facts.details.tuned
    if told is None or not told.tuned:
        return None
    studies = told.tuned
    blocks: list[Block] = [
        Paragraph(how_in_words(studies, facts)),
        _chosen_table(facts, told),
        *edge_warnings(studies),
        *_pictures(facts.metric, studies),
    ]
    if told.folds > 1:
        blocks.append(winners(facts.metric, studies))
    if told.budgets is not None:
        blocks.append(_at_other_budgets(facts, told, told.budgets))
    return Section("Tuning (inner rows of the training rows)", tuple(blocks))


def how_in_words(studies: Sequence[Studied], facts: Outline) -> str:
    """Say on which rows trials were scored, and what was done with the best."""
    ended = all(study.ended for study in studies)
    names, folds = {study.name for study in studies}, {study.fold for study in studies}
    counts, seeds = {study.asked for study in studies}, {study.seeds for study in studies}
    who = f"Each of {len(names)} variants" if len(names) > 1 else f"“{studies[0].label}”"
    trials = words.span(min(counts), max(counts))
    samplers = words.listing(sorted({study.sampler for study in studies}), "or")
    noun = "trial" if max(counts) == 1 else "trials"
    nested = f" in each of {len(folds)} folds" if len(folds) > 1 else ""
    of_seeds = words.span(min(seeds), max(seeds))
    alike = len({study.rows for study in studies}) == 1
    rows = studies[0].rows if alike else "parts of the training rows"
    fresh = words.counted(len(facts.seeds), "fresh seed")
    return (
        f"{who} {'was' if ended else 'is'} tuned with {trials} {samplers} {noun}{nested}, "
        f"{of_seeds} {'seed' if max(seeds) == 1 else 'seeds'} each, scored on {rows}. "
        f"The chosen settings {'were then' if ended else 'will then be'} trained with {fresh} on all "
        "training rows, and scored on rows that no trial has seen."
    )


def _chosen_table(facts: Outline, told: TunedFacts) -> Table:
    metric = facts.metric
    known = any(variant.low is not None for variant in facts.variants)
    unseen = "\n".join(
        part for part in ("on unseen rows", interval_head(facts.splits) if known else "") if part
    )
    rows = []
    for place, variant in enumerate(facts.variants):
        own = [study for study in told.tuned if study.variant == place]
        score = _lines(words.score(metric, variant.mean), words.interval(metric, variant.low, variant.high))
        if not own:
            searched = any(study.variant == place for study in told.search)
            rows.append((variant.label, "searched" if searched else "not tuned", "–", score, "–", "–"))
            continue
        rows.append(
            (
                variant.label,
                settings_of(own),
                words.score(metric, tuning_score(own)),
                score,
                f"{sum(study.done for study in own):,}",
                str(sum(study.ended_as("diverged") for study in own)),
            )
        )
    head = (
        "variant",
        "chosen settings",
        f"tuning score\n{words.unit(metric)}",
        unseen,
        "trials",
        "diverged",
    )
    return Table(head, tuple(rows), gap_in_words(facts, told.tuned), (2, 3, 4, 5), stacked=True)


def settings_of(studies: Sequence[Studied]) -> str:
    """Say which settings were taken, of one variant over its outer folds."""
    settings = {study.winner.settings for study in studies if study.winner is not None}
    if not settings:
        return "none: every trial failed" if all(study.ended for study in studies) else "none yet"
    return settings.pop() if len(settings) == 1 else "others in each fold, see below"


def tuning_score(studies: Sequence[Studied]) -> float | None:
    """Give the mean score of the trials that were chosen, over outer folds."""
    scores = [study.winner.score for study in studies if study.winner is not None]
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if known else None


def gap_in_words(facts: Outline, studies: Sequence[Studied]) -> str:
    """Say how tuning scores and scores on unseen rows differ, and why the former are no performance."""
    metric = facts.metric
    gaps = []
    for place, variant in enumerate(facts.variants):
        tuned = tuning_score([study for study in studies if study.variant == place])
        if tuned is not None and variant.mean is not None:
            gaps.append(tuned - variant.mean)
    most = max(len(study.trials) for study in studies)
    said = [
        f"A tuning score is the best of {most:,} noisy numbers, so it is not reported as the performance; "
        "verdicts read the scores on unseen rows."
        if most > 1
        else "Verdicts read the scores on unseen rows."
    ]
    if gaps:
        mean = words.difference(metric, sum(gaps) / len(gaps))
        points = " points" if metric.is_rate else ""
        over = "" if len(gaps) == 1 else ", the mean over variants"
        said.append(
            f"The tuning score minus the score on unseen rows is {mean}{points}{over}: luck of the best "
            "trial adds to it, and the fewer rows that a trial is trained on take from it."
        )
    return " ".join(said)


def edge_warnings(studies: Sequence[Studied]) -> tuple[Paragraph, ...]:
    """Give the warnings of numbers whose best value stands at the end of their range."""
    several = len({study.name for study in studies}) > 1
    folds = len({study.fold for study in studies}) > 1
    found = []
    for study in studies:
        for axis in study.axes:
            if not axis.edge:
                continue
            where = f"“{study.label}”" if several else ""
            where += (", " if where else "") + f"fold {study.fold + 1}" if folds else ""
            found.append(Paragraph(f"{where}: {axis.edge}" if where else _upper(axis.edge), "warning"))
    return tuple(found)


def _pictures(metric: Metric, studies: Sequence[Studied]) -> list[Block]:
    scale = score_axis(metric, studies)
    numbers = cells_of(studies)
    found: list[Block] = []
    for place, (name, cells) in enumerate(list(numbers.items())[:MOST_NUMBERS]):
        shown = cells[:MOST_CELLS]
        said = [f"{_upper(metric.label)} of each trial on inner rows against {name}."]
        if place == 0:
            said += [marks_in_words(studies), strip_in_words(scale, studies)]
            said.append("Numbers at diamonds are outer folds." if _nested(cells) else "")
            said.append("The outer tenth of each range is shaded." if _ranged(numbers) else "")
            said.append("" if metric.higher_is_better else "Lower is better.")
        if len(shown) < len(cells):
            said.append(f"Shown are {len(shown)} of {len(cells)} variants.")
        if place == MOST_NUMBERS - 1 and len(numbers) > MOST_NUMBERS:
            said.append(f"{len(numbers) - MOST_NUMBERS} more numbers were tuned.")
        wide, narrow = (tuning_dots(metric, scale, shown, wide=wide) for wide in (True, False))
        found.append(Figure(Picture(wide, narrow, " ".join(part for part in said if part)), f"tuned-{place}"))
    return found


def _nested(cells: Sequence[Cell]) -> bool:
    return any(len(cell.trials) > 1 for cell in cells)


def _ranged(numbers: dict[str, list[Cell]]) -> bool:
    return any(cell.axis.kind != "choice" for cells in numbers.values() for cell in cells)


def _at_other_budgets(facts: Outline, told: TunedFacts, found: Budgets) -> Section:
    """Give what would have been concluded with fewer trials."""
    hues = colours(facts)
    places = facts.details.places
    names = sorted(found.expected, key=lambda name: places.get(name, 0))[:MOST_CURVES]
    curves = [
        (
            facts.variants[places[name]].short if name in places else clean(name, LABEL),
            hues.get(places.get(name, -1), MUTED),
            found.expected[name],
        )
        for name in names
        if any(one.mean is not None for one in found.expected[name])
    ]
    blocks: list[Block] = []
    if told.budgets_told:
        blocks.append(Paragraph(f"{_upper(told.budgets_told).rstrip('.')}."))
    said = [
        "Expected score on inner rows of the best of so many trials, drawn again and again from all of them.",
        "The upright lines are the middle 80 % of draws.",
        "The best is selected on one half of the inner rows and scored on the other.",
        "Where lines leave the picture they are cut.",
        "This describes the trials at hand and holds for no new rows.",
    ]
    if len(names) < len(found.expected):
        said.append(f"Shown are {len(names)} of {len(found.expected)} variants.")
    if curves:
        wide, narrow = (budget_curves(facts.metric, curves, wide=wide) for wide in (True, False))
        blocks.append(Figure(Picture(wide, narrow, " ".join(said)), "budgets"))
    if found.wins:
        blocks.append(_wins(facts, found, names))
    return Section("With fewer trials", tuple(blocks), 3)


def _wins(facts: Outline, found: Budgets, names: Sequence[str]) -> Table:
    wins = found.wins[-MOST_BUDGETS:]
    places = facts.details.places
    rows = [
        (
            facts.variants[places[name]].label if name in places else clean(name, LABEL),
            *(f"{100 * one.best.get(name, 0.0):.0f} %" for one in wins),
        )
        for name in names
    ]
    head = ("best of all with", *(words.counted(one.trials, "trial") for one in wins))
    caption = "In how many of the draws each variant is the best, where all are given so many trials."
    return Table(head, tuple(rows), caption, tuple(range(1, len(head))), stacked=True)


def winners(metric: Metric, studies: Sequence[Studied]) -> Section:
    """Give what was chosen in each outer fold."""
    several = len({study.name for study in studies}) > 1
    rows = []
    for study in studies:
        winner = study.winner
        cells = [f"{study.fold + 1}", "–" if winner is None else winner.settings]
        cells.append(words.score(metric, None if winner is None else winner.score))
        rows.append(((study.label,) if several else ()) + tuple(cells))
    head = (("variant",) if several else ()) + ("fold", "chosen settings", words.unit(metric))
    final = tuple(
        (*((study.label,) if several else ()), "refit", study.final, "")
        for study in {study.name: study for study in studies}.values()
        if study.final
    )
    caption = "Each outer fold has trials of its own, on its own training rows; the score is the trial's."
    if final:
        caption += " Below the rule stands what `trainlab refit` takes."
    table = Table(head, tuple(rows), caption, (len(head) - 1,), final, stacked=True)
    return Section("What was chosen in each fold", (table,), 3)


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
