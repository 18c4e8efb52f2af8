"""Where the experiments that come with trainlab stand. What they are is told in ``teaching``."""

from pathlib import Path

LABS = Path(__file__).resolve().parents[1] / "labs"


def came_with_trainlab(file: Path) -> bool:
    """Tell whether a file stands in a ready-made lab: who runs trainlab trusts it already.

    >>> came_with_trainlab(LABS / "any" / "models.py"), came_with_trainlab(Path("models.py"))
    (True, False)
    """
    return file.resolve().is_relative_to(LABS)
