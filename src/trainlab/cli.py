"""The command line: what people type, and what programs read with ``--json``.

Data go to stdout, progress and notes to stderr. Rooms are loaded by the command that needs them, so that
``--help`` is quick. Commands are plain functions; the shell around them is Cyclopts.
"""

import contextlib
import json
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

from cyclopts import App, CycloptsError, Parameter
from rich.console import Console

import trainlab
from trainlab.errors import TrainlabError, UsageError

DIVERGED, INTERRUPTED, TERMINATED = 3, 130, 143

app = App(
    name="trainlab",
    version=trainlab.__version__,
    help="Which way of training a Keras network is better, how sure are we, and what to try next.\n\n"
    "Begin with `trainlab run examples/digits.yaml`, or copy that file and write your own question.",
    help_format="plaintext",
    result_action="return_value",
)

Json = Annotated[bool, Parameter(name="--json", negative="", help="Print one JSON object on stdout.")]
Debug = Annotated[bool, Parameter(negative="", help="Show the traceback of an error.")]
AllowCode = Annotated[
    bool, Parameter(negative="", help="Let a Python file that the experiment names run. Read it first.")
]
Quiet = Annotated[bool, Parameter(negative="", help="Show no progress.")]
Seeds = Annotated[int | None, Parameter(help="As many seeds instead of the file's.")]
Epochs = Annotated[int | None, Parameter(help="As many epochs instead of the file's.")]


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    sys.exit(command(given))


def command(arguments: list[str]) -> int:
    """Run one command and give its exit code: 0, or as the error's kind says.

    Args:
        arguments: the words after ``trainlab``.
    """
    try:
        found = app(arguments, exit_on_error=False, print_error=False, error_console=_notes())
        return int(found or 0)
    except CycloptsError as error:
        words = " ".join(str(error).split())
        return _fail(UsageError(words.rstrip("."), "command line", None, "See `trainlab --help`."), arguments)
    except TrainlabError as error:
        return _fail(error, arguments)
    except KeyboardInterrupt:
        _notes().print("Interrupted.", highlight=False)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever reads us has heard enough, as in `trainlab show FOLDER | head`.
        sys.stdout = None
        return 0
    except Exception as error:  # noqa: BLE001  (the last stop: our fault, said without a traceback)
        kind = type(error).__name__
        ours = TrainlabError(
            f"trainlab failed: {kind}: {error}", "", None, "Please report this with the output of `--debug`."
        )
        return _fail(ours, arguments)


@app.command
def run(
    file: Path,
    *,
    seeds: Seeds = None,
    epochs: Epochs = None,
    out: Annotated[Path | None, Parameter(help="Folder for the results. [default: new, in runs/]")] = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,
    allow_code: AllowCode = False,
) -> int:
    """Train every variant with every seed, compare, report: prints the answer, then the folder.

    Args:
        file: The experiment file.
    """
    del debug
    from trainlab.running import run as run_experiment

    with _watched(quiet=quiet or json) as show:
        results = run_experiment(file, out, seeds=seeds, epochs=epochs, allow_code=allow_code, show=show)
    return _finish(results, as_json=json)


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
    from trainlab.results.table import open_results
    from trainlab.resuming import changed_versions
    from trainlab.resuming import resume as go_on

    changed = changed_versions(dict(open_results(folder).facts))
    if changed:
        note = f"Other versions than at the start, so the last digits may differ: {', '.join(changed)}."
        _notes().print(note, highlight=False)
    with _watched(quiet=quiet or json) as show:
        results = go_on(folder, allow_code=allow_code, show=show)
    return _finish(results, as_json=json)


@app.command
def plan(
    file: Path,
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
    from trainlab.reporting.tables import plan_table

    made = make_plan(file, seeds=seeds, epochs=epochs, allow_code=allow_code)
    return _show(made.document(), plan_table(made.document()), as_json=json)


@app.command
def lint(
    file: Path,
    *,
    seeds: Seeds = None,
    epochs: Epochs = None,
    json: Json = False,
    debug: Debug = False,
    allow_code: AllowCode = False,
) -> int:
    """Check the protocol: what would make the answer invalid or limit it; trains nothing.

    Args:
        file: The experiment file.
    """
    del debug, allow_code
    from trainlab.linting import lint as examine
    from trainlab.reporting.findings import findings_table

    found = examine(file, seeds=seeds, epochs=epochs)
    findings = [finding.document() for finding in found]
    document = {"schema": "trainlab/lint/1", "findings": findings}
    return _show(document, findings_table(findings), as_json=json)


@app.command
def data(
    source: str,
    *,
    target: Annotated[
        list[str] | None, Parameter(negative="", help="Column that is predicted; again for more.")
    ] = None,
    text: Annotated[list[str] | None, Parameter(negative="", help="Column of texts; again for more.")] = None,
    category: Annotated[
        list[str] | None, Parameter(negative="", help="Column of categories; again for more.")
    ] = None,
    drop: Annotated[
        list[str] | None, Parameter(negative="", help="Column to leave out; again for more.")
    ] = None,
    task: Annotated[str | None, Parameter(help="classification or regression.")] = None,
    groups: Annotated[str | None, Parameter(help="Column that says which rows belong together.")] = None,
    time: Annotated[str | None, Parameter(help="Column that says when a row was taken.")] = None,
    html: Annotated[Path | None, Parameter(help="Write a page with pictures there.")] = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """Show the data card: rows, columns, classes, ranges, hash, licence, pictures.

    Of a table without `--target`, shows the columns alone, to choose one.

    Args:
        source: A name as `digits`, a CSV, Parquet or npz file, a folder of images, or `openml:31`.
    """
    del debug
    from trainlab.data.card import card
    from trainlab.experiment.sources import SUFFIXES, source_of
    from trainlab.reporting.card import card_text, write_card

    told: dict[str, Any] = {"text": text, "drop": drop, "task": task, "groups": groups, "time": time}
    told["kinds"] = dict.fromkeys(category or (), "category")
    told["target"] = target[0] if target and len(target) == 1 else target
    asked = {key: value for key, value in told.items() if value}
    kind = SUFFIXES.get(Path(source).suffix.lower())
    if kind in {"csv", "parquet"} and not target:
        if asked or html is not None:
            cure = f"Add `--target COLUMN`; `trainlab data {source}` alone shows the columns."
            raise UsageError("the column that is predicted is not named", "--target", None, cure)
        return _glance(source, str(kind), as_json=json)
    loaded = source_of(source, asked).load()
    made = card(loaded)
    if html is not None:
        write_card(loaded, html)
    _show(made.document(), card_text(made), as_json=json)
    if html is not None and not json:
        print(f"Page: {html}")
    return 0


def _glance(path: str, kind: str, *, as_json: bool) -> int:
    """Show the columns of a table, and ask which of them is predicted."""
    from trainlab.data.glance import glance_at
    from trainlab.reporting.glance import glance_text

    seen = glance_at(path, kind)
    _show(seen.document(), glance_text(seen), as_json=as_json)
    note = f"Which column is predicted? Name it for the whole card: trainlab data {path} --target COLUMN"
    _notes().print(note, markup=False, highlight=False, soft_wrap=True)
    return 0


@app.command
def show(folder: Path, *, json: Json = False, debug: Debug = False) -> int:
    """Show the stored answer.

    Args:
        folder: What `trainlab run` has written.
    """
    del debug
    from trainlab.comparison.compare import compare as compare_variants
    from trainlab.reporting.summary import summary
    from trainlab.reporting.terminal import answer_table
    from trainlab.results.table import open_results

    results = open_results(folder)
    comparison = compare_variants(results)
    return _show(summary(results, comparison), answer_table(results, comparison), as_json=json)


@app.command
def compare(
    folder: Path,
    *,
    against: Annotated[str | None, Parameter(help="Compare with this variant instead.")] = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """Compare the variants of stored results with the reference: differences, intervals, verdicts.

    Args:
        folder: What `trainlab run` has written.
    """
    del debug
    from trainlab.comparison.compare import compare as compare_variants
    from trainlab.reporting.tables import comparison_table
    from trainlab.results.table import open_results

    results = open_results(folder)
    comparison = compare_variants(results, against=against)
    return _show(comparison.document(), comparison_table(results, comparison), as_json=json)


@app.command
def report(
    folder: Path,
    *,
    html: Annotated[Path | None, Parameter(help="Where to write. [default: FOLDER/report.html]")] = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """Write the report: one HTML file that opens anywhere.

    Args:
        folder: What `trainlab run` has written.
    """
    del debug
    from trainlab.reporting.html import report as write_report
    from trainlab.results.table import open_results

    path = write_report(open_results(folder), html or folder / "report.html")
    return _show({"schema": "trainlab/report/1", "html": str(path)}, str(path), as_json=json)


@app.command
def refit(
    folder: Path,
    *,
    variant: Annotated[str | None, Parameter(help="Which variant. [default: the best by mean score]")] = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,
    allow_code: AllowCode = False,
) -> int:
    """Train the final model: all rows but the sealed ones, the median chosen epoch, the experiment's seeds.

    Args:
        folder: What `trainlab run` has written.
    """
    del debug
    from trainlab.refitting import refit as train_final

    with _watched(quiet=quiet or json) as show:
        made = train_final(folder, variant=variant, allow_code=allow_code, show=show)
    networks = "network" if len(made.seeds) == 1 else "networks"
    said = (
        f"{made.variant}: {len(made.seeds)} {networks} trained on {made.rows:,} rows for "
        f"{made.epochs} epochs{f', {made.diverged} of them diverged' if made.diverged else ''}.\n"
        f"Write it with `trainlab export {folder} --variant '{made.variant}' --to model.keras`; where a test "
        f"set is sealed, `trainlab open-test {folder} --variant '{made.variant}' --reason '...'` opens it."
    )
    _show(made.document(), said, as_json=json)
    return DIVERGED if made.diverged else 0


@app.command(name="open-test")
def open_test(
    folder: Path,
    *,
    variant: Annotated[str | None, Parameter(help="Which variant. [default: the refitted one]")] = None,
    reason: Annotated[str, Parameter(help="Why it is opened: it stands in every later report.")] = "",
    json: Json = False,
    debug: Debug = False,
    allow_code: AllowCode = False,
) -> int:
    """Open the sealed test set for the refitted model; recorded for ever.

    Args:
        folder: What `trainlab run` and `trainlab refit` have written.
    """
    del debug
    from trainlab.opening import open_test as look
    from trainlab.reporting.html import report as write_report
    from trainlab.results.table import open_results

    made = look(folder, variant=variant, reason=reason, allow_code=allow_code)
    write_report(open_results(folder), folder / "report.html")
    metric = made.metric
    span = ""
    if made.low is not None and made.high is not None:
        span = f" [{metric.shown(made.low)}, {metric.shown(made.high)}]"
    said = (
        f"{made.variant}: {metric.label} {metric.shown(made.mean)}{span} on {made.rows:,} test rows, "
        f"{made.claim}.\nOpening {made.number} of this test set, recorded in {folder}."
    )
    return _show(made.document(), said, as_json=json)


@app.command
def export(
    folder: Path,
    *,
    to: Annotated[Path, Parameter(help="The file to write, which ends in .keras.")],
    variant: Annotated[str | None, Parameter(help="Which variant. [default: the best by mean score]")] = None,
    seed: Annotated[int | None, Parameter(help="The run of this seed. [default: the median run]")] = None,
    ensemble: Annotated[
        bool, Parameter(negative="", help="The mean over all seeds instead of one run.")
    ] = False,
    json: Json = False,
    debug: Debug = False,
    allow_code: AllowCode = False,
) -> int:
    """Write the final model, or a run, as a plain Keras model that Keras alone loads, on any backend.

    Args:
        folder: What `trainlab run` has written.
    """
    del debug
    from trainlab.exporting import export as export_run

    made = export_run(folder, to, variant=variant, seed=seed, ensemble=ensemble, allow_code=allow_code)
    seeds = ", ".join(map(str, made.seeds))
    what = "the final model, " if made.refitted else ""
    said = (
        f"{made.path}: {what}{made.variant}, seed{'s' if len(made.seeds) > 1 else ''} {seeds}; {made.takes}."
    )
    if made.preparation is not None:
        said += f"\n{made.preparation}: the columns that it takes, and how they are made."
    return _show(made.document(), said, as_json=json)


@app.command
def certify(
    file: Path,
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
    from trainlab.reporting.tables import certificate_table

    notes = _notes()

    def tell(doing: str) -> None:
        if not json:
            notes.print(doing, style="dim", markup=False, highlight=False)

    made = make_certificate(
        file, lanes=lanes, precision=precision, epochs=epochs, allow_code=allow_code, show=tell
    )
    _show(made.document(), certificate_table(made), as_json=json)
    return 0 if made.holds else DIVERGED


@app.command
def doctor(*, json: Json = False, debug: Debug = False) -> int:
    """Show device, versions, and what is missing."""
    del debug
    from trainlab.reporting.tables import facts_table
    from trainlab.results import provenance
    from trainlab.running import check_backend

    facts: dict[str, Any] = {**provenance.versions(), **provenance.machine()}
    check_backend()
    from trainlab.engine.placement import device_sentence

    facts["devices"] = device_sentence()
    return _show({"schema": "trainlab/doctor/1", **facts}, facts_table(facts), as_json=json)


def _finish(results: Any, *, as_json: bool) -> int:
    """Print the answer, write the report, and give the exit code of how training went."""
    from trainlab.comparison.compare import compare as compare_variants
    from trainlab.reporting.html import report as write_report
    from trainlab.reporting.summary import summary
    from trainlab.reporting.terminal import answer_table

    comparison = compare_variants(results)
    _show(summary(results, comparison), answer_table(results, comparison), as_json=as_json)
    path = write_report(results, results.folder / "report.html")
    interrupted = results.facts.get("interrupted", "")
    if not as_json:
        print(f"Report: {path}")
        print(f"Folder: {results.folder}")
    if interrupted:
        note = f"Interrupted; finished epochs are kept. Go on with: trainlab resume {results.folder}"
        _notes().print(note, markup=False, highlight=False, soft_wrap=True)
        return TERMINATED if interrupted == "SIGTERM" else INTERRUPTED
    return DIVERGED if results.outcome_counts["diverged"] else 0


def _show(document: dict[str, Any], shown: Any, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(document, allow_nan=False))
    else:
        Console(emoji=False).print(shown, markup=False, highlight=False)
    return 0


def _notes() -> Console:
    """Give stderr as it is: a name that holds `:x:` is no picture."""
    return Console(stderr=True, emoji=False)


def _fail(error: TrainlabError, arguments: list[str]) -> int:
    if "--debug" in arguments:
        traceback.print_exc()
    if "--json" in arguments:
        value = (
            error.value if isinstance(error.value, (str, int, float, bool, type(None))) else repr(error.value)
        )
        document = {
            "schema": "trainlab/error/1",
            "exit": error.exit_code,
            "message": error.message,
            "where": error.where,
            "value": value if not isinstance(value, float) or value - value == 0 else repr(value),
            "cure": error.cure,
        }
        print(json.dumps(document, allow_nan=False))
    _notes().print(f"Error: {error}", markup=False, highlight=False, soft_wrap=True)
    return error.exit_code


@contextlib.contextmanager
def _watched(*, quiet: bool) -> Iterator[Callable[[Any], None]]:
    """Show progress on stderr while training, and turn SIGTERM into an interruption."""
    from trainlab.reporting.progress import progress_shown
    from trainlab.running import Terminated

    def terminate(number: int, frame: Any) -> None:
        del number, frame
        raise Terminated

    before = signal.signal(signal.SIGTERM, terminate)
    try:
        with progress_shown(_notes(), quiet=quiet) as show:
            yield show
    finally:
        signal.signal(signal.SIGTERM, before)
