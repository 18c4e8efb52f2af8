"""TL216: suspicious labels: rows that most networks give to the same other class, and are sure of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainlab.diagnosis.completed import completed_runs
from trainlab.results.check import AfterCheck
from trainlab.results.finding import Finding
from trainlab.results.naming import counted
from trainlab.results.store import Reader
from trainlab.results.table import Results

MOST = 0.9  # of the networks that did not train on the row say the same other class,
SURE = 0.9  # with this probability on average,
FEWEST = 3  # where so many looked at it
SHOWN = 5
MOST_SEEDS = 20  # of a variant are asked: more would say the same


@dataclass(frozen=True)
class Suspicious:
    """A row whose label most networks contradict.

    Args:
        row: its number in the data set.
        label: its class.
        said: the class that the networks give it.
        networks: how many say so.
        of: how many looked at it.
        probability: mean probability that they give that class.
    """

    row: int
    label: int
    said: int
    networks: int
    of: int
    probability: float


def examine(results: Results) -> Iterator[Finding]:
    """Look for validation rows that networks of all variants contradict together, and tell them by number."""
    found = suspicious(results)
    if not found:
        return
    names = results.facts["data"].get("classes") or ()

    def said(label: int) -> str:
        return f"`{names[label]}`" if label < len(names) else f"class {label}"

    told = [
        f"row {one.row} is labelled {said(one.label)}, {one.networks} of {one.of} say {said(one.said)} "
        f"({100 * one.probability:.0f} % sure)"
        for one in found[:SHOWN]
    ]
    rows = counted(len(found), "validation row")
    yield CHECK.found(
        "data",
        f"{rows} contradicted by most networks that did not train on them: {'; '.join(told)}"
        f"{f'; and {len(found) - SHOWN:,} more' if len(found) > SHOWN else ''}",
        "Look at these rows: the label may be wrong, or the row is hard. Mend none without looking.",
    )


def suspicious(results: Results) -> tuple[Suspicious, ...]:
    """Give the validation rows whose labels most networks contradict with confidence, surest first.

    Every variant and seed that validated on a row counts once, the first 20 seeds of a variant; networks that
    learned no more than guessing do not. Networks trained on the row are never asked: they may have learned
    its label by heart.

    Args:
        results: what is stored.

    Source:
        After Northcutt, Jiang & Chuang, *Confident Learning*, JAIR 70 (2021): labels are judged by networks
        that have not seen them. Departure: no threshold for each class; most networks have to agree instead.
    """
    runs = completed_runs(results)
    if runs is None or results.facts["data"]["task"] != "classification":
        return ()
    found: list[Suspicious] = []
    with Reader(results.folder) as reader:
        for fold in range(results.folds):
            labels = np.asarray(results.validation_targets[fold]).astype(np.int64).ravel()
            guessing = np.bincount(labels).max() / len(labels)
            networks = 0
            votes: NDArray[np.float32] = np.zeros((0, 0), np.float32)
            sums = votes
            asked = results.run_numbers[:, :MOST_SEEDS, fold][runs.scored[:, :MOST_SEEDS, fold]]
            for number in asked.tolist():
                outputs = reader.array(f"run/{number}", "outputs")
                if outputs is None or outputs.ndim != 2 or len(outputs) != len(labels):
                    continue
                given = outputs.astype(np.float32)
                top = given.argmax(axis=1)
                if (top == labels).mean() <= guessing:
                    continue
                if not networks:
                    votes, sums = np.zeros_like(given), np.zeros_like(given)
                votes[np.arange(len(labels)), top] += 1
                sums += given
                networks += 1
            if networks >= FEWEST:
                found += _of_fold(results.validation_rows[fold], labels, votes, sums / networks, networks)
    return tuple(sorted(found, key=lambda one: (-one.probability, one.row)))


def _of_fold(
    rows: NDArray[Any], labels: NDArray[np.int64], votes: NDArray[Any], means: NDArray[Any], networks: int
) -> Iterator[Suspicious]:
    said = votes.argmax(axis=1)
    at = np.arange(len(labels))
    contradicted = (said != labels) & (votes[at, said] >= MOST * networks) & (means[at, said] >= SURE)
    for place in np.flatnonzero(contradicted).tolist():
        yield Suspicious(
            row=int(rows[place]),
            label=int(labels[place]),
            said=int(said[place]),
            networks=int(votes[place, said[place]]),
            of=networks,
            probability=float(means[place, said[place]]),
        )


CHECK = AfterCheck("TL216", "note", "suspicious labels", examine)
