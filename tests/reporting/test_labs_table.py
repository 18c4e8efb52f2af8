"""The ready-made labs as a terminal shows them."""

import io

import pytest
from rich.console import Console

from trainlab.reporting.terminal.labs_table import lab_text, labs_table

LAB = {
    "name": "a-lab-with-a-long-name-as-they-have",
    "title": "Title [bold]",
    "about": "What it is about, in a sentence that is longer than a column of the table may be wide.",
    "experiments": [{"name": "1-first", "question": "Does it help?"}, {"name": "2-last", "question": ""}],
}


def printed(shown, width=80):
    """Give what a terminal of this width shows."""
    console = Console(file=io.StringIO(), width=width)
    console.print(shown)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_commands_stand_whole_in_one_line(width):
    """
    Every command of a lab can be copied from one line, also where the screen is narrow.
    """
    shown = printed(lab_text(LAB), width)

    for words in (" --full", "/1-first", ""):
        assert f"trainlab run labs/{LAB['name']}{words.replace('1-first', 'EXPERIMENT')} " in shown
    assert f"trainlab labs {LAB['name']} --copy DIR " in shown
    assert "Does it help?" in shown


def test_names_are_never_read_as_markup():
    """
    Brackets in a title are brackets.
    """
    assert "Title [bold]" in printed(labs_table([LAB]))
    assert "Title [bold]" in printed(lab_text(LAB))
