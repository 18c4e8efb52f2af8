"""The LaTeX folder: plain source that any TeX compiles, whatever names hold, and figures beside it."""

import re
import shutil
import subprocess

import pytest

from trainlab.errors import MissingError
from trainlab.reporting.faces.latex import latex, latex_report, write_folder
from trainlab.reporting.faces.latex_table import latex_table
from trainlab.reporting.sections.blocks import Section, Table

STANDARD = {
    *("iftex", "fontenc", "textcomp", "fontspec", "lmodern", "geometry", "graphicx", "xcolor", "array"),
    *("booktabs", "longtable", "float", "hyperref"),
}


@pytest.fixture(scope="module")
def folder(nasty_sections, tmp_path_factory):
    """A report with every block and names that try to be something else, as a LaTeX folder."""
    return write_folder("50 % of $x$?", nasty_sections, tmp_path_factory.mktemp("latex") / "paper").parent


@pytest.fixture(scope="module")
def source(folder):
    """Its main file."""
    return (folder / "main.tex").read_text(encoding="utf-8")


def test_environments_and_groups_close_in_order(source):
    """
    Every group and every environment is closed, the innermost first, and the document last.
    """
    open_ones = []
    for found in re.finditer(r"\\(begin|end)\{(\w+)\}|\\[\\{}]|[{}]", source):
        if found[1] == "begin":
            open_ones.append(found[2])
        elif found[1] == "end":
            assert open_ones.pop() == found[2]
        elif found[0] == "{":
            open_ones.append("{")
        elif found[0] == "}":
            assert open_ones.pop() == "{"

    assert open_ones == []
    assert source.endswith("\\end{document}\n")


def test_the_source_is_ascii_and_needs_standard_packages_only(source):
    """
    No letter depends on an encoding, and no package on a full installation.
    """
    assert source.isascii()
    assert set(re.findall(r"\\usepackage(?:\[.*?\])?\{(\w+)\}", source)) <= STANDARD


def test_names_give_no_commands(source):
    """
    In the body stand the commands that we write, and nothing that a name asks for.
    """
    body = source[source.index(r"\begin{document}") :]
    named = set(re.findall(r"\\([A-Za-z]+)", body))

    assert not named & {"input", "write", "frac", "include", "openin", "read", "immediate", "def", "catcode"}
    assert r"\textbackslash{}input\{/" in body
    assert body.count(r"\end{document}") == 1


def test_a_row_of_a_table_has_its_columns(source):
    """
    Each line of the table has one mark between two columns, also where a cell holds such a mark.
    """
    table = source[source.index(r"\toprule") : source.index(r"\bottomrule")]
    rows = [line for line in table.splitlines() if line.endswith((r"\\", r"\\*"))]

    assert len(rows) > 10
    assert all(len(re.findall(r"(?<!\\)&", row)) == 1 for row in rows)


def test_every_figure_that_is_included_is_there(source, folder):
    """
    Each picture is a file of one page beside the text, of a version of PDF that old TeX reads.
    """
    named = set(re.findall(r"\\includegraphics\[.*?\]\{(.*?)\}", source))

    assert named == {"figures/scores.pdf", "figures/panels-0.pdf", "figures/panels-1.pdf"}
    for name in named:
        assert (folder / name).read_bytes().startswith(b"%PDF-1.5")


def test_writing_again_gives_the_same_bytes_and_leaves_other_files(nasty_sections, folder, tmp_path):
    """
    A second folder equals the first, and what else lies in a folder stays.
    """
    again = tmp_path / "again"
    again.mkdir()
    (again / "mine.bib").write_text("@book{b}", encoding="utf-8")

    write_folder("50 % of $x$?", nasty_sections, again)

    written = {file.relative_to(again): file.read_bytes() for file in again.rglob("*.*") if file.is_file()}
    assert written.pop(next(name for name in written if name.name == "mine.bib")) == b"@book{b}"
    assert written == {
        file.relative_to(folder): file.read_bytes() for file in folder.rglob("*.*") if file.is_file()
    }


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX on this machine")
@pytest.mark.slow
def test_pdflatex_compiles_the_folder(folder, tmp_path):
    """
    The program that Overleaf runs makes pages of it without an error.
    """
    made = shutil.copytree(folder, tmp_path / "paper")

    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "main.tex"],
        cwd=made,
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-2000:]
    assert (made / "main.pdf").read_bytes().startswith(b"%PDF")


def test_a_small_report_reads_as_one_would_write_it():
    """
    Sections, a table with rules, means above their intervals.
    """
    table = Table(("variant", "accuracy"), (("wide", "97.1\n96.2 to 98.0"),), "Over seeds.", (1,))

    body = latex("Does it help?", [Section("Variants", (table,))])

    assert body[body.index(r"\section") :].splitlines() == [
        r"\section{Variants}",
        r"{\small",
        r"\begin{tabular}{@{}lr@{}}",
        *(r"\toprule", r"variant & accuracy \\", r"\midrule"),
        *(r"wide & 97.1 \\*", r" & \quiet{96.2 to 98.0} \\", r"\bottomrule"),
        r"\end{tabular}\par}",
        "",
        r"\note{Over seeds.}",
        "",
        r"\end{document}",
    ]


def test_a_long_table_goes_on_over_pages_and_a_wide_one_is_small():
    """
    A hundred rows break and repeat their head; twenty folds are set smaller.
    """
    long = "\n".join(latex_table(Table(("a", "b"), (("x", "1"),) * 100)))
    wide = "\n".join(latex_table(Table(("s", *("f",) * 20), (("x", *("1",) * 20),))))

    assert r"\begin{longtable}" in long
    assert r"\endhead" in long
    assert wide.startswith(r"{\tiny")


def test_long_texts_side_by_side_are_given_columns_that_fit_the_page():
    """
    Columns of long text break their lines, and together are no wider than the page.
    """
    lines = "\n".join(latex_table(Table(("a", "b", "n"), (("x " * 60, "y " * 200, "1.0"),), numeric=(2,))))
    widths = [float(width) for width in re.findall(r"p\{(0\.\d+)\\linewidth\}", lines)]

    assert len(widths) == 2
    assert sum(widths) < 0.95


def test_a_file_in_the_place_of_the_folder_is_told(nasty_sections, tmp_path):
    """
    The path and what to do stand in the message.
    """
    (tmp_path / "paper").write_text("", encoding="utf-8")

    with pytest.raises(MissingError, match="the folder cannot be made") as caught:
        write_folder("?", nasty_sections, tmp_path / "paper")

    assert caught.value.where == str(tmp_path / "paper")


def test_without_typst_the_extra_is_named_before_anything_is_drawn(one_seed, tmp_path, monkeypatch):
    """
    The message says how to install it, and no folder is left.
    """
    monkeypatch.setitem(__import__("sys").modules, "typst", None)

    with pytest.raises(MissingError, match=r"pip install 'trainlab\[pdf\]'"):
        latex_report(one_seed, tmp_path / "paper")

    assert not (tmp_path / "paper").exists()
