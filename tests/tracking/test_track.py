"""The verb and its command: what is lacking is sent, and said."""

import json

import trainlab.cli.tracking  # noqa: F401  # the command is there once this is imported
from trainlab.cli.app import command
from trainlab.tracking.ledger import FOLDER, last_destination

URI = "http://tracking.example:5000"


def test_the_command_says_what_was_sent(folder, memory, capsys):
    """
    First everything, then nothing; the destination is remembered.
    """
    assert command(["track", str(folder), "--mlflow", URI]) == 0
    first = capsys.readouterr().out
    assert command(["track", str(folder)]) == 0
    second = capsys.readouterr().out

    assert first.splitlines()[0].startswith("Sent: ")
    assert first.splitlines()[0].endswith("numbers of 4 runs, 3 files.")
    assert first.splitlines()[1] == f"MLflow at {URI} has everything."
    assert second.splitlines()[0] == "Sent: 0 numbers of 0 runs, 0 files."
    assert last_destination(folder) == URI


def test_the_command_says_what_is_lacking(folder, memory, capsys):
    """
    With the exit code of what is missing, for programs in one object.
    """
    memory.fail(range(100))

    code = command(["track", str(folder), "--mlflow", URI, "--json"])

    told = json.loads(capsys.readouterr().out)
    assert code == 5
    assert told["schema"] == "trainlab/track/1"
    assert (told["complete"], told["left"], told["problem"]) == (False, 4, "request 1")


def test_no_results_are_told(tmp_path, capsys):
    """
    A folder without results is a mistake of who asks.
    """
    assert command(["track", str(tmp_path)]) == 2
    assert "no results there" in capsys.readouterr().err


def test_no_password_is_written(folder, memory):
    """
    What stands on disk tells nobody how to get in.
    """
    command(["track", str(folder), "--mlflow", "http://eve:secret@tracking.example:5000"])

    assert all(b"secret" not in file.read_bytes() for file in (folder / FOLDER).iterdir())
