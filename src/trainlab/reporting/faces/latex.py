"""The report as a LaTeX folder: main.tex, its figures as PDF, and how to compile it.

Written to be edited, as on Overleaf: plain article class, booktabs, no package beyond what every TeX brings.
Every text passes through ``latex_text.escaped``. The same results give the same bytes.
"""

import tempfile
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path

from trainlab.errors import MissingError
from trainlab.reporting.faces.latex_table import latex_table
from trainlab.reporting.faces.latex_text import escaped
from trainlab.reporting.faces.pages import write_page
from trainlab.reporting.faces.svg_text import texts_of
from trainlab.reporting.faces.typesetting import breakable, compiled, pictures_of, typst
from trainlab.reporting.facts.outline import outline
from trainlab.reporting.sections.all_sections import sections, title
from trainlab.reporting.sections.blocks import (
    Block,
    Code,
    Entries,
    Figure,
    Listing,
    Panels,
    Paragraph,
    Remark,
    Section,
    Table,
)
from trainlab.results.table import Results

_HEADS = {2: "section", 3: "subsection", 4: "subsubsection"}
_PAGE = """#set document(date: none)
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#image("picture.svg")
"""
_README = """# A report by trainlab

`{main}` is the report, `figures/` holds its pictures as PDF.

- On Overleaf: New project, Upload project, give a zip of this folder.
- Here: `pdflatex {main}`, twice, so that references are met. XeLaTeX and LuaLaTeX work too, and print
  letters that pdfLaTeX shows by their number.

`trainlab report FOLDER --latex DIR` writes these files anew and replaces what you changed in them: edit a
copy.
"""


def latex_report(results: Results, folder: str | Path, main: str = "main.tex") -> Path:
    """Write the report as a LaTeX folder: a main file, ``figures/`` and ``README.md``.

    Args:
        results: what an experiment gave, finished or not.
        folder: where to; it is made where it is not there, and files of other names in it stay.
        main: name of the main file.

    Returns:
        The path of the main file.

    Raises:
        MissingError: where typst, which makes the figures, is not installed, or the folder cannot be written.
    """
    typst()  # what is missing is said before anything is drawn
    facts = outline(results)
    return write_folder(title(facts), sections(facts), Path(folder), main)


def write_folder(headline: str, parts: Sequence[Section], folder: Path, main: str = "main.tex") -> Path:
    """Write the folder of a report made of these sections."""
    try:
        (folder / "figures").mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:  # a file in its place, a name that no folder can have
        raise MissingError(
            f"the folder cannot be made: {error}", str(folder), None, "Give a path that can be a folder."
        ) from error
    for name, content in _figures(parts):
        write_page(content, folder / "figures" / f"{name}.pdf", "the figure")
    write_page(_README.format(main=main), folder / "README.md", "the note")
    return write_page(latex(headline, parts), folder / main, "the report")


def latex(headline: str, parts: Sequence[Section]) -> str:
    r"""Give the source of a report made of these sections: plain ASCII.

    >>> source = latex("Does it help?", [Section("Answer", (Paragraph("5 % & more"),))])
    >>> source[source.index(r"\section") :].splitlines()[:2]
    ['\\section{Answer}', '5 \\% \\& more']
    """
    preamble = resources.files("trainlab.reporting").joinpath("templates/preamble.tex").read_text("utf-8")
    head = [
        rf"\title{{{_told(headline)}}}",
        r"\author{}",
        r"\date{}",
        "",
        r"\begin{document}",
        r"\maketitle",
        "",
    ]
    body = [line for part in parts for line in _lines(part)]
    return "\n".join([preamble, *head, *body, r"\end{document}", ""])


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Section):
        yield rf"\{_HEADS.get(block.level, 'paragraph')}{{{_told(block.title)}}}"
        for one in block.blocks:
            yield from _lines(one)
    elif isinstance(block, Paragraph):
        yield from (_paragraph(block), "")
    elif isinstance(block, Table):
        yield from (*latex_table(block), "")
        if block.caption:
            yield from (rf"\note{{{_told(block.caption)}}}", "")
    elif isinstance(block, Figure):
        yield from (r"\begin{figure}[H]", r"\centering")
        yield rf"\includegraphics[width=\linewidth]{{figures/{block.name}.pdf}}"
        yield from _captioned(block.picture.caption, block.name)
    elif isinstance(block, Panels):
        yield from _panels(block)
    else:
        yield from (*_said(block), "")


def _said(block: Listing | Code | Entries | Remark) -> Iterator[str]:
    if isinstance(block, Code):
        yield r"\begin{quote}\ttfamily\small\raggedright"
        yield from (rf"{_told(line)}\par" for line in block.text.splitlines())
        yield r"\end{quote}"
    elif isinstance(block, Remark):
        mark = r"{\color{warning}\textbf{!}}~" if block.grave else ""
        aside = rf" \quiet{{{_told(block.aside)}}}" if block.aside else ""
        yield rf"{mark}\textbf{{{_told(block.head)}}}{aside}\\{{}}"
        yield "\\\\{}\n".join(_paragraph(one) for one in block.said)
    elif isinstance(block, Listing) and block.items:
        yield r"\begin{itemize}"
        yield from (rf"\item {_told(item)}" for item in block.items)
        yield r"\end{itemize}"
    elif isinstance(block, Entries) and block.pairs:
        yield r"\begin{description}"
        yield from (rf"\item[{{{_told(term)}}}] {_told(text)}" for term, text in block.pairs)
        yield r"\end{description}"


def _paragraph(block: Paragraph) -> str:
    told = _told(block.text)
    marks = {"strong": rf"\textbf{{{told}}}", "quiet": rf"\quiet{{{told}}}", "warning": rf"\warned{{{told}}}"}
    return marks.get(block.tone, told)


def _panels(block: Panels) -> Iterator[str]:
    """Give the pictures in the flow of the text, two to a line, so that pages may end between them."""
    yield r"\noindent"
    for place in range(len(block.pictures)):
        end = r"\hfill" if place % 2 == 0 else r"\par\noindent"
        yield rf"\includegraphics[width=0.48\linewidth]{{figures/{block.name}-{place}.pdf}}{end}"
    yield r"\par"
    if block.caption:
        yield rf"\note{{{_told(block.caption)}}}"
    yield ""


def _captioned(caption: str, name: str) -> Iterator[str]:
    if caption:
        yield rf"\caption{{{_told(caption)}}}"
    yield from (rf"\label{{fig:{name}}}", r"\end{figure}", "")


def _figures(parts: Sequence[Section]) -> Iterator[tuple[str, bytes]]:
    """Give each picture as a page of its own size."""
    with tempfile.TemporaryDirectory(prefix="trainlab-") as made:
        folder = Path(made)
        for name, picture in pictures_of(parts):
            (folder / "picture.svg").write_text(picture.wide, encoding="utf-8")
            (folder / "picture.typ").write_text(_PAGE, encoding="utf-8")
            # PDF 1.5: what the pdfLaTeX of any age includes without a warning.
            yield name, compiled(folder / "picture.typ", texts_of(picture.wide), standard="1.5")


def _told(text: str) -> str:
    return escaped(breakable(text))
