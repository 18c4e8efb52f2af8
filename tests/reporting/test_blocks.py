"""Blocks: what cannot be shown is refused when it is made, not when a face stumbles over it."""

import pytest

from trainlab.reporting.sections.blocks import Listing, Paragraph, Section, Table, flat


def test_a_table_with_rows_of_two_lengths_is_refused():
    """
    A row that is shorter than the head is no row of that table.
    """
    with pytest.raises(ValueError, match=r"the rows of one table have \[1, 2\] columns"):
        Table(("name", "score"), (("one", "0.9"), ("two",)))


def test_rows_below_the_rule_are_as_long_as_those_above():
    """
    What is set off below has the same columns.
    """
    with pytest.raises(ValueError, match=r"have \[2, 3\] columns"):
        Table(("name", "score"), (("one", "0.9"),), below=(("mean", "0.9", "0.1"),))


@pytest.mark.parametrize("place", [-1, 2])
def test_a_numeric_column_that_is_not_there_is_refused(place):
    """
    Columns are counted from 0, and only those of the table can be set right.
    """
    with pytest.raises(ValueError, match="numeric columns"):
        Table(("name", "score"), (), numeric=(place,))


def test_a_table_without_head_and_rows_has_no_columns():
    """
    Nothing is counted where nothing is.
    """
    assert Table((), ()).columns == 0


def test_flat_gives_blocks_in_the_order_of_reading():
    """
    A section stands before what it holds, and that before what follows the section.
    """
    inner = Section("b", (Paragraph("c"),), 3)
    outer = Section("a", (inner, Listing(("d",))))
    last = Paragraph("e")

    assert list(flat([outer, last])) == [outer, inner, Paragraph("c"), Listing(("d",)), last]
