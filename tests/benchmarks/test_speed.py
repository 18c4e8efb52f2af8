"""Tests of the large benchmark: its works, its floor, its sums, its tables. Nothing is trained or timed."""

import importlib
import sys
from pathlib import Path

import pytest

from trainlab.kept_programs import FOLDER as KEPT
from trainlab.kept_programs import keep_programs

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
MODULES = sorted(
    ".".join(file.relative_to(FOLDER).with_suffix("").parts)
    for file in (*FOLDER.glob("*.py"), *FOLDER.glob("contenders/*.py"))
)
MEASURED = {"jax", "keras", "sklearn", "tensorflow", "torch", "trainlab"}


@pytest.fixture(autouse=True)
def bench(monkeypatch):
    """Import modules of the benchmark by their names, and leave none behind."""
    monkeypatch.syspath_prepend(FOLDER)
    for name in list(sys.modules):
        if name in {*MODULES, "contenders"}:
            monkeypatch.delitem(sys.modules, name)
    yield importlib.import_module
    for name in list(sys.modules):
        if name in {*MODULES, "contenders"}:
            del sys.modules[name]


@pytest.mark.parametrize("name", MODULES)
def test_importing_a_part_measures_nothing(name, bench, capfd, monkeypatch):
    """
    Importing any part starts no process, prints nothing, and imports nothing that is measured.
    """
    monkeypatch.setattr("subprocess.Popen", None)
    for package in MEASURED:
        monkeypatch.setitem(sys.modules, package, None)

    bench(name)

    assert capfd.readouterr() == ("", "")


def test_nothing_takes_tensorflows_place_but_for_who_goes_without(bench):
    """
    The stand-in says that the package is not there, as `import` does where it is not.
    """
    stand_in = FOLDER / "without_tensorflow" / "tensorflow.py"

    with pytest.raises(ModuleNotFoundError, match="without TensorFlow") as caught:
        exec(compile(stand_in.read_text(encoding="utf-8"), str(stand_in), "exec"))  # noqa: S102  (our own file)

    assert caught.value.name == "tensorflow"


def test_works_are_well_formed(bench):
    """
    Names are not used twice, variants are told apart, and claims are made of contenders that there are.
    """
    works, team = bench("works"), bench("contenders.team").TEAM

    assert not works.STEADY.keys() & works.WHOLE.keys()
    for work in (*works.STEADY.values(), *works.WHOLE.values()):
        assert work.claimed.ratios.keys() <= team.keys()
    for work in works.WHOLE.values():
        names = [variant.name for variant in work.variants]
        assert len(set(names)) == len(names)
        assert work.runs * len(names) == pytest.approx(
            work.trials + 1 if work.trials else len(names) * work.seeds * work.folds
        )


def test_a_quick_work_is_the_same_work_but_small(bench):
    """
    Quick works have one epoch, few rows and few runs, and train the same networks.
    """
    works = bench("works")

    for name in works.STEADY:
        small = works.find(name, small=True)
        assert small.rows <= 1_000
        assert small.network == works.STEADY[name].network
    for name in works.WHOLE:
        small = works.find(name, small=True)
        assert small.epochs == 1
        assert small.runs * len(small.variants) <= 20
        assert small.variants[0] == works.WHOLE[name].variants[0]


def test_weights_are_those_that_keras_counts(bench):
    """
    784-64-32-10 has 52,650 weights, and the small convolutional network 20,490.
    """
    works = bench("works")

    assert works.STEADY["a"].network.weights == 52_650
    assert works.STEADY["conv"].network.weights == (9 * 16 + 16) + (144 * 32 + 32) + (7 * 7 * 32 * 10 + 10)


def test_the_floor_of_a_small_network_is_the_one_worked_out_by_hand(bench):
    """
    A batch of 4 through 3-5-10: products of 3 x 5 and 5 x 10, three for each layer but two for the first.
    """
    floors, works = bench("floors"), bench("works")

    needed = floors.needs(works.Network((3,), (5,)), works.Training("adam", 0.1, 4))

    # Forward 2*4*15 + 2*4*50 = 520, weights the same, inputs of the second layer 400.
    assert needed.operations == 520 + 520 + 400
    # 3*5 + 5 + 5*10 + 10 = 80 numbers: read twice; gradients twice; weights and two slots twice each.
    assert needed.bytes == 4 * 80 * (2 + 2 + 6)
    assert needed.seconds(1_440.0, 6_400.0) == (1.0, 0.5)


def test_the_floor_of_a_convolution_counts_every_position(bench):
    """
    A 3 x 3 filter with same padding is a product at each of the 4 x 4 positions of an image.
    """
    floors, works = bench("floors"), bench("works")

    needed = floors.needs(works.Network((4, 4, 1), filters=(2,)), works.Training("sgd", 0.1, 1))

    convolution, dense = 2 * 16 * 9 * 2, 2 * 8 * 10
    assert needed.operations == 2 * convolution + 3 * dense


def test_runs_are_multiplied_and_what_is_done_once_is_not(bench):
    """
    One run of ten counts ten times; start, and what the first run pays for all, count once.
    """
    whole = bench("whole")
    first = {"training": 1.0, "rest": 3.0}
    second = {"training": 2.0, "rest": 1.0}
    said = {
        "once": {"start": 4.0},
        "variants": {
            "one": {"fitted": 1, "of": 10, "each": [first], "accuracy": [0.5]},
            "other": {"fitted": 1, "of": 10, "each": [second], "accuracy": [0.7]},
        },
    }

    found = whole.multiplied(said, wall=12.0)

    assert found["parts"]["start"] == 4.0
    assert found["parts"]["training"] == 30.0
    # Two seconds of the first run alone, one second of the process, and one for each of twenty runs.
    assert found["parts"]["rest"] == 2.0 + 1.0 + 20.0
    assert found["seconds"] == 57.0
    assert (found["fitted"], found["runs"]) == (2, 20)


def test_programs_are_kept_as_the_product_keeps_them(bench, tmp_path):
    """
    The benchmark's folder of programs has the limits that users have.
    """
    base = {"XDG_CACHE_HOME": str(tmp_path)}
    told = dict(base)
    keep_programs(told)

    assert {name: told[name] for name in told.keys() - base.keys() - {KEPT}} == bench("whole")._KEPT


def test_our_parts_are_those_that_the_command_tells(bench):
    """
    Finer timings are used where there are any; what no part names is the rest.
    """
    ours = bench("contenders.ours")
    seconds = {"compile": 2.0, "train": 3.0, "evaluate": 1.0, "total": 8.0}
    timings = {"start": 1.0, "step": 2.0, "gather": 0.5, "store": 0.5, "new": 1.0}

    coarse = ours.parts_of({"seconds": seconds}, 10.0)
    fine = ours.parts_of({"seconds": seconds, "timings": timings}, 10.0)

    assert coarse == {"compile": 2.0, "training": 3.0, "evaluation": 1.0, "rest": 4.0}
    assert fine == {"start": 1.0, "training": 2.5, "storage": 0.5, "rest": 6.0}


def test_an_experiment_file_says_what_the_others_do(bench, tmp_path):
    """
    The file of each whole work is read by us, with its variants, seeds, folds and epochs.
    """
    from trainlab.experiment.document import read_experiment

    ours, works = bench("contenders.ours"), bench("works")

    for name in works.WHOLE:
        folder = tmp_path / name
        folder.mkdir()
        work = works.find(name, small=True)
        read = read_experiment(ours.experiment_file(work, folder))
        assert read.recipe.epochs == work.epochs
        assert len(read.seeds) == work.seeds
        assert work.trials or len(read.variants) == len(work.variants)


def steady_document():
    """Make up a steady work of two contenders and two rounds."""
    rounds = [[{"seconds": 1.0, "epochs": 2}], [{"seconds": 2.0, "epochs": 2}]]
    slow = [[{"seconds": 2.0, "epochs": 1}], [{"seconds": 2.0, "epochs": 1}]]
    shared = {"steps": 10, "warm": [{"first_epoch_seconds": 3.0}], "peak_bytes": 5e8}
    return {
        "trainlab": {
            **shared,
            "title": "trainlab",
            "runs": 4,
            "rounds": rounds,
            "devices": 2,
            "compile_seconds": 1.5,
        },
        "keras_jax": {**shared, "title": "Keras fit, JAX", "runs": 1, "rounds": slow},
    }


def made_up(steady, tables, works):
    """Make up a document with a steady and a whole work, and lay it out."""
    work = works.STEADY["a"]
    found = steady_document()
    steady.summed_up(found, work)
    rates = {"operations_per_second": {"jax 512": 1e9}, "bytes_per_second": [1e9, 1e9]}
    floor = steady.under({"rounds": [rates, rates]}, work, found["trainlab"])
    sample = {
        "seconds": 20.0,
        "runs": 60.0,
        "fitted": 60.0,
        "parts": {"compile": 5.0, "rest": 15.0},
        "accuracy": {"sgd-32": 0.84, "adam-32": 0.87},
    }
    slower = {**sample, "seconds": 100.0, "fitted": 6.0}
    contenders = {
        "trainlab": {"title": "trainlab, nothing compiled", "rounds": [sample]},
        "torch_loop": {"title": "PyTorch loop", "rounds": [slower]},
    }
    importlib.import_module("whole").summed_up(contenders, works.WHOLE["fashion"])
    return tables.shown(
        {
            "environment": {
                "processor": "a processor",
                "cores": 2,
                "commit": "0123456789",
                "started": "2026-01-01",
                "load": 0.1,
                "load_after": 0.2,
                "versions": {"python": "3.11", "torch": "not installed"},
            },
            "device": "2 x cpu",
            "quick": False,
            "words": ["JAX has no GPU here."],
            "works": {
                "a": {
                    "kind": "steady",
                    "work": work.sentence,
                    "left_out": ["PyTorch loop: left out, torch is not installed"],
                    "contenders": found,
                    "floor": floor,
                    "memory": steady.memory(work, found["trainlab"]),
                },
                "fashion": {
                    "kind": "whole",
                    "work": "an experiment",
                    "drawn_rows": 0,
                    "left_out": [],
                    "contenders": contenders,
                },
            },
        }
    )


def test_a_document_becomes_tables(bench):
    """
    What was measured, what was claimed and who was left out are told of every work.
    """
    told = made_up(bench("steady"), bench("tables"), bench("works"))

    lines = [line.replace(" ", "") for line in told.splitlines()]
    # 80 steps in one second and in two: 12.5 and 25 milliseconds; 10 steps in two: 200.
    assert any(line.startswith("|trainlab|18750(12500to25000)|1||1.5|") for line in lines)
    assert any(
        line.startswith("|Kerasfit,JAX|200000(200000to200000)|12.0(8.0to16.0)|4.5|1.0|") for line in lines
    )
    assert "784-64-32-10, sgd 0.01, batch 32, 32 lanes" in told
    assert "PyTorch loop: left out, torch is not installed" in told
    assert "(claimed: 0.75)" in told
    assert any(line.startswith("|PyTorchloop|100.0(100.0to100.0)|5.0(5.0to5.0)|5|6of60|") for line in lines)
    assert "84.0 to 87.0" in told
    assert "torch not installed" not in told


def test_memory_is_claimed_from_data_and_lanes(bench):
    """
    The claim is the rows once on each device, 3.5 times the lanes' state, and 500 MB.
    """
    steady, works = bench("steady"), bench("works")

    found = steady.memory(works.STEADY["a"], {"devices": 2, "peak_bytes": 7e8})

    assert found["data_bytes"] == 2 * 60_000 * 785
    assert found["lane_bytes"] == 32 * 4 * 52_650
    assert found["claimed_bytes"] == found["data_bytes"] + 3.5 * found["lane_bytes"] + 500e6
