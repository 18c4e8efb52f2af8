"""Plain values of an experiment's document as text: numbers, shares, lists, whatever they mean."""

from collections.abc import Mapping, Sequence

from trainlab.reporting.wording.words import listing, number


def plain(value: object) -> str:
    """Write a value of the document.

    >>> plain([64, 32]), plain(True), plain(0.001), plain({"momentum": 0.9})
    ('64 and 32', 'on', '0.001', 'momentum 0.9')
    """
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {plain(inner)}" for key, inner in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return listing([plain(inner) for inner in value])
    return str(value)


def percent(share: float) -> str:
    """Write a share of the whole.

    >>> percent(0.1), percent(0.125)
    ('10 %', '12.5 %')
    """
    return f"{number(100 * share)} %"


def is_off(value: object) -> bool:
    """Tell whether a written setting turns its technique off.

    >>> is_off(0.0), is_off(False), is_off(None), is_off(0.1)
    (True, True, True, False)
    """
    return value is None or (isinstance(value, bool | int | float) and not value)
