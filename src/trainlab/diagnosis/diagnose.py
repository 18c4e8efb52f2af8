"""The diagnosis: what is wrong with each variant, in how many of its runs, and what to try next."""

from collections.abc import Iterable
from dataclasses import dataclass

from trainlab.diagnosis.all_checks import DIAGNOSTIC_CHECKS
from trainlab.diagnosis.decomposition import Decomposition, decompose
from trainlab.diagnosis.evidence import evidence
from trainlab.diagnosis.learning_curve import LearningCurve, learning_curve
from trainlab.diagnosis.next_experiment import Asked, Next, next_experiment
from trainlab.diagnosis.saying import SAID, evidence_in_words
from trainlab.diagnosis.validation_curve import ValidationCurve, validation_curves
from trainlab.diagnosis.verdict import Judged, Name, judge
from trainlab.results.display import shown
from trainlab.results.finding import Finding
from trainlab.results.table import Results

SCHEMA = "trainlab/diagnose/1"

# What explains a verdict better than the verdict does, so that it is treated first.
_CAUSES: dict[Name, tuple[str, ...]] = {
    "underfitting": ("TL211", "TL206", "TL208", "TL209", "TL210", "TL205"),
    "both": ("TL211", "TL206", "TL208", "TL209"),
    "not_converged": ("TL205", "TL208", "TL210"),
    "diverged": ("TL211",),
}


@dataclass(frozen=True)
class Diagnosed:
    """What is wrong with one variant.

    Args:
        variant: its name.
        verdict: what its evidence comes to.
        agreement: in how many of its runs, as ``"9 of 10"``; where it cannot be told, in how many what is in
            doubt is seen.
        evidence: what that rests on, with its numbers.
        next: the cheapest variant to try next; None where nothing is wrong, or more runs or rows are wanted.
        sentence: all this in words.
    """

    variant: str
    verdict: Name
    agreement: str
    evidence: str
    next: Next | None
    sentence: str

    def document(self) -> dict[str, object]:
        """Give plain values, as the contract names them."""
        return {
            "variant": self.variant,
            "verdict": self.verdict,
            "agreement": self.agreement,
            "evidence": self.evidence,
            "next": None if self.next is None else self.next.document(),
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with the variants of an experiment.

    Args:
        rows: one for each variant with a run that has ended, in the order of the experiment.
        findings: what single checks saw, by code.
        decomposition: bias and variance of each variant, where training sets were repeated; else empty.
        learning_curve: what more training rows bring, where variants differ in them; else None.
        validation_curves: scores over a number that variants differ in.
    """

    rows: tuple[Diagnosed, ...]
    findings: tuple[Finding, ...]
    decomposition: tuple[Decomposition, ...] = ()
    learning_curve: LearningCurve | None = None
    validation_curves: tuple[ValidationCurve, ...] = ()

    def document(self) -> dict[str, object]:
        """Give the object that ``trainlab diagnose --json`` prints."""
        return {
            "schema": SCHEMA,
            "rows": [row.document() for row in self.rows],
            "findings": [finding.document() for finding in self.findings],
            "decomposition": [one.document() for one in self.decomposition],
            "learning_curve": None if self.learning_curve is None else self.learning_curve.document(),
            "validation_curves": [one.document() for one in self.validation_curves],
        }

    def _repr_html_(self) -> str:
        return shown(self)


def diagnose(results: Results) -> Diagnosis:
    """Tell what is wrong with each variant, how sure that is, and what to try next.

    Nothing is trained, and JAX is not loaded.

    Args:
        results: what is stored, finished or not.

    Returns:
        A verdict for each variant with a run that has ended: ``diverged``, ``cannot_tell``,
        ``not_converged``, ``underfitting``, ``overfitting``, ``both`` or ``healthy``; what single checks saw;
        and bias and variance, learning and validation curves where the design measures them.

    Source:
        The verdicts: see ``docs/guide/diagnosis.md``. Each rests on intervals beside the smallest difference
        that matters, never on one curve.

    >>> from trainlab.testing import made_up
    >>> rising = [0.5, 0.8, 0.9, 0.85, 0.8, 0.75, 0.7, 0.7]
    >>> results = made_up({"wide": {"metric": [rising, rising, rising], "train_score": [0.99, 1.0, 1.0]}})
    >>> found = diagnose(results).rows[0]
    >>> found.verdict, found.agreement, found.next.name
    ('overfitting', '3 of 3', 'wide + early_stopping')
    """
    findings = _findings(results)
    return Diagnosis(
        rows=tuple(_diagnosed(results, judge(results, one), findings) for one in evidence(results)),
        findings=findings,
        decomposition=decompose(results) or (),
        learning_curve=learning_curve(results),
        validation_curves=validation_curves(results),
    )


def _findings(results: Results) -> tuple[Finding, ...]:
    return tuple(finding for check in DIAGNOSTIC_CHECKS for finding in check.examine(results))


def _diagnosed(results: Results, judged: Judged, findings: Iterable[Finding]) -> Diagnosed:
    name, said = judged.evidence.variant, evidence_in_words(results, judged)
    following = _next(results, judged, findings)
    what = "" if judged.verdict == "cannot_tell" else f" in {judged.agreement} runs"
    tail = "" if following is None else f" Next: `{following.name}`, to see {following.why}."
    sentence = f"`{name}` {SAID[judged.verdict]}{what}: {said}.{tail}"
    return Diagnosed(name, judged.verdict, judged.agreement, said, following, sentence)


def _next(results: Results, judged: Judged, findings: Iterable[Finding]) -> Next | None:
    name, verdict = judged.evidence.variant, judged.verdict
    if verdict == "healthy":
        return None
    ailments: list[str] = []
    if verdict == "cannot_tell":
        if "epochs" not in judged.doubts and "convergence" not in judged.doubts:
            return None
        ailments.append("epochs")
    else:
        codes = {finding.code for finding in findings if name in finding.variants}
        ailments += [code for code in _CAUSES.get(verdict, ()) if code in codes]
        ailments.append(verdict)
    rows = min(len(half) for half in results.halves)
    return next_experiment(Asked(name, results.facts["experiment"], rows), ailments)
