"""How far training is, and how long the rest takes."""

from trainlab.engine.training import Progress
from trainlab.reporting.terminal.progress import _Pace


def test_a_new_stage_is_paced_by_itself(monkeypatch):
    """
    Where trials are followed by the experiment's own runs, the pace begins anew with these.
    """
    clock = iter([0.0, 100.0, 200.0, 210.0])
    monkeypatch.setattr("trainlab.reporting.terminal.progress.time.monotonic", lambda: next(clock))
    pace = _Pace()

    told = [pace.words(Progress(done, total, "")) for done, total in ((0, 90), (90, 90), (0, 40), (20, 40))]

    assert told[1] == "0.9 epochs of runs a second, 0 s left"
    assert told[2:] == ["compiling", "2.0 epochs of runs a second, 10 s left"]
