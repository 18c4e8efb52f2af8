"""The words of data augmentation: what is read, what is refused, and which rows can take what."""

import pickle

import numpy as np
import pytest

from trainlab.errors import UsageError
from trainlab.experiment.augmentation import (
    NEUTRAL,
    OF_ALL,
    OF_BAGS,
    OF_IMAGES,
    OF_SEQUENCES,
    STRENGTHS,
    check_fits,
    parse_augmentation,
)
from trainlab.experiment.places import Place

FOR_IMAGES = {
    "flip": "horizontal",
    "rotation": 0.05,
    "translation": 0.1,
    "zoom": 0.1,
    "contrast": 0.2,
    "brightness": 0.2,
    "crop": 0.9,
    "noise": 0.1,
    "cutout": 4,
    "mixup": 0.2,
}


def fits(given, shape):
    """Whether rows of a shape take an augmentation."""
    try:
        check_fits(parse_augmentation(given), shape)
    except UsageError:
        return False
    return True


def test_what_is_written_comes_back():
    """
    An augmentation is written down as it was read, and read again it is the same value.
    """
    read = parse_augmentation(FOR_IMAGES, "augment")

    assert read.document() == FOR_IMAGES
    assert type(read.document()["cutout"]) is int
    assert parse_augmentation(read.document()) == parse_augmentation(read) == read
    assert hash(pickle.loads(pickle.dumps(read))) == hash(read)  # noqa: S301  # our own bytes


def test_the_order_of_the_file_makes_no_difference():
    """
    Two mappings with the same entries in another order are the same augmentation.
    """
    assert parse_augmentation(FOR_IMAGES) == parse_augmentation(dict(reversed(FOR_IMAGES.items())))


def test_only_what_was_given_is_a_number():
    """
    Strengths stand by name and sorted, a flip stands apart, and what is neutral is no kind.
    """
    read = parse_augmentation({"zoom": 0.1, "flip": "both", "crop": 1, "rotation": 0, "cutout": 4})

    assert read.flip == "both"
    assert list(read.numbers.items()) == [("crop", 1.0), ("cutout", 4), ("rotation", 0.0), ("zoom", 0.1)]
    assert read.kinds == ("cutout", "zoom")


@pytest.mark.parametrize(
    "name, value, said",
    [
        ("rotation", 0.51, r"not in the allowed range \(got 0\.51\)\. Give a number in \[0, 0\.5\]\."),
        ("rotation", -0.1, "not in the allowed range"),
        ("translation", 1.0, r"Give a number in \[0, 1\)\."),
        ("zoom", 1, r"Give a number in \[0, 1\)\."),
        ("contrast", 1.0, r"Give a number in \[0, 1\)\."),
        ("brightness", 1.01, r"Give a number in \[0, 1\]\."),
        ("crop", 0, r"Give a number in \(0, 1\]\."),
        ("crop", 1.1, r"Give a number in \(0, 1\]\."),
        ("noise", -1e-9, r"Give a number of at least 0\."),
        ("noise", float("nan"), "not in the allowed range"),
        ("cutout", 0, r"Give a whole number of at least 1\."),
        ("cutout", 2.5, "not a whole number"),
        ("shift", 0, r"Give a whole number of at least 1\."),
        ("mixup", 0, r"Give a number above 0\."),
        ("mask", 1, r"Give a number in \[0, 1\)\."),
        ("word_dropout", 1, r"Give a number in \[0, 1\)\."),
        ("zoom", "0.1", "Write it as a plain number, without quotation marks"),
        ("zoom", [0.1, 0.2], "not a number"),
        ("flip", "horizontl", r"unknown flip \(got 'horizontl'\)\. Did you mean `horizontal`\?"),
        ("flip", True, "unknown flip"),
        ("flip", "", "unknown flip"),
        ("zoom", None, r"`zoom` has no value\. Write a value, or leave the key out\."),
        ("flip", None, "`flip` has no value"),
    ],
)
def test_a_strength_out_of_its_bounds_is_refused_at_its_place(name, value, said):
    """
    A value that cannot be is refused with its bounds, where it stands.
    """
    with pytest.raises(UsageError, match=said) as refused:
        parse_augmentation({"noise": 0.1, name: value}, Place("variants", "v1.5", "augment"))

    assert refused.value.where.keys == ("variants", "v1.5", "augment", name)


@pytest.mark.parametrize(
    "name, low, high",
    [
        ("rotation", 0, 0.5),
        ("translation", 0, 0.999),
        ("zoom", 0, 0.999),
        ("contrast", 0, 0.999),
        ("brightness", 0, 1),
        ("crop", 1e-6, 1),
        ("noise", 0, 1e6),
        ("cutout", 1, 100),
        ("shift", 1, 100),
        ("mask", 0, 0.999),
        ("word_dropout", 0, 0.999),
        ("mixup", 1e-6, 1e6),
    ],
)
def test_the_ends_of_the_bounds_are_taken(name, low, high):
    """
    The least and the largest strength of each transformation are read.
    """
    assert parse_augmentation({name: low}).numbers == {name: low}
    assert parse_augmentation({name: high}).numbers == {name: high}


def test_a_wrong_name_is_answered_with_the_right_one():
    """
    A misspelt transformation is refused with what was probably meant.
    """
    with pytest.raises(UsageError, match=r"^augment\.rotaton: unknown transformation.*mean `rotation`\?$"):
        parse_augmentation({"rotaton": 0.1})


@pytest.mark.parametrize("value", [None, "flip", 0.1, ["flip"]])
def test_what_is_no_mapping_is_refused(value):
    """
    A single name, a number or a list is no augmentation.
    """
    with pytest.raises(
        UsageError, match=r"^augment: not a mapping of keys to values.*Known are: flip, rotation"
    ):
        parse_augmentation(value)


def test_an_augmentation_without_transformations_is_refused():
    """
    An empty mapping is refused with an example and the way to have none.
    """
    with pytest.raises(
        UsageError, match=r"^augment: an augmentation without.*`\{rotation: 0\.05\}`, or leave"
    ):
        parse_augmentation({})


def test_every_name_has_its_bounds_its_neutral_strength_and_its_rows():
    """
    No transformation is forgotten in one of the tables.
    """
    named = {*OF_IMAGES, *OF_SEQUENCES, *OF_BAGS, *OF_ALL}

    assert named == {"flip", *STRENGTHS}
    assert set(NEUTRAL) == set(STRENGTHS)
    assert {name for name, strength in NEUTRAL.items() if strength} == {"crop"}


@pytest.mark.parametrize(
    "given, shapes",
    [
        (FOR_IMAGES, [(28, 28), (28, 28, 1), (32, 20, 3)]),
        ({"noise": 0.1, "mixup": 0.2}, [(4,), (28, 28), (28, 28, 3)]),
        ({"shift": 3, "mask": 0.1, "noise": 0.1, "mixup": 0.2}, [(28, 28), (100, 1)]),
        ({"word_dropout": 0.1, "mixup": 0.2}, [(500,)]),
    ],
)
def test_rows_take_what_is_meant_for_them(given, shapes):
    """
    Images with and without channels, tables, sequences and bags each take their transformations.
    """
    assert [fits(given, shape) for shape in shapes] == [True] * len(shapes)


@pytest.mark.parametrize(
    "given, shape, where, said",
    [
        (
            {"rotation": 0.1},
            (4,),
            "rotation",
            r"`rotation` needs images, of shape \(height, width\) or.*\(4,\)\)\. Such rows take: noise, m",
        ),
        ({"flip": "both"}, (4,), "flip", "`flip` needs images"),
        ({"zoom": 0.1}, (2, 8, 8, 1), "zoom", r"\(got \(2, 8, 8, 1\)\)\. Such rows take: noise, mixup\.$"),
        ({"shift": 1}, (28, 28, 1), "shift", r"`shift` needs sequences, of shape \(time, channel\)"),
        ({"mask": 0.1}, (9,), "mask", "`mask` needs sequences"),
        (
            {"word_dropout": 0.1},
            (28, 28),
            "word_dropout",
            r"`word_dropout` needs bags of words, of shape \(word,\)",
        ),
        (
            {"zoom": 0.1, "flip": "both", "mask": 0.1},
            (28, 28),
            "mask",
            r"be an image and a sequence at once\. Leave out `mask`, or `flip` and `zoom`\.$",
        ),
        (
            {"noise": 0.1, "word_dropout": 0.1},
            (9,),
            "noise",
            r"be a bag of words and a table at once\. Leave out `noise`, or `word_dropout`\.$",
        ),
        (
            {"cutout": 8},
            (20, 8, 1),
            "cutout",
            r"not smaller than the image of 20 × 8 pixels \(got 8\)\. Give at most 7",
        ),
        (
            {"shift": 5},
            (5, 2),
            "shift",
            r"not shorter than the sequence of 5 time steps \(got 5\)\. Give at most 4\.$",
        ),
    ],
)
def test_rows_that_cannot_take_a_transformation_are_told(given, shape, where, said):
    """
    A transformation for other rows is refused at its place, with the shape that it needs.
    """
    with pytest.raises(UsageError, match=said) as refused:
        check_fits(parse_augmentation(given), shape, Place("recipe", "augment"))

    assert refused.value.where.keys == ("recipe", "augment", where)


def test_sizes_that_just_fit_are_taken():
    """
    A square one pixel smaller than the image and a shift one step shorter than the sequence pass.
    """
    assert fits({"cutout": 7}, tuple(np.array([20, 8, 1])))  # NumPy's whole numbers
    assert fits({"shift": 4}, (5, 2))
