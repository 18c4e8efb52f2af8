"""Where the time of a command went, as a table: parts from the first to the last, with what each is."""

from collections.abc import Mapping

from rich.box import SIMPLE_HEAD
from rich.table import Table

PARTS = {
    "start": "starting Python, loading Keras and JAX",
    "prepare": "reading, checking, splitting; building models, drawing first weights",
    "baselines": "fitting the simple predictors",
    "compile": "turning steps and evaluation into machine code",
    "gather": "fetching the rows of each step",
    "random": "random numbers of dropout, noise and the like",
    "shuffle": "drawing the order of rows of each epoch",
    "step": "the network forward and backward, and the optimizer",
    "evaluate": "losses and scores after each epoch, predictions at the end",
    "look": "gradients and activations for the report; what an answer costs",
    "ensembles": "putting members together",
    "timing": "a step of each variant alone, and what this table needs",
    "store": "writing epochs, weights and predictions to disk",
    "compare": "statistics of the answer",
    "report": "drawing the report",
    "other": "everything else",
}


def timings_table(seconds: Mapping[str, float], first_step: float | None = None) -> Table:
    """Show seconds by part, as ``stopwatch.Stopwatch.reading`` gives them.

    Args:
        seconds: part -> seconds; a part that no table knows stands last, without words.
        first_step: seconds from the start until the first steps were done; None where none were.
    """
    whole = max(sum(seconds.values()), 1e-9)
    said = None if first_step is None else f" The first steps were done after {first_step:.1f} s."
    table = Table(
        box=SIMPLE_HEAD,
        pad_edge=False,
        header_style="bold",
        show_footer=True,
        padding=(0, 1),
        caption=said,
        caption_justify="left",
        caption_style="",
    )
    table.add_column("where the time went", "total")
    table.add_column("seconds", f"{whole:.1f}", justify="right")
    table.add_column("share", "100 %", justify="right")
    table.add_column("what it is")
    for name in [*PARTS, *(name for name in seconds if name not in PARTS)]:
        if name in seconds:
            taken = seconds[name]
            table.add_row(name, f"{taken:.1f}", f"{100 * taken / whole:.0f} %", PARTS.get(name, ""))
    return table
