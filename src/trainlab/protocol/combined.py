"""Variants that change several things: which of their changes other variants tell apart.

Three checks share what is said here, each for another kind of change, so that one variant is found once.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from trainlab.experiment.variants import is_control
from trainlab.protocol.check import Question
from trainlab.protocol.differences import CAPACITY, TECHNIQUES, things, told


def several_kinds(question: Question) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Give name, changes and kind of each variant that differs from the reference in several things.

    The kind is ``"techniques"`` where all are techniques, ``"capacity"`` where the size of the network and
    techniques are, else ``"others"``.
    """
    variants = question.experiment.variants
    controls = {variant.name for variant in variants if is_control(variant, variants)}
    for name, changes in question.changes.items():
        changed = things(changes)
        if len(changed) < 2 or name in controls:
            continue
        sizes = [key for key in changed if key in CAPACITY]
        techniques = [key for key in changed if key in TECHNIQUES]
        kind = "others"
        if len(techniques) == len(changed):
            kind = "techniques"
        elif sizes and techniques and len(sizes) + len(techniques) == len(changed):
            kind = "capacity"
        yield name, changed, kind


def missing_parts(question: Question) -> dict[str, tuple[str, ...]]:
    """Give for each variant of several changes those that no variant makes alone, at the same value."""
    alone = {told(things(changes)[0], changes) for changes in question.changes.values() if _is_one(changes)}
    return {
        name: tuple(key for key in changed if told(key, question.changes[name]) not in alone)
        for name, changed, _ in several_kinds(question)
    }


def not_told_apart(question: Question) -> dict[str, tuple[str, ...]]:
    """Give for each variant of several changes those whose effect no comparison shows.

    One is shown by a variant that makes it alone, and by one that differs in it alone, as in a grid.
    """
    whole = {name: _items(changes) for name, changes in question.changes.items()}
    there = {frozenset(), *whole.values()}
    but_one = Counter((key, items - {(key, made)}) for items in whole.values() for key, made in items)
    found = {}
    for name, missing in missing_parts(question).items():
        changes, items = question.changes[name], whole[name]
        rests = {key: items - {told(key, changes)} for key in missing}
        found[name] = tuple(
            key for key in missing if rests[key] not in there and but_one[key, rests[key]] < 2
        )
    return found


def _is_one(changes: Mapping[str, Any]) -> bool:
    return len(things(changes)) == 1


def _items(changes: Mapping[str, Any]) -> frozenset[tuple[str, Hashable]]:
    return frozenset(told(key, changes) for key in things(changes))
