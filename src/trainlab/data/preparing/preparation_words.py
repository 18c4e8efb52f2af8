"""What is done to the columns of a data set, in words, as reports show it."""

from trainlab.data.dataset import Dataset
from trainlab.data.preparing.preparation import Prepare
from trainlab.data.preparing.steps_in_force import ColumnSteps, listed_names, steps_in_force


def in_words(dataset: Dataset, prepare: Prepare, *, scale_target: bool = False) -> tuple[str, ...]:
    """Say what is done to every column, one line for columns that are treated alike.

    Args:
        dataset: the rows.
        prepare: what the experiment says.
        scale_target: as in `steps_in_force`.

    Raises:
        UsageError: as `steps_in_force`.
        DataError: as `steps_in_force`.

    >>> from trainlab.data.columns import Column
    >>> data = Dataset(
    ...     [[20.0, 0.0], [64.0, 1.0], [31.0, 1.0]],
    ...     [0, 1, 0],
    ...     columns=["age", Column("sex", "category", ("f", "m"))],
    ... )
    >>> in_words(data, Prepare())
    ('age (number): standardize (by default)', 'sex (category): one hot (by default)')
    """
    force = steps_in_force(dataset, prepare, scale_target=scale_target)
    lines: dict[tuple[str, str], list[str]] = {}
    for index, columns in enumerate(force.inputs):
        for given in columns:
            name = given.column.name if given.column else dataset.inputs[index] if dataset.inputs else "x"
            kind = given.column.kind if given.column else "numbers"
            scale = dataset.scales[index] if kind.startswith("number") else 1.0
            lines.setdefault((kind, _said(given, scale)), []).append(name)
    said = [f"{listed_names(names)} ({kind}): {steps}" for (kind, steps), names in lines.items()]
    if not dataset.classes:
        said.append(f"target: {force.target.replace('_', ' ')}{' (by default)' * force.target_added}")
    return tuple(said)


def _said(given: ColumnSteps, scale: float) -> str:
    own = len(given.steps) - given.added
    words = [f"{step}{' (by default)' * (place >= own)}" for place, step in enumerate(given.steps)]
    scaled = any(step.name in {"standardize", "min_max", "rescale"} for step in given.steps)
    if scale != 1 and not scaled:
        words = [word for word in words if word != "none"]
        words.append(f"times {scale:.6g} (the constant scale of the data)")
    return ", then ".join(words) or "none (by default)"
