"""The plan on a terminal."""

import io

from rich.cells import cell_len
from rich.console import Console

from trainlab.reporting.terminal.tables import plan_table

REASON = (
    "baseline, l2, dropout, label_smoothing and 5 more: one network and optimizer, batches of 64, 8 to 24 "
    "epochs; learning rate, l2, dropout, label smoothing differ from lane to lane; 2 chunks of 18 lanes, "
    "since 32 lanes at once are what memory and device allow"
)


def printed(document, columns=80):
    """What a terminal of that many columns gets."""
    console = Console(file=io.StringIO(), width=columns)
    console.print(plan_table(document))
    return console.file.getvalue()


def test_a_plan_is_read_in_80_columns():
    """
    A row for each program, its reason in full below, and nothing wider than the terminal.
    """
    cohorts = [
        {"lanes": 33, "width": 18, "devices": 2, "bytes": 6e6, "reason": REASON},
        {"lanes": 3, "width": 4, "devices": 2, "bytes": 1e6, "reason": "[bold]wide[/bold]: batches of 64"},
    ]

    text = printed({"cohorts": cohorts, "runs": 36, "bytes": 6e6, "seconds": 70})

    lines = [line.rstrip() for line in text.splitlines()]
    assert max(cell_len(line) for line in lines) <= 80
    assert lines[1].split() == ["1", "33", "18", "2", "6", "MB"]
    assert lines[2].split() == ["2", "3", "3", "2", "1", "MB"]
    assert REASON in " ".join(text.split())
    assert "[bold]wide[/bold]: batches of 64" in text
    assert "36 runs in 2 compiled programs, about 6 MB beside the libraries, about 70 s." in text


def test_one_program_is_said_in_the_singular():
    """
    A single run in a single program is counted as such.
    """
    cohorts = [{"lanes": 1, "width": 1, "devices": 1, "bytes": 1e6, "reason": "alone"}]

    text = printed({"cohorts": cohorts, "runs": 1, "bytes": 1e6, "seconds": 2})

    assert "1 run in 1 compiled program," in text
