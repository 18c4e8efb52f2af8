"""Folders of images, one folder for each class, read with Pillow.

Looks before it decodes: what is there, where links lead, how many pixels the headers promise. The images come
out as bytes of one size, grey or in colours; nothing is stretched unless a size is asked for.
"""

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainlab.data.arguments import whole_number
from trainlab.data.dataset import Dataset
from trainlab.data.files.ordinary import check_room, ordinary_folder
from trainlab.errors import DataError, MissingError, UsageError, first_line

Colours = Literal["grey", "rgb"]

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
MOST_PIXELS = 64_000_000
"""Of one image; cameras have up to about 50 million."""
MOST_IMAGES = 5_000_000

INSTEAD = "Give a folder that holds a folder of images for each class, as `photos/cat/1.png`."
FEWER = "Take fewer images, or ask for a smaller size: `size: [64, 64]`."

_GREY = ("1", "L", "LA", "La")
_SYSTEM = ("Thumbs.db", "desktop.ini", "__MACOSX")
_TURNED = 0x0112  # the tag of EXIF that says how the camera was held


class _Image(NamedTuple):
    """A file that is to be read, and the number of its class."""

    path: Path
    label: int


@dataclass
class _Seen:
    """What was met on the way and deserves a word."""

    left_out: int = 0
    animated: int = 0
    turned: int = 0
    transparent: int = 0
    resized: int = 0

    def notes(self, size: tuple[int, int] | None) -> list[str]:
        said = [
            (self.left_out, "files left out, as by their names they are no images"),
            (self.animated, "moving images, of which the first frame was taken"),
            (self.turned, "images turned upright, as their EXIF data say"),
            (self.transparent, "images transparent in parts, which were laid on white"),
        ]
        notes = [f"{words}: {count}" for count, words in said if count]
        if size is not None:
            height, width = size
            notes.append(
                f"resized to {height} x {width} pixels as asked (bilinear, stretched): {self.resized} images"
            )
        return notes


def read_images(
    folder: str | Path,
    *,
    size: Sequence[int] | None = None,
    colours: str | None = None,
    name: str | None = None,
) -> Dataset:
    """Read images from folders, one for each class: its name is the name of the folder.

    With the folders ``train`` and ``test`` at the top, each with its classes, the images of ``test`` become
    rows under seal. Files are taken in the order of their names; hidden ones are skipped.

    Args:
        folder: a folder of folders with PNG, JPEG, BMP, GIF or WebP files of 8 bits a channel.
        size: height and width in pixels that every image is resized to; left out, all must be of one size.
        colours: ``"grey"`` or ``"rgb"``; left out, grey where all files are grey.
        name: what the data are called; left out, the name of the folder.

    Returns:
        ``(row, height, width, channel)`` bytes, scaled by 1/255; classes in the order of their names.

    Raises:
        UsageError: for a folder that is not there, an impossible size and unknown colours.
        DataError: for images of different sizes, broken ones, ones of more than 64 million pixels or 16 bits,
            classes without images, folders in folders, and links that lead out of the folder.
        MissingError: for what nobody lets us read, and for more images than memory is free.

    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as top:
    ...     for at, colour in enumerate(["black", "white", "black", "white"]):
    ...         (Path(top) / colour).mkdir(exist_ok=True)
    ...         Image.new("L", (4, 3), colour).save(Path(top) / colour / f"{at}.png")
    ...     data = read_images(top, name="squares")
    >>> data, data.classes
    (Dataset('squares': 4 rows of shape (3, 4, 1), 2 classes), ('black', 'white'))
    """
    top = ordinary_folder(folder, INSTEAD)
    asked = None if size is None else _size(size)
    if colours not in (None, "grey", "rgb"):
        raise UsageError("unknown colours", "colours", colours, "Write `grey` or `rgb`, or leave it out.")
    seen = _Seen()
    train, test = _parts(top, seen)
    classes = _classes(train)
    images = _images(train, classes, top, seen)
    sealed = [] if test is None else _images(test, classes, top, seen, sealed=True)
    # Whether test images are grey decides nothing: they are brought to what the others are.
    taken, area = _judged(images, colours)
    area = max(area, _judged(sealed, colours)[1])
    channels = 1 if taken == "grey" else 3
    pixels = area if asked is None else asked[0] * asked[1]
    check_room((len(images) + len(sealed)) * pixels * channels, str(top), FEWER)
    x = _decoded(images, taken, asked, seen)
    held_out = None
    notes = [f"from the folder {top.name}, a class for each folder in it", "8-bit pixels, scaled by 1/255"]
    if colours is None:
        notes.append("grey, as all files are" if taken == "grey" else "in colours, as not all files are grey")
    if sealed:
        held_out = (_decoded(sealed, taken, asked, seen, x.shape[1:3]), _labels(sealed))
        notes.append(f"its own {len(sealed)} test rows stay sealed")
    source: dict[str, Any] = {"images": str(top), "size": None if asked is None else list(asked)}
    source |= {"colours": colours, "name": name}
    return Dataset(
        x,
        _labels(images),
        name=name or top.name or "images",
        task="classification",
        classes=classes,
        scale=1 / 255,
        test=held_out,
        source={key: value for key, value in source.items() if value is not None},
        notes=[*notes, *seen.notes(asked)],
    )


# ----------------------------------------------------------------------------------------- what is there


def _parts(top: Path, seen: _Seen) -> tuple[Path, Path | None]:
    """Give the folder of the training classes, and that of the test classes where there is one."""
    beside_them = _Seen()
    folders = {entry.name: entry for entry in _entries(top, top, beside_them, files=False)}
    train = folders.get("train")
    if train is None or not _entries(train, top, _Seen(), files=False, strict=False):
        return top, None
    seen.left_out += beside_them.left_out
    beside = sorted(set(folders) - {"train", "test"})
    if beside:
        cure = f"Move its classes into `{train}`: which rows validate is said by `validation`."
        raise DataError(f"`{beside[0]}` stands beside `train`", str(folders[beside[0]]), cure=cure)
    return train, folders.get("test")


def _classes(folder: Path) -> tuple[str, ...]:
    names = tuple(entry.name for entry in _listed(folder) if entry.is_dir())
    if len(names) < 2:
        found = f"the folder holds {len(names)} folder{'s' * (len(names) != 1)}, and every class has its own"
        raise DataError(found, str(folder), cure=INSTEAD)
    return names


def _images(
    folder: Path, classes: tuple[str, ...], top: Path, seen: _Seen, *, sealed: bool = False
) -> list[_Image]:
    images: list[_Image] = []
    for entry in _entries(folder, top, seen, files=False):
        if entry.name not in classes:
            cure = f"The classes of `train` are: {', '.join(classes[:20])}."
            raise DataError("a class of the test images that `train` does not have", str(entry), cure=cure)
        files = _entries(entry, top, seen, files=True)
        if not files and not sealed:
            cure = f"Remove the folder, or put images into it: {', '.join(SUFFIXES)}."
            raise DataError("a class without images", str(entry), cure=cure)
        images += [_Image(file, classes.index(entry.name)) for file in files]
        if len(images) > MOST_IMAGES:
            message = f"more than {MOST_IMAGES:,} images"
            raise DataError(message, str(top), cure="Take fewer, or store them as arrays in an .npz file.")
    if not images:
        raise DataError("no images", str(folder), cure=INSTEAD)
    return images


def _entries(folder: Path, top: Path, seen: _Seen, *, files: bool, strict: bool = True) -> list[Path]:
    """List the images of a folder, or its folders, sorted by name."""
    found = []
    for entry in _listed(folder):
        if entry.is_symlink() and not entry.resolve().is_relative_to(top.resolve()):
            cure = "Copy what it leads to into the folder, or remove the link."
            raise DataError("a link that leads out of the folder", str(entry), str(entry.resolve()), cure)
        image = entry.is_file() and entry.suffix.lower() in SUFFIXES
        wanted = image if files else entry.is_dir()
        unwanted = entry.is_dir() if files else image
        if unwanted and strict:
            what = "a folder inside of a class" if files else "an image that is in no class"
            raise DataError(what, str(entry), cure="Put every image directly into the folder of its class.")
        if wanted:
            found.append(entry)
        elif strict:
            seen.left_out += 1
    return found


def _listed(folder: Path) -> list[Path]:
    """List what stands in a folder in the order of the names, without hidden files."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        message = f"the folder cannot be read: {error.strerror}"
        raise MissingError(message, str(folder), cure="See who may read it.") from error
    return [entry for entry in entries if not entry.name.startswith(".") and entry.name not in _SYSTEM]


def _labels(images: Sequence[_Image]) -> NDArray[np.int32]:
    return np.array([image.label for image in images], np.int32)


def _size(size: object) -> tuple[int, int]:
    if isinstance(size, (str, bytes)) or not isinstance(size, Sequence) or len(size) != 2:
        raise UsageError("not a height and a width", "size", size, "Write two numbers, as `[32, 32]`.")
    height, width = (whole_number(length, "size", 1) for length in size)
    if height * width > MOST_PIXELS:
        cure = f"Ask for at most {MOST_PIXELS // 1_000_000} million pixels."
        raise UsageError("too large", "size", [height, width], cure)
    return height, width


# -------------------------------------------------------------------------------------------- what it holds


def _judged(images: Sequence[_Image], colours: str | None) -> tuple[Colours, int]:
    """Read every header: give the colours of all, and the largest number of pixels of one."""
    grey, area = True, 0
    for image in images:
        with _open(image.path) as opened:
            width, height = opened.size
            if opened.mode.startswith(("I", "F")):
                cure = "Save it with 8 bits a channel, or all as arrays in an .npz file."
                message = f"more than 8 bits a channel (Pillow's mode {opened.mode})"
                raise DataError(message, str(image.path), cure=cure)
            if width * height > MOST_PIXELS:
                raise _bomb(image.path, f"it is {width} x {height}")
            grey = grey and opened.mode in _GREY
            area = max(area, width * height)
    taken: Colours = "rgb" if colours == "rgb" or (colours is None and not grey) else "grey"
    return taken, area


def _decoded(
    images: Sequence[_Image],
    colours: Colours,
    asked: tuple[int, int] | None,
    seen: _Seen,
    expected: tuple[int, ...] | None = None,
) -> NDArray[np.uint8]:
    """Decode all images to ``(row, height, width, channel)``."""
    rows: NDArray[np.uint8] | None = None
    for number, image in enumerate(images):
        pixels = _pixels(image.path, colours, asked, seen)
        shape = pixels.shape[:2] if expected is None else expected
        if rows is None:
            rows = np.empty((len(images), *shape, pixels.shape[2]), np.uint8)
        if pixels.shape != rows.shape[1:]:
            high, wide = rows.shape[1:3]
            message = f"images of different sizes: {high} x {wide} pixels before, and now another"
            cure = f"Ask for one (height, width), and all are resized: `size: [{high}, {wide}]`."
            raise DataError(message, str(image.path), f"{pixels.shape[0]} x {pixels.shape[1]}", cure)
        rows[number] = pixels
    assert rows is not None  # noqa: S101  # there is an image: `_images` has seen to it
    rows.setflags(write=False)
    return rows


def _pixels(path: Path, colours: Colours, asked: tuple[int, int] | None, seen: _Seen) -> NDArray[np.uint8]:
    """Decode one image to ``(height, width, channel)``."""
    from PIL import Image, ImageOps

    with _open(path) as opened:
        seen.animated += bool(getattr(opened, "is_animated", False))
        opened.seek(0)
        opened.load()
        image: Any = opened
        if opened.getexif().get(_TURNED, 1) != 1:
            seen.turned += 1
            image = ImageOps.exif_transpose(opened)
        if image.has_transparency_data:
            image = image.convert("RGBA")
            if image.getextrema()[3][0] < 255:
                seen.transparent += 1
                white = Image.new("RGBA", image.size, (255, 255, 255, 255))
                image = Image.alpha_composite(white, image)
            image = image.convert("RGB")
        image = image.convert("L" if colours == "grey" else "RGB")
        if asked is not None and image.size != (asked[1], asked[0]):
            seen.resized += 1
            image = image.resize((asked[1], asked[0]), Image.Resampling.BILINEAR)
        pixels = np.asarray(image, np.uint8)
        return pixels[..., np.newaxis] if colours == "grey" else pixels


@contextlib.contextmanager
def _open(path: Path) -> Iterator[Any]:
    """Open an image, and say of whatever Pillow raises that the file is broken."""
    from PIL import Image, UnidentifiedImageError

    bombs = (Image.DecompressionBombWarning, Image.DecompressionBombError)
    try:
        with warnings.catch_warnings():
            # Pillow warns of odd but readable details.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as opened:
                yield opened
    except (DataError, MissingError):
        raise
    except bombs as error:
        raise _bomb(path, first_line(error)) from error
    except UnidentifiedImageError as error:
        cure = f"Remove it, or save it as one of: {', '.join(SUFFIXES)}."
        raise DataError("not an image of a known format", str(path), cure=cure) from error
    except PermissionError as error:
        message = "the image cannot be read: permission denied"
        raise MissingError(message, str(path), cure="See who may read it.") from error
    except Exception as error:  # Pillow's readers raise a dozen kinds of error
        message = f"a broken image: {first_line(error)}"
        raise DataError(message, str(path), cure="Replace or remove it.") from error


def _bomb(path: Path, said: str) -> DataError:
    message = f"an image of more than {MOST_PIXELS // 1_000_000} million pixels: {said}"
    return DataError(message, str(path), cure="Make it smaller first, or remove it.")
