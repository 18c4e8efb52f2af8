"""The verb: diagnose, try what is indicated, compare, say what helped.

What is wrong with a variant and what to try stands in ``diagnosis``; here the ready variants are trained
beside the ones that they are to mend, as an experiment of its own with seeds that no choice has seen.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any, Literal

from trainlab.comparison.compare import compare
from trainlab.diagnosis.diagnose import Diagnosed, diagnose
from trainlab.diagnosis.saying import SAID
from trainlab.diagnosis.verdict import Name
from trainlab.errors import UsageError
from trainlab.experiment.checks import count
from trainlab.experiment.fingerprint import fingerprint
from trainlab.experiment.fresh_seeds import fresh_seeds
from trainlab.experiment.metrics import Metric
from trainlab.experiment.places import Place
from trainlab.experiment.settling import settled
from trainlab.experiment.spec import Experiment
from trainlab.experiment.variants import Variant
from trainlab.results.store import FILE, Reader
from trainlab.results.table import Results, open_results
from trainlab.resuming import resume
from trainlab.running import run, silent
from trainlab.stored import asked_before

TREATMENTS = "treatments"

What = Literal["helped", "made it worse", "changed nothing that matters", "undecided", "not finished"]

_WHAT: Mapping[str, What] = {
    "better": "helped",
    "worse": "made it worse",
    "equivalent": "changed nothing that matters",
    "undecided": "undecided",
}


@dataclass(frozen=True)
class Treated:
    """What a treatment did to one variant.

    Args:
        variant: name of the variant that was treated.
        verdict: what was wrong with it.
        treatment: name of the variant that was tried.
        changes: all that it changes of the experiment's recipe.
        why: what it was to tell.
        difference: treated minus untreated, in the unit of the metric; None where nothing has ended in both.
        low: lower end of its interval, simultaneous over all variants that were trained.
        high: upper end.
        what: what came of it.
        after: what is wrong with the treated variant; None where training has not finished.
        sentence: all this in words.
    """

    variant: str
    verdict: Name
    treatment: str
    changes: Mapping[str, Any]
    why: str
    difference: float | None
    low: float | None
    high: float | None
    what: What
    after: Name | None
    sentence: str

    def document(self) -> dict[str, object]:
        """Give plain values."""
        return {
            "variant": self.variant,
            "verdict": self.verdict,
            "treatment": self.treatment,
            "changes": dict(self.changes),
            "why": self.why,
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "what": self.what,
            "after": self.after,
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class Untreated:
    """A variant that nothing was tried for.

    Args:
        variant: its name.
        verdict: what was found.
        sentence: the diagnosis in words.
    """

    variant: str
    verdict: str
    sentence: str

    def document(self) -> dict[str, object]:
        """Give plain values."""
        return {"variant": self.variant, "verdict": self.verdict, "sentence": self.sentence}


@dataclass(frozen=True)
class Treatment:
    """What was tried and what helped.

    Args:
        folder: where treated and untreated were trained; None where there was nothing to try.
        rows: one for each variant that was treated.
        untreated: the variants that nothing was tried for.
        interrupted: ``SIGINT`` or ``SIGTERM`` where training was cut short; empty else.
        diverged: how many runs diverged.
    """

    folder: Path | None
    rows: tuple[Treated, ...]
    untreated: tuple[Untreated, ...]
    interrupted: str = ""
    diverged: int = 0

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a person reads: one for each variant, and the last one where nothing was tried."""
        said = [row.sentence for row in self.rows]
        said += [f"{row.sentence} Nothing is tried for it." for row in self.untreated]
        if not self.rows:
            said.append("Nothing was trained.")
        return tuple(said)

    def document(self) -> dict[str, object]:
        """Give the object that ``trainlab treat --json`` prints."""
        return {
            "schema": "trainlab/treat/1",
            "folder": None if self.folder is None else str(self.folder),
            "rows": [row.document() for row in self.rows],
            "untreated": [row.document() for row in self.untreated],
        }

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)


def treat(
    folder: str | Path,
    experiment: Experiment | None = None,
    *,
    seeds: int | None = None,
    allow_code: bool = False,
    show: Callable[[Any], None] = silent,
) -> Treatment:
    """Diagnose every variant, train what is indicated beside it, and say what helped.

    Each unhealthy variant is trained again together with its cheapest next experiment: same rows, same
    splits, and seeds that were not there when it was diagnosed, so that a variant is not helped by having
    been unlucky. Where every variant is healthy, nothing is trained. What was trained for the same question
    before, is not trained again; what was cut short goes on.

    Args:
        folder: what ``run`` has written; treatments go into a folder inside of it.
        experiment: the experiment, where data or model live in memory.
        seeds: how many seeds; left out, as many as the experiment has.
        allow_code: whether a Python file that the experiment names may run.
        show: told how far training is.

    Raises:
        UsageError: where runs have not ended, or the experiment is another one.
        DataError: where the data have changed since.
    """
    folder = Path(folder)
    results = open_results(folder)
    _check_ended(results)
    wanted = len(results.seeds) if seeds is None else int(count()(seeds, Place("--seeds")))
    diagnosis = diagnose(results)
    ill = [row for row in diagnosis.rows if row.verdict != "healthy" and row.next is not None]
    others = tuple(
        Untreated(row.variant, row.verdict, row.sentence) for row in diagnosis.rows if row not in ill
    )
    if not ill:
        return Treatment(None, (), others)
    asked = settled(asked_before(folder, results.facts, experiment, "treat"))
    trial = trial_of(asked, results, ill, wanted)
    trained = _trained(folder / TREATMENTS, trial, allow_code=allow_code, show=show)
    stopped = str(trained.facts.get("interrupted", ""))
    return Treatment(
        folder=trained.folder,
        rows=tuple(_judged(trained, ill)),
        untreated=others,
        interrupted=stopped,
        diverged=trained.outcome_counts["diverged"],
    )


def trial_of(asked: Experiment, results: Results, ill: Sequence[Diagnosed], seeds: int) -> Experiment:
    """Give the experiment that tries what is indicated: each variant, and what may mend it, on fresh seeds.

    Args:
        asked: the experiment that was diagnosed.
        results: what it gave.
        ill: the variants to be treated.
        seeds: how many seeds.
    """
    own = {variant.name: variant for variant in asked.variants}
    variants: dict[str, Variant] = {}
    for row in ill:
        variants[row.variant] = own[row.variant]
    for row in ill:
        if row.next is not None:
            stored = results.facts["experiment"]["variants"][row.variant] or {}
            changes = {
                # A model that lives in memory is written as its name; the variant has the model itself.
                key: own[row.variant].changes[key]
                if key in own[row.variant].changes and stored.get(key) == value
                else value
                for key, value in row.next.changes.items()
            }
            variants[row.next.name] = Variant(row.next.name, changes)
    names = ", ".join(row.variant for row in ill)
    return replace(
        asked,
        variants=tuple(variants.values()),
        seeds=fresh_seeds(asked.seeds, seeds),
        question=f"What mends {names}?"[:1_000],
        baselines=(),
    )


def _check_ended(results: Results) -> None:
    waiting = results.outcome_counts["interrupted"]
    if waiting:
        message = (
            f"{waiting} of {results.runs} runs have not ended, so that nothing can be diagnosed for sure"
        )
        cure = f"Let them end first: `trainlab resume {results.folder}`."
        raise UsageError(message, str(results.folder), None, cure)


def _trained(place: Path, trial: Experiment, *, allow_code: bool, show: Callable[[Any], None]) -> Results:
    """Train a trial, or go on with it, or open it where it was trained before."""
    wanted = fingerprint(trial)
    folders = [folder for folder in sorted(place.glob("*")) if (folder / FILE).is_file()]
    for folder in folders:
        with Reader(folder) as reader:
            same = reader.facts().get("fingerprint") == wanted
        if same:
            return resume(folder, trial, allow_code=allow_code, show=show)
    taken = [int(folder.name) for folder in place.glob("*") if folder.name.isdecimal()]
    return run(trial, place / f"{max(taken, default=0) + 1:04d}", allow_code=allow_code, show=show)


def _judged(trained: Results, ill: Sequence[Diagnosed]) -> Iterator[Treated]:
    finished = not trained.outcome_counts["interrupted"]
    after = {row.variant: row.verdict for row in diagnose(trained).rows} if finished else {}
    for row in ill:
        if row.next is None:
            continue
        found = next(
            one for one in compare(trained, against=row.variant).rows if one.variant == row.next.name
        )
        made = Treated(
            variant=row.variant,
            verdict=row.verdict,
            treatment=row.next.name,
            changes=row.next.changes,
            why=row.next.why,
            difference=found.difference,
            low=found.low,
            high=found.high,
            what=_WHAT[found.verdict] if finished else "not finished",
            after=after.get(row.next.name),
            sentence="",
        )
        yield replace(made, sentence=_sentence(trained.metric, made))


def _sentence(metric: Metric, made: Treated) -> str:
    """Say what a treatment did, its verdict first."""
    if made.what == "not finished":
        return f"`{made.treatment}` for `{made.variant}` is not trained to its end."
    size = "no run has ended in both"
    if made.difference is not None:
        size = f"{_signed(metric, made.difference)} {metric.unit_of_difference}"
    if made.low is not None and made.high is not None:
        size += f" [{_signed(metric, made.low)}, {_signed(metric, made.high)}]"
    who = f"`{made.variant}`, which {SAID[made.verdict]}"
    said = {
        "helped": f"`{made.treatment}` helped {who}",
        "made it worse": f"`{made.treatment}` made {who}, worse",
        "changed nothing that matters": f"`{made.treatment}` changed nothing that matters about {who}",
        "undecided": f"whether `{made.treatment}` helps {who}, is undecided",
    }[made.what]
    if made.after is None:
        return f"{said}: {size}."
    return f"{said}: {size}; {'it still' if made.after == made.verdict else 'now it'} {SAID[made.after]}."


def _signed(metric: Metric, value: float) -> str:
    """Write a difference with a true minus."""
    text = metric.shown_difference(value)
    return f"−{text[1:]}" if text.startswith("-") else text
