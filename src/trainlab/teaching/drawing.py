"""The reports of a lab, drawn beside training: `python -m trainlab.teaching.drawing`.

Drawing a report takes as long as training a small experiment, and it is Python from end to end: in a thread
it would hold up the one that trains. So a process of its own draws the reports of experiments that have
ended while the next one trains.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from trainlab import companion
from trainlab.reporting.faces.html import page
from trainlab.reporting.faces.pages import write_page
from trainlab.reporting.faces.series import series_report
from trainlab.reporting.facts.outline import Outline, outline
from trainlab.results.table import open_results

DONE = "done"
_Told = dict[str, Outline]


@dataclass(frozen=True)
class Drawing:
    """A page that is to be drawn.

    Args:
        path: its file.
        folders: the results it tells of.
        headline: what stands at the top of a page on several experiments; empty for that of one.
    """

    path: str
    folders: Sequence[str]
    headline: str = ""

    def make(self, told: _Told) -> None:
        """Draw it.

        Args:
            told: what reports on folders show, as far as it is known; more is added.

        Raises:
            MissingError: where the file cannot be written.
        """
        for folder in self.folders:
            if folder not in told:
                told[folder] = outline(open_results(folder))
        if self.headline:
            series_report(
                self.headline, {Path(folder): told[folder] for folder in self.folders}, Path(self.path)
            )
        else:
            write_page(page(told[self.folders[0]]), self.path, "the report")


class Drawer:
    """Draws pages beside this process, and what that has not done here."""

    def __init__(self) -> None:
        self._process: companion.Companion | None = None
        self._there: list[Drawing] = []
        self._here: list[Drawing] = []

    def beside(self, drawing: Drawing) -> None:
        """Have a page drawn while something else is done."""
        if self._process is None:
            self._process = companion.start(__name__)
        self._there.append(drawing)
        if self._process is not None:
            companion.tell(self._process, json.dumps(asdict(drawing)))

    def at_last(self, drawing: Drawing) -> None:
        """Have a page drawn here, at the end."""
        self._here.append(drawing)

    @property
    def is_beside(self) -> bool:
        """Whether anything is drawn beside this process."""
        return self._process is not None

    def end(self) -> None:
        """Wait until all pages are drawn.

        Raises:
            MissingError: where a file cannot be written.
        """
        told: _Told = {}
        for drawing in self._here:
            drawing.make(told)
        if self._process is None or companion.ended(self._process) != DONE:
            for drawing in self._there:
                drawing.make(told)


def main() -> None:
    """Draw what the input asks for, line by line."""
    companion.stand_back()
    told: _Told = {}
    for line in sys.stdin:
        Drawing(**json.loads(line)).make(told)
    sys.stdout.write(DONE)


if __name__ == "__main__":
    main()
