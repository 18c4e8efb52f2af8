"""Commands for the final model: made, tested once, given away."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from trainlab.cli.app import DIVERGED, AllowCode, Debug, Json, Quiet, app
from trainlab.cli.streams import show_answer, watched


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

    with watched(quiet=quiet or json) as show:
        made = train_final(folder, variant=variant, allow_code=allow_code, show=show)
    seeds = "seed" if len(made.seeds) == 1 else "seeds"
    said = (
        f"{made.variant}: trained on {made.rows:,} rows for {made.epochs} epochs with {len(made.seeds)} "
        f"{seeds}{f', diverged: {made.diverged}' if made.diverged else ''}.\n"
        f"Write it with `trainlab export {folder} --variant '{made.variant}' --to model.keras`; where a test "
        f"set is sealed, `trainlab open-test {folder} --variant '{made.variant}' --reason '...'` opens it."
    )
    show_answer(made.document(), said, as_json=json)
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
    from trainlab.reporting.faces.html import report as write_report
    from trainlab.reporting.faces.pages import REPORT
    from trainlab.results.table import open_results

    made = look(folder, variant=variant, reason=reason, allow_code=allow_code)
    write_report(open_results(folder), folder / REPORT)
    metric = made.metric
    span = ""
    if made.low is not None and made.high is not None:
        span = f" [{metric.shown(made.low)}, {metric.shown(made.high)}]"
    said = (
        f"{made.variant}: {metric.label} {metric.shown(made.mean)}{span} on {made.rows:,} test rows, "
        f"{made.claim}.\nOpening {made.number} of this test set, recorded in {folder}."
    )
    return show_answer(made.document(), said, as_json=json)


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
    return show_answer(made.document(), said, as_json=json)
