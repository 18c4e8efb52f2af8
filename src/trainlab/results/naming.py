"""Words for lists and counts in findings: names in a sentence, the first few where there are many."""

from collections.abc import Iterable, Mapping


def named(names: Iterable[object], most: int = 4) -> str:
    """Name things in a sentence.

    Args:
        names: the things.
        most: how many are named before the rest is counted.

    >>> named(["l2"]), named(["l2", "dropout", "both"]), named("abcdef", most=3)
    ('`l2`', '`l2`, `dropout` and `both`', '`a`, `b`, `c` and 3 more')
    """
    return listed([f"`{name}`" for name in names], most)


def listed(parts: Iterable[object], most: int = 6) -> str:
    """Put parts of a sentence in a row.

    >>> listed([32, 128, 512])
    '32, 128 and 512'
    """
    told = [str(part) for part in parts]
    if len(told) > most:
        return f"{', '.join(told[:most])} and {len(told) - most} more"
    return " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)


def counted(number: int, what: str) -> str:
    """Say a number with its noun.

    >>> counted(1, "row"), counted(12000, "row")
    ('1 row', '12,000 rows')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def as_written(value: object) -> str:
    """Write a setting as an experiment file has it, on one line.

    >>> as_written({"inverse_time": {"rate": 0.2}}), as_written([64, 32]), as_written(True), as_written("sgd")
    ('{inverse_time: {rate: 0.2}}', '[64, 32]', 'true', 'sgd')
    """
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {as_written(one)}' for key, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(as_written, value))}]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)
