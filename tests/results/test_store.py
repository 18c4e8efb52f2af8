"""The store: what is durable, what arrives whole, who may write, and what is refused."""

import os
import signal
import sqlite3

import numpy as np
import pytest

from trainlab.errors import MissingError, UsageError
from trainlab.results.outcome import Outcome
from trainlab.results.records import EPOCH_COLUMNS
from trainlab.results.store import FILE, FORMAT, Reader, Writer


def test_what_is_written_is_read_back(tmp_path, record, ending, declared):
    """
    Facts, runs, epochs, endings and arrays come back as they went in, types and shapes of arrays too.
    """
    arrays = {
        "cube": np.arange(24, dtype=np.float16).reshape(2, 3, 4),
        "flags": np.array([True, False]),
        "empty": np.zeros((0, 3), np.float32),
        "swapped": np.arange(3, dtype=">i4"),
        "strided": np.arange(10)[::3],
        "number": np.array(1.5),
    }

    with Writer(tmp_path) as writer:
        declared(writer)
        writer.write_facts({"text": 'é"\n', "nested": {"a": [1, None]}})
        writer.write_arrays("some", arrays)
        writer.write_epoch(1, {0: record(0.25), 1: record(0.5, penalty=0.125)})
        writer.write_endings({1: ending()})
    with Reader(tmp_path) as reader:
        facts, runs, epochs = reader.facts(), reader.runs(), reader.epochs()
        read = {name: reader.array("some", name) for name in arrays}
        outputs, missing = reader.array("run/1", "outputs"), reader.array("run/1", "row_losses")

    assert facts["text"] == 'é"\n'
    assert facts["nested"] == {"a": [1, None]}
    assert [run["run"] for run in runs] == [0, 1]
    assert (runs[0]["outcome"], runs[0]["epochs"], runs[0]["score"]) == (Outcome.RUNNING, 1, None)
    assert (runs[1]["outcome"], runs[1]["epochs"], runs[1]["score"]) == (Outcome.FINISHED, 3, 0.75)
    assert runs[1]["diverged_step"] is None
    assert sorted(epochs) == [(0, 1, *[0.25] * 8), (1, 1, *[0.5] * 7, 0.125)]
    for name, array in arrays.items():
        np.testing.assert_array_equal(read[name], array)
        assert (read[name].dtype, read[name].shape) == (array.dtype, array.shape)
    assert (outputs.dtype, outputs.shape) == (np.float16, (3, 2))
    assert missing is None


def test_numbers_that_are_none_are_stored_as_missing(tmp_path, record, ending, declared):
    """
    NaN and both infinities come back as missing, their neighbours as they were.
    """
    with Writer(tmp_path) as writer:
        declared(writer)
        writer.write_epoch(
            1, {0: record(1, train_loss=float("nan"), penalty=float("inf"), running_loss=float("-inf"))}
        )
        writer.write_endings({0: ending(np.float64("nan"), loss=float("inf"), diverged_step=np.int64(3))})
    with Reader(tmp_path) as reader:
        (epoch,), (run, _) = reader.epochs(), reader.runs()

    values = dict(zip(EPOCH_COLUMNS, epoch[2:], strict=True))
    assert {name for name, value in values.items() if value is None} == {
        "train_loss",
        "penalty",
        "running_loss",
    }
    assert (run["score"], run["loss"], run["train_loss"], run["diverged_step"]) == (None, None, 0.25, 3)


def test_facts_that_json_does_not_know_are_refused(tmp_path, declared):
    """
    A fact that is NaN is an error of ours, and none of the facts written with it stay.
    """
    with Writer(tmp_path) as writer:
        declared(writer)
        with pytest.raises(ValueError, match="JSON"):
            writer.write_facts({"fine": 1, "wrong": float("nan")})
    with Reader(tmp_path) as reader:
        assert "fine" not in reader.facts()


def test_an_epoch_written_again_replaces_the_first(tmp_path, record, declared):
    """
    After a resume the same epoch may come again: the later stands, and the number of epochs never falls.
    """
    with Writer(tmp_path) as writer:
        declared(writer)
        for epoch, value in [(1, 1), (2, 2), (1, 9)]:
            writer.write_epoch(epoch, {0: record(value)})
    with Reader(tmp_path) as reader:
        epochs, runs = sorted(reader.epochs()), reader.runs()

    assert [epoch[1:3] for epoch in epochs] == [(1, 9.0), (2, 2.0)]
    assert runs[0]["epochs"] == 2


def test_interrupting_marks_only_runs_under_way(tmp_path, ending, declared):
    """
    A run that has ended keeps its ending when the rest is interrupted.
    """
    with Writer(tmp_path) as writer:
        declared(writer)
        writer.write_endings({1: ending(outcome=Outcome.DIVERGED)})
        writer.mark_interrupted()
    with Reader(tmp_path) as reader:
        outcomes = [run["outcome"] for run in reader.runs()]

    assert outcomes == [Outcome.INTERRUPTED, Outcome.DIVERGED]


# ---------------------------------------------------------------------------------------- whole or not at all


def test_endings_arrive_together_or_not_at_all(tmp_path, ending, declared):
    """
    Where one of several endings can't be written, none of them is, nor any of their rows.
    """
    with Writer(tmp_path) as writer:
        declared(writer)
        with pytest.raises(AttributeError, match="dtype"):
            writer.write_endings({0: ending(), 1: ending(outputs=[[0.5]])})
        writer.write_facts({"later": 1})
    with Reader(tmp_path) as reader:
        assert [run["outcome"] for run in reader.runs()] == [Outcome.RUNNING, Outcome.RUNNING]
        assert reader.array("run/0", "outputs") is None
        assert reader.facts()["later"] == 1


def test_an_acknowledged_epoch_survives_a_kill(tmp_path, child):
    """
    Every epoch that a process said was written is there after SIGKILL at once afterwards, three times over.
    """
    writing = """
        with Writer(folder) as writer:
            if sys.argv[1:] and not (folder / "begun").exists():
                writer.declare_runs([(run, run, 0, 0, 0, 0, 0) for run in range(20)])
                (folder / "begun").touch()
            first = int(sys.stdin.readline())
            for epoch in range(first, 10_000):
                writer.write_epoch(epoch, {run: record(epoch) for run in range(20)})
                print(epoch, flush=True)
    """
    last = 0
    for more in (1, 4, 9):
        process = child(writing, tmp_path)
        process.stdin.write(f"{last + 1}\n")
        process.stdin.flush()
        said = [int(process.stdout.readline()) for _ in range(more)]
        process.kill()
        said += [int(line) for line in process.communicate()[0].splitlines() if line]
        last = said[-1]
        with Reader(tmp_path) as reader:
            epochs = reader.epochs()

        found = {(run, epoch) for run, epoch, *_ in epochs}
        assert {(run, epoch) for run in range(20) for epoch in range(1, last + 1)} <= found
        assert len(found) % 20 == 0, "an epoch arrived in part"
        assert all(values == [float(epoch)] * len(EPOCH_COLUMNS) for _, epoch, *values in epochs)


def test_a_kill_in_the_middle_of_an_ending_leaves_none_of_it(tmp_path, child, ending, declared):
    """
    A process killed before its transaction is committed leaves the runs as they were, and the next may write.
    """
    with Writer(tmp_path) as writer:
        declared(writer)
    process = child(
        """
        from trainlab.results import store
        with Writer(folder) as writer, writer._transaction() as cursor:
            cursor.execute("UPDATE runs SET outcome = 1, score = 0.5")
            cursor.execute("INSERT INTO arrays VALUES ('run/0', 'outputs', '<f4', '[0]', x'')")
            print("in the middle", flush=True)
            sys.stdin.readline()
        """,
        tmp_path,
    )
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()

    with Writer(tmp_path) as writer:
        writer.write_endings({1: ending()})
    with Reader(tmp_path) as reader:
        assert [run["outcome"] for run in reader.runs()] == [Outcome.RUNNING, Outcome.FINISHED]
        assert reader.array("run/0", "outputs") is None


def test_a_full_disk_keeps_what_was_written_before(tmp_path, child):
    """
    Where no more fits, the error names the folder and exits with 5, and every earlier epoch stays.
    """
    pytest.importorskip("resource")
    process = child(
        """
        import resource
        with Writer(folder) as writer:
            writer.declare_runs([(run, run, 0, 0, 0, 0, 0) for run in range(50)])
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
            try:
                for epoch in range(1, 1000):
                    writer.write_epoch(epoch, {run: record(epoch) for run in range(50)})
                    print(epoch, flush=True)
            except TrainlabError as error:
                print(type(error).__name__, error.exit_code, error, flush=True)
        """,
        tmp_path,
    )
    *written, last = process.communicate()[0].splitlines()

    with Reader(tmp_path) as reader:
        epochs = {epoch for _, epoch, *_ in reader.epochs()}

    assert last.startswith(f"MissingError 5 {tmp_path}: the results cannot be written: ")
    assert "Free space" in last
    assert len(written) > 3
    assert epochs == {int(epoch) for epoch in written}


# ------------------------------------------------------------------------------------- writers and readers


def test_a_second_writer_is_told_who_writes(tmp_path, child):
    """
    While a process writes, another is refused with its number; once it is gone, the folder is free.
    """
    process = child("with Writer(folder): print('open', flush=True); sys.stdin.readline()", tmp_path)
    process.stdout.readline()

    with pytest.raises(UsageError, match=f"process {process.pid} is writing to this folder.*`trainlab show`"):
        Writer(tmp_path)
    process.kill()
    process.wait()

    with Writer(tmp_path) as writer:
        writer.write_facts({"mine": 1})


def test_a_refused_writer_leaves_the_first_alone(tmp_path):
    """
    A refused attempt neither takes the lock nor loses the name of its holder.
    """
    with Writer(tmp_path) as writer:
        for _ in range(2):
            with pytest.raises(UsageError, match=f"process {os.getpid()} is writing"):
                Writer(tmp_path)
        writer.write_facts({"still": 1})
    with Writer(tmp_path) as writer, Reader(tmp_path) as reader:
        assert reader.facts() == {"still": 1}


def test_a_reader_reads_while_a_writer_writes(tmp_path, record, declared):
    """
    A reader sees what is finished, and a writer goes on beside it.
    """
    with Writer(tmp_path) as writer:
        declared(writer)
        writer.write_epoch(1, {0: record(1)})
        with Reader(tmp_path) as reader:
            before = len(reader.epochs())
            writer.write_epoch(2, {0: record(2)})
            after = len(reader.epochs())

    assert (before, after) == (1, 2)


def test_a_reader_writes_nothing(tmp_path, declared):
    """
    Through a reader's connection nothing can be changed.
    """
    with Writer(tmp_path) as writer:
        declared(writer)

    with Reader(tmp_path) as reader, pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._connection.execute("DELETE FROM facts")


# ------------------------------------------------------------------------------------------------- refusals


@pytest.fixture
def stored(tmp_path, record, ending, declared):
    """A folder with results in it, larger than one page."""
    with Writer(tmp_path) as writer:
        declared(writer)
        for epoch in range(1, 100):
            writer.write_epoch(epoch, {0: record(epoch), 1: record(epoch)})
        writer.write_endings({0: ending()})
    return tmp_path


def everything(folder):
    """Read all that a folder holds."""
    with Reader(folder) as reader:
        return reader.facts(), reader.runs(), reader.epochs(), reader.array("run/0", "outputs")


@pytest.mark.parametrize("opened", [Writer, Reader])
def test_another_format_is_refused_with_both_numbers(stored, opened):
    """
    Results of another format name both numbers and are left as they are.
    """
    connection = sqlite3.connect(stored / FILE)
    connection.execute("PRAGMA user_version = 7")
    connection.close()

    needed = {Writer: f"{FORMAT}", Reader: "1 or 2"}[opened]
    with pytest.raises(UsageError, match=f"format 7, and format {needed} is needed.*wrote them, or a newer"):
        opened(stored)


def test_a_folder_of_format_1_still_opens(format_1):
    """
    A run's row, epochs and arrays of format 1 are read; no run is a member of anything, nothing is pruned.
    """
    with Reader(format_1) as reader:
        runs, epochs, facts = reader.runs(), reader.epochs(), reader.facts()
        outputs = reader.array("run/2", "outputs")

    assert [(run["variant"], run["seed"], run["cohort"]) for run in runs] == [
        (0, 0, 0),
        (0, 1, 0),
        (1, 0, 1),
        (1, 1, 1),
    ]
    assert [run["score"] for run in runs] == [0.75, 0.5, 0.625, None]
    assert [run["outcome"] for run in runs] == [Outcome.FINISHED] * 3 + [Outcome.DIVERGED]
    assert {(run["member"], run["members"]) for run in runs} == {(0, 0)}
    assert {(run["unpruned_score"], run["pruned_share"]) for run in runs} == {(None, 0)}
    assert (2, 2, *[2.5] * len(EPOCH_COLUMNS)) in epochs
    assert facts["experiment"]["seeds"] == [7, 8]
    np.testing.assert_array_equal(outputs, np.full((3, 2), 0.5, np.float16))


def test_a_folder_of_format_1_is_not_written_to(format_1):
    """
    Going on in an older format is refused with the way out, and the file stays as it was.
    """
    before = (format_1 / FILE).read_bytes()

    with pytest.raises(
        UsageError, match=r"format 1, and format 2 is needed.*`trainlab show` still reads them"
    ):
        Writer(format_1)
    connection = sqlite3.connect(format_1 / FILE)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()

    assert version == 1
    assert len((format_1 / FILE).read_bytes()) == len(before)


def test_members_and_pruning_are_stored(tmp_path, ending, declared):
    """
    An ensemble, its members and what pruning took come back as they went in.
    """
    with Writer(tmp_path) as writer:
        writer.declare_runs([(0, 0, 0, 0, -1, 0, 2), (1, 0, 0, 0, 3, 1, 0), (2, 0, 0, 0, 3, 2, 0)])
        writer.write_endings({1: ending(unpruned_score=0.5, pruned_share=0.25), 2: ending()})
    with Reader(tmp_path) as reader:
        runs = reader.runs()

    assert [(run["cohort"], run["member"], run["members"]) for run in runs] == [
        (-1, 0, 2),
        (3, 1, 0),
        (3, 2, 0),
    ]
    assert [(run["unpruned_score"], run["pruned_share"]) for run in runs[1:]] == [(0.5, 0.25), (None, 0.0)]


@pytest.mark.parametrize("opened", [Writer, Reader])
def test_a_file_of_another_kind_is_refused(tmp_path, opened):
    """
    A text file of that name is no crash, and it is not overwritten.
    """
    (tmp_path / FILE).write_text("score,loss\n" * 500, encoding="utf-8")

    with pytest.raises(
        UsageError, match=r"results\.sqlite: the results cannot be read: file is not a database"
    ):
        opened(tmp_path)

    assert (tmp_path / FILE).read_text(encoding="utf-8") == "score,loss\n" * 500


@pytest.mark.parametrize("share", [0.1, 0.4, 0.7])
def test_a_truncated_file_is_refused(stored, share):
    """
    A file cut short is told as such when it is read, never shown in part.
    """
    content = (stored / FILE).read_bytes()
    (stored / FILE).write_bytes(content[: int(share * len(content))])

    with pytest.raises(UsageError, match=r"the results cannot be read: .*Restore the file, or run again"):
        everything(stored)


def test_an_empty_file_is_refused(tmp_path):
    """
    A file without any content holds no results, which is what is said.
    """
    (tmp_path / FILE).touch()

    with pytest.raises(UsageError, match=r"nothing is stored there.*Run the experiment into a new folder"):
        Reader(tmp_path)


def test_a_folder_without_results_is_refused(tmp_path):
    """
    A folder that `trainlab run` has not written is told so.
    """
    with pytest.raises(UsageError, match=r"no results there.*`trainlab run` has written"):
        Reader(tmp_path)


def test_a_folder_that_cannot_be_written_is_something_missing(tmp_path):
    """
    A folder that is not there gives the error of exit code 5.
    """
    with pytest.raises(
        MissingError, match=r"the folder cannot be written.*Choose another with `--out`"
    ) as told:
        Writer(tmp_path / "none")

    assert told.value.exit_code == 5


def test_a_refused_writer_frees_the_folder(tmp_path):
    """
    After a refusal for a wrong file the lock is free again.
    """
    (tmp_path / FILE).write_text("text " * 500, encoding="utf-8")
    with pytest.raises(UsageError, match="not a database"):
        Writer(tmp_path)
    (tmp_path / FILE).unlink()

    with Writer(tmp_path) as writer:
        writer.write_facts({"free": 1})
