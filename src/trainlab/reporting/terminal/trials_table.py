"""The trials of a folder for a terminal, the best first, and the same as one plain object.

Colour repeats what words say, and rich leaves it out where ``NO_COLOR`` is set or the output is no terminal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trainlab.errors import UsageError
from trainlab.experiment.metrics import Metric
from trainlab.reporting.facts.trials import Studied, Tried
from trainlab.reporting.facts.tuned import tuned_facts, unfinished
from trainlab.reporting.terminal.wrapped import Wrapped
from trainlab.reporting.wording import words
from trainlab.results.table import Results

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.text import Text

_MOST_ROWS = 100
_ROOMY = 100
_MOST_NAMES = 12
_STYLES = {"diverged": "bold red", "pruned": "dim", "running": "yellow"}


@dataclass(frozen=True)
class TrialsTable:
    """Trials, ready to be printed with rich, laid out for the width of the console.

    Args:
        metric: what they are scored by.
        studies: what was tried, one for each variant and outer fold.
        folds: how many outer folds have studies of their own.
        unfinished: how to go on where tuning has not ended; empty where it has.
    """

    metric: Metric
    studies: tuple[Studied, ...]
    folds: int
    unfinished: str

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Leave the cohort out where there is little room."""
        del console
        from rich.text import Text

        for place, study in enumerate(self.studies):
            if place:
                yield Text("")
            yield from _study(self, study, roomy=options.max_width >= _ROOMY)
        if self.unfinished:
            yield Text("")
            yield Wrapped(self.unfinished, "yellow")


def trials_table(results: Results, variant: str | None = None, fold: int | None = None) -> TrialsTable:
    """Give the trials as something that rich prints.

    Args:
        results: the experiment's own results.
        variant: only of this one.
        fold: only of this outer fold, from 1.

    Raises:
        UsageError: where nothing was tuned, and for an unknown variant or fold.
    """
    facts = tuned_facts(results)
    return TrialsTable(
        results.metric,
        _asked(results, variant, fold),
        0 if facts is None else facts.folds,
        unfinished(results),
    )


def trials_document(results: Results, variant: str | None = None, fold: int | None = None) -> dict[str, Any]:
    """Give the trials as ``trainlab/trials/1``; folds and trials are counted from 0 in it.

    Args:
        results: the experiment's own results.
        variant: only of this one.
        fold: only of this outer fold, from 1.

    Raises:
        UsageError: where nothing was tuned, and for an unknown variant or fold.
    """
    studies = _asked(results, variant, fold)
    return {
        "schema": "trainlab/trials/1",
        "metric": results.metric.name,
        "studies": [
            {
                "variant": study.name,
                "fold": study.fold,
                "searched": study.searched,
                "sampler": study.sampler,
                "ended": study.ended,
                "asked": study.asked,
                "best": None if study.best is None else study.trials[study.best].number,
                "chosen": None if study.winner is None else study.winner.number,
                "trials": [
                    {
                        "number": trial.number,
                        "cohort": trial.generation,
                        "outcome": trial.outcome,
                        "score": trial.score,
                        "spread": trial.spread,
                        "error": trial.error,
                        "runs": trial.runs,
                        "epochs": trial.epochs,
                        "parameters": trial.parameters,
                        "settings": dict(trial.changes),
                    }
                    for trial in study.trials
                ],
            }
            for study in studies
        ],
    }


def best_first(study: Studied, metric: Metric) -> tuple[Tried, ...]:
    """Give the trials with a score, the best first, then the others in their order.

    Args:
        study: what was tried.
        metric: for the direction.
    """
    sign = -1.0 if metric.higher_is_better else 1.0

    def rank(trial: Tried) -> tuple[bool, float, int]:
        return not trial.scored, sign * (trial.score or 0.0) if trial.scored else 0.0, trial.number

    return tuple(sorted(study.trials, key=rank))


def _asked(results: Results, variant: str | None, fold: int | None) -> tuple[Studied, ...]:
    facts = tuned_facts(results)
    if facts is None:
        raise UsageError(
            "nothing was tuned, so there are no trials",
            str(results.folder),
            None,
            "Write `tune: {learning_rate: {log: [1e-4, 1e-1]}}` into the experiment and run it.",
        )
    names = tuple(dict.fromkeys(study.name for study in facts.studies))
    if variant is not None and variant not in names:
        cure = f"These have trials: {words.some([f'`{name}`' for name in names], _MOST_NAMES)}."
        raise UsageError("no such variant was tuned", "--variant", variant, cure)
    folds = sorted({study.fold + 1 for study in facts.studies})
    if fold is not None and fold not in folds:
        cure = f"These have trials: {words.listing([str(one) for one in folds])}."
        raise UsageError("no trials of such a fold", "--fold", fold, cure)
    return tuple(
        study for study in facts.studies if variant in {None, study.name} and fold in {None, study.fold + 1}
    )


def _study(table: TrialsTable, study: Studied, *, roomy: bool) -> "Sequence[RenderableType]":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    metric = table.metric
    trials = best_first(study, metric)
    spread = any(trial.spread is not None for trial in trials)
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    numbers: dict[str, Any] = {"justify": "right", "no_wrap": True}
    shown.add_column(Text("trial"), **numbers)
    shown.add_column(Text(words.unit(metric) if roomy else metric.name), **numbers)
    if spread:
        shown.add_column(Text("± runs"), **numbers)
    if roomy:
        shown.add_column(Text("cohort"), **numbers)
    shown.add_column(Text("epochs"), **numbers)
    shown.add_column(Text("ended"), no_wrap=True)
    shown.add_column(Text("settings"), overflow="fold")
    for trial in trials[:_MOST_ROWS]:
        cells = [_number(study, trial), Text(words.score(metric, trial.score if trial.scored else None))]
        if spread:
            cells.append(Text(_spread(metric, trial)))
        if roomy:
            cells.append(Text(str(trial.generation)))
        ended = Text(trial.outcome.replace("_", " "), style=_STYLES.get(trial.outcome, ""))
        shown.add_row(*cells, Text(f"{trial.epochs:,}"), ended, Text(trial.settings))
    parts: list[RenderableType] = [Text(_head(table, study), style="bold"), shown]
    if len(trials) > _MOST_ROWS:
        parts.append(Text(f"… {len(trials) - _MOST_ROWS} more with `--json`.", style="dim"))
    if study.winner is not None:
        parts.append(Wrapped("★ its settings were taken." if study.ended else "★ the best so far.", "dim"))
    return parts


def _head(table: TrialsTable, study: Studied) -> str:
    fold = f", fold {study.fold + 1}" if table.folds > 1 else ""
    of = f" of {study.asked:,}" if study.asked != study.done else ""
    noun = "trial" if study.asked == 1 else "trials"
    return f"{study.label}{fold}: {study.done:,}{of} {noun}, {study.sampler}, scored on {study.rows}"


def _number(study: Studied, trial: Tried) -> "Text":
    from rich.text import Text

    taken = study.winner is not None and trial.number == study.winner.number
    return Text(f"★ {trial.number}" if taken else str(trial.number), style="bold" if taken else "")


def _spread(metric: Metric, trial: Tried) -> str:
    return "–" if trial.spread is None else metric.shown_difference(trial.spread).removeprefix("+")
