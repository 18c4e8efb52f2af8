"""Reports that are drawn beside training, and what becomes of them when that fails."""

import pytest

import trainlab as tl
from trainlab import companion
from trainlab.teaching.drawing import Drawer, Drawing
from trainlab.testing import tiny_experiment


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The folder of a small experiment that has run."""
    return tl.run(tiny_experiment(), tmp_path_factory.mktemp("ran") / "out").folder


def drawings(results, folder):
    """A report, and a page of several."""
    return (
        Drawing(str(folder / "one.html"), [str(results)]),
        Drawing(str(folder / "all.html"), [str(results)], "Several"),
    )


def test_what_is_drawn_beside_equals_what_is_drawn_here(results, tmp_path):
    """
    A page is the same whoever draws it.
    """
    (tmp_path / "beside").mkdir()
    (tmp_path / "here").mkdir()
    drawer = Drawer()
    for there, here in zip(
        *(drawings(results, tmp_path / place) for place in ("beside", "here")), strict=True
    ):
        drawer.beside(there)
        drawer.at_last(here)
    drawer.end()

    for name in ("one.html", "all.html"):
        page = (tmp_path / "beside" / name).read_bytes()
        assert page == (tmp_path / "here" / name).read_bytes()
        assert page.startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize("dies", [False, True])
def test_without_the_process_pages_are_drawn_at_the_end(results, tmp_path, monkeypatch, dies):
    """
    Whether no process starts, or one dies at once, every page is there at the end.
    """
    start = companion.start
    monkeypatch.setattr(companion, "start", lambda module: start(f"{module}.nothing") if dies else None)
    drawer = Drawer()
    for drawing in drawings(results, tmp_path):
        drawer.beside(drawing)
    drawer.end()

    assert {file.name for file in tmp_path.iterdir()} == {"one.html", "all.html"}
