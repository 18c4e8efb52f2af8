"""The data card as it is shown: in the terminal, and as a page with pictures and without foreign markup."""

import base64
import io
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from trainlab.data.card import card
from trainlab.data.columns import Column
from trainlab.data.dataset import Dataset
from trainlab.data.named.catalogue import load
from trainlab.errors import MissingError
from trainlab.reporting.drawing.card_pictures import IN_A_STRIP, MOST_STRIPS, strips, text_rows
from trainlab.reporting.faces.card import card_page, card_text, write_card

DRAWN = np.random.default_rng(9)
EVIL = '"><script>alert(1)</script>'
TOWNS = Column(EVIL, "category", (f"{EVIL} town", "Ulm"))
TEXTS = Column("review", "text", (f"{EVIL} good film", "dull\x1b[31m plot"))


def table():
    """A table of numbers, categories and texts whose names are an attack."""
    rows = 40
    x = np.c_[DRAWN.normal(size=rows), DRAWN.integers(0, 2, rows), DRAWN.integers(0, 2, rows)]
    x[3, 0] = np.nan
    return Dataset(
        x,
        [EVIL, "fine"] * 20,
        name=f"data {EVIL}",
        columns=["height", TOWNS, TEXTS],
        missing=True,
        licence=EVIL,
        source={"csv": EVIL},
        notes=[f"note {EVIL}"],
        groups=np.arange(rows) // 4,
    )


def shown(data, width=120):
    """What the terminal shows of a data set."""
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(card_text(card(data)), markup=False, highlight=False)
    return console.export_text()


class Page(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Keep an element."""
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        """Keep text."""
        self.text += data


def test_the_terminal_shows_facts_columns_classes_and_notes():
    """
    Rows, licence, ranges, a histogram of each column, the bar of each class, and the notes are printed.
    """
    text = shown(load("wine"))

    assert "classification, 3 classes" in text
    assert "CC BY 4.0" in text
    assert load("wine").fingerprint in text
    (proline,) = (line for line in text.splitlines() if line.startswith("proline"))
    assert "278" in proline
    assert "1680" in proline
    assert "█" in proline
    (second,) = (line for line in text.splitlines() if line.startswith("class_1"))
    assert "39.89 %" in second


def test_the_terminal_shows_sealed_rows_groups_and_gaps():
    """
    What else is known of the rows is said in a line each, and escape sequences are taken out.
    """
    text = shown(table().seal(range(8)))

    assert "8 rows under seal" in text
    assert "the largest of 4 rows" in text
    assert "3, among them 1 category and 1 of texts" in text
    assert "Ulm" in text
    assert "\x1b" not in text


def test_a_narrow_terminal_is_not_overrun():
    """
    No line is longer than the terminal is wide.
    """
    assert max(len(line) for line in shown(load("wine"), width=72).splitlines()) <= 72


def test_a_page_holds_no_foreign_markup():
    """
    Names, levels, texts, licence, source and notes stand on the page as text and never as elements.
    """
    html = card_page(table())
    page = Page(html)

    assert "script" not in page.tags
    assert "<script>alert(1)" not in html
    assert page.text.count("<script>alert(1)</script>") >= 7
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_a_page_loads_nothing():
    """
    Pictures are inside the page, and its policy forbids the rest.
    """
    page = Page(card_page(load("digits")))
    addresses = [value for name, value in page.attributes if name in {"src", "href", "srcset"}]

    assert addresses
    assert all(address.startswith("data:image/png;base64,") for address in addresses)
    assert any("default-src 'none'" in str(value) for _, value in page.attributes)


def test_the_same_data_give_the_same_page(tmp_path):
    """
    Written twice, the page has the same bytes.
    """
    first = write_card(load("iris"), tmp_path / "one.html")
    again = write_card(load("iris"), tmp_path / "two.html")

    assert first.read_bytes() == again.read_bytes()


def test_a_page_that_cannot_be_written_says_where(tmp_path):
    """
    A folder that does not exist is named, with what to do.
    """
    with pytest.raises(MissingError, match="cannot be written"):
        write_card(load("iris"), tmp_path / "nowhere" / "card.html")


def test_every_class_of_images_has_its_strip():
    """
    Ten examples of each digit are drawn, all of that class, and the pixels are those of the rows.
    """
    data = load("digits")
    drawn = strips(data)

    assert [strip.label for strip in drawn] == list(data.classes)
    for number, strip in enumerate(drawn):
        assert len(strip.rows) == IN_A_STRIP
        assert (data.y[list(strip.rows)] == number).all()
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(drawn[0].image.partition(",")[2]))))
    first = data.x[drawn[0].rows[0], :, :, 0]
    np.testing.assert_array_equal(pixels[:, :8, 0], np.round(first * (255 / 16)))


def test_colours_are_drawn_as_they_are():
    """
    Bytes of red, green and blue come through unchanged, and large images are made small.
    """
    colours = DRAWN.integers(0, 256, (4, 12, 10, 3)).astype(np.uint8)
    large = np.full((4, 300, 150, 3), 200, np.uint8)

    (drawn, _), (small, _) = (strips(Dataset(images, [0, 1, 0, 1])) for images in (colours, large))

    pixels, shrunk = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(strip.image.partition(",")[2]))))
        for strip in (drawn, small)
    )
    np.testing.assert_array_equal(pixels[:, :10, :3], colours[0])
    assert shrunk.shape[0] == 96


def test_sealed_images_are_not_drawn():
    """
    Examples are open rows only: a sealed white image is on no strip.
    """
    images = np.full((6, 8, 8, 1), 30, np.uint8)
    images[5] = 255
    drawn = strips(Dataset(images, [0, 1] * 3, scale=1 / 255).seal([5]))

    for strip in drawn:
        pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(strip.image.partition(",")[2]))))
        assert pixels[..., 0].max() < 255


def test_many_classes_are_drawn_in_part():
    """
    The first twenty classes are drawn, and the page says how many are left out.
    """
    images = DRAWN.integers(0, 256, (46, 6, 6)).astype(np.uint8)
    data = Dataset(images, np.arange(46) % 23)

    assert len(strips(data)) == MOST_STRIPS
    assert "3 more classes left out" in card_page(data)


def test_images_of_a_regression_and_tables_of_numbers():
    """
    Images with amounts have one strip; tables have none.
    """
    images = DRAWN.random((5, 8, 8))

    assert [strip.label for strip in strips(Dataset(images, DRAWN.random(5)))] == ["examples"]
    assert strips(load("iris")) == ()


def test_rows_of_texts_are_shown_with_their_class():
    """
    Some rows stand with number, class and text, long ones cut.
    """
    texts = ("short", "long " * 300)
    data = Dataset([[0.0], [1.0]], ["no", "yes"], columns=[Column("review", "text", texts)])
    first, second = text_rows(data)

    assert (first.row, first.target, first.texts) == (0, "no", (("review", "short"),))
    assert second.texts[0][1].endswith("…")
    assert len(second.texts[0][1]) < 450
    assert text_rows(load("iris")) == ()


def test_a_regression_shows_its_target():
    """
    Page and terminal tell the range of the target.
    """
    page = Page(card_page(load("diabetes")))

    assert "Target" in page.text
    assert "346" in page.text
    assert "346" in shown(load("diabetes"))


def test_names_and_numbers_stay_beside_long_levels():
    """
    Where a category has long names, 80 characters still show every column's name and whole numbers.
    """
    levels = tuple(f"a level with a very long name, number {place}" for place in range(5))
    x = np.c_[DRAWN.normal(size=40), np.arange(40) % 5]
    data = Dataset(x, [0, 1] * 20, columns=["length", Column("habitat", "category", levels)])
    text = shown(data, width=80)

    assert "length" in text
    assert "habitat" in text
    assert f"{x[:, 0].max():.4g}" in text
    assert "…" not in text.partition("column ")[2]
