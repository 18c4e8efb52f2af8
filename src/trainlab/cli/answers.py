"""Commands that show what is stored."""

from collections.abc import Callable
from functools import partial
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
    from trainlab.reporting.terminal.answer_table import answer_table
    from trainlab.reporting.terminal.summary import summary
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
    from trainlab.comparison.attribution import attribution
    from trainlab.comparison.compare import compare as compare_variants
    from trainlab.comparison.convergence import convergence
    from trainlab.reporting.terminal.comparing import ComparisonTable
    from trainlab.results.table import open_results

    results = open_results(folder)
    comparison = compare_variants(results, against=against)
    learned, attributed = convergence(results, against=against), attribution(results, against=against)
    document = comparison.document() | {
        "convergence": learned.document(),
        "attribution": None if attributed is None else attributed.document(),
    }
    return show_answer(document, ComparisonTable(results, comparison, learned, attributed), as_json=json)


@app.command
def diagnose(folder: Path, *, json: Json = False, debug: Debug = False) -> int:
    """Judge each variant: what is wrong, how sure that is, and what to try next; trains nothing.

    Args:
        folder: What `trainlab run` has written.
    """
    del debug
    from trainlab.diagnosis.diagnose import diagnose as diagnose_variants
    from trainlab.reporting.terminal.diagnosis_table import diagnosis_table
    from trainlab.results.table import open_results

    found = diagnose_variants(open_results(folder))
    return show_answer(found.document(), diagnosis_table(found), as_json=json)


@app.command
def trials(
    folder: Path,
    *,
    variant: Annotated[str | None, Parameter(help="Only those of this variant.")] = None,
    fold: Annotated[int | None, Parameter(help="Only those of this outer fold, counted from 1.")] = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """List the trials that variants were tuned or searched by, the best first.

    Args:
        folder: What `trainlab run` has written.
    """
    del debug
    from trainlab.reporting.terminal.trials_table import trials_document, trials_table
    from trainlab.results.table import open_results

    results = open_results(folder)
    document = trials_document(results, variant, fold)
    return show_answer(document, trials_table(results, variant, fold), as_json=json)


@app.command
def report(
    folder: Path,
    *,
    html: Annotated[Path | None, Parameter(help="A page. [default: FOLDER/report.html]")] = None,
    pdf: Annotated[Path | None, Parameter(help="Paper; needs the extra `pdf`.")] = None,
    latex: Annotated[Path | None, Parameter(help="A folder, as for Overleaf; needs `pdf` too.")] = None,
    notebook: Annotated[Path | None, Parameter(help="A notebook that redraws the pictures.")] = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """Write the report: the faces that are asked for, else one HTML file that opens anywhere.

    Args:
        folder: What `trainlab run` has written; of a lab, one short report tells all its answers.
    """
    del debug
    from trainlab.teaching.session import PAGE, is_session, open_session, session_report

    asked = {"html": html, "pdf": pdf, "latex": latex, "notebook": notebook}
    write: dict[str, Callable[[Path], Path]]
    if is_session(folder):
        whole = partial(session_report, open_session(folder))
        write = {**dict.fromkeys(asked, whole), "latex": lambda place: whole(place / "main.tex")}
        default = folder / PAGE
    else:
        from trainlab.reporting.faces.html import report as html_report
        from trainlab.reporting.faces.latex import latex_report
        from trainlab.reporting.faces.notebook import notebook_report
        from trainlab.reporting.faces.pages import REPORT
        from trainlab.reporting.faces.pdf import pdf_report
        from trainlab.results.table import open_results

        faces: dict[str, Callable[..., Path]] = {
            "html": html_report,
            "pdf": pdf_report,
            "latex": latex_report,
            "notebook": notebook_report,
        }
        results = open_results(folder)
        write = {face: partial(to, results) for face, to in faces.items()}
        default = folder / REPORT
    if not any(asked.values()):
        asked["html"] = default
    written = {face: str(write[face](path)) for face, path in asked.items() if path is not None}
    return show_answer({"schema": "trainlab/report/1", **written}, "\n".join(written.values()), as_json=json)
