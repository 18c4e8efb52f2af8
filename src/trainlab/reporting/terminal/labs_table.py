"""The ready-made labs for a terminal: all of them as a table, or one with its experiments."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text


def labs_table(labs: Sequence[Mapping[str, Any]]) -> Group:
    """Show what each lab is about, and what to do with one.

    Args:
        labs: name, about and experiments of each, as ``trainlab/labs/1`` has them.
    """
    table = Table(box=None, padding=(0, 2, 1, 0), pad_edge=False)
    table.add_column("lab", no_wrap=True)
    table.add_column("what it is about")
    table.add_column("experiments", justify="right")
    for lab in labs:
        about = Text.assemble((str(lab["title"]), "bold"), "\n", str(lab["about"]))
        table.add_row(Text(lab["name"]), about, str(len(lab["experiments"])))
    return Group(table, _commands("NAME"))


def lab_text(lab: Mapping[str, Any]) -> Group:
    """Show one lab: what it is about, its experiments with their questions, and what to do with it."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("experiment", no_wrap=True)
    table.add_column("question")
    for step in lab["experiments"]:
        table.add_row(Text(step["name"]), Text(step["question"]))
    head = Text.assemble((str(lab["title"]), "bold"), "\n", str(lab["about"]))
    return Group(head, Text(), table, Text(), _commands(lab["name"]))


def _commands(name: str) -> Table:
    commands = {
        f"trainlab run labs/{name}": "runs it on small embedded data",
        f"trainlab run labs/{name} --full": "the same questions of the real data",
        f"trainlab run labs/{name}/EXPERIMENT": "one experiment of it",
        f"trainlab labs {name} --copy DIR": "a copy to change and hand in: guide, notebook, files",
    }
    said = Table.grid(padding=(0, 2, 0, 0))
    said.add_column(no_wrap=True, min_width=max(map(len, commands)))  # to be copied whole
    for command, does in commands.items():
        said.add_row(Text(command), Text(does, style="dim"))
    return said
