"""Writes the page of the reproduction from its facts; nothing is measured or compared here."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

_HEAD = """\
# What do the sheets' numbers say when they are run again?

Every number that a sheet prints and whose settings it states, beside up to ten runs of those settings.
Written by `python docs/labs/reproduce.py` from stored runs, as `reproduction.json` is; what follows for\
 the sheets' conclusions stands in [what-changes.md](what-changes.md).

How to read a row:

- *printed* is the sheet's number; of a curve, its last point.
- *here* is the mean of the runs made here, plus or minus their standard deviation, then the smallest \
and the largest.
- *one run more* is the interval in which one run more of the same setting falls with 95 % probability; \
a printed number is such a run.
- *falls* says how many runs lie below the printed number, and how many standard deviations it is from \
their mean. **Outside** means outside the interval of one run more.
- Rows in italics were run at other settings than the sheet's, to see what would explain its number.
- Of a curve, the points between the lowest and the highest run are counted too.

Among {asked} printed numbers with a spread of runs beside them, {inside} fall inside and {outside} \
outside; {expected} would fall outside by chance alone.

Settings that trainlab can run were run by it, all seeds as lanes of one program; the rows that the \
sheet scored are validation rows of a fixed split, and where the linter refuses such a split it was \
overridden with a reason.
What trainlab can't run, or has no words for, was run by the scripts in [as-printed](as-printed): plain \
Keras on JAX.
"""


_THEN = """\
## What differs between then and now

- Seeds can't agree: initial weights, order of rows and dropout come from other generators, so only the \
spread of many runs can be compared.
- Sheet 002 ran Keras 2 with its `legacy` optimizers. Legacy SGD and Adam make the steps of Keras 3, \
with the same defaults.
- Legacy RMSprop divides by the root of the mean square plus epsilon, Keras 3 by the root of mean square\
 plus epsilon, both with 1e-7. Where gradients are small, as at pixels that are nearly always 0, the old\
 rule still makes steps of about three learning rates and the new one makes small ones. The old rule is \
written out in `as-printed/carried_over.py`; lanes run it as `{rmsprop: {epsilon: 1e-14}}`, whose root \
is 1e-7: its steps are larger than those of the old rule by 41 % at most, where the mean square is \
1e-14, and equal to them far from there.
- Both sheets ran Keras on TensorFlow, which takes the logits in front of a softmax for the loss. On JAX\
 Keras takes the probabilities, cut at 1e-7, so that no row costs more than 16. The networks here end in\
 logits.
- Training accuracy was printed as a mean over the moving weights of an epoch; lanes measure it \
afterwards, with the weights standing still. A note says so where it matters.
- Times are compared as ratios only: the machine was another one, and compiling and printing were \
inside.
"""


def page(document: Mapping[str, Any]) -> str:
    """Write the page.

    Args:
        document: what ``reproduction.json`` holds.
    """
    rows = [
        row["here"] for task in document["tasks"] for row in task["rows"] if row["here"] and not row["other"]
    ]
    told = [row["inside"] for row in rows if row["inside"] is not None]
    head = _HEAD.format(
        asked=len(told), inside=sum(told), outside=len(told) - sum(told), expected=f"{0.05 * len(told):.0f}"
    )
    return "\n".join([head, _THEN, *_tasks(document), *_unstated(document)]) + "\n"


def _tasks(document: Mapping[str, Any]) -> Iterator[str]:
    sheet = ""
    for task in document["tasks"]:
        if task["sheet"] != sheet:
            sheet = task["sheet"]
            yield f"## Sheet {sheet}\n"
        yield f"### {task['task'][:1].upper()}{task['task'][1:]}\n"
        yield "| what | printed | here | one run more | falls |"
        yield "|---|---|---|---|---|"
        notes: list[str] = []
        for row in task["rows"]:
            yield _row(row, notes)
        yield ""
        yield from (f"{number}. {note}" for number, note in enumerate(notes, start=1))
        yield from [""] if notes else []
        yield from _verdicts(task)
        yield from _faults(task)
        yield from _asked(task)


def _row(row: Mapping[str, Any], notes: list[str]) -> str:
    here, printed = row["here"], _said(row["value"])
    said = [row["note"]] if row["note"] else []
    if here is not None and here["inside"] is False and row["why"]:
        said.append(row["why"])
    marks = []
    for note in said:
        if note not in notes:
            notes.append(note)
        marks.append(str(notes.index(note) + 1))
    what = f"*{row['what']}*" if row["other"] else row["what"]
    what += f" ({', '.join(marks)})" if marks else ""
    if here is None:
        return f"| {what} | {printed} | not run | | |"
    cells = [what, printed, _here(here), _interval(here), _falls(here)]
    return f"| {' | '.join(cells)} |"


def _here(here: Mapping[str, Any]) -> str:
    if here["deviation"] is None:
        return f"{_said(here['mean'])} (measured once)"
    spread = f"{_said(here['smallest'])} to {_said(here['largest'])}"
    return f"{_said(here['mean'])} ± {_said(here['deviation'])} ({spread}; {here['runs']} runs)"


def _interval(here: Mapping[str, Any]) -> str:
    return "" if here["low"] is None else f"{_said(here['low'])} to {_said(here['high'])}"


def _falls(here: Mapping[str, Any]) -> str:
    if here["inside"] is None:
        return ""
    above = f"above {here['below']} of {here['runs']}"
    far = "" if here["deviations"] is None else f", {_signed(here['deviations'])} sd"
    points = f"; {here['points_inside']} of {here['points']} points in the band" if here["points"] else ""
    return f"{'inside' if here['inside'] else '**outside**'}: {above}{far}{points}"


def _verdicts(task: Mapping[str, Any]) -> Iterator[str]:
    if task["as_printed"]:
        yield "The same settings as trainlab compares them, seeds paired:\n"
        yield from (f"- {sentence}" for sentence in task["as_printed"])
        yield ""


def _faults(task: Mapping[str, Any]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for finding in task["findings"]:
        seen.setdefault(finding["code"], f"{finding['code']} {finding['title']} ({finding['severity']})")
    if seen:
        yield f"The linter finds in the design as printed: {', '.join(seen.values())}."
    if task["beyond"]:
        yield f"Beyond it: {task['beyond']}."
    if seen or task["beyond"]:
        yield ""


def _asked(task: Mapping[str, Any]) -> Iterator[str]:
    for place in task["asked_properly"]:
        yield f"Asked properly (lab `{place['lab']}`, step `{place['step']}`, full profile):\n"
        yield from (f"- {sentence}" for sentence in place["sentences"])
        yield ""


def _unstated(document: Mapping[str, Any]) -> Iterator[str]:
    yield "## What can't be reproduced\n"
    yield from (f"- {sheet}: {what}." for sheet, what in document["unstated"])


def _said(value: float) -> str:
    """Write a number with four significant digits at least where it is a score or a loss.

    >>> _said(0.85471), _said(85.2088), _said(21.0), _said(0.00213)
    ('0.8547', '85.21', '21', '0.0021')
    """
    if not math.isfinite(value):
        return "none"
    if float(value).is_integer() and abs(value) > 1:
        return str(int(value))
    return f"{value:.4f}" if abs(value) < 10 else f"{value:.2f}"


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")
