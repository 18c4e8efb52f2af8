"""Tests of the table that shows where the time of a command went."""

import io

from rich.console import Console

from trainlab.reporting.terminal.timings_table import PARTS, timings_table


def shown(seconds, width=80):
    """Print the table as a terminal of that width shows it."""
    stream = io.StringIO()
    Console(file=stream, width=width).print(timings_table(seconds))
    return stream.getvalue()


def test_parts_stand_with_seconds_share_and_words():
    """Each part says what it is; the last line adds up."""
    said = shown({"step": 3.0, "compile": 1.0}, width=120)

    assert "compile" in said
    assert "75 %" in said
    assert PARTS["step"] in said
    assert "4.0" in said.splitlines()[-2]
    assert "100 %" in said.splitlines()[-2]


def test_parts_stand_in_the_order_of_the_work_whatever_came_first():
    """Reading goes from the start of the process to the report; a part that no table knows comes last."""
    said = shown({"report": 1.0, "unheard of": 1.0, "start": 1.0, "step": 1.0})

    places = [said.index(name) for name in ("start", "step", "report", "unheard of")]
    assert places == sorted(places)


def test_the_first_step_is_told_where_one_was_taken():
    """Below the table stands how long it took until networks learned; nothing where none did."""
    stream = io.StringIO()
    Console(file=stream, width=80).print(timings_table({"step": 1.0}, 4.56))

    assert stream.getvalue().splitlines()[-1].strip() == "The first steps were done after 4.6 s."
    assert "first steps" not in shown({"step": 1.0})


def test_nothing_timed_is_no_division_by_zero():
    """A table of nothing stands."""
    assert "0.0" in shown({"step": 0.0})


def test_eighty_columns_are_enough():
    """No line is wider than the terminal."""
    said = shown(dict.fromkeys(PARTS, 12_345.6))

    assert max(map(len, said.splitlines())) <= 80
