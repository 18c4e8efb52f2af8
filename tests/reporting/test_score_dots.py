"""Labels of dashed lines: apart, in order, as near as can be, and one for lines that are one."""

import dataclasses
import re

import numpy as np
import pytest
from scipy import optimize

from trainlab.reporting.drawing.score_dots import apart, score_dots
from trainlab.reporting.facts.outline import outline
from trainlab.reporting.wording.names import width


def nearest(wanted, room, gap=6.0):
    """The least squared way under the same bounds, by a general solver that knows nothing of order."""
    places, widths = (np.array(column) for column in zip(*wanted, strict=True))
    between = (widths[1:] + widths[:-1]) / 2 + gap
    bounds = [
        {"type": "ineq", "fun": lambda middles: np.diff(middles) - between},
        {"type": "ineq", "fun": lambda middles: middles - widths / 2},
        {"type": "ineq", "fun": lambda middles: room - widths / 2 - middles},
    ]
    begin = np.linspace(widths[0] / 2, room - widths[-1] / 2, len(places))
    found = optimize.minimize(
        lambda middles: ((middles - places) ** 2).sum(),
        begin,
        jac=lambda middles: 2 * (middles - places),
        constraints=bounds,
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    return found.x


@pytest.mark.parametrize("seed", range(12))
def test_labels_are_as_near_to_their_lines_as_can_be(seed):
    """
    Two to six labels, crowded or at an edge, stand where a general solver puts them.
    """
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 7))
    places = np.sort(rng.uniform(0, 300, count)) if seed % 2 else np.sort(rng.uniform(280, 300, count))
    wanted = [
        (float(place), float(wide)) for place, wide in zip(places, rng.uniform(15, 45, count), strict=True)
    ]

    np.testing.assert_allclose(apart(wanted, 300.0), nearest(wanted, 300.0), atol=1e-3)


def test_where_there_is_no_room_the_last_ones_are_left_out():
    """
    Three labels of 40 pixels do not fit in 100: two are kept, apart; without any there is nothing.
    """
    assert apart([(50.0, 40.0)] * 3, 100.0) == pytest.approx([27.0, 73.0])
    assert apart([], 100.0) == []


def drawn(folded, means, *, wide):
    """The labels above the rows with their middles, and how many lines are dashed."""
    told = outline(folded)
    (usual,) = (one for one in told.baselines if one.short == "linear")
    baselines = tuple(
        dataclasses.replace(usual, short=short, label=f"{short} of 2,000 columns", mean=mean)
        for short, mean in means.items()
    )
    svg = score_dots(dataclasses.replace(told, baselines=baselines), range(4), wide=wide)
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", svg)
    return texts, svg.count("stroke-dasharray")


@pytest.mark.parametrize("wide", [True, False])
def test_lines_close_together_have_a_label_each(folded, wide):
    """
    Two baselines a hundredth of a point apart are named in a word each, uncut.
    """
    usual = outline(folded).variants[0].mean
    texts, dashed = drawn(folded, {"trees": usual, "linear": usual + 2e-3, "guess": usual + 4e-3}, wide=wide)

    assert [text for text in texts if text in {"guess", "linear", "trees"}] == ["trees", "linear", "guess"]
    assert dashed == 3
    assert not any("…" in text or "columns" in text for text in texts)


def test_lines_that_are_one_share_a_label(folded):
    """
    Two baselines of one score are one line to the eye, and its label names both.
    """
    usual = outline(folded).variants[0].mean
    texts, _ = drawn(folded, {"linear": usual, "trees": usual}, wide=True)

    assert "linear, trees" in texts
    assert width("linear, trees", 10.0) < 100
