"""Data augmentation in words: what is done to the training rows, and by how much at most."""

from collections.abc import Callable, Mapping
from typing import Any

from trainlab.reporting.wording.plain import percent, plain
from trainlab.reporting.wording.words import counted, listing, number

_FLIPS = {
    "horizontal": "flipped horizontally half of the time",
    "vertical": "flipped vertically half of the time",
    "both": "flipped horizontally and vertically, each half of the time",
}
_WORDS: Mapping[str, Callable[[Any], str]] = {
    "rotation": lambda turn: f"turned by up to {counted_degrees(360 * turn)} ({number(turn)} of a full turn)",
    "translation": lambda share: f"moved by up to {percent(share)} of height and width",
    "zoom": lambda share: f"zoomed by up to {percent(share)}",
    "crop": lambda share: f"cropped at random to {percent(share)} of height and width",
    "contrast": lambda share: f"changed in contrast by up to {percent(share)}",
    "brightness": lambda amount: f"made brighter or darker by up to {plain(amount)}",
    "noise": lambda deviation: f"changed by Gaussian noise of standard deviation {plain(deviation)}",
    "cutout": lambda side: f"blanked in a square of {side} × {side} pixels",
    "shift": lambda steps: f"moved in time by up to {counted(int(steps), 'step')}",
    "mask": lambda share: f"blanked in {percent(share)} of their time steps",
    "word_dropout": lambda share: f"left without {percent(share)} of their words",
    "mixup": lambda alpha: f"blended in pairs together with their targets (mixup {plain(alpha)})",
}
_OF_IMAGES = {"flip", "rotation", "translation", "zoom", "crop", "contrast", "brightness", "cutout"}


def augmentation(value: object) -> str:
    """Say what training rows go through, each differently in each step.

    >>> augmentation({"flip": "horizontal", "rotation": 0.05})
    'training images flipped horizontally half of the time and turned by up to 18 degrees (0.05 of a full \
turn)'
    >>> augmentation(False)
    'no augmentation'
    """
    if not isinstance(value, Mapping) or not value:
        return "no augmentation"
    said = [_FLIPS[str(value["flip"])]] if value.get("flip") in _FLIPS else []
    said += [
        _WORDS[name](strength) if name in _WORDS else f"{name} {plain(strength)}"
        for name, strength in value.items()
        if name != "flip"
    ]
    rows = "images" if _OF_IMAGES & set(value) else "rows"
    return f"training {rows} {listing(said)}"


def counted_degrees(degrees: float) -> str:
    """Write an angle.

    >>> counted_degrees(18.0), counted_degrees(1.0)
    ('18 degrees', '1 degree')
    """
    return f"{number(degrees)} {'degree' if degrees == 1 else 'degrees'}"
