"""The report in the face that is wanted, by the name of its file: a page, paper, LaTeX or a notebook."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from trainlab.errors import UsageError
from trainlab.reporting.faces.html import report as html_report
from trainlab.reporting.faces.latex import latex_report
from trainlab.reporting.faces.notebook import notebook_report
from trainlab.reporting.faces.pdf import pdf_report
from trainlab.results.table import Results


def report(results: Results, path: str | Path) -> Path:
    """Write the report: the answer, the pictures, the protocol and where they come from.

    Every face tells the same facts. Files are put in their place whole, so that a crash leaves the old ones.

    Args:
        results: what an experiment gave, finished or not.
        path: the file to write, an older one is replaced: ``.html`` for a page that opens anywhere, ``.pdf``
            for paper, ``.ipynb`` for a notebook that redraws the pictures, ``.tex`` for LaTeX, whose folder
            then holds the figures too.

    Returns:
        The path of the file.

    Raises:
        UsageError: for a name that ends otherwise.
        MissingError: where the file cannot be written, or the extra ``pdf`` is not installed.

    >>> from trainlab.testing import made_up
    >>> results = made_up({"plain": {"score": [0.90, 0.91]}, "wide": {"score": [0.94, 0.96]}})
    >>> report(results, results.folder / "report.html").name
    'report.html'
    """
    path = Path(path)
    face = _FACES.get(path.suffix.lower())
    if face is None:
        raise UsageError(
            "the face of the report is told by how its file's name ends, and this one is not known",
            str(path),
            path.suffix or path.name,
            "Give a name that ends in .html, .pdf, .ipynb or .tex.",
        )
    return face(results, path)


def _latex(results: Results, path: Path) -> Path:
    return latex_report(results, path.parent, path.name)


_FACES: Mapping[str, Callable[[Results, Path], Path]] = MappingProxyType(
    {
        ".html": html_report,
        ".htm": html_report,
        ".pdf": pdf_report,
        ".ipynb": notebook_report,
        ".tex": _latex,
    }
)
