"""The command line: what people type, and what programs read with ``--json``.

Data go to stdout, progress and notes to stderr. Rooms are loaded by the command that needs them, so that
``--help`` is quick. Commands are plain functions; the shell around them is Cyclopts.
"""

from trainlab.cli import answers, final_model, labs, questions, tracking, training, trying
from trainlab.cli.app import app, command, main

__all__ = [
    "answers",
    "app",
    "command",
    "final_model",
    "labs",
    "main",
    "questions",
    "tracking",
    "training",
    "trying",
]
