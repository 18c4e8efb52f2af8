"""Writes the page of what changes: conclusions of the sheets by their fate, each with the verdicts behind it.

What a sheet concluded, in our words, and what its design could tell stands in ``changes.yaml``. Whether a
conclusion survives is read off the verdict that asks it properly; nothing is measured here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FILE = Path(__file__).with_name("changes.yaml")

SURVIVES, TURNS_OVER, UNDECIDABLE, UNJUDGED = "survives", "turns over", "undecidable", "unjudged"
FATES = {
    SURVIVES: "What survives",
    TURNS_OVER: "What turns over",
    UNDECIDABLE: "What was never decidable, or is not decided now",
    UNJUDGED: "What waits for a run",
}

_HEAD = """\
# Which conclusions of the sheets hold?

The sheets behind the labs draw conclusions from one run a setting.
Here each is held against several runs of its own settings, with the seeds paired, and against the same \
question asked properly in the full profile of a lab: rates tuned, controls present, a split of its own.
Every sentence with an interval is trainlab's own, read from stored runs by `python docs/labs/reproduce.py`; \
the numbers that the sheets print stand beside ours in [reproduction.md](reproduction.md).

- **Survives**: the proper question gives the same answer.
- **Turns over**: it gives another answer, or the printed number does not mean what was concluded from it.
- **Never decidable**: the sheet's own design could not have told, or the proper question is undecided too.

"""


@dataclass(frozen=True)
class Said:
    """What one piece of evidence says.

    Args:
        sentence: in words, with its interval.
        verdict: ``better``, ``worse``, ``equivalent`` or ``undecided``; empty where nothing is compared.
    """

    sentence: str
    verdict: str = ""


Evidence = Mapping[str, Any]
Asking = Callable[[Evidence], Said | None]


def read(file: Path = FILE) -> Sequence[Mapping[str, Any]]:
    """Read the conclusions."""
    found: Sequence[Mapping[str, Any]] = YAML(typ="safe", pure=True).load(file)["conclusions"]
    return found


def fate_of(conclusion: Mapping[str, Any], ask: Asking) -> str:
    """Give what became of a conclusion: as its design says, or by the verdict of the proper question.

    >>> asked = {"judged_by": {"claims": ["worse"]}}
    >>> [fate_of(asked, lambda place: Said("", verdict)) for verdict in ("worse", "better", "undecided")]
    ['survives', 'turns over', 'undecidable']
    """
    if "fate" in conclusion:
        return str(conclusion["fate"])
    said = ask(conclusion["judged_by"])
    if said is None:
        return UNJUDGED
    if said.verdict in conclusion["judged_by"]["claims"]:
        return SURVIVES
    return UNDECIDABLE if said.verdict == "undecided" else TURNS_OVER


def page(conclusions: Sequence[Mapping[str, Any]], ask: Asking) -> str:
    """Write the page.

    Args:
        conclusions: what ``changes.yaml`` holds.
        ask: gives what one piece of evidence says; None where it is not stored.
    """
    fates = [fate_of(conclusion, ask) for conclusion in conclusions]
    lines = [_HEAD]
    for fate, heading in FATES.items():
        lines += [f"## {heading}\n"] if fate in fates else []
        for conclusion, its in zip(conclusions, fates, strict=True):
            lines += _told(conclusion, ask) if its == fate else ()
    return "\n".join(lines).rstrip() + "\n"


def _told(conclusion: Mapping[str, Any], ask: Asking) -> Iterator[str]:
    yield f"**{conclusion['said']}** (sheet {conclusion['where']})\n"
    yield f"{conclusion['why']}\n"
    places = [*([conclusion["judged_by"]] if "judged_by" in conclusion else []), *conclusion["evidence"]]
    told = [(place, said) for place in places if (said := ask(place))]
    yield from (f"- {_place(place)}: {said.sentence}." for place, said in told)
    yield from [""] if told else []


def _place(place: Evidence) -> str:
    """Say where a sentence comes from.

    >>> _place({"design": "optimizers"}), _place({"lab": "generalization", "step": "6-text"})
    ("At the sheet's settings", 'Lab `generalization`, step `6-text`')
    """
    if "design" in place:
        return "At the sheet's settings"
    return f"Lab `{place['lab']}`, step `{place['step']}`"
