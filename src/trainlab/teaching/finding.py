"""What the word after ``trainlab run`` means: an experiment file, a lab, or one experiment of a lab.

A path that is there is that path. Else ``labs/NAME`` is a lab that comes with trainlab, ``labs/NAME/STEP``
one of its experiments.
"""

from pathlib import Path

from trainlab.errors import UsageError
from trainlab.teaching.lab import PROFILES, Lab, is_lab, lab_named, open_lab

DOOR = "labs"


def asked_for(said: Path, *, full: bool = False) -> Path | Lab:
    """Find what is meant: an experiment file, or a whole lab.

    Args:
        said: a path, ``labs/NAME`` or ``labs/NAME/STEP``, also ``labs/NAME/full/STEP``.
        full: whether the full profile of a lab is meant.

    Raises:
        UsageError: for a lab or an experiment that is not known, and ``full`` where there is no lab.

    >>> asked_for(Path("mine.yaml"))
    PosixPath('mine.yaml')
    """
    if is_lab(said):
        return open_lab(said)
    if said.exists() or said.parts[:1] != (DOOR,) or len(said.parts) == 1:
        if full:
            cure = "Leave `--full` away, or name a lab: `trainlab labs` lists them."
            raise UsageError("only a lab has a full profile", "--full", str(said), cure)
        return said
    lab = lab_named(said.parts[1])
    profile, step = "full" if full else "quick", said.parts[2:]
    if len(step) > 1 and step[0] in PROFILES:
        profile, step = step[0], step[1:]
    if not step:
        return lab
    return lab.file("/".join(step).removesuffix(".yaml"), profile)


def experiment_file(said: Path) -> Path:
    """Find the one experiment file that is meant.

    Raises:
        UsageError: where a whole lab is meant, and as ``asked_for`` does.
    """
    asked = asked_for(said)
    if isinstance(asked, Lab):
        cure = f"Name one behind a slash: {', '.join(asked.steps)}."
        raise UsageError("a lab has several experiments", str(said), None, cure)
    return asked
