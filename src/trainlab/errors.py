"""Every error that trainlab raises on purpose: what happened, where, with which value, what to do next.

The exit code of the command line belongs to the kind of error, so that it is decided once.
Nothing here knows what an experiment, a data set or a program is.
"""

from typing import ClassVar


class TrainlabError(Exception):
    """Something went wrong that a person can mend.

    The parts are in ``args`` in the order of the parameters, so errors survive pickling.

    Args:
        message: what happened, one sentence without the final full stop.
        where: file with line and column, row and column, or the key that is meant.
        value: the value that was refused, as it was given.
        cure: what to do next, a full sentence.

    >>> print(UsageError("epochs must be at least 1", "experiment.yaml:4:9", -3, "Write `epochs: 20`."))
    experiment.yaml:4:9: epochs must be at least 1 (got -3). Write `epochs: 20`.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, where: str = "", value: object = None, cure: str = "") -> None:
        super().__init__(message, where, value, cure)
        self.message = message
        self.where = where
        self.value = value
        self.cure = cure

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        value = "" if self.value is None else f" (got {shortened(self.value)})"
        cure = f" {self.cure}" if self.cure else ""
        return f"{where}{self.message}{value}.{cure}"


class UsageError(TrainlabError):
    """The command, the experiment file or a Python argument says something impossible."""

    exit_code = 2


class DataError(TrainlabError):
    """The data cannot be learned from as they are."""

    exit_code = 4


class MissingError(TrainlabError):
    """The machine lacks something: disk, memory, a device, a package, a readable folder."""

    exit_code = 5


def shortened(value: object, longest: int = 60) -> str:
    """Show a value on one line, cut where it is long.

    >>> shortened("fast")
    "'fast'"
    """
    text = repr(value)
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def first_line(error: BaseException) -> str:
    r"""Give the first line of what a library said, without its full stop, or the name of the error's kind.

    >>> first_line(ValueError("Shapes differ.\nReceived: ..."))
    'Shapes differ'
    """
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")
