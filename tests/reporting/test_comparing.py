"""The comparison on a terminal: what stands there, at 80 and at 120 columns."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from trainlab.comparison.attribution import attribution
from trainlab.comparison.compare import compare
from trainlab.comparison.convergence import convergence
from trainlab.reporting.terminal.comparing import ComparisonTable


def printed(table, columns):
    """What a terminal of that many columns gets, without spaces at the ends of lines."""
    console = Console(file=io.StringIO(), width=columns)
    console.print(table, markup=False, highlight=False)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def table_of(results):
    """The comparison with all that stands beside it."""
    return ComparisonTable(results, compare(results), convergence(results), attribution(results))


@pytest.fixture(scope="module")
def grid_table(techniques):
    """The comparison of four variants that cross two techniques."""
    return table_of(techniques)


@pytest.mark.parametrize("columns", [80, 120])
def test_nothing_is_wider_than_the_terminal(grid_table, columns):
    """
    Every part of a grid's comparison is there, and fits.
    """
    text = printed(grid_table, columns)

    assert max(cell_len(line) for line in text.splitlines()) <= columns
    for head in (
        "How large, and how likely",
        "Noise floor",
        "What each technique does, averaged over the settings of the others",
        "Ahead after equal epochs, updates and time",
    ):
        assert head in text.splitlines()


@pytest.mark.parametrize("columns", [80, 120])
def test_names_come_through_harmless(nasty, columns):
    """
    Markup and escapes are neither obeyed nor wider than the terminal.
    """
    text = printed(table_of(nasty), columns)

    assert max(cell_len(line) for line in text.splitlines()) <= columns
    assert "[bold]" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_intervals_stand_beside_their_numbers_where_there_is_room(grid_table):
    """
    A variant takes one line of a wide terminal, and two of a narrow one.
    """
    row = grid_table.comparison.rows[0]
    low, value = (f"{100 * number:+.2f}".replace("-", "−") for number in (row.low, row.difference))

    wide, narrow = (printed(grid_table, columns).splitlines() for columns in (120, 80))

    assert any(line.startswith("l2 ") and value in line and low in line for line in wide)
    at = next(place for place, line in enumerate(narrow) if line.startswith("l2 "))
    assert value in narrow[at]
    assert low in narrow[at + 1]


def test_what_costs_the_same_is_told_once(grid_table):
    """
    Where every variant has the same steps in an epoch, equal epochs are equal updates.
    """
    text = printed(grid_table, 120)

    assert "20 epochs = 1,020 updates" in text


def test_beliefs_and_effects_are_those_of_the_comparison(grid_table):
    """
    Each number that is shown is one that the row holds.
    """
    row = grid_table.comparison.rows[0]

    text = printed(grid_table, 120)

    line = next(
        line for line in text.splitlines() if line.startswith("l2 ") and " to " in line and "%" in line
    )
    shown = f"{row.effect.size:.2f}".replace("-", "−")
    assert shown in line
    assert f"{100 * row.effect.probability:.0f} %" in line


def test_one_seed_leaves_out_what_it_cannot_tell(one_seed):
    """
    Without intervals there is no table of effects, and the noise floor says why it has none.
    """
    text = printed(table_of(one_seed), 80)

    assert "How large" not in text
    assert "What seeds alone change cannot be told" in " ".join(text.split())
    assert "undecided" in text


def test_a_variant_alone_is_told_so(make_results, tmp_path):
    """
    Nothing is compared, and nothing breaks.
    """
    results = make_results(tmp_path / "alone", {"baseline": 0.9}, seeds=2, epochs=2)

    assert printed(table_of(results), 80).startswith("There is one variant, so nothing is compared.")


def test_many_variants_are_cut_where_nobody_would_read_on(make_results, tmp_path):
    """
    Of 14 variants each view shows 12 and says how many are left.
    """
    qualities = {f"dropout={share}": 0.8 for share in range(14)}
    results = make_results(tmp_path / "many", qualities, seeds=2, epochs=2)

    assert "… 2 more" in printed(table_of(results), 120)
