"""The linter: all checks by code, the order of their findings, and muting one with a written reason.

What a single check looks at stands in its own file.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from trainlab.diagnosis.all_checks import DIAGNOSTIC_CHECKS
from trainlab.errors import UsageError, first_line
from trainlab.experiment.checks import text
from trainlab.experiment.places import Place
from trainlab.protocol.check import Question
from trainlab.protocol.checks import (
    batches_at_equal_epochs,
    capacity_confound,
    class_imbalance,
    differ_in_nothing,
    ensemble_without_control,
    few_trials,
    groups_straddle,
    head_misfit,
    idle_columns,
    impatient_stopping,
    inputs_unscaled,
    l2_with_adaptive,
    label_changing_augmentation,
    missing_control,
    near_duplicates,
    no_baseline,
    no_test_set,
    normalized_at_old_rate,
    one_seed,
    one_strength,
    optimizers_at_one_rate,
    ordered_rows,
    pruned_at_the_start,
    reopened_test_set,
    rows_at_equal_epochs,
    rows_shared,
    scales_differ,
    several_changes,
    small_contested_data,
    space_without_rate,
    target_copied,
    time_straddles,
    unequal_budgets,
    unequal_tries,
    untuned_beside_tuned,
    validation_size,
)
from trainlab.results.check import AfterCheck, Check
from trainlab.results.finding import Finding
from trainlab.results.table import Results
from trainlab.stopwatch import part
from trainlab.tuning.checks import best_at_the_edge, trials_alike, trials_diverged, trials_not_converged

Subject = TypeVar("Subject")

_GRAVEST_FIRST = ("refuse", "warn", "note")

CHECKS: Mapping[str, Check[Question]] = MappingProxyType(
    {
        check.code: check
        for check in (
            rows_shared.CHECK,
            near_duplicates.CHECK,
            scales_differ.CHECK,
            target_copied.CHECK,
            ordered_rows.CHECK,
            groups_straddle.CHECK,
            validation_size.CHECK,
            label_changing_augmentation.CHECK,
            head_misfit.CHECK,
            small_contested_data.CHECK,
            time_straddles.CHECK,
            class_imbalance.CHECK,
            inputs_unscaled.CHECK,
            idle_columns.CHECK,
            optimizers_at_one_rate.CHECK,
            batches_at_equal_epochs.CHECK,
            several_changes.CHECK,
            missing_control.CHECK,
            one_strength.CHECK,
            unequal_tries.CHECK,
            differ_in_nothing.CHECK,
            one_seed.CHECK,
            no_test_set.CHECK,
            no_baseline.CHECK,
            l2_with_adaptive.CHECK,
            rows_at_equal_epochs.CHECK,
            normalized_at_old_rate.CHECK,
            ensemble_without_control.CHECK,
            impatient_stopping.CHECK,
            capacity_confound.CHECK,
            untuned_beside_tuned.CHECK,
            unequal_budgets.CHECK,
            few_trials.CHECK,
            space_without_rate.CHECK,
            pruned_at_the_start.CHECK,
        )
    }
)
"""The checks before training, by code."""

_OF_TRIALS = (
    best_at_the_edge.CHECK,
    trials_not_converged.CHECK,
    trials_alike.CHECK,
    trials_diverged.CHECK,
)

AFTER_CHECKS: Mapping[str, AfterCheck] = MappingProxyType(
    {
        check.code: check
        for check in sorted(
            (*DIAGNOSTIC_CHECKS, reopened_test_set.CHECK, *_OF_TRIALS), key=lambda check: check.code
        )
    }
)
"""The checks of what was measured, by code."""


@part("prepare")
def lint(question: Question, overrides: Mapping[str, str] = MappingProxyType({})) -> tuple[Finding, ...]:
    """Look for everything that would make the answer invalid or limit it, before any epoch is paid for.

    Args:
        question: the experiment with its folds.
        overrides: code -> the written reason why what it finds is all right here. It lifts a refusal; the
            finding stays in the record, with the reason.

    Returns:
        The findings, gravest first, then by code.

    Raises:
        UsageError: for an override of a code that there is not, or without a reason.
    """
    return _examined(CHECKS, question, overrides)


def look_back(results: Results) -> tuple[Finding, ...]:
    """Look at what was measured for everything that limits what may be concluded from it.

    Args:
        results: what is stored; the reasons to mute a finding are those of its experiment.

    Returns:
        The findings, gravest first, then by code.
    """
    return _examined(AFTER_CHECKS, results, results.facts["experiment"].get("override") or {})


def check_overrides(overrides: Mapping[str, str]) -> dict[str, str]:
    """Check reasons for muting: each is of a code that there is, and says something.

    Raises:
        UsageError: for an unknown code, or a reason that is no text or empty.

    >>> check_overrides({"TL128": "a first look"})
    {'TL128': 'a first look'}
    >>> check_overrides({"TL128": " "})
    Traceback (most recent call last):
    trainlab.errors.UsageError: override.TL128: an override without a reason (got ' '). Write why this is \
all right here: the report prints it.
    """
    codes = sorted({*CHECKS, *AFTER_CHECKS})
    reasons: dict[str, str] = {}
    for code, reason in overrides.items():
        place = Place("override", str(code))
        if code not in codes:
            near = difflib.get_close_matches(str(code).upper(), codes, n=1)
            cure = f"Did you mean `{near[0]}`?" if near else f"Known are: {', '.join(codes)}."
            raise UsageError("no such check", Place("override").key(code), code, cure)
        said = " ".join(text(1_000)(reason, place).split())
        if not said:
            cure = "Write why this is all right here: the report prints it."
            raise UsageError("an override without a reason", place, reason, cure)
        reasons[code] = said
    return reasons


def _examined(
    checks: Mapping[str, Check[Subject]], subject: Subject, overrides: Mapping[str, str]
) -> tuple[Finding, ...]:
    reasons = check_overrides(overrides)
    findings = [finding for check in checks.values() for finding in _kept_from_failing(check, subject)]
    findings = [replace(finding, override=reasons.get(finding.code, "")) for finding in findings]
    return tuple(sorted(findings, key=lambda finding: (_GRAVEST_FIRST.index(finding.severity), finding.code)))


def _kept_from_failing(check: Check[Subject], subject: Subject) -> Iterable[Finding]:
    """Give a check's findings, or a note where it fails itself: our fault must not cost a user the run."""
    try:
        return list(check.examine(subject))
    except Exception as error:  # noqa: BLE001  # whatever it is, it becomes a note
        said = f"{type(error).__name__}: {first_line(error)}"
        cure = "This is a fault of trainlab, not of the experiment: please report it."
        return [check.found("", f"the check failed ({said})", cure, severity="note")]
