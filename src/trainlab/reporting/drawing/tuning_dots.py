"""Scores of trials against one tuned number, a cell for each variant that tunes it."""

from collections.abc import Sequence

from trainlab.experiment.metrics import Metric
from trainlab.reporting.drawing.slices import Cell, slices
from trainlab.reporting.drawing.trial_marks import ScoreAxis
from trainlab.reporting.facts.trials import Studied

MOST_CELLS = 16


def tuning_dots(metric: Metric, scale: ScoreAxis, cells: Sequence[Cell], *, wide: bool) -> str:
    """Draw one number over all variants that tune it.

    Args:
        metric: what is scored.
        scale: the axis of scores that all pictures share.
        cells: one for each variant.
        wide: for a wide page or a narrow one.
    """
    return slices(metric, scale, cells, cells[0].axis.name, wide=wide)


def cells_of(studies: Sequence[Studied]) -> dict[str, list[Cell]]:
    """Give the cells of every tuned number: name of the number -> a cell for each variant that tunes it.

    Args:
        studies: of all variants and outer folds; those of one variant share a cell.
    """
    of_variant: dict[str, list[Studied]] = {}
    for study in studies:
        of_variant.setdefault(study.name, []).append(study)
    found: dict[str, list[Cell]] = {}
    for group in of_variant.values():
        for place, axis in enumerate(group[0].axes):
            warned = next((one.axes[place] for one in group if one.axes[place].edge), axis)
            cell = Cell(group[0].label, warned, tuple((one, place) for one in group))
            found.setdefault(axis.name, []).append(cell)
    return found
