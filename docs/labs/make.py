"""Makes what the pages of the labs are made of.

``python docs/labs/make.py notebooks`` writes the notebook of every lab from its guide.
``python docs/labs/make.py answers NAME FOLDER`` writes the answers of a lab that was run in full, from what
``trainlab run labs/NAME --full --out FOLDER`` has stored: ``docs/labs/NAME.md`` and its pictures. Which
pictures of a report are shown beside the overview stands in ``shown.yaml``: lab, step, names of figures.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from ruamel.yaml import YAML

import trainlab as tl
from trainlab.reporting.drawing.overview import Case, overview
from trainlab.reporting.facts.outline import Outline, outline
from trainlab.reporting.sections.all_sections import sections
from trainlab.reporting.sections.answer_sections import variants_table
from trainlab.reporting.sections.blocks import Figure, Panels, Table, flat
from trainlab.results.files import write_whole
from trainlab.teaching.lab import GUIDE, Lab, lab_named, labs
from trainlab.teaching.notebook import notebook_of

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
SHOWN = HERE / "shown.yaml"


def make_notebooks() -> None:
    """Write the notebook of every lab."""
    for lab in labs():
        guide = (lab.folder / GUIDE).read_text("utf-8")
        write_whole(lab.folder / "notebook.ipynb", notebook_of(guide).encode())
        print(lab.folder / "notebook.ipynb")


def make_answers(lab: Lab, folder: Path) -> Path:
    """Write the page of a lab's answers; gives where it is."""
    PICTURES.mkdir(exist_ok=True)
    ran = [tl.open_results(folder / step) for step in lab.steps]
    seconds = sum(results.seconds["total"] for results in ran)
    runs, cores = sum(results.runs for results in ran), ran[0].facts["machine"]["cores"]
    made = (
        f"The answers of `trainlab run labs/{lab.name} --full`, written by a script from the stored runs "
        f"({runs:,} runs, {seconds / 60:.1f} minutes on {cores} cores)."
    )
    guide = f"[guide.md](../../src/trainlab/labs/{lab.name}/guide.md)"
    asked = f"The questions, and what to look at, stand in the lab's own guide: {guide}."
    lines = [f"# {lab.title}: what we found", "", lab.about, "", made, asked, ""]
    for results in ran:
        lines += _step(lab, results)
    page = HERE / f"{lab.name}.md"
    write_whole(page, ("\n".join(lines).rstrip() + "\n").encode())
    return page


def _step(lab: Lab, results: tl.Results) -> Iterator[str]:
    facts, step = outline(results), results.folder.name
    picture = PICTURES / f"{lab.name}-{step}.svg"
    _write(picture, overview([Case(step, facts)]))
    file = f"../../src/trainlab/labs/{lab.name}/full/{step}.yaml"
    yield from (f"## {step}", "", facts.question, "", f"**{facts.answer.headline}**", "")
    yield from (f"![Validation curves, hidden weights and scores](pictures/{picture.name})", "")
    yield from _rows(variants_table(facts))
    for caption, pictures in _figures(lab, step, facts):
        for name, shown in pictures:
            _write(PICTURES / f"{lab.name}-{step}-{name}.svg", shown)
        width = "100%" if len(pictures) == 1 else "49%" if len(pictures) in {2, 4} else "32%"
        files = [f"pictures/{lab.name}-{step}-{name}.svg" for name, _ in pictures]
        yield "\n".join(f'<img src="{file}" width="{width}" alt="">' for file in files)
        yield from ("", f"*{caption}*", "") if caption else ("",)
    if len(facts.answer.sentences) > 1:
        yield from (*(f"- {sentence}" for sentence in facts.answer.sentences), "")
    yield from facts.answer.limits
    told = facts.details.diagnosis
    if told is not None and told.rows:
        yield from ("Diagnosis:", "", *(f"- {row.sentence}" for row in told.rows), "")
    yield from (facts.answer.claim, "")
    yield f"[{step}.yaml]({file}), {results.runs:,} runs, {results.seconds['total']:.0f} s."
    yield ""


def _figures(lab: Lab, step: str, facts: Outline) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Give the figures of a step's report that the page shows: caption, names and drawings."""
    wanted = (YAML(typ="safe").load(SHOWN).get(lab.name) or {}).get(step) or []
    found: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for block in flat(sections(facts)):
        if isinstance(block, Figure):
            found[block.name] = (block.picture.caption, [(block.name, block.picture.wide)])
        elif isinstance(block, Panels):
            drawn = [(f"{block.name}-{place}", one.wide) for place, one in enumerate(block.pictures)]
            found[block.name] = (block.caption, drawn)
    for name in wanted:
        yield found[name]


def _write(path: Path, drawing: str) -> None:
    """Write a drawing on white paper, for pages that may be dark."""
    write_whole(path, (drawing.replace("<svg ", '<svg style="background:#fff" ', 1) + "\n").encode())


def _rows(table: Table) -> Iterator[str]:
    """Give a table as Markdown; the lines of a cell after the first are quiet."""
    for place, cells in enumerate((table.head, *table.rows, *table.below)):
        yield f"| {' | '.join(cell.replace(chr(10), '<br>') for cell in cells)} |"
        if not place:
            yield "|---" * table.columns + "|"
    yield ""


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description="Make what the pages of the labs are made of.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    kinds.add_parser("notebooks")
    answers = kinds.add_parser("answers")
    answers.add_argument("name")
    answers.add_argument("folder", type=Path)
    asked = parser.parse_args(arguments)
    if asked.kind == "notebooks":
        make_notebooks()
    else:
        print(make_answers(lab_named(asked.name), asked.folder))


if __name__ == "__main__":
    main()
