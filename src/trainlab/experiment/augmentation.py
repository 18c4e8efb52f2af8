"""The words of data augmentation: which transformations there are, their bounds, and which rows take them.

What a transformation does is looked up in ``recipe``. Here stand names, bounds and the shapes of rows that
they need, so that an experiment file is checked without importing JAX.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from trainlab.errors import UsageError
from trainlab.experiment.checks import Check, count, mapping, number, one_of
from trainlab.experiment.places import Place

FLIPS = ("horizontal", "vertical", "both")

_SHARE = number(low=0.0, high=1.0, high_open=True)

# Shares are of a full turn (rotation), of the image's size (translation, zoom, crop) or of 1 (contrast).
STRENGTHS: Mapping[str, Check] = MappingProxyType(
    {
        "rotation": number(low=0.0, high=0.5),
        "translation": _SHARE,
        "zoom": _SHARE,
        "crop": number(low=0.0, low_open=True, high=1.0),
        "contrast": _SHARE,
        "brightness": number(low=0.0, high=1.0),
        "noise": number(low=0.0),
        "cutout": count(),
        "shift": count(),
        "mask": _SHARE,
        "word_dropout": _SHARE,
        "mixup": number(low=0.0, low_open=True),
    }
)

# The strength at which a transformation gives every row back as it was.
NEUTRAL: Mapping[str, float] = MappingProxyType(dict.fromkeys(STRENGTHS, 0.0) | {"crop": 1.0})

OF_IMAGES = ("flip", "rotation", "translation", "zoom", "crop", "contrast", "brightness", "cutout")
OF_SEQUENCES = ("shift", "mask")
OF_BAGS = ("word_dropout",)
OF_ALL = ("noise", "mixup")

_IMAGES = "images, of shape (height, width) or (height, width, channel)"
_SEQUENCES = "sequences, of shape (time, channel)"
_BAGS = "bags of words, of shape (word,)"


@dataclass(frozen=True)
class Augmentation:
    """The transformations that training rows go through, each row differently and anew in each step.

    Args:
        flip: ``""``, ``"horizontal"``, ``"vertical"`` or ``"both"``.
        strengths: name and strength of what was asked for, sorted by name.

    >>> Augmentation("horizontal", (("rotation", 0.05),)).document()
    {'flip': 'horizontal', 'rotation': 0.05}
    """

    flip: str = ""
    strengths: tuple[tuple[str, float], ...] = ()

    @property
    def numbers(self) -> dict[str, float]:
        """Strength of each transformation by name; a flip has none."""
        return dict(self.strengths)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of the transformations that change anything at their strength; `flip` is told beside them.

        >>> Augmentation("", (("crop", 1.0), ("noise", 0.1), ("zoom", 0.0))).kinds
        ('noise',)
        """
        return tuple(name for name, strength in self.strengths if strength != NEUTRAL[name])

    def document(self) -> dict[str, object]:
        """Give the augmentation as an experiment file writes it."""
        written: dict[str, object] = {"flip": self.flip} if self.flip else {}
        return {**written, **self.numbers}


def parse_augmentation(value: object, where: str = "augment") -> Augmentation:
    """Read ``{flip: horizontal, rotation: 0.05}``.

    Args:
        value: a mapping of transformations to strengths, or an `Augmentation`.
        where: where it stands, for what is said of a wrong one.

    Raises:
        UsageError: for an unknown transformation, a strength out of its bounds, and a mapping without any.

    >>> parse_augmentation({"zoom": 0.1, "flip": "horizontal", "cutout": 4})
    Augmentation(flip='horizontal', strengths=(('cutout', 4), ('zoom', 0.1)))
    >>> parse_augmentation({"zom": 0.1})
    Traceback (most recent call last):
    trainlab.errors.UsageError: augment.zom: unknown transformation (got 'zom'). Did you mean `zoom`?
    """
    place = Place.of(where)
    if isinstance(value, Augmentation):
        value = value.document()
    given = mapping(value, place, ("flip", *STRENGTHS), "transformation")
    if not given:
        cure = "Name at least one, as `{rotation: 0.05}`, or leave `augment` out."
        raise UsageError("an augmentation without any transformation", place, None, cure)
    for name, strength in given.items():
        if strength is None:
            cure = "Write a value, or leave the key out."
            raise UsageError(f"`{name}` has no value", place.key(name), None, cure)
    flip = one_of(FLIPS, "flip")(given.pop("flip"), place / "flip") if "flip" in given else ""
    return Augmentation(
        flip, tuple(sorted((name, STRENGTHS[name](given[name], place / name)) for name in given))
    )


def check_fits(augmentation: Augmentation, input_shape: tuple[int, ...], where: str = "augment") -> None:
    """Refuse a transformation that rows of this shape cannot take.

    Args:
        augmentation: what is asked for.
        input_shape: shape of one row. ``(28, 28)`` can be an image or a sequence, and ``(40,)`` a table or a
            bag of words; the transformations say which, and must all say the same.
        where: where the augmentation stands, for what is said of a wrong one.

    Raises:
        UsageError: where the shape does not fit, with the shape that is needed.

    >>> check_fits(Augmentation("", (("rotation", 0.05),)), (28, 28))
    >>> check_fits(Augmentation("", (("rotation", 0.05),)), (4,))
    Traceback (most recent call last):
    trainlab.errors.UsageError: augment.rotation: `rotation` needs images, of shape (height, width) or \
(height, width, channel), and a row has another shape (got (4,)). Such rows take: noise, mixup, word_dropout.
    """
    place = Place.of(where)
    shape = tuple(int(size) for size in input_shape)
    given = tuple(augmentation.document())
    for names, ranks, needed in (
        (OF_IMAGES, (2, 3), _IMAGES),
        (OF_SEQUENCES, (2,), _SEQUENCES),
        (OF_BAGS, (1,), _BAGS),
    ):
        wrong = next((name for name in given if name in names and len(shape) not in ranks), None)
        if wrong is not None:
            cure = f"Such rows take: {', '.join(_taken_by(len(shape)))}."
            raise UsageError(
                f"`{wrong}` needs {needed}, and a row has another shape", place / wrong, shape, cure
            )
    _check_one_reading(given, OF_IMAGES, OF_SEQUENCES, ("an image", "a sequence"), place)
    _check_one_reading(given, OF_BAGS, ("noise",), ("a bag of words", "a table"), place)
    numbers = augmentation.numbers
    if "cutout" in numbers and numbers["cutout"] >= min(shape[:2]):
        cure = f"Give at most {min(shape[:2]) - 1}, better about half of the smaller side."
        message = f"the square is not smaller than the image of {shape[0]} × {shape[1]} pixels"
        raise UsageError(message, place / "cutout", numbers["cutout"], cure)
    if "shift" in numbers and numbers["shift"] >= shape[0]:
        message = f"the shift is not shorter than the sequence of {shape[0]} time steps"
        raise UsageError(message, place / "shift", numbers["shift"], f"Give at most {shape[0] - 1}.")


def _taken_by(rank: int) -> tuple[str, ...]:
    """Name the transformations that rows of a rank can take."""
    return (
        *(OF_IMAGES if rank in {2, 3} else ()),
        *OF_ALL,
        *(OF_SEQUENCES if rank == 2 else ()),
        *(OF_BAGS if rank == 1 else ()),
    )


def _check_one_reading(
    given: tuple[str, ...],
    first: tuple[str, ...],
    second: tuple[str, ...],
    readings: tuple[str, str],
    place: Place,
) -> None:
    one, other = ([name for name in given if name in names] for names in (first, second))
    if one and other:
        raise UsageError(
            f"a row cannot be {readings[0]} and {readings[1]} at once",
            place / other[0],
            None,
            f"Leave out {_quoted(other)}, or {_quoted(one)}.",
        )


def _quoted(names: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)
