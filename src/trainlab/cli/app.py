"""The shell around the commands: the application, how it is left, and the options that commands share."""

import json
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

from cyclopts import App, CycloptsError, Parameter, Token

import trainlab
from trainlab.cli.streams import notes
from trainlab.errors import TrainlabError, UsageError

DIVERGED, INTERRUPTED, TERMINATED = 3, 130, 143

app = App(
    name="trainlab",
    version=trainlab.__version__,
    help="Which way of training a Keras network is better, how sure are we, and what to try next.\n\n"
    "Begin with `trainlab run examples/digits.yaml`, or copy that file and write your own question.\n\n"
    "`trainlab labs` lists ready-made labs on how networks are improved.",
    help_format="plaintext",
    result_action="return_value",
)


def _experiment_file(of: Any, tokens: Sequence[Token]) -> Path:
    del of
    from trainlab.teaching.finding import experiment_file

    return experiment_file(Path(tokens[0].value))


File = Annotated[Path, Parameter(converter=_experiment_file)]
"""An experiment file, or one experiment of a ready-made lab: ``labs/NAME/EXPERIMENT``."""

Json = Annotated[bool, Parameter(name="--json", negative="", help="Print one JSON object on stdout.")]
Debug = Annotated[bool, Parameter(negative="", help="Show the traceback of an error.")]
AllowCode = Annotated[
    bool, Parameter(negative="", help="Let a Python file that the experiment names run. Read it first.")
]
Quiet = Annotated[bool, Parameter(negative="", help="Show no progress.")]
Seeds = Annotated[int | None, Parameter(help="As many seeds instead of the file's.")]
Epochs = Annotated[int | None, Parameter(help="As many epochs instead of the file's.")]


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    sys.exit(command(given))


def command(arguments: list[str]) -> int:
    """Run one command and give its exit code: 0, or as the error's kind says.

    Args:
        arguments: the words after ``trainlab``.
    """
    try:
        found = app(arguments, exit_on_error=False, print_error=False, error_console=notes())
        return int(found or 0)
    except CycloptsError as error:
        words = " ".join(str(error).split())
        return fail(UsageError(words.rstrip("."), "command line", None, "See `trainlab --help`."), arguments)
    except TrainlabError as error:
        return fail(error, arguments)
    except KeyboardInterrupt:
        notes().print("Interrupted.", highlight=False)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever reads us has heard enough, as in `trainlab show FOLDER | head`.
        sys.stdout = None
        return 0
    except Exception as error:  # noqa: BLE001  (the last stop: our fault, said without a traceback)
        kind = type(error).__name__
        ours = TrainlabError(
            f"trainlab failed: {kind}: {error}", "", None, "Please report this with the output of `--debug`."
        )
        return fail(ours, arguments)


def left_by(signal: str, note: str) -> int:
    """Say how to go on after an interruption, and give its exit code.

    Args:
        signal: ``"SIGINT"`` or ``"SIGTERM"``.
        note: how to go on.
    """
    notes().print(note, markup=False, highlight=False, soft_wrap=True)
    return TERMINATED if signal == "SIGTERM" else INTERRUPTED


def fail(error: TrainlabError, arguments: list[str]) -> int:
    """Say what is wrong, as people and as programs read it, and give the exit code of its kind."""
    if "--debug" in arguments:
        traceback.print_exc()
    if "--json" in arguments:
        value = (
            error.value if isinstance(error.value, (str, int, float, bool, type(None))) else repr(error.value)
        )
        document = {
            "schema": "trainlab/error/1",
            "exit": error.exit_code,
            "message": error.message,
            "where": error.where,
            "value": value if not isinstance(value, float) or value - value == 0 else repr(value),
            "cure": error.cure,
        }
        print(json.dumps(document, allow_nan=False))
    notes().print(f"Error: {error}", markup=False, highlight=False, soft_wrap=True)
    return error.exit_code
