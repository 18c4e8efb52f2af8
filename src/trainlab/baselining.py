"""Fitting the simple predictors while networks are built and trained: each in a thread of its own.

They need rows and no device. What is timed must not be shared with them, so their threads are companions,
too, and wait between two fits where something is timed.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from trainlab.companion import Beside
from trainlab.results.store import Writer
from trainlab.stopwatch import part


class _GivenUp(BaseException):
    """Nobody waits for the rest."""


@dataclass(eq=False)
class Baselining:
    """The baselines of an experiment, fitted once.

    Left, no more is fitted than what is under way: whoever resumes begins anew.
    """

    _thread: threading.Thread | None = None
    _found: list[dict[str, Any]] | None = None
    _error: BaseException | None = None
    _doing: str = ""
    _given_up: bool = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._given_up = True

    def begin(self, workshop: Any) -> None:
        """Begin to fit, unless that has begun.

        Args:
            workshop: gives the experiment, its folds, and rows as networks see them.
        """
        if self._thread is None:
            self._thread = threading.Thread(target=self._fit, args=(workshop,), name="baselines", daemon=True)
            self._thread.start()

    @part("baselines")
    def finish(self, writer: Writer, show: Callable[[str], None]) -> None:
        """Wait until all are fitted, and store what they score.

        Args:
            writer: where that is stored.
            show: told what is waited for.
        """
        if self._thread is None:
            return
        while self._thread.is_alive():
            show(self._doing or "baselines")
            self._thread.join(timeout=1.0)
        if self._error is not None:
            raise self._error
        writer.write_facts({"baselines": self._found})

    def _fit(self, workshop: Any) -> None:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no py.typed

        names = workshop.experiment.baselines
        found: dict[str, list[dict[str, Any]]] = {}
        threads = [
            threading.Thread(target=self._fit_one, args=(workshop, name, found), name=name, daemon=True)
            for name in names
        ]
        # A limit of BLAS holds for all threads: whoever of them ended last would leave behind what it found.
        with threadpool_limits(1, user_api="blas"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self._found = [one for name in names for one in found.get(name, [])]

    def _fit_one(self, workshop: Any, name: str, found: dict[str, list[dict[str, Any]]]) -> None:
        def breathe(doing: str) -> None:
            if self._given_up:
                raise _GivenUp
            self._doing = doing
            beside.breathe()

        try:
            with Beside() as beside:
                found[name] = fitted(workshop, [name], breathe)
        except _GivenUp:
            pass
        except BaseException as error:  # noqa: BLE001  (raised where it is waited for)
            self._error = error


def fitted(workshop: Any, names: Sequence[str], show: Callable[[str], None]) -> list[dict[str, Any]]:
    """Fit baselines on the rows that the reference learns from, and give them as plain values.

    Args:
        workshop: gives the experiment, its folds, and rows as networks see them.
        names: which baselines.
        show: told before each fit what is fitted.
    """
    from trainlab.baselines.fitting import fit_baselines
    from trainlab.engine.rows import RowChoice, choose_rows

    asked = workshop.experiment
    recipe = asked.reference.recipe(asked.recipe)
    choice = RowChoice(recipe.train_rows, recipe.train_fraction)
    folds = [
        replace(fold, train=choose_rows(asked.data, fold, choice, asked.split_seed, number))
        for number, fold in enumerate(workshop.folds)
    ]
    found = fit_baselines(
        workshop.data(None),
        folds,
        lambda fold, numbers: workshop.seen(None, numbers, fold),
        asked.metric,
        names,
        split_seed=asked.split_seed,
        show=show,
    )
    return [baseline.document() for baseline in found]
