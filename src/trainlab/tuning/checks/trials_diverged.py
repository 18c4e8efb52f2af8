"""TL159: many trials diverged: a range reaches too far."""

from collections.abc import Iterator, Sequence

from trainlab.experiment.parameter import Parameter
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import counted
from trainlab.results.table import Results
from trainlab.tuning.of_variants import limited, of_variants
from trainlab.tuning.trials import Trial

SHARE = 0.25
LEAST = 2


def examine(results: Results) -> Iterator[Finding]:
    """Look for variants a quarter of whose trials diverged, and for the value beyond which all of them did.

    Where every trial did, nothing was chosen: the variant is trained as it was written.
    """
    for name, studies in of_variants(results).items():
        trials = [trial for study in studies for trial in study.trials if trial.outcome != "running"]
        gone = [trial for trial in trials if trial.outcome == "diverged"]
        if trials and len(gone) == len(trials):
            yield CHECK.found(
                f"variants.{name}",
                f"`{name}`: all {counted(len(trials), 'trial')} diverged, so that it was trained as written",
                "Tune smaller learning rates, or add `clip_norm: 1`.",
                limit="where every trial diverged and nothing was tuned",
                variants=limited(results, name),
                severity="warn",
            )
        elif len(gone) >= max(LEAST, SHARE * len(trials)):
            beyond = _beyond(studies[0].parameters, trials)
            yield CHECK.found(
                "tune",
                f"`{name}`: {len(gone)} of {len(trials)} trials diverged{beyond}",
                "Narrow the range on that side: trials that diverge tell nothing about the others.",
                variants=(name,),
            )


def _beyond(parameters: Sequence[Parameter], trials: Sequence[Trial]) -> str:
    """Name the number and the value beyond which most of the diverged trials lie, and no other."""
    found = []
    for parameter in parameters:
        if parameter.kind == "choice":
            continue
        having = [trial for trial in trials if parameter.name in trial.point]
        gone = [float(trial.point[parameter.name]) for trial in having if trial.outcome == "diverged"]
        kept = [float(trial.point[parameter.name]) for trial in having if trial.outcome != "diverged"]
        if not gone or not kept:
            continue
        above, below = [v for v in gone if v > max(kept)], [v for v in gone if v < min(kept)]
        found.append((len(above), parameter.name, "above", max(kept)))
        found.append((len(below), parameter.name, "below", min(kept)))
    most, name, side, value = max(found, key=lambda one: one[0], default=(0, "", "", 0.0))
    diverged = sum(trial.outcome == "diverged" for trial in trials)
    if most < max(LEAST, diverged / 2):
        return ""
    return f", among them all {most} with a `{name}` {side} {value:.2g}"


CHECK = AfterCheck("TL159", "note", "many trials diverged", examine)
