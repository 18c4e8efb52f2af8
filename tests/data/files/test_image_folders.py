"""Folders of images: the good ones, and what is refused before it is decoded."""

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trainlab.data.files import image_folders
from trainlab.data.files import ordinary as files
from trainlab.data.files.image_folders import read_images
from trainlab.data.unsealing import opened
from trainlab.errors import DataError, MissingError, UsageError

RANDOM = np.random.default_rng(0)
GREY = RANDOM.integers(0, 256, (6, 5, 4), dtype=np.uint8)
RGB = RANDOM.integers(0, 256, (6, 5, 4, 3), dtype=np.uint8)


@pytest.fixture
def folder(tmp_path):
    """A function that saves pixels under class/file names and gives the folder."""

    def save(images, under="pictures", **options):
        top = tmp_path / under
        for name, pixels in images.items():
            path = top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
            image.save(path, **options)
        return top

    return save


def four(pixels=GREY, suffix="png"):
    """Two images of each of two classes."""
    return {f"{name}/{at}.{suffix}": pixels[2 * at + ord(name) % 2] for name in "ab" for at in (0, 1)}


# ------------------------------------------------------------------------------------------ good folders


@pytest.mark.parametrize("suffix", ["png", "bmp", "webp", "gif", "PNG"])
def test_grey_pixels_come_back_as_they_were(folder, suffix):
    """
    Lossless formats give the very bytes, in the order of classes and files.
    """
    options = {"lossless": True} if suffix == "webp" else {}
    top = folder({f"{name}/{at}.{suffix}": GREY[at] for at, name in enumerate("bcabca")}, **options)

    data = read_images(top, colours="grey")

    assert data.classes == ("a", "b", "c")
    assert data.y.tolist() == [0, 0, 1, 1, 2, 2]
    np.testing.assert_array_equal(data.x[..., 0], GREY[[2, 5, 0, 3, 1, 4]])
    assert (data.x.dtype, data.scale, data.name) == (np.uint8, 1 / 255, "pictures")


def test_colours_come_back_as_they_were(folder):
    """
    Height, width and channel stand in this order, and the note says what was taken.
    """
    data = read_images(folder(four(RGB)))

    np.testing.assert_array_equal(data.x, RGB[[1, 3, 0, 2]])
    assert "in colours, as not all files are grey" in data.notes
    assert data.source == {"images": str(data.source["images"])}
    assert data.prepared([0]).max() <= 1


def test_jpeg_is_close_to_what_was_saved(folder):
    """
    A smooth picture survives JPEG within a few levels.
    """
    ramp = np.linspace(0, 255, 16 * 16).reshape(16, 16).astype(np.uint8)
    data = read_images(folder({"a/1.jpg": ramp, "b/1.JPEG": ramp[::-1]}, quality=95))

    assert np.abs(data.x[0, ..., 0].astype(int) - ramp).max() < 12


def test_grey_is_taken_only_where_all_are_grey(folder):
    """
    One image in colours makes all of them so; a word decides otherwise.
    """
    mixed = four(GREY) | {"b/9.png": RGB[0]}

    assert read_images(folder(four(GREY))).input_shape == (5, 4, 1)
    assert read_images(folder(mixed)).input_shape == (5, 4, 3)
    grey = read_images(folder(mixed), colours="grey")
    assert grey.input_shape == (5, 4, 1)
    # The weights of ITU-R 601, which Pillow names.
    expected = RGB[0] @ np.array([0.299, 0.587, 0.114])
    assert np.abs(grey.x[-1, ..., 0] - expected).max() <= 0.5 + 1e-9


def test_images_are_resized_only_when_asked(folder):
    """
    Another size is refused with the cure, which then works and is noted; rows are high and wide as asked.
    """
    flat = np.full((10, 8), 77, np.uint8)
    top = folder(four() | {"b/9.png": flat})

    with pytest.raises(
        DataError, match=r"9.png: images of different sizes.*\(got '10 x 8'\).*`size: \[5, 4\]`"
    ):
        read_images(top)
    data = read_images(top, size=[6, 7])

    assert data.input_shape == (6, 7, 1)
    assert (data.x[-1] == 77).all()
    assert "resized to 6 x 7 pixels as asked (bilinear, stretched): 5 images" in data.notes
    assert data.source["size"] == [6, 7]


def test_an_image_of_the_asked_size_stays_as_it_is(folder):
    """
    Asking for the size that all have changes no byte.
    """
    np.testing.assert_array_equal(read_images(folder(four()), size=(5, 4)).x, read_images(folder(four())).x)


def test_halving_is_the_mean_of_the_neighbours_nearly(folder):
    """
    Shrinking looks at all pixels, not at every second one.
    """
    board = np.indices((8, 8)).sum(axis=0).astype(np.uint8) % 2 * 200
    data = read_images(folder({"a/1.png": board, "b/1.png": board}), size=[4, 4])

    assert np.abs(data.x.astype(int)[:, 1:-1, 1:-1] - 100).max() < 10


def test_train_and_test_at_the_top_are_known(folder):
    """
    The images of `test` are sealed under the classes of `train`, and may lack one of them.
    """
    images = {f"train/{key}": pixels for key, pixels in four().items()}
    images |= {"train/c/1.png": GREY[0], "test/b/1.png": GREY[4], "test/c/2.png": GREY[5]}
    top = folder(images)
    (top / "test" / "a").mkdir()
    (top / "README.md").write_text("?")

    data = read_images(top)

    assert (data.rows, data.sealed.rows, data.classes) == (5, 2, ("a", "b", "c"))
    whole, rows = opened(data)[:2]
    np.testing.assert_array_equal(whole.x[rows][..., 0], GREY[4:])
    assert whole.y[rows].tolist() == [1, 2]
    assert "its own 2 test rows stay sealed" in data.notes
    assert "files left out, as by their names they are no images: 1" in data.notes


def test_a_class_may_be_called_train(folder):
    """
    A folder `train` with images in it is a class (of railways).
    """
    assert read_images(folder({"train/1.png": GREY[0], "bus/1.png": GREY[1]})).classes == ("bus", "train")


def test_hidden_files_are_skipped_and_others_counted(folder):
    """
    What is no image by its name is left out, and a note counts it.
    """
    top = folder(four())
    (top / ".git").mkdir()
    for name in (".DS_Store", "a/.1.png", "a/Thumbs.db", "a/labels.txt", "README.md"):
        (top / name).write_text("?")

    data = read_images(top)

    assert data.rows == 4
    assert "files left out, as by their names they are no images: 2" in data.notes


def test_images_are_turned_upright(folder):
    """
    The orientation that a camera noted is obeyed.
    """
    exif = Image.Exif()
    exif[0x0112] = 6  # the top of the picture is at the right
    lying = Image.fromarray(np.rot90(GREY[0]))
    top = folder({"a/1.png": lying}, exif=exif)
    folder({"b/1.png": GREY[1]})

    data = read_images(top)

    np.testing.assert_array_equal(data.x[0, ..., 0], GREY[0])
    assert "images turned upright, as their EXIF data say: 1" in data.notes


def test_only_the_first_frame_is_taken(folder):
    """
    An animation is its first picture.
    """
    frames = [Image.fromarray(pixels) for pixels in GREY]
    top = folder({"a/1.gif": frames[0]}, save_all=True, append_images=frames[1:])
    folder({"b/1.png": GREY[1]})

    data = read_images(top, colours="grey")

    np.testing.assert_array_equal(data.x[0, ..., 0], GREY[0])
    assert "moving images, of which the first frame was taken: 1" in data.notes


def test_transparent_parts_are_white(folder):
    """
    What shows through is white; a fully opaque image keeps its bytes and deserves no word.
    """
    alpha = np.full((5, 4, 1), 255, np.uint8)
    clear = alpha.copy()
    clear[0] = 0
    top = folder(
        {
            "a/1.png": np.concatenate([RGB[0], alpha], axis=2),
            "b/1.png": np.concatenate([RGB[1], clear], axis=2),
        }
    )

    data = read_images(top)

    np.testing.assert_array_equal(data.x[0], RGB[0])
    assert (data.x[1, 0] == 255).all()
    np.testing.assert_array_equal(data.x[1, 1:], RGB[1, 1:])
    assert "images transparent in parts, which were laid on white: 1" in data.notes


def test_a_source_reads_again(folder):
    """
    What the source says gives an equal data set.
    """
    data = read_images(folder(four(RGB)), size=[4, 4], colours="grey", name="mine")

    said = dict(data.source)
    assert read_images(said.pop("images"), **said) == data
    assert data.name == "mine"


def test_links_within_the_folder_are_followed(folder):
    """
    An image may stand in two classes.
    """
    top = folder(four())
    (top / "a" / "9.png").symlink_to(top / "b" / "0.png")

    data = read_images(top)

    assert data.class_counts == (3, 2)


# ------------------------------------------------------------------------------------------- bad folders


def test_links_that_lead_out_are_refused(folder, tmp_path):
    """
    Neither a file nor a folder outside is read through a link.
    """
    top = folder(four())
    (tmp_path / "secret").mkdir()
    Image.fromarray(GREY[0]).save(tmp_path / "secret" / "1.png")

    for link, target in [("a/2.png", "secret/1.png"), ("c", "secret"), ("a/2.png", "gone.png")]:
        (top / link).symlink_to(tmp_path / target)
        with pytest.raises(DataError, match=rf"{link}: a link that leads out of the folder.*Copy"):
            read_images(top)
        (top / link).unlink()


def png_of(width, height, content=b""):
    """A PNG whose header promises a size, with any content."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(content))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("width, height", [(9000, 9000), (30_000, 30_000), (2_000_000_000, 1)])
def test_an_image_bomb_is_not_decoded(folder, monkeypatch, width, height):
    """
    A few bytes that promise many pixels are refused by their header, whatever Pillow thinks of it.
    """
    monkeypatch.setattr(image_folders, "_pixels", lambda *_: pytest.fail("it was decoded"))
    top = folder(four())
    (top / "b" / "bomb.png").write_bytes(png_of(width, height))

    with pytest.raises(
        DataError, match=r"bomb\.png: an image of more than 64 million pixels.*Make it smaller"
    ):
        read_images(top)


def test_a_bomb_in_the_text_of_a_png_is_refused(folder):
    """
    What Pillow refuses to unpack is a broken image in our words.
    """
    data = b"Comment\0\0" + zlib.compress(bytes(70_000_000))
    text = struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))
    plain = png_of(4, 5, bytes(25))
    top = folder(four())
    (top / "b" / "bomb.png").write_bytes(plain[:33] + text + plain[33:])

    with pytest.raises(DataError, match=r"bomb\.png: a broken image: .*too large"):
        read_images(top)


def test_too_many_pixels_together_are_refused_before_decoding(folder, monkeypatch):
    """
    The limits of bytes and of memory hold for all images together; a smaller size passes.
    """
    top = folder(four())
    monkeypatch.setattr(files, "MOST_BYTES", 50)
    with pytest.raises(DataError, match=r"is the limit.*`size: \[64, 64\]`"):
        read_images(top)
    assert read_images(top, size=[3, 4]).rows == 4

    monkeypatch.setattr(files, "free_memory", lambda: 20)
    with pytest.raises(MissingError, match="of memory are free"):
        read_images(top, size=[3, 4])


@pytest.mark.parametrize(
    "content, match",
    [
        (b"", "not an image of a known format"),
        (b"not an image", "not an image of a known format.*Remove it"),
        (b"%PDF-1.7", "not an image of a known format"),
        (b"II*\0" + bytes(40), "not an image of a known format"),
        (png_of(4, 5, bytes(25))[:40], "not an image of a known format"),
        (png_of(4, 5, bytes(25))[:-25], "a broken image"),
        (png_of(4, 5, bytes(25)).replace(b"IDATx", b"IDATy"), "a broken image"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"GIF89a\x04\x00\x05\x00", "image"),
    ],
)
def test_a_broken_image_is_named(folder, content, match):
    """
    The path of the file is told, and what to do with it.
    """
    top = folder(four())
    (top / "b" / "bad.png").write_bytes(content)

    with pytest.raises(DataError, match=match) as caught:
        read_images(top)

    assert caught.value.where == str(top / "b" / "bad.png")


def test_a_half_of_an_image_is_broken(folder):
    """
    An image that was cut off is not filled up with grey.
    """
    top = folder(
        {name: np.resize(RANDOM.integers(0, 255, 999, np.uint8), (64, 64)) for name in four(suffix="jpg")}
    )
    whole = (top / "a" / "0.jpg").read_bytes()
    (top / "a" / "0.jpg").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(DataError, match=r"0\.jpg: a broken image: .*truncated"):
        read_images(top)


def test_sixteen_bits_are_refused_not_cut(folder):
    """
    More than 8 bits a channel would lose what they hold.
    """
    top = folder(four() | {"a/deep.png": np.full((5, 4), 40_000, np.uint16)})

    with pytest.raises(DataError, match=r"deep\.png: more than 8 bits a channel .*\.npz"):
        read_images(top)


@pytest.mark.parametrize(
    "change, match",
    [
        (lambda top: (top / "c").mkdir(), r"c: a class without images.*Remove the folder"),
        (lambda top: Image.fromarray(GREY[0]).save(top / "1.png"), "an image that is in no class"),
        (lambda top: (top / "a" / "more").mkdir(), "a folder inside of a class.*directly into"),
        (lambda top: (top / "b").rename(top / ".b"), "holds 1 folder, and every class has its own"),
        (lambda top: [(top / name).rename(top / f".{name}") for name in "ab"], "holds 0 folders"),
    ],
)
def test_a_folder_of_another_shape_is_refused(folder, change, match):
    """
    Every image belongs to one class, and there are at least two; the place is named.
    """
    top = folder(four())
    change(top)

    with pytest.raises(DataError, match=match):
        read_images(top)


@pytest.mark.parametrize(
    "extra, match",
    [
        ("val/a/1.png", "`val` stands beside `train`.*`validation`"),
        ("test/c/1.png", "a class of the test images that `train` does not have.*are: a, b"),
    ],
)
def test_a_third_part_and_a_new_class_are_refused(folder, extra, match):
    """
    Which rows validate is said by the experiment, and the test set asks for known classes.
    """
    images = {f"{part}/{key}": pixels for key, pixels in four().items() for part in ("train", "test")}

    with pytest.raises(DataError, match=match):
        read_images(folder(images | {extra: GREY[0]}))


def test_test_images_of_another_size_are_refused(folder):
    """
    Sealed rows have the shape of the open ones, or are resized with them.
    """
    images = {f"train/{key}": pixels for key, pixels in four().items()}
    top = folder(images | {"test/a/1.png": GREY[0].T, "test/b/1.png": GREY[0].T})

    with pytest.raises(DataError, match="images of different sizes: 5 x 4"):
        read_images(top)
    assert read_images(top, size=[4, 4]).sealed.rows == 2


@pytest.mark.parametrize(
    "options, match",
    [
        ({"size": 32}, r"size: not a height and a width.*\[32, 32\]"),
        ({"size": [32]}, "size: not a height and a width"),
        ({"size": "32"}, "size: not a height and a width"),
        ({"size": [0, 8]}, "size: .*at least 1"),
        ({"size": [1.5, 8]}, "size: .*whole number"),
        ({"size": [100_000, 100_000]}, "size: too large"),
        ({"colours": "bw"}, "colours: unknown colours.*`grey` or `rgb`"),
    ],
)
def test_impossible_options_are_refused(folder, options, match):
    """
    Exit code 2, the option and what it may be.
    """
    with pytest.raises(UsageError, match=match):
        read_images(folder(four()), **options)


def test_what_is_no_folder_is_told(folder):
    """
    A name that is wrong is answered with the nearest, and a file is no folder.
    """
    top = folder(four())

    with pytest.raises(UsageError, match=r"no such file\. Did you mean `.*pictures`"):
        read_images(top.parent / "picture")
    with pytest.raises(UsageError, match="a file, not a folder"):
        read_images(top / "a" / "0.png")


def test_what_nobody_lets_us_read_is_missing(folder, monkeypatch):
    """
    A closed folder and a closed file are named, with exit code 5.
    """
    top = folder(four())
    monkeypatch.setattr(Path, "iterdir", lambda self: (_ for _ in ()).throw(PermissionError(13, "no entry")))
    with pytest.raises(MissingError, match="the folder cannot be read: no entry"):
        read_images(top)
    monkeypatch.undo()

    def closed(*args, **kwargs):
        raise PermissionError(13, "closed")

    monkeypatch.setattr(Image, "open", closed)
    with pytest.raises(MissingError, match="permission denied"):
        read_images(top)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(MissingError, match="the folder cannot be read"):
        read_images(top)
