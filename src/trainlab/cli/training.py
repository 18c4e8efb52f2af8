"""Commands that train, or say what training takes and whether it changes anything."""

import contextlib
import importlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from trainlab.cli.app import (
    DIVERGED,
    AllowCode,
    Debug,
    Epochs,
    File,
    Json,
    Quiet,
    Seeds,
    app,
    left_by,
)
from trainlab.cli.labs import run_session
from trainlab.cli.streams import notes, show_answer, watched
from trainlab.cli.timings import timings_shown, with_timings
from trainlab.errors import UsageError
from trainlab.stopwatch import part


@app.command
def run(
    file: Path,
    *,
    seeds: Seeds = None,
    epochs: Epochs = None,
    full: Annotated[
        bool, Parameter(negative="", help="Of a lab: the full profile, on the real data.")
    ] = False,
    until_decided: Annotated[
        bool,
        Parameter(negative="", help="Add seeds where the comparison is undecided, 10, 20, 40 and so on."),
    ] = False,
    at_most: Annotated[int | None, Parameter(help="How many seeds there may be then.")] = None,
    out: Annotated[Path | None, Parameter(help="Folder for the results. [default: new, in runs/]")] = None,
    timings: Annotated[
        bool, Parameter(negative="", help="Show where the time went: compiling, steps, evaluation, store.")
    ] = False,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,
    allow_code: AllowCode = False,
) -> int:
    """Train every variant with every seed, compare, report: prints the answer, then the folder.

    Args:
        file: The experiment file; or a ready-made lab, `labs/NAME`, or one experiment of it, \
`labs/NAME/EXPERIMENT`.
    """
    del debug
    from trainlab.teaching.finding import asked_for
    from trainlab.teaching.lab import Lab
    from trainlab.tracking.verbs import run as run_experiment

    with timings_shown(asked=timings, as_json=json):
        asked = asked_for(file, full=full)
        if isinstance(asked, Lab):
            if until_decided or at_most is not None:
                cure = "Run one experiment of the lab so: `trainlab labs NAME` lists them."
                raise UsageError("seeds are added to one experiment at a time", "--until-decided", None, cure)
            from trainlab.teaching.session import begin_session

            session = begin_session(asked, out, full=full, seeds=seeds, epochs=epochs)
            return run_session(session, allow_code=allow_code, quiet=quiet, as_json=json)
        with watched(quiet=quiet or json) as show:
            results = run_experiment(
                asked,
                out,
                seeds=seeds,
                epochs=epochs,
                until_decided=until_decided,
                at_most=at_most,
                allow_code=allow_code,
                show=with_report_at_hand(show),
            )
        return finish(results, as_json=json)


@app.command
def resume(
    folder: Path,
    *,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,
    allow_code: AllowCode = False,
) -> int:
    """Go on after an interruption; ends with the bits of an uninterrupted run.

    Args:
        folder: What `trainlab run` has written.
    """
    del debug
    from trainlab.teaching.session import is_session, open_session

    if is_session(folder):
        return run_session(open_session(folder), allow_code=allow_code, quiet=quiet, as_json=json)
    from trainlab.results.table import open_results
    from trainlab.resuming import changed_versions
    from trainlab.tracking.verbs import resume as go_on

    changed = changed_versions(dict(open_results(folder).facts))
    if changed:
        note = f"Other versions than at the start, so the last digits may differ: {', '.join(changed)}."
        notes().print(note, highlight=False)
    with watched(quiet=quiet or json) as show:
        results = go_on(folder, allow_code=allow_code, show=with_report_at_hand(show))
    return finish(results, as_json=json)


@app.command
def plan(
    file: File,
    *,
    seeds: Seeds = None,
    epochs: Epochs = None,
    json: Json = False,
    debug: Debug = False,
    allow_code: AllowCode = False,
) -> int:
    """Show runs, cohorts, memory and estimated time; trains nothing.

    Args:
        file: The experiment file.
    """
    del debug
    from trainlab.planning import plan as make_plan
    from trainlab.reporting.terminal.tables import plan_table

    made = make_plan(file, seeds=seeds, epochs=epochs, allow_code=allow_code)
    return show_answer(made.document(), plan_table(made.document()), as_json=json)


@app.command
def certify(
    file: File,
    *,
    lanes: Annotated[int, Parameter(help="How many runs, taken in turn from every variant.")] = 4,
    precision: Annotated[str, Parameter(help="float64 or float32.")] = "float64",
    epochs: Epochs = None,
    json: Json = False,
    debug: Debug = False,
    allow_code: AllowCode = False,
) -> int:
    """Retrain lanes alone with keras.Model.fit and print the largest difference.

    Args:
        file: The experiment file.
    """
    del debug
    from trainlab.certifying import certify as make_certificate
    from trainlab.reporting.terminal.tables import certificate_table

    stream = notes()

    def tell(doing: str) -> None:
        if not json:
            stream.print(doing, style="dim", markup=False, highlight=False)

    made = make_certificate(
        file, lanes=lanes, precision=precision, epochs=epochs, allow_code=allow_code, show=tell
    )
    show_answer(made.document(), certificate_table(made), as_json=json)
    return 0 if made.holds else DIVERGED


def with_report_at_hand(show: Callable[[Any], None]) -> Callable[[Any], None]:
    """Have what draws the report imported once networks train, for Python has nothing to do meanwhile.

    Args:
        show: shows how far training is.
    """
    begun = False

    def bring() -> None:
        # Whatever is wrong with it is said where it is needed.
        with contextlib.suppress(Exception):
            importlib.import_module("trainlab.reporting.faces.html")

    def shown(progress: Any) -> None:
        nonlocal begun
        if not begun and progress.done > 0:
            begun = True
            threading.Thread(target=bring, name="report", daemon=True).start()
        show(progress)

    return shown


def finish(results: Any, *, as_json: bool) -> int:
    """Print the answer, write the report, and give the exit code of how training went."""
    from trainlab.reporting.faces.html import report as write_report
    from trainlab.reporting.faces.pages import REPORT
    from trainlab.reporting.facts.outline import compared
    from trainlab.reporting.terminal.answer_table import answer_table
    from trainlab.reporting.terminal.summary import summary

    with part("compare"):
        comparison = compared(results)
        answer = answer_table(results, comparison)
    if not as_json:
        show_answer({}, answer, as_json=False)
    with part("report"):
        path = write_report(results, results.folder / REPORT)
    interrupted = results.facts.get("interrupted", "")
    if as_json:
        show_answer(with_timings(summary(results, comparison)), "", as_json=True)
    else:
        print(f"Report: {path}")
        print(f"Folder: {results.folder}")
    if interrupted:
        note = f"Interrupted; finished epochs are kept. Go on with: trainlab resume {results.folder}"
        return left_by(interrupted, note)
    return DIVERGED if results.outcome_counts["diverged"] else 0
