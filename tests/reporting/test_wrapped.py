"""Wrapping for a terminal: every word is there, lines fit, and what is to be copied stays whole."""

import io
import itertools
import re

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from trainlab.reporting.terminal.findings_table import findings_table
from trainlab.reporting.terminal.wrapped import Wrapped, filled

PIECES = ("a", "few", "wörter", "漢字", "`trainlab resume runs/digits`,", "(`folds: 5`)", "`x`.", "odd`tick")


@pytest.mark.parametrize("width", [32, 40, 79])
def test_lines_fit_and_lose_nothing(width):
    """
    Texts of words, wide letters and commands: joined again they are as before, and no line is too wide.
    """
    rng = np.random.default_rng(1)
    for _ in range(50):
        text = " ".join(rng.choice(PIECES[:-1], size=30))

        lines = filled(text, width)

        assert " ".join(lines) == text
        assert max(map(cell_len, lines)) <= width
        assert all(line.count("`") % 2 == 0 for line in lines)
        for line, after in itertools.pairwise(lines):
            first = re.findall(r"(?:`[^`]*`|\S)+", after)[0]
            assert cell_len(f"{line} {first}") > width


def test_a_command_longer_than_a_line_is_still_printed_in_full():
    """
    What no line can hold is broken by the console, and no letter of it is lost.
    """
    command = f"`trainlab run {'long/' * 20}digits.yaml --seeds 5`"
    console = Console(file=io.StringIO(), width=40)

    console.print(Wrapped(f"Run {command} again."))

    told = console.file.getvalue()
    assert re.sub(r"\s", "", told) == re.sub(r"\s", "", f"Run {command} again.")
    assert max(cell_len(line) for line in told.splitlines()) <= 40


def test_nothing_and_lone_ticks_are_texts_too():
    """
    An empty text is an empty line, and a tick without its partner breaks nothing.
    """
    assert filled("", 20) == ("",)
    assert filled("an odd`tick stands here", 12) == ("an odd`tick", "stands here")


@pytest.mark.parametrize("columns", range(60, 100, 3))
def test_the_cure_of_a_finding_can_be_copied(columns):
    """
    At any width the line that a cure gives stands whole on one line of the terminal.
    """
    setting = "`one_at_a_time: {l2: [0.001, 0.01, 0.1]}`"
    cure = f"Try several strengths of each, for one tells little: {setting}."
    console = Console(file=io.StringIO(), width=columns)

    console.print(
        findings_table([{"code": "TL125", "severity": "refuse", "title": "one strength", "cure": cure}])
    )

    text = console.file.getvalue()
    assert setting in text
    assert '`override: {TL125: "..."}`' in text
