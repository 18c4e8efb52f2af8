"""Weights in a folder: of the runs asked for, in the network's own order, and those that were scored."""

import numpy as np
import pytest

from trainlab.results.files import DamagedFileError, write_arrays
from trainlab.results.weights import FOLDER, scored_kind, scored_weights


def write(folder, name, runs, **kinds):
    """Write a file of stacked weights; leaf number ``i`` of run ``r`` is ``value + 100 r + i``."""
    (folder / FOLDER).mkdir(exist_ok=True)
    arrays = {}
    for kind, (value, leaves) in kinds.items():
        for part in ("weights", "layers"):
            for index in range(leaves):
                stacked = np.array([[value + 100.0 * run + index] for run in runs], np.float32)
                arrays[f"{kind}/{part}/{index}"] = -stacked if part == "layers" else stacked
    write_arrays(folder / FOLDER / name, arrays, {"runs": list(runs)})


def test_runs_are_found_across_files(tmp_path):
    """
    Each run has its own slice of its own file, leaf by leaf in the order of the network, also beyond ten.
    """
    write(tmp_path, "a.safetensors", [4, 0], last=(0, 12))
    write(tmp_path, "b.safetensors", [2], last=(0, 3))

    found = scored_weights(tmp_path, {0, 2})

    assert set(found) == {0, 2}
    assert [float(leaf[0]) for leaf in found[0].weights] == [float(index) for index in range(12)]
    assert [float(leaf[0]) for leaf in found[2].weights] == [200.0, 201.0, 202.0]
    assert [float(leaf[0]) for leaf in found[2].layers] == [-200.0, -201.0, -202.0]


def test_what_was_scored_comes_before_what_was_last(tmp_path):
    """
    Where the scored weights are not simply the last, they are the ones that are given.
    """
    write(tmp_path, "a.safetensors", [0], last=(0, 2), best=(1_000, 2), scored=(5_000, 2))
    write(tmp_path, "b.safetensors", [1], last=(0, 2), best=(1_000, 2))

    found = scored_weights(tmp_path, [0, 1])

    assert float(found[0].weights[0][0]) == 5_000
    assert float(found[1].weights[0][0]) == 100
    assert scored_kind({"scored/weights/0": np.zeros(1)}) == "scored"
    assert scored_kind({"last/weights/0": np.zeros(1), "best/weights/0": np.zeros(1)}) == "last"


def test_no_weights_are_an_empty_answer(tmp_path):
    """
    A folder without weights, and runs that are in no file, are no error: nothing is found.
    """
    assert scored_weights(tmp_path, [0]) == {}
    write(tmp_path, "a.safetensors", [0], last=(0, 1))
    assert scored_weights(tmp_path, [7]) == {}


def test_a_file_that_was_cut_short_is_told(tmp_path):
    """
    Half a file is refused by its name instead of giving half a network.
    """
    write(tmp_path, "a.safetensors", [0], last=(0, 2))
    path = tmp_path / FOLDER / "a.safetensors"
    path.write_bytes(path.read_bytes()[:-8])

    with pytest.raises(DamagedFileError, match=r"a\.safetensors"):
        scored_weights(tmp_path, [0])
