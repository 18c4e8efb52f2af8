"""Makes the pictures of the guide: ``python docs/pictures/make.py [NAME ...]``.

For each NAME the experiments ``NAME-helps.yaml`` and ``NAME-hurts.yaml`` beside this file are run, or two of
``examples``, and ``docs/guide/pictures/NAME.svg`` is drawn from what they gave. The verdicts are printed, so
that a page says the numbers of the very run that is drawn. A case whose results are in the folder given by
``--kept`` is drawn from there and not run again.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import trainlab as tl
from trainlab.reporting.drawing.overview import Case, overview
from trainlab.reporting.facts.outline import outline

HERE = Path(__file__).parent
PICTURES = HERE.parent / "guide" / "pictures"
EXAMPLES = HERE.parent.parent / "examples"
CASES = ("helps", "hurts")
# Pictures of examples, which take minutes and Keras's copy of Fashion-MNIST: only made where they are named.
OF_EXAMPLES = {"tuning": ("optimizers-untuned", "optimizers-tuned")}


def names() -> list[str]:
    """Give the pictures for which there are experiments in this folder."""
    return sorted(path.stem.removesuffix("-helps") for path in HERE.glob("*-helps.yaml"))


def experiments(name: str) -> list[Path]:
    """Give the experiments of a picture."""
    if name in OF_EXAMPLES:
        return [EXAMPLES / f"{example}.yaml" for example in OF_EXAMPLES[name]]
    return [HERE / f"{name}-{case}.yaml" for case in CASES]


def answered(file: Path, kept: Path) -> tl.Results:
    """Run an experiment, or open what an earlier run of it gave."""
    folder = kept / file.stem
    results = tl.open_results(folder) if folder.exists() else tl.run(file, folder)
    sys.stdout.write(f"{file.stem}: {results.seconds['total']:.0f} s\n")
    sys.stdout.writelines(f"  {row.sentence}\n" for row in tl.compare(results).rows)
    return results


def make(name: str, kept: Path) -> Path:
    """Draw one picture; gives where it is."""
    cases = []
    for file in experiments(name):
        found = outline(answered(file, kept))
        cases.append(Case(found.question, found))
    path = PICTURES / f"{name}.svg"
    path.write_text(overview(cases) + "\n", encoding="utf-8")
    return path


def main() -> None:
    """Make the pictures that the command line names, or all."""
    parser = argparse.ArgumentParser(description="Make the pictures of the guide.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which pictures; left out, all")
    parser.add_argument("--kept", type=Path, help="folder of results that are kept between calls")
    asked = parser.parse_args()
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as fresh:
        for name in asked.names or names():
            sys.stdout.write(f"{make(name, asked.kept or Path(fresh))}\n")


if __name__ == "__main__":
    main()
