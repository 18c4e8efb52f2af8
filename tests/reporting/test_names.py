"""Names that try to be something else come through short, harmless and apart."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from trainlab.reporting.wording.names import clean, labels, shortened, width

# By number: building Hypothesis's own table of characters takes seconds.
NUMBERS = st.one_of(
    *(st.integers(low, high) for low, high in ((0, 0x2FF), (0x2000, 0x206F), (0xD800, 0xDFFF), (0, 0x10FFFF)))
)
ANYTHING = st.lists(NUMBERS.map(chr), max_size=60).map("".join)


@given(ANYTHING)
def test_clean_text_holds_nothing_that_acts(text):
    """
    No control character, mark of direction, half of a character or line break is left; it can be written.
    """
    told = clean(text)

    assert not any(
        unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} for character in told
    )
    assert not set(told) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff"
    )
    assert told.encode("utf-8").decode("utf-8") == told == " ".join(told.split())


@settings(max_examples=50)
@given(st.lists(ANYTHING, max_size=12, unique=True), st.integers(16, 40))
def test_labels_are_short_and_no_two_alike(names, longest):
    """
    However names collide when they are cut, every variant keeps a label of its own.
    """
    found = labels(names, longest)

    assert len(set(found)) == len(names)
    assert all(0 < len(label) <= longest for label in found)


def test_names_of_a_grid_keep_their_values():
    """
    Where names are too long, their keys are cut and their values stay.
    """
    names = [f"learning_rate={rate}, batch_size={size}" for rate in (0.1, 0.001) for size in (32, 512)]

    found = labels(names, 26)

    assert all(
        name.split("=")[1].split(",")[0] in label and name.split("=")[-1] in label
        for name, label in zip(names, found, strict=True)
    )


def test_emoji_and_scripts_stay_whole():
    """
    Joiners that living scripts and emoji need are kept.
    """
    text = "👩\u200d🔬 क्\u200dष 漢字"

    assert clean(text) == text


@given(ANYTHING, st.integers(3, 50))
def test_cutting_keeps_both_ends(text, longest):
    """
    A cut text has the length asked for and begins and ends as the whole.
    """
    cut = shortened(text, longest)

    assert len(cut) == min(len(text), longest)
    assert (cut[0], cut[-1]) == (text[0], text[-1]) if text else cut == ""


def test_the_estimated_width_is_no_less_than_the_drawn_one():
    """
    Plain text is given at least the room that matplotlib's wide font takes for usual names.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    for text in ("baseline", "learning_rate=0.001, dropout=0.3", "−12.34 to +45.67", "undecided"):
        drawn = TextPath((0, 0), text, size=11, prop=FontProperties("DejaVu Sans")).get_extents().width

        assert drawn <= width(text, 11)
