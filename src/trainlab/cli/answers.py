"""Commands that show what is stored."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from trainlab.cli.app import Debug, Json, app
from trainlab.cli.streams import show_answer


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
    return show_answer(summary(results, comparison), answer_table(results, comparison), as_json=json)


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
    return show_answer(comparison.document(), comparison_table(results, comparison), as_json=json)


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
    return show_answer({"schema": "trainlab/report/1", "html": str(path)}, str(path), as_json=json)
