"""Fitting the simple predictors while networks train: in a thread of its own, which costs no step its start.

They need one core and no device. What is timed must not be shared with them, so their thread is a companion
too, and waits between two fits where something is timed.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from trainlab.checking import Ready
from trainlab.companion import Beside
from trainlab.results.store import Reader, Writer
from trainlab.stopwatch import part


class _GivenUp(BaseException):
    """Nobody waits for the rest."""


@dataclass(eq=False)
class Baselining:
    """The baselines of an experiment, fitted once: on the rows that the reference learns from.

    Args:
        ready: the experiment, checked.
        writer: where what they score is stored.
        show: told what is waited for.
    """

    ready: Ready
    writer: Writer
    show: Callable[[str], None]
    _thread: threading.Thread | None = None
    _found: list[dict[str, Any]] | None = None
    _error: BaseException | None = None
    _doing: str = ""
    _given_up: bool = False
    _stored: bool = field(init=False)

    def __post_init__(self) -> None:
        with Reader(self.writer.folder) as reader:
            self._stored = "baselines" in reader.facts()

    def begin(self) -> None:
        """Begin to fit, unless that is done or begun."""
        if self._stored or self._thread is not None:
            return
        self._thread = threading.Thread(target=self._fit, name="baselines", daemon=True)
        self._thread.start()

    @part("baselines")
    def finish(self) -> None:
        """Wait until all are fitted, and store what they score."""
        self.begin()
        if self._stored or self._thread is None:
            return
        while self._thread.is_alive():
            self.show(self._doing or "baselines")
            self._thread.join(timeout=1.0)
        if self._error is not None:
            raise self._error
        self.writer.write_facts({"baselines": self._found})
        self._stored = True

    def give_up(self) -> None:
        """Fit no more than what is under way: whoever resumes begins anew."""
        self._given_up = True

    def _fit(self) -> None:
        beside = Beside()

        def breathe(doing: str) -> None:
            if self._given_up:
                raise _GivenUp
            self._doing = doing
            beside.breathe()

        try:
            with beside:
                self._found = fitted(self.ready, breathe)
        except _GivenUp:
            pass
        except BaseException as error:  # noqa: BLE001  (raised where it is waited for)
            self._error = error


def fitted(ready: Ready, show: Callable[[str], None]) -> list[dict[str, Any]]:
    """Fit the baselines that an experiment asks for, and give them as plain values.

    Args:
        ready: the experiment, checked.
        show: told before each fit what is fitted.
    """
    from trainlab.baselines.fitting import fit_baselines
    from trainlab.engine.rows import RowChoice, choose_rows

    asked = ready.experiment
    seen = ready.workshop.prepared(None)

    def rows(fold: int, numbers: Any) -> Any:
        return ready.workshop.seen(None, numbers, fold)

    recipe = asked.reference.recipe(asked.recipe)
    choice = RowChoice(recipe.train_rows, recipe.train_fraction)
    folds = [
        replace(fold, train=choose_rows(asked.data, fold, choice, asked.split_seed, number))
        for number, fold in enumerate(ready.folds)
    ]
    found = fit_baselines(
        seen.data, folds, rows, asked.metric, asked.baselines, split_seed=asked.split_seed, show=show
    )
    return [baseline.document() for baseline in found]
