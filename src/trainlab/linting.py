"""Linting: what the protocol of an experiment would make of its answer, before any epoch is paid for."""

from pathlib import Path

from trainlab.experiment.spec import Experiment
from trainlab.protocol.check import Question
from trainlab.protocol.lint import lint as examine
from trainlab.results.finding import Finding
from trainlab.running import read


def lint(
    experiment: Experiment | str | Path, *, seeds: int | None = None, epochs: int | None = None
) -> tuple[Finding, ...]:
    """Look for everything that would make an experiment's answer invalid, or limit it; trains nothing.

    Args:
        experiment: an experiment, or the path of an experiment file.
        seeds: as many seeds instead of the file's.
        epochs: as many epochs instead of the file's.

    Returns:
        The findings, gravest first.

    Raises:
        UsageError: where the experiment says something impossible.
        DataError: where the data cannot be learned from.
    """
    asked = read(experiment, seeds=seeds, epochs=epochs)
    return examine(Question(asked, asked.folds), dict(asked.override))
