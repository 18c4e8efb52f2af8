"""What a check is: a code for life, a severity, a title, and a function from a subject to findings.

A check before training is given a `Question`, one after it the `Results`. Which checks there are, in what
order their findings stand and how one is muted is said in `lint`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from trainlab.data.splitting.folds import Fold
from trainlab.experiment.recipe import Recipe
from trainlab.experiment.spec import Experiment
from trainlab.protocol.differences import differences
from trainlab.results.finding import Finding, Severity
from trainlab.results.table import Results

Subject = TypeVar("Subject")


@dataclass(frozen=True, eq=False)
class Question:
    """What is known before training: the experiment, and who trains and who validates.

    Args:
        experiment: the question itself.
        folds: who trains and who validates, as row numbers of its data.

    >>> from trainlab.testing import tiny_experiment
    >>> Question(tiny_experiment(), ()).recipes["dropout"].dropout
    0.3
    """

    experiment: Experiment
    folds: tuple[Fold, ...]

    @cached_property
    def recipes(self) -> Mapping[str, Recipe]:
        """The recipe in force of every variant, by its name, in the order of the experiment."""
        base = self.experiment.recipe
        return {variant.name: variant.recipe(base) for variant in self.experiment.variants}

    @property
    def reference(self) -> Recipe:
        """The recipe that the others are compared with."""
        return self.recipes[self.experiment.reference.name]

    @cached_property
    def others(self) -> Mapping[str, Recipe]:
        """The recipes of all variants but the reference, by their names."""
        reference = self.experiment.reference.name
        return {name: recipe for name, recipe in self.recipes.items() if name != reference}

    @cached_property
    def changes(self) -> Mapping[str, Mapping[str, Any]]:
        """For each variant but the reference, the settings in force that differ from the reference's."""
        return {name: differences(self.reference, recipe) for name, recipe in self.others.items()}


@dataclass(frozen=True)
class Check(Generic[Subject]):
    """One thing that is looked at.

    Args:
        code: its name for life, as ``"TL121"``; it stands in files (`override`), reports and the guide.
        severity: what its findings mean, unless one says otherwise.
        title: what it is about, in a few words.
        examine: gives the findings; none where all is well.

    >>> def no_seeds(question: Question) -> Iterable[Finding]:
    ...     if len(question.experiment.seeds) < 2:
    ...         yield CHECK.found("seeds", "1 seed", "Write `seeds: 5`.")
    >>> CHECK = Check("TL128", "warn", "one seed", no_seeds)
    >>> from trainlab.testing import tiny_experiment
    >>> [finding.code for finding in CHECK.examine(Question(tiny_experiment(seeds=1), ()))]
    ['TL128']
    """

    code: str
    severity: Severity
    title: str
    examine: Callable[[Subject], Iterable[Finding]]

    def found(
        self,
        where: str,
        evidence: str,
        cure: str,
        *,
        limit: str = "",
        variants: tuple[str, ...] = (),
        severity: Severity | None = None,
    ) -> Finding:
        """Make a finding of this check.

        Args:
            where: the key, column, rows or variants that are meant.
            evidence: what was seen, with its numbers.
            cure: what to do, a full sentence.
            limit: how the sentence of a verdict is limited by it.
            variants: names of the variants whose verdicts it limits; none for all.
            severity: where this one is graver or milder than the check is.
        """
        return Finding(
            code=self.code,
            severity=self.severity if severity is None else severity,
            title=self.title,
            where=where,
            evidence=evidence,
            cure=cure,
            limit=limit,
            variants=variants,
        )


AfterCheck = Check[Results]
"""A check of what was measured."""
