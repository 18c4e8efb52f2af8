"""The command that lists the ready-made labs and hands them out, and what runs one."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from trainlab.cli.app import DIVERGED, Debug, Json, app, left_by
from trainlab.cli.streams import notes, show_answer, watched
from trainlab.cli.timings import with_timings
from trainlab.errors import UsageError

if TYPE_CHECKING:
    from trainlab.results.table import Results
    from trainlab.teaching.session import Session


@app.command
def labs(
    name: str | None = None,
    *,
    copy: Annotated[Path | None, Parameter(help="Copy the lab there, to change it and hand it in.")] = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """List the ready-made labs, show one, or copy it; `trainlab run labs/NAME` runs it.

    Args:
        name: Which lab; left out, all are listed.
    """
    del debug
    from trainlab.reporting.terminal.labs_table import lab_text, labs_table
    from trainlab.teaching.lab import copy_lab, lab_named
    from trainlab.teaching.lab import labs as list_labs

    if copy is not None and name is None:
        raise UsageError("no lab is named", "--copy", str(copy), "Name one: trainlab labs NAME --copy DIR")
    found = list_labs() if name is None else (lab_named(name),)
    described = [_described(lab) for lab in found]
    document: dict[str, Any] = {"schema": "trainlab/labs/1", "labs": described}
    if copy is not None:
        document["copy"] = str(copy_lab(found[0], copy))
        begin = (
            f"The lab stands in {copy}: read {copy / 'guide.md'}, or open {copy / 'notebook.ipynb'}.\n"
            f"Run all of it: trainlab run {copy}"
        )
        return show_answer(document, begin, as_json=json)
    return show_answer(
        document, labs_table(described) if name is None else lab_text(described[0]), as_json=json
    )


def _described(lab: Any) -> dict[str, Any]:
    steps = [
        {
            "name": step,
            "question": lab.question(step),
            "quick": str(lab.file(step, "quick")),
            "full": str(lab.file(step, "full")),
        }
        for step in lab.steps
    ]
    return {
        "name": lab.name,
        "title": lab.title,
        "about": lab.about,
        "folder": str(lab.folder),
        "experiments": steps,
    }


def run_session(session: "Session", *, allow_code: bool, quiet: bool, as_json: bool) -> int:
    """Run what is missing of a lab, print each answer, and give the exit code of how training went.

    Args:
        session: what was asked for.
        allow_code: whether a Python file that an experiment names may run.
        quiet: whether no progress is shown.
        as_json: whether one object is printed instead.
    """
    from trainlab.reporting.faces.pages import REPORT
    from trainlab.reporting.facts.outline import compared
    from trainlab.reporting.terminal.answer_table import answer_table
    from trainlab.teaching.session import PAGE, go_on, open_session

    def tell(step: str, question: str) -> None:
        if not as_json:
            begins = f"\nExperiment {step}, of {len(session.steps)}: {question}"
            notes().print(begins, markup=False, highlight=False, soft_wrap=True)

    with watched(quiet=quiet or as_json) as show:
        for results in go_on(session, allow_code=allow_code, show=show, tell=tell):
            if not as_json:
                show_answer({}, answer_table(results, compared(results)), as_json=False)
    ran = open_session(session.folder).results
    if as_json:
        show_answer(with_timings(_summed(session, ran)), "", as_json=True)
    else:
        for one in ran:
            print(f"Report: {one.folder / REPORT}")
        print(f"All answers on one page: {session.folder / PAGE}")
        print(f"Folder: {session.folder}")
    interrupted = next((told for one in ran if (told := one.facts.get("interrupted"))), "")
    if interrupted:
        note = f"Interrupted; finished epochs are kept. Go on with: trainlab resume {session.folder}"
        return left_by(interrupted, note)
    return DIVERGED if any(one.outcome_counts["diverged"] for one in ran) else 0


def _summed(session: "Session", ran: "Sequence[Results]") -> dict[str, Any]:
    """Give the answers of all experiments as one object of the form of a single one."""
    from trainlab.reporting.facts.outline import compared
    from trainlab.reporting.terminal.summary import summary

    told = {one.folder.name: summary(one, compared(one)) for one in ran}

    def listed(key: str) -> list[dict[str, Any]]:
        return [{**row, "experiment": name} for name, part in told.items() for row in part[key]]

    def total(key: str) -> dict[str, float]:
        names = {name for part in told.values() for name in part[key]}
        return {name: sum(part[key].get(name, 0) for part in told.values()) for name in sorted(names)}

    return {
        "schema": "trainlab/run/1",
        "folder": str(session.folder),
        "lab": session.lab,
        "profile": session.profile,
        "runs": sum(part["runs"] for part in told.values()),
        "outcomes": total("outcomes"),
        "variants": listed("variants"),
        "seconds": total("seconds"),
        "findings": listed("findings"),
        "interrupted": any(part["interrupted"] for part in told.values()),
        "experiments": list(told.values()),
    }
