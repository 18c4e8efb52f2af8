"""What a search found, as a section: its history, its space, what mattered, and why this trial was taken."""

from collections.abc import Sequence

from trainlab.experiment.metrics import Metric
from trainlab.reporting.drawing.contour import contour
from trainlab.reporting.drawing.importance_bars import importance_bars
from trainlab.reporting.drawing.parallel_coordinates import MOST_AXES, parallel_coordinates
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.drawing.search_history import search_history
from trainlab.reporting.drawing.slices import Cell, slices
from trainlab.reporting.drawing.trial_curves import trial_curves
from trainlab.reporting.drawing.trial_marks import ScoreAxis, marks_in_words, score_axis, strip_in_words
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.facts.trials import Studied, Tried
from trainlab.reporting.sections.blocks import Block, Figure, Paragraph, Section, Table
from trainlab.reporting.sections.helped_blocks import effects_blocks, helped_blocks
from trainlab.reporting.sections.tuning_section import edge_warnings, tuning_score, winners
from trainlab.reporting.wording import words
from trainlab.reporting.wording.shared_out import interval_head

MOST_FOLDS = 3
MOST_SLICES = 12

_BEST = 10
_SAMPLERS = {"tpe": "TPE", "cmaes": "CMA-ES"}


def search_section(facts: Outline) -> Section | None:
    """Give what the search found; None where nothing was searched."""
    told = facts.details.tuned
    if told is None or not told.search:
        return None
    studies = told.search
    blocks: list[Block] = [Paragraph(_how(studies)), *_found(facts, studies)]
    blocks += edge_warnings(studies)
    blocks += helped_blocks(told.helped)
    if len(studies) == 1:
        blocks += _study(facts.metric, studies[0])
        return Section("Search (inner rows of the training rows)", tuple(blocks))
    blocks.append(winners(facts.metric, studies))
    for study in studies[:MOST_FOLDS]:
        blocks.append(Section(f"Search of fold {study.fold + 1}", tuple(_study(facts.metric, study)), 3))
    if len(studies) > MOST_FOLDS:
        left = f"Pictures are of {MOST_FOLDS} of {len(studies)} folds; `trainlab trials` lists all trials."
        blocks.append(Paragraph(left, "quiet"))
    return Section("Search (inner rows of the training rows)", tuple(blocks))


def _how(studies: Sequence[Studied]) -> str:
    first = studies[0]
    done = sum(study.done for study in studies)
    cohorts = sum(len({trial.generation for trial in study.trials}) for study in studies)
    sampler = _SAMPLERS.get(first.sampler, first.sampler)
    said = [
        f"The search tried {words.counted(done, 'trial')}"
        + (f" over {len(studies)} outer folds" if len(studies) > 1 else "")
        + f", proposed by the sampler {sampler} in {words.counted(cohorts, 'cohort')}, "
        f"{words.counted(first.seeds, 'seed')} each, scored on {first.rows}."
    ]
    for outcome, what in (("pruned", "given up early"), ("diverged", "diverged")):
        count = sum(study.ended_as(outcome) for study in studies)
        if count:
            said.append(f"{words.counted(count, 'trial')} {what if count == 1 else _were(what)}.")
    return " ".join(said)


def _were(what: str) -> str:
    return f"were {what}" if what.startswith("given") else what


def _found(facts: Outline, studies: Sequence[Studied]) -> list[Block]:
    """Say what the search found is worth on rows that no trial has seen, and beside it on those they saw."""
    metric, score, winner = facts.metric, tuning_score(studies), studies[0].winner
    if score is None or winner is None:
        ended = all(study.ended for study in studies)
        return [
            Paragraph("No trial has a score, so nothing was found." if ended else "No trial has a score yet.")
        ]
    place = studies[0].variant
    unseen = None if place is None else facts.variants[place]
    taken = f"trial {winner.number}" if len(studies) == 1 else "the trials that were taken"
    if unseen is None or unseen.mean is None:
        said = f"On inner rows {taken} reached {metric.shown(score)} {metric.label}"
        return [Paragraph(f"{said}; the score on unseen rows is still to come.", "strong")]
    sure = words.interval(metric, unseen.low, unseen.high)
    interval = f" ({interval_head(facts.splits)} {sure})" if sure else ""
    points = " points" if metric.is_rate else ""
    return [
        Paragraph(
            f"On unseen rows what was found reaches {metric.shown(unseen.mean)} {metric.label}{interval}.",
            "strong",
        ),
        Paragraph(
            f"That is the mean of {words.counted(len(facts.seeds), 'fresh seed')}, trained on all training "
            f"rows; the verdicts read it. On inner rows {taken} reached {metric.shown(score)}, a difference "
            f"of {words.difference(metric, score - unseen.mean)}{points}: luck of the best of many "
            "trials adds to it, and the fewer rows that a trial is trained on take from it."
        ),
    ]


def _study(metric: Metric, study: Studied) -> list[Block]:
    if not any(trial.outcome != "running" for trial in study.trials):
        return [Paragraph("No trial has ended yet.")]
    scale = score_axis(metric, [study])
    return [
        *_why(metric, study),
        _history(metric, scale, study),
        *_parallel(metric, scale, study),
        *_importances(study),
        _sliced(metric, scale, study),
        *_map(metric, scale, study),
        *_curves(metric, study),
        *effects_blocks(metric, study.effects),
        *_best_trials(metric, study),
    ]


def _why(metric: Metric, study: Studied) -> list[Block]:
    """Say why this trial was taken."""
    winner, best = study.winner, None if study.best is None else study.trials[study.best]
    if winner is None or best is None or best.score is None:
        return []
    within = f" (±{_error(metric, best)})" if best.error is not None else ""
    if not study.simplest:
        others = study.as_good - 1
        close = (
            f" {words.counted(others, 'other trial')} {'is' if others == 1 else 'are'} within one standard "
            f"error of it{within}: which of them is best is not known."
            if others
            else ""
        )
        return [
            Paragraph(f"Trial {winner.number}, the best, was taken: {winner.settings}.{close}"),
        ]
    if winner.number == best.number:
        said = (
            f"Trial {winner.number}, the best and the simplest within one standard error{within}, was taken"
        )
        return [Paragraph(f"{said}: {winner.settings}.")]
    sizes = (
        f", with {winner.parameters:,} trainable numbers in the place of {best.parameters:,}"
        if winner.parameters is not None
        and best.parameters is not None
        and winner.parameters != best.parameters
        else ""
    )
    return [
        Paragraph(
            f"Trial {winner.number} was taken: {winner.settings}. It is the simplest of {study.as_good} "
            f"trials within one standard error{within} of the best, trial {best.number}{sizes}."
        )
    ]


def _error(metric: Metric, trial: Tried) -> str:
    shown = metric.shown_difference(trial.error or 0.0).removeprefix("+")
    return f"{shown} points" if metric.is_rate else shown


def _history(metric: Metric, scale: ScoreAxis, study: Studied) -> Figure:
    said = ["Scores in the order of the trials; the line is the best so far.", marks_in_words([study])]
    if len({trial.generation for trial in study.trials}) > 1:
        said.append("Every other cohort is shaded: its trials were proposed at once and trained at once.")
    if study.simplest and study.best is not None and study.trials[study.best].error is not None:
        said.append("The band is one standard error of the best.")
    said.append(strip_in_words(scale, [study]))
    wide, narrow = (search_history(metric, scale, study, wide=wide) for wide in (True, False))
    return _figure(wide, narrow, said, "search-history", study)


def _parallel(metric: Metric, scale: ScoreAxis, study: Studied) -> list[Block]:
    scored = sum(trial.scored for trial in study.trials)
    if scored < 2 or len(study.axes) < 2:
        return []
    places = first_axes(study, MOST_AXES)
    said = [
        "Each line is a trial: it crosses each axis at its value there, and the last one at its score.",
        "The best quarter is coloured, the better the stronger; the thick line was taken.",
    ]
    if any(study.axes[place].conditional for place in places):
        said.append("A trial that does not use a number crosses its axis at “not used”.")
    if any(study.axes[place].kind == "log" for place in places):
        said.append("Where the middle of an axis is not half of its ends, the axis is logarithmic.")
    if len(places) < len(study.axes):
        which = "the most important" if study.importances else "the first"
        said.append(f"Shown are {which} {len(places)} of {len(study.axes)} numbers.")
    wide, narrow = (parallel_coordinates(metric, scale, study, places, wide=wide) for wide in (True, False))
    return [_figure(wide, narrow, said, "search-parallel", study)]


def first_axes(study: Studied, most: int) -> tuple[int, ...]:
    """Give the places of at most so many axes, in their order: the most important ones, where that is known.

    Args:
        study: what was searched.
        most: how many at most.
    """
    ranked = list(dict.fromkeys([*(place for place, _ in study.importances), *range(len(study.axes))]))
    return tuple(sorted(ranked[:most]))


def _importances(study: Studied) -> list[Block]:
    if not study.importances:
        return [Paragraph(f"Importances are not shown: {study.refused}", "quiet")] if study.refused else []
    shown = study.importances[:MOST_SLICES]
    names, shares = [study.axes[place].name for place, _ in shown], [share for _, share in shown]
    wide, narrow = (importance_bars(names, shares, wide=wide) for wide in (True, False))
    said = [
        "How much each setting mattered for being among the best quarter of the trials, within its range.",
        "Neighbours in this order may change places by chance.",
        f"Too few trials used {words.listing(study.left_out)}." if study.left_out else "",
    ]
    return [_figure(wide, narrow, said, "search-importances", study)]


def _sliced(metric: Metric, scale: ScoreAxis, study: Studied) -> Figure:
    places = first_axes(study, MOST_SLICES)
    cells = [Cell(study.axes[place].name, study.axes[place], ((study, place),)) for place in places]
    said = ["The same scores against each number by itself; the others differ too from circle to circle."]
    if any(study.axes[place].kind != "choice" for place in places):
        said.append("The outer tenth of each range is shaded.")
    if len(places) < len(study.axes):
        said.append(f"Shown are {len(places)} of {len(study.axes)} numbers.")
    wide, narrow = (slices(metric, scale, cells, "", wide=wide) for wide in (True, False))
    return _figure(wide, narrow, said, "search-slices", study)


def _map(metric: Metric, scale: ScoreAxis, study: Studied) -> list[Block]:
    """Give the map of the two most important numbers; nothing where it is not known which these are."""
    numbers = [place for place, _ in study.importances if study.axes[place].kind != "choice"]
    if len(numbers) < 2:
        return []
    wide, narrow = (contour(metric, scale, study, *numbers[:2], wide=wide) for wide in (True, False))
    if wide is None or narrow is None:
        return []
    said = [
        "Scores over the two most important numbers, each as if the other numbers did not matter.",
        "The shade is the mean score of the trials around.",
        "Points are trials, and the diamond was taken.",
    ]
    return [_figure(wide, narrow, said, "search-map", study)]


def _curves(metric: Metric, study: Studied) -> list[Block]:
    """Give the scores by epoch, where trials were given up by them."""
    told = any(value is not None for trial in study.trials for value in trial.curve)
    if not study.pruning or not told:
        return []
    rule = {
        "median": "worse than the median of the trials that came as far",
        "halving": "not among the best of those that came as far",
    }.get(study.pruning, study.pruning)
    saved = study.epochs_saved
    said = [
        f"Scores after each epoch: grey trials were given up as {rule}; the thick line was taken.",
        f"Giving up saved {100 * saved:.0f} % of the epochs." if saved > 0 else "",
        "Who begins slowly may have been given up too early.",
    ]
    wide, narrow = (trial_curves(metric, study, wide=wide) for wide in (True, False))
    return [_figure(wide, narrow, said, "search-epochs", study)]


def _best_trials(metric: Metric, study: Studied) -> list[Block]:
    sign = -1 if metric.higher_is_better else 1
    scored = [trial for trial in study.trials if trial.scored and trial.score is not None]
    ranked = sorted(scored, key=lambda trial: (sign * (trial.score or 0.0), trial.number))[:_BEST]
    if not ranked:
        return []
    spread = any(trial.spread is not None for trial in ranked)
    head = ("trial", words.unit(metric), *(("± over runs",) if spread else ()), "settings")
    rows = tuple(
        (
            str(trial.number),
            words.score(metric, trial.score),
            *((_spread(metric, trial),) if spread else ()),
            trial.settings,
        )
        for trial in ranked
    )
    note = "The standard deviation over runs of one trial. " if spread else ""
    caption = f"{note}`trainlab trials` lists all {len(study.trials)}."
    table = Table(head, rows, caption, tuple(range(len(head) - 1)), stacked=True)
    return [Section(f"The best {words.counted(len(ranked), 'trial')}", (table,), 3, folded=True)]


def _spread(metric: Metric, trial: Tried) -> str:
    if trial.spread is None:
        return "–"
    return metric.shown_difference(trial.spread).removeprefix("+")


def _figure(wide: str, narrow: str, said: Sequence[str], name: str, study: Studied) -> Figure:
    caption = " ".join(part for part in said if part)
    return Figure(Picture(wide, narrow, caption), f"{name}-{study.fold}")
