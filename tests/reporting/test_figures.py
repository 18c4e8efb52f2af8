"""Pictures: well-formed, the same each time, readable with any eye for colours, and never overfull."""

import functools
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest

from trainlab.reporting.drawing import figures
from trainlab.reporting.drawing.highlights import chosen, colours
from trainlab.reporting.drawing.learning_curves import scales, variant_panel
from trainlab.reporting.drawing.theme import DARK, LIGHT, SERIES, inlined
from trainlab.reporting.facts.outline import outline

PICTURES = (figures.scores_picture, figures.forest_picture, figures.overlay_picture, figures.time_picture)

# Linear RGB as seen with deuteranopia and protanopia (Viénot, Brettel & Mollon 1999), and in grey.
SEEN_AS = {
    "all colours": np.eye(3),
    "deuteranopia": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
    "protanopia": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
}


@pytest.fixture(scope="module")
def drawn(techniques):
    """Pictures of the four techniques, each drawn once."""
    facts = outline(techniques)
    return functools.cache(lambda draw: draw(facts))


def linear(colour):
    """Linear RGB of a hexadecimal colour."""
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """Contrast of two colours as WCAG 2 defines it."""
    first, second = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (second + 0.05) / (first + 0.05)


def perceived(colour, seen):
    """Lab coordinates (D65) of a colour as somebody sees it."""
    rgb = np.clip(seen @ linear(colour), 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb
    x, y, z = np.cbrt(np.maximum(xyz / [0.9505, 1.0, 1.089], 1e-6))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def texts(svg):
    """Every piece of text in a drawing."""
    return [element.text for element in ET.fromstring(svg).iter() if element.tag.endswith("text")]  # noqa: S314


def test_a_picture_is_drawn_alike_each_time(techniques, drawn):
    """
    The same facts give the same bytes, whatever a person has set for matplotlib.
    """
    first = drawn(figures.forest_picture)

    with mpl.rc_context({"font.size": 30, "svg.hashsalt": None, "text.usetex": True, "axes.grid": True}):
        second = figures.forest_picture(outline(techniques))

    assert first == second


@pytest.mark.parametrize("draw", PICTURES)
def test_a_picture_is_xml_without_anything_from_outside(drawn, draw):
    """
    Both forms of a picture are well-formed, scale with the page and refer to themselves only.
    """
    picture = drawn(draw)

    for svg in (picture.wide, picture.narrow):
        root = ET.fromstring(svg)  # noqa: S314  # our own drawing
        assert root.get("viewBox")
        assert root.get("width") is None
        hrefs = [value for element in root.iter() for key, value in element.items() if key.endswith("href")]
        assert all(value.startswith("#") for value in hrefs)
        assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
        assert "<!--" not in svg
    assert picture.caption.endswith(".")


def test_numbers_and_names_of_the_scores_are_text(techniques, drawn):
    """
    Names, means and intervals can be read off the picture as text.
    """
    told = texts(drawn(figures.scores_picture).wide)

    for variant in outline(techniques).variants:
        assert {variant.short, f"{100 * variant.mean:.2f}"} <= set(told)
    assert "diverged" in told


def test_a_diverged_run_shows(techniques, drawn):
    """
    The panel of the variant says that a run diverged, and the caption of the scores explains its cross.
    """
    facts = outline(techniques)

    assert "1 run diverged (×)" in texts(variant_panel(facts, 3))
    assert "1 run diverged (×)" not in texts(variant_panel(facts, 0))
    assert "Crosses are runs that diverged" in drawn(figures.scores_picture).caption


def test_a_diverged_run_does_not_stretch_the_axes(techniques):
    """
    A loss of hundreds in the run that diverged leaves the axis to the others.
    """
    assert scales(outline(techniques))["loss"].high < 2


def test_losses_over_decades_get_a_logarithmic_axis(tmp_path, make_results):
    """
    A loss that falls by much more than a factor of ten is drawn in steps of factors, and the caption says so.
    """
    results = make_results(tmp_path, {"baseline": 0.999}, seeds=2, epochs=20)
    results.curves["train_loss"][:] = np.geomspace(2, 0.002, 20)

    facts = outline(results)

    assert scales(facts)["loss"].logarithmic
    assert "logarithmic" in figures.overlay_picture(facts).caption


def test_a_single_epoch_and_seed_can_be_drawn(one_seed):
    """
    One point a curve and one tick on the axis of epochs; the caption says that there is no band.
    """
    facts = outline(one_seed)

    panel = texts(variant_panel(facts, 0))

    assert panel.count("1") == 1
    assert "no band" in figures.overlay_picture(facts).caption


def test_a_loss_that_is_the_metric_is_drawn_once(regression, techniques):
    """
    A panel of a regression has one pair of axes, that of a classification two.
    """
    heights = [
        float(ET.fromstring(variant_panel(outline(results), 0)).get("viewBox").split()[3])  # noqa: S314
        for results in (regression, techniques)
    ]

    assert heights[0] < 0.65 * heights[1]


def test_a_lone_variant_has_no_forest(tmp_path, make_results):
    """
    Without a comparison there is no picture of differences, and the other pictures are there.
    """
    facts = outline(make_results(tmp_path, {"baseline": 0.8}, seeds=2, epochs=2))

    assert figures.forest_picture(facts) is None
    assert figures.time_picture(facts) is not None
    assert len(figures.panel_pictures(facts)) == 1


@pytest.mark.slow
def test_many_variants_are_named_as_far_as_they_can_be_told_apart(many):
    """
    Of 36 variants seven have a colour and twelve a panel; the captions say how they were chosen.
    """
    facts = outline(many)

    hues = colours(facts)

    assert len(set(hues.values())) == len(SERIES) + 2
    overlay = figures.overlay_picture(facts)
    assert len(set(texts(overlay.narrow)) & {one.short for one in facts.variants}) == 7
    assert "the other 29 are grey" in overlay.caption
    assert "Shown are 12 of 36 variants" in figures.panels_caption(facts)
    assert chosen(facts, 1) == (0,)


def test_names_are_no_mathematics_and_no_markup(nasty, nasty_names):
    """
    Nasty names are drawn as the text they are.
    """
    facts = outline(nasty)

    told = texts(figures.scores_picture(facts).wide)

    assert "<script>alert…/script>" in told or "<script>alert(1)</script>" in told
    assert any(text.startswith(r"$\frac{1}{$") for text in told)
    assert len(facts.variants) == len(nasty_names)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["paper", "dark"])
def test_what_is_drawn_stands_out(theme):
    """
    Lines have a contrast of 3 to 1 with the page, words one of 4.5 to 1.
    """
    lines = [colour for name, colour in theme.items() if name.startswith("series")]

    assert min(contrast(colour, theme["paper"]) for colour in lines) >= 3
    assert min(contrast(theme[name], theme["paper"]) for name in ("ink", "muted", "warning")) >= 4.5


@pytest.mark.parametrize("seen", SEEN_AS)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["paper", "dark"])
def test_variants_keep_apart_for_every_eye(theme, seen):
    """
    Any two colours of variants, and the ink of the reference, differ well with colour blindness too.
    """
    drawn = [theme["ink"], *(colour for name, colour in theme.items() if name.startswith("series"))]
    places = [perceived(colour, SEEN_AS[seen]) for colour in drawn]

    apart = [
        float(np.linalg.norm(one - other)) for number, one in enumerate(places) for other in places[:number]
    ]

    assert min(apart) > 20


def test_a_drawing_takes_the_colours_of_its_page():
    """
    Inside a page colours become its variables and names get a prefix; words that look alike stay words.
    """
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" aria-label="url(#a)"><clipPath id="a"/>'
        '<g clip-path="url(#a)" style="fill: #1b1f24"><text>#1b1f24</text></g></svg>'
    )

    told = inlined(svg, "p-")

    assert 'id="p-a"' in told
    assert 'clip-path="url(#p-a)"' in told
    assert "fill: var(--ink, #1b1f24)" in told
    assert "<text>#1b1f24</text>" in told
    assert 'aria-label="url(#a)"' in told
