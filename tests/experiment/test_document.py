"""Experiment files: good ones give experiments and come back; bad ones are refused with line and column."""

import copy
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainlab.data.dataset import Dataset
from trainlab.data.named import catalogue
from trainlab.data.named.catalogue import load
from trainlab.data.splitting.validations import Holdout
from trainlab.errors import MissingError, UsageError
from trainlab.experiment.document import read_experiment, write_experiment
from trainlab.experiment.layers import ACTIVATIONS, INITIALIZERS
from trainlab.experiment.models import Cnn, KerasFile, Mlp, PythonFile
from trainlab.experiment.optimizers import KINDS
from trainlab.experiment.recipe import CHECKS, Recipe
from trainlab.experiment.spec import Experiment
from trainlab.experiment.variants import is_control

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

CONTRACT = """\
question: Does dropout or L2 help a wide network?
data: xor
validation: {holdout: 0.1}
model: {mlp: [512]}
recipe: {optimizer: adam, learning_rate: 1e-3, batch_size: 128, epochs: 20}
variants:
  baseline: {}
  l2: {l2: 1e-3}
  dropout: {dropout: 0.3}
  both: {l2: 1e-3, dropout: 0.3}
seeds: 5
metric: accuracy
"""

PLACES = ("hidden", "input", "last", "{first: 2}", "[dense_1, 'no', '1e-3']")
PLACED = ("0.1", "[0.1, 0.2]", *(f"{{strength: 0.1, at: {place}}}" for place in PLACES))
PENALTY = (
    *PLACED,
    *(f"{{strength: [0.1], at: last, on: {on}}}" for on in ("[kernel, bias]", "bias")),
)

# The second table of the contract: every key with every form of its values, as a file writes them.
FORMS = {
    "optimizer": ("sgd", "adam", "lion", "{sgd: {momentum: 0.9, nesterov: true}}"),
    "learning_rate": ("1e-3",),
    "schedule": (
        "{step: {every: 5, factor: 0.5}}",
        "{exponential: {factor: 0.95}}",
        "{inverse_time: {rate: 0.1}}",
        "{cosine: {restarts: 0}}",
        "{one_cycle: {peak: 0.1}}",
        "{plateau: {patience: 3, factor: 0.5}}",
        "{step: {every: 5, factor: 0.5}, warmup: 2}",
        "{cosine: {restarts: 1, warmup: 2}}",
        "false",
    ),
    "clip_norm": ("1.0", "false"),
    "clip_value": ("0.5", "none"),
    "ema": ("0.99",),
    "accumulate": ("4",),
    "batch_size": ("16", "all"),
    "epochs": ("3",),
    "loss": ("mse", "categorical_crossentropy", "hinge", "KLDivergence"),
    "output": ("linear", "sigmoid", "tanh", "softmax"),
    **dict.fromkeys(("l1", "l2", "weight_decay", "max_norm"), PENALTY),
    "l1_l2": (
        "[1e-4, 1e-3]",
        "[[0, 1], [1, 0]]",
        "{strength: [1e-4, 1e-3], at: last, on: [kernel, bias]}",
        "false",
    ),
    **dict.fromkeys(("activity_l1", "activity_l2"), PLACED),
    **dict.fromkeys(
        ("dropout", "gaussian_dropout", "alpha_dropout", "drop_connect", "prune"), (*PLACED, "0")
    ),
    "gaussian_noise": PLACED,
    "label_smoothing": ("0.1",),
    **dict.fromkeys(
        ("batch_norm", "layer_norm"),
        ("true", "false", *(f"{{at: {at}}}" for at in PLACES[1:]), "{before_activation: true}"),
    ),
    "weight_norm": ("true", "false", "{at: last, before_activation: true}", "{at: {first: 1}}"),
    "hidden": ("[64, 32]", "[8]", "[]"),
    "width": ("2", "0.5"),
    "depth": ("2",),
    "activation": ("tanh",),
    "initializer": ("he_normal",),
    "model": (
        *(
            "{linear: {}}",
            "{mlp: [64, 32]}",
            "{mlp: {hidden: [64, 32], activation: tanh}}",
            "{cnn: {}}",
            "{cnn: [8]}",
        ),
        *("{cnn: {filters: [8], kernel: 5}}", "{python: my_model.py:build}", "{keras: model.keras}"),
        *("{keras: model.keras, freeze: [dense, 'no']}", "{keras: {file: model.keras, freeze: all}}"),
    ),
    "train_rows": ("40",),
    "train_fraction": ("0.5",),
    "class_weight": ("balanced", "{'0': 1, '1': 2.5}", "{cat: 2}", "false"),
    "resample": ("over", "under", "false"),
    "irrelevant_features": ("{noise: 3}", "{zeros: 3}", "false"),
    "augment": (
        (
            "{flip: horizontal, rotation: 0.05, translation: 0.1, zoom: 0.1, contrast: 0.2, brightness: 0.2, "
            "crop: 0.9, noise: 0.1, cutout: 4, mixup: 0.2}"
        ),
        "{flip: vertical}",
        "false",
    ),
    "early_stopping": ("true", "{patience: 3, min_delta: 0.1, monitor: metric}", "false"),
    "ensemble": ("5", "{members: 3, control: false}", "1"),
}


@pytest.fixture
def images(monkeypatch):
    """A small set of images of two classes that files can name `mnist`."""
    small = Dataset(np.arange(60 * 64).reshape(60, 8, 8) / 4000, np.arange(60) % 2, name="mnist")
    monkeypatch.setitem(catalogue.LOADERS, "mnist", lambda: small)
    return small


@pytest.fixture
def written(tmp_path):
    """A function that writes a file and gives its path."""

    def write(content, name="an.yaml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def refusal(path, **overrides):
    """The refusal that reading a file ends in: its place without the folder, and the error itself."""
    with pytest.raises(UsageError) as caught:
        read_experiment(path, **overrides)
    return caught.value.where.removeprefix(f"{path.parent}{os.sep}"), caught.value


# ------------------------------------------------------------------------------------------ good files


def test_the_file_of_the_contract_is_read(written):
    """
    The agreed example gives the experiment that Python's words give.
    """
    experiment = read_experiment(written(CONTRACT))

    assert experiment == Experiment(
        load("xor"),
        Mlp((512,)),
        Recipe(optimizer="adam", learning_rate=1e-3, batch_size=128, epochs=20),
        {
            "baseline": {},
            "l2": {"l2": 1e-3},
            "dropout": {"dropout": 0.3},
            "both": {"l2": 1e-3, "dropout": 0.3},
        },
        validation=Holdout(0.1),
        seeds=5,
        metric="accuracy",
        question="Does dropout or L2 help a wide network?",
    )


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.yaml")))
def test_the_examples_can_be_read_and_come_back(name, written, monkeypatch):
    """
    Every example is an experiment with a reference, and what is written of it gives it again.
    """
    small = Dataset(np.arange(200).reshape(100, 2), np.arange(100) % 10, name="fashion_mnist")
    monkeypatch.setitem(catalogue.LOADERS, "fashion_mnist", lambda: small)

    experiment = read_experiment(EXAMPLES / name)

    assert experiment.question.endswith("?")
    assert experiment.reference.name in {"baseline", "sgd"}
    assert len(experiment.variants) >= 3
    assert read_experiment(written(write_experiment(experiment))) == experiment


def test_the_forms_are_those_of_the_contract():
    """
    Every setting is tried with every form that was agreed.
    """
    assert set(FORMS) == set(CHECKS)


@pytest.mark.parametrize("key, value", [(key, value) for key, values in FORMS.items() for value in values])
def test_every_agreed_form_is_read_and_comes_back(key, value, written, images):
    """
    What a recipe or a variant may say is read, is one value with its copies, and reads back from its text.
    """
    written("", "my_model.py")
    written("", "model.keras")

    said = f"recipe: {{{key}: {value}}}\nvariants: {{a: {{}}, b: {{{key}: {value}}}}}"
    experiment = read_experiment(written(f"data: mnist\n{said}\n"))

    (b,) = (variant for variant in experiment.variants if variant.name == "b")
    assert b.recipe(Recipe()) == experiment.recipe
    assert read_experiment(written(write_experiment(experiment), "stored.yaml")) == experiment
    for copied in (copy.deepcopy(experiment), pickle.loads(pickle.dumps(experiment))):  # noqa: S301
        assert (copied, hash(copied)) == (experiment, hash(experiment))


@pytest.mark.parametrize("key", FORMS)
def test_every_agreed_form_has_a_name_in_a_grid(key, written, images):
    """
    Each value of a grid has one short line for a name, told from every other, and is what a variant says.
    """
    written("", "my_model.py")
    written("", "model.keras")

    usual = "input" if key == "gaussian_noise" else "hidden"
    values = [value for value in FORMS[key] if value != f"{{strength: 0.1, at: {usual}}}"]  # 0.1 is the same

    spanned = read_experiment(written(f"data: mnist\ngrid: {{{key}: [{', '.join(values)}]}}"))
    asked = [variant for variant in spanned.variants if not is_control(variant, spanned.variants)]
    one_by_one = ", ".join(f"{number}: {{{key}: {value}}}" for number, value in enumerate(values))
    written_out = read_experiment(written(f"data: mnist\nvariants: {{{one_by_one}}}")).variants
    alone = [variant for variant in written_out if not is_control(variant, written_out)]

    assert len({variant.name for variant in asked}) == len(values)
    assert [variant.changes for variant in asked] == [variant.changes for variant in alone]
    for variant, value in zip(asked, values, strict=True):
        assert variant.name.startswith(f"{key}=")
        assert len(variant.name) <= max(90, len(value) + 25)


def test_files_of_models_are_found_wherever_a_model_stands(written, tmp_path, monkeypatch):
    """
    A model's file is looked for beside the experiment, and a text stored elsewhere still names it.
    """
    written("", "a.keras")
    monkeypatch.chdir(tmp_path)
    written(
        "data: xor\nrecipe: {model: {keras: a.keras}}\n"
        "variants: {v: {model: {keras: a.keras, freeze: all}}}\n"
        "grid: {model: [{keras: a.keras, freeze: [x]}, {linear: {}}]}\n"
        "one_at_a_time: {model: [{keras: {file: a.keras, freeze: [y]}}]}"
    )
    experiment = read_experiment("an.yaml")
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir("/")

    models = [experiment.recipe.model, *(variant.changes.get("model") for variant in experiment.variants)]
    file = tmp_path / "a.keras"
    assert models == [
        KerasFile(file),
        KerasFile(file, "all"),
        None,
        KerasFile(file, ("y",)),
        KerasFile(file, ("x",)),
        Mlp(()),
    ]
    assert read_experiment(written(write_experiment(experiment), "sub/stored.yaml")) == experiment


@pytest.mark.parametrize(
    "name", ["?", "? a", "?a", ": a", ":a", "- a", "#a", "no", "1e-3", "~", "a: b", "[a]", "{", "'"]
)
def test_a_name_of_signs_comes_back(written, name):
    """
    Layers and variants whose names mean something to YAML are written so that they are read as names.
    """
    variants = {"baseline": {}, name: {"l2": {"strength": 1, "at": [name]}}}
    experiment = Experiment(load("xor"), variants=variants, recipe={"class_weight": {name: 2}})

    assert read_experiment(written(write_experiment(experiment))) == experiment


def test_controls_are_not_written(written):
    """
    The control of an ensemble follows from it, so it is in the experiment and not in its text.
    """
    experiment = read_experiment(written("data: xor\nrecipe: {epochs: 2}\nvariants: {a: {ensemble: 3}}"))
    text = write_experiment(experiment)

    assert [variant.name for variant in experiment.variants] == ["a", "a: control"]
    assert "control" not in text
    assert read_experiment(written(text)) == experiment
    assert list(experiment.document()["variants"]) == ["a", "a: control"]
    assert read_experiment(written(text), epochs=5).variants[1].changes["epochs"] == 15


def test_a_file_of_one_line_is_enough(written):
    """
    A file that names its data alone is an experiment with all defaults.
    """
    assert read_experiment(written("data: xor")) == Experiment(load("xor"))


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfdata: xor\r\nseeds: 3\r\n",
        b'{"data": "xor", "seeds": 3}',
        b"---\n# a comment\ndata: 'xor'\n\nseeds: 0x3\n...\n",
        b"%YAML 1.2\n---\nseeds: 3.0\ndata: xor",
    ],
)
def test_a_file_may_look_otherwise(written, content):
    """
    A byte order mark, Windows line ends, JSON and YAML's own markers make no difference.
    """
    assert read_experiment(written(content)) == Experiment(load("xor"), seeds=3)


def test_a_path_may_be_a_text(written):
    """
    A file can be given by its path as text.
    """
    assert read_experiment(str(written("data: xor"))).data == load("xor")


def test_variants_are_named_as_they_are_written(written):
    """
    A name that looks like a number or a word of YAML stays as it is written.
    """
    names = ["1e-3", "no", "null", "0x10", "v1.5", "1"]
    file = written("data: xor\nvariants: {" + ", ".join(f"{name}: {{}}" for name in names) + "}")

    assert [variant.name for variant in read_experiment(file).variants] == names


def test_a_python_file_is_looked_for_beside_the_experiment(written, monkeypatch):
    """
    A builder's file is found from the experiment's folder, wherever one stands, and is not run.
    """
    file = written("data: xor\nmodel: {python: my_model.py:build}")
    written("raise SystemExit('it was run')", "my_model.py")
    monkeypatch.chdir("/")

    assert read_experiment(file).model == PythonFile(file.parent / "my_model.py", "build")


def test_spans_are_read(written):
    """
    A grid and one at a time make the variants that they make in Python.
    """
    file = written("data: xor\ngrid: {l2: [0, 1e-3], hidden: [[8], []]}\none_at_a_time: {optimizer: [sgd]}")

    assert read_experiment(file) == Experiment(
        load("xor"), grid={"l2": [0, 1e-3], "hidden": [[8], []]}, one_at_a_time={"optimizer": ["sgd"]}
    )


def test_seeds_and_epochs_of_the_command_line_win(written):
    """
    Given seeds and epochs stand in the place of the file's, in every variant and span.
    """
    file = written(
        "data: xor\nseeds: [7, 8]\nrecipe: {epochs: 9}\n"
        "variants: {short: {epochs: 1}, l2: {l2: 0.1}, plain: }\none_at_a_time: {epochs: [5, 50]}"
    )

    experiment = read_experiment(file, seeds=3, epochs=2)

    assert experiment.seeds == (0, 1, 2)
    assert experiment.recipe.epochs == 2
    assert {variant.name: dict(variant.changes) for variant in experiment.variants} == {
        "short": {"epochs": 2},
        "l2": {"l2": 0.1},
        "plain": {},
        "epochs=2": {"epochs": 2},
    }


@pytest.mark.parametrize(
    "overrides, where",
    [
        ({"seeds": 0}, "seeds"),
        ({"epochs": -1}, "epochs"),
        ({"seeds": "many"}, "seeds"),
        ({"seeds": 10**9}, "seeds"),
    ],
)
def test_an_impossible_override_is_not_blamed_on_the_file(written, overrides, where):
    """
    What the command line says wrong is refused without a line of the file.
    """
    assert refusal(written(CONTRACT), **overrides)[0] == where


def test_an_override_does_not_hide_a_fault(written):
    """
    The file is checked as it stands, also where the command line would replace what is wrong.
    """
    assert refusal(written("data: xor\nrecipe: {epochs: -3}"), epochs=5)[0] == "an.yaml:2:18"


def test_the_data_set_is_loaded_last(written, monkeypatch):
    """
    A fault in the file is told before a data set is downloaded.
    """
    monkeypatch.setitem(catalogue.LOADERS, "mnist", lambda: pytest.fail("it was loaded"))

    assert refusal(written("data: mnist\nmetric: acuracy"))[0] == "an.yaml:2:9"


def test_a_data_set_that_is_not_there_keeps_its_own_words(written, monkeypatch):
    """
    Where a download fails, that is said and not a line of the file.
    """

    def fail():
        raise MissingError("mnist could not be downloaded", "KERAS_HOME=x")

    monkeypatch.setitem(catalogue.LOADERS, "mnist", fail)

    with pytest.raises(MissingError, match=r"^KERAS_HOME=x: mnist could not be downloaded"):
        read_experiment(written("data: mnist"))


# -------------------------------------------------------------------------------------------- bad files

BAD = [
    # nothing, or something else
    ("", "1:1", None, r"the file says nothing.*`\{data: digits, variants: "),
    ("# only a comment\n", "1:1", None, "the file says nothing"),
    ("---\n", "2:1", None, "the file says nothing"),
    ("hello", "1:1", "hello", "an experiment is a mapping of keys to values.*data: digits"),
    ("\n- data: xor", "2:1", [{"data": "xor"}], "an experiment is a mapping of keys to values"),
    ("data = xor", "1:1", "data = xor", "an experiment is a mapping"),
    ("12", "1:1", 12, "an experiment is a mapping"),
    ("\n\nseeds: 3", "3:1", None, "the experiment names no data.*data: digits"),
    # keys
    ("dta: xor", "1:1", "dta", r"unknown key .*Did you mean `data`\?"),
    ("data: xor\nvariant: {}", "2:1", "variant", "unknown key .*`variants`"),
    ("data: xor\nEpochs: 3", "2:1", "Epochs", "unknown key"),
    ("data: xor\nepochs: 3", "2:1", "epochs", r"unknown key .*write `recipe: \{epochs: \.\.\.\}`"),
    ("data: xor\n1: 3", "2:1", "1", "unknown key .*Known are: question, data"),
    ("data: xor\n? \n: 3", "2:2", "", "unknown key"),
    ("data: xor\n<<: {seeds: 3}", "2:1", "<<", "unknown key"),
    ("data: xor\ndata: iris", "2:1", "data", "a key that is there twice .*line 1"),
    ("data: xor\nvariants:\n  a: {}\n  a: {l2: 1}", "4:3", "a", "a key that is there twice .*line 3"),
    ("data: xor\nvariants: {1: {}, '1': {}}", "2:19", "1", "a key that is there twice"),
    ("data:", "1:1", None, "`data` has no value"),
    ("data: xor\nrecipe:\nseeds: 3", "2:1", None, "`recipe` has no value"),
    ("data: xor\nquestion: ~", "2:1", None, "`question` has no value"),
    # data
    ("data: digts", "1:7", "digts", "data: unknown data set .*Did you mean `digits`"),
    ("data: 5", "1:7", 5, "data: not a source of data .*Write a name"),
    ("data: [xor]", "1:7", ["xor"], "data: not a source of data"),
    ("data: ../../etc/passwd", "1:7", "../../etc/passwd", "data: unknown data set"),
    ("data: {url: x}", "1:8", "url", "unknown source of data .*Known are: csv"),
    ("data: xor\ntest: 0.2", "2:7", 0.2, "test: not "),
    ("data: xor\nprepare: standardise", "2:10", "standardise", "Did you mean `standardize`"),
    ("data: iris\nprepare: {petal: min_max}", "2:18", "petal", "no such column"),
    ("data: xor\nvalidation: {kfold: 1}", "2:21", 1, "kfold"),
    ("data: xor\nbaselines: [tree]", "2:13", "tree", "Did you mean `trees`"),
    ("data: xor\noverride: {TL128: ''}", "2:19", "", "an override without a reason"),
    ("data: xor\noverride: {T1: x}", "2:12", "T1", "not the code of a finding"),
    # numbers
    ("data: xor\nrecipe: {epochs: fast}", "2:18", "fast", "epochs: not a whole number"),
    ("data: xor\nrecipe: {epochs: -3}", "2:18", -3, "epochs: not in the allowed range"),
    ("data: xor\nrecipe: {epochs: 0}", "2:18", 0, "epochs: not in the allowed range .*at least 1"),
    ("data: xor\nrecipe: {epochs: 2.5}", "2:18", 2.5, "epochs: not a whole number"),
    ("data: xor\nrecipe: {epochs: 1e400}", "2:18", "1e400", "a number that no computer can hold"),
    ("data: xor\nrecipe: {epochs: .inf}", "2:18", float("inf"), "epochs: not a whole number"),
    ("data: xor\nrecipe: {epochs: 1_000}", "2:18", "1_000", "epochs: not a whole number .*underscores"),
    ("data: xor\nrecipe: {epochs: '10'}", "2:18", "10", "epochs: not a whole number .*quotation marks"),
    ("data: xor\nrecipe: {epochs: true}", "2:18", True, "epochs: not a whole number"),
    ("data: xor\nrecipe: {epochs: no}", "2:18", "no", "epochs: not a whole number"),
    ("data: xor\nrecipe: {epochs: [1]}", "2:18", [1], "epochs: not a whole number"),
    ("data: xor\nrecipe: {epochs: 10000000000}", "2:18", 10**10, "epochs: too large"),
    ("data: xor\nrecipe: {epochs: }", "2:10", None, "`epochs` has no value"),
    ("data: xor\nrecipe: {epochs:}", "2:10", "epochs:", "unknown setting .*Put a space after the colon"),
    ("data: xor\nrecipe: {epochs: 2020-01-01}", "2:18", "2020-01-01", "epochs: not a whole number"),
    ("data: xor\nrecipe: {learning_rate: .inf}", "2:25", float("inf"), "learning_rate: not in the allowed"),
    ("data: xor\nrecipe: {learning_rate: 0}", "2:25", 0, "learning_rate: not in the allowed .*above 0"),
    ("data: xor\nrecipe: {dropout: 1}", "2:19", 1, r"dropout: not in the allowed range .*\[0, 1\)"),
    ("data: xor\nrecipe: {l2: yes}", "2:14", "yes", "l2: not a number"),
    ("data: xor\nsplit_seed: -1", "2:13", -1, "split_seed: not in the allowed range"),
    ("data: xor\nsmallest_difference: -0.1", "2:22", -0.1, "smallest_difference: not in the allowed"),
    # recipe and variants
    ("data: xor\nrecipe: adam", "2:9", "adam", "recipe: not a mapping of keys to values"),
    ("data: xor\nrecipe: {epoch: 3}", "2:10", "epoch", "unknown setting .*`epochs`"),
    ("data: xor\nrecipe: {lr: 3}", "2:10", "lr", "unknown setting .*`learning_rate`"),
    ("data: xor\nrecipe: {seed: 3}", "2:10", "seed", "`seed` is repeated, not chosen"),
    ("data: xor\nrecipe: {momentum: 0.9}", "2:10", "momentum", r"unknown setting .*`optimizer: \{sgd: "),
    ("data: xor\nrecipe: {optimizer: adm}", "2:21", "adm", "optimizer: unknown optimizer .*`adam`"),
    ("data: xor\nrecipe: {optimizer: {sdg: {}}}", "2:22", "sdg", "unknown optimizer .*`sgd`"),
    (
        "data: xor\nrecipe:\n  optimizer:\n    sgd:\n      momentum: 2",
        "5:17",
        2,
        "momentum: not in the allowed",
    ),
    ("data: xor\nrecipe: {optimizer: {sgd: {momentm: 0}}}", "2:28", "momentm", "no such number .*`momentum`"),
    ("data: xor\nrecipe: {batch_size: al}", "2:22", "al", "batch_size: not a whole number .*or `all`"),
    ("data: xor\nrecipe: {hidden: 64}", "2:18", 64, "hidden: not a list"),
    ("data: xor\nrecipe: {hidden: [64, 0]}", "2:23", 0, r"hidden\.1: not in the allowed range"),
    ("data: xor\nrecipe: {activation: rleu}", "2:22", "rleu", "unknown activation .*`relu`"),
    (
        "data: xor\nrecipe: {train_rows: 1000000}",
        "2:22",
        1000000,
        "train_rows: there are [0-9]+ training rows",
    ),
    ("data: xor\nvariants: [a, b]", "2:11", ["a", "b"], "variants: not a mapping of names to changes"),
    ("data: xor\nvariants: {a: 3}", "2:15", 3, "a: not a mapping of keys to values"),
    ("data: xor\nvariants:\n  v1.5: {dropout: 2}", "3:19", 2, "dropout: not in the allowed range"),
    ("data: xor\nvariants: {a: {}, a.l2: {l2: x}}", "2:30", "x", "l2: not a number"),
    (
        "data: xor\nvariants: {recipe.epochs: {drop_out: 1}}",
        "2:28",
        "drop_out",
        "unknown setting .*`dropout`",
    ),
    ("data: xor\nvariants: {a: {train_rows: 1000000}}", "2:28", 1000000, "train_rows: there are"),
    ("data: xor\nvariants: {'': {}}", "2:12", "", "a variant without a name"),
    ('data: xor\nvariants: {"\\x1b[2J": {}}', "2:12", "\x1b[2J", "a text with control characters"),
    ("data: xor\nvariants: {l2=1: {}}\ngrid: {l2: [1]}", "3:7", "l2=1", "grid: two variants of one name"),
    ("data: xor\ngrid: {l2: 0.1}", "2:12", 0.1, r"l2: not a list of values .*`l2: \[a, b\]`"),
    ("data: xor\ngrid: {l2: [0, fast]}", "2:16", "fast", r"l2\.1: not a number"),
    ("data: xor\ngrid: {l2: [0, 0.1, 0]}", "2:21", 0, r"l2\.2: the same value twice"),
    ("data: xor\none_at_a_time: {}", "2:16", {}, "one_at_a_time: nothing to vary"),
    ("data: xor\none_at_a_time: {l_2: [1]}", "2:17", "l_2", "unknown setting .*`l2`"),
    # longer forms
    ("data: xor\nrecipe: {dropout: {strength: 0.3, at: lst}}", "2:39", "lst", "at: no such place .*`hidden`"),
    (
        "data: xor\nrecipe: {dropout: {strength: [0.3, 2]}}",
        "2:36",
        2,
        r"strength\.1: not in the allowed range",
    ),
    (
        "data: xor\nrecipe: {dropout: {rate: 0.3}}",
        "2:19",
        {"rate": 0.3},
        "dropout: a technique without a strength",
    ),
    ("data: xor\nrecipe: {l2: {strength: 1, on: biass}}", "2:32", "biass", r"on\.0: unknown weight .*`bias`"),
    ("data: xor\nrecipe: {l2: {strength: 1, on: [bias, x]}}", "2:39", "x", r"on\.1: unknown weight"),
    ("data: xor\nrecipe: {l1_l2: 0.1}", "2:17", 0.1, r"l1_l2: not a pair of strengths .*`\[l1, l2\]`"),
    ("data: xor\nrecipe: {batch_norm: {at: {frist: 1}}}", "2:28", "frist", "unknown place .*`first`"),
    ("data: xor\nrecipe: {schedule: {cosin: {}}}", "2:21", "cosin", "unknown schedule .*`cosine`"),
    ("data: xor\nrecipe: {early_stopping: {patience: 0}}", "2:37", 0, "patience: not in the allowed range"),
    ("data: xor\nrecipe: {early_stopping: 5}", "2:26", 5, r"early_stopping: neither .*`\{patience: 5\}`"),
    (
        "data: xor\nrecipe: {ensemble: {member: 3}}",
        "2:21",
        "member",
        "unknown key of an ensemble .*`members`",
    ),
    ("data: xor\nrecipe: {augment: {rotation: 0.1}}", "2:30", (2,), "rotation: `rotation` needs images"),
    ("data: xor\nrecipe: {irrelevant_features: 3}", "2:31", 3, r"not a kind of column .*`\{noise: 100\}`"),
    ("data: xor\nrecipe: {loss: mape}", "2:16", None, "does not fit a classification.*Choose one"),
    ("data: xor\nrecipe: {schedule: }", "2:10", None, "`schedule` has no value"),
    (
        "data: xor\nrecipe: {clip_norm: 1, clip_value: 2}",
        "2:36",
        None,
        "both `clip_norm` and `clip_value`.*Keep",
    ),
    ("data: xor\nrecipe: {model: {linear: {}}, hidden: [3]}", "2:39", None, "both `model` and `hidden`"),
    (
        "data: xor\nrecipe: {clip_norm: 1}\nvariants: {a: {clip_value: 2}}",
        "3:28",
        None,
        "clip_value: both `clip_norm` and",
    ),
    (
        "data: xor\nrecipe: {clip_norm: 1}\ngrid: {clip_value: [2]}",
        "3:20",
        None,
        "clip_value: both `clip_norm`",
    ),
    ("data: xor\none_at_a_time: {train_rows: [1000000]}", "2:29", 1000000, "train_rows: there are"),
    (
        "data: xor\nvariants: {a: {ensemble: 2}, 'a: control': {}}",
        "2:30",
        "a: control",
        "an ensemble's control",
    ),
    ("data: xor\nvariants: {a: {model: {mlp: [0]}}}", "2:30", 0, r"mlp\.0: not in the allowed range"),
    ("data: xor\nvariants: {a: {model: [{mlp: [3]}]}}", "2:23", [{"mlp": [3]}], "a model is one family"),
    ("data: xor\ngrid: {model: [{mlp: [3]}, {mpl: [3]}]}", "2:29", "mpl", "unknown model .*`mlp`"),
    ("data: xor\ngrid: {model: [~]}", "2:16", None, "a model is one family"),
    ("data: xor\ntarget_score: high", "2:15", "high", "target_score: not a number"),
    ("data: xor\ntarget_score: 97", "2:15", 97, "target_score: accuracy is never that .*0.97"),
    # model
    ("data: xor\nmodel: {cnn: {filters: [0]}}", "2:25", 0, r"filters\.0: not in the allowed range"),
    ("data: xor\nmodel: {keras: m.h5}", "2:16", "m.h5", "not the name of a saved Keras model"),
    ("data: xor\nmodel: {keras: m.keras, freeze: a}", "2:33", "a", r"not a list of layers .*`freeze: \[a\]`"),
    (
        "data: xor\nmodel: {mlp: [3], freeze: [a]}",
        "2:19",
        None,
        "only a saved Keras model has layers to freeze",
    ),
    ("data: xor\nmodel: mlp", "2:8", "mlp", r"model: a model is one family .*`model: \{mlp: \[64, 32\]\}`"),
    ("data: xor\nmodel: {mpl: [3]}", "2:9", "mpl", "unknown model .*`mlp`"),
    ("data: xor\nmodel: {mlp: [64, -2]}", "2:19", -2, r"mlp\.1: not in the allowed range"),
    ("data: xor\nmodel: {mlp: {hiden: [3]}}", "2:15", "hiden", "unknown key of mlp .*`hidden`"),
    ("data: xor\nmodel: {python: build}", "2:17", "build", "python: not a file and a function"),
    (
        "data: xor\nmodel: {python: 'a.py:os.system(1)'}",
        "2:17",
        "a.py:os.system(1)",
        "not a file and a function",
    ),
    (
        "data: xor\nmodel: !!python/name:os.system {}",
        "2:8",
        "tag:yaml.org,2002:python/name:os.system",
        "never code",
    ),
    # seeds, validation, metric, question
    ("data: xor\nseeds: 0", "2:8", 0, "seeds: not in the allowed range"),
    ("data: xor\nseeds: 1000000000", "2:8", 10**9, "seeds: too large"),
    ("data: xor\nseeds: [3, 1, 3]", "2:15", 3, r"seeds\.2: the same seed twice"),
    ("data: xor\nseeds: []", "2:8", [], "seeds: too short a list"),
    ("data: xor\nseeds: [a]", "2:9", "a", r"seeds\.0: not a whole number"),
    ("data: xor\nseeds: 60000\nvariants: {a: {}, b: {l2: 1}}", "2:8", None, "seeds: 120000 runs"),
    ("data: xor\nvalidation: 0.2", "2:13", 0.2, r"validation: not a way to validate .*\{holdout: 0\.2\}"),
    ("data: xor\nvalidation: {holdout: 2}", "2:23", 2, "holdout: not a share of the rows"),
    ("data: xor\nvalidation: {holdout: 1e-9}", "2:23", 1e-9, "holdout: 1 of [0-9]+ rows validate, too few"),
    ("data: xor\nvalidation: {holdot: 0.2}", "2:14", "holdot", "unknown way to validate .*`holdout`"),
    ("data: xor\nmetric: acuracy", "2:9", "acuracy", "metric: unknown metric .*`accuracy`"),
    ("data: xor\nmetric: mse", "2:9", "mse", "does not fit a classification task .*Choose one of: accuracy"),
    ("data: xor\nmetric: [accuracy]", "2:9", ["accuracy"], "metric: unknown metric"),
    ("data: xor\nquestion: 42", "2:11", 42, "question: not a text"),
    ('data: xor\nquestion: "a\\0b"', "2:11", "a\0b", "question: a text with control characters"),
    # what YAML could do, and what it could not
    ("data: &d xor\nquestion: *d", "1:7", "&d", "an anchor"),
    ("data: *d", "1:7", "*d", "an alias"),
    ("data: xor\nseeds: [1, 2\nmetric: loss", "2:8", "seeds: [1, 2", "a list that is not closed"),
    ("data: xor\nrecipe:\n\tepochs: 3", "3:1", "epochs: 3", "a tab .*spaces"),
    ("data: xor\nquestion: why: not?", "2:14", "question: why: not?", "a colon that no key belongs to"),
    (
        "data: xor\nrecipe: {epochs:3}",
        "2:10",
        "epochs:3",
        "unknown setting .*Put a space after the colon of `epochs`",
    ),
    ("data: xor\n---\ndata: iris", "2:1", None, "a second document"),
    ("data: xor\nseeds: " + "[" * 100, "2:57", None, "nested deeper than 50"),
    ("data: x\0r", "1:8", "\0", "a NUL byte"),
    ("data: \x07", "1:7", "\x07", "a control character"),
]


@pytest.mark.parametrize("content, where, value, match", BAD)
def test_a_bad_file_is_refused_at_its_place(written, content, where, value, match):
    """
    Each fault is refused as wrong usage, with line and column, the value, and what to do.
    """
    path = written(content)

    found, error = refusal(path)

    assert found == f"an.yaml:{where}"
    assert (error.exit_code, error.value, type(error.value)) == (2, value, type(value))
    with pytest.raises(UsageError, match=match):
        raise error


@pytest.mark.parametrize(
    "content, where, given",
    [
        (b"data: xor\nquestion: caf\xe9", "2:14", "byte 0xe9"),
        ("data: xor".encode("utf-16"), "1:1", "byte 0xff"),
        (b"\xef\xbb\xbfdata: \xc3\xa4\xff", "1:8", "byte 0xff"),
        (b"\x80", "1:1", "byte 0x80"),
    ],
)
def test_what_is_not_utf_8_is_refused_at_its_place(written, content, where, given):
    """
    The first byte that is no UTF-8 is told with its line and column.
    """
    found, error = refusal(written(content))

    assert (found, error.value, error.exit_code) == (f"an.yaml:{where}", given, 2)
    assert error.cure == "Save the file as UTF-8."


def test_a_large_file_is_refused_unread(written):
    """
    More than a megabyte is no experiment file.
    """
    found, error = refusal(written(b"# " + b"x" * 1_000_000))

    assert (found, error.exit_code) == ("an.yaml", 2)
    assert "larger than 1 MB" in error.message


def test_a_python_file_that_is_not_there_is_refused(written):
    """
    A builder's file that is missing is told at its place, with the one that was probably meant.
    """
    written("", "my_model.py")

    found, error = refusal(written("data: xor\nmodel: {python: my_modle.py:build}"))

    assert (found, error.exit_code) == ("an.yaml:2:17", 2)
    assert error.cure == f"Did you mean `{Path(error.value).parent / 'my_model.py'}`?"


@pytest.mark.parametrize(
    "said, where",
    [
        ("model: {keras: modle.keras}", "2:16"),
        ("model: {keras: {file: modle.keras}}", "2:16"),
        ("recipe: {model: {keras: modle.keras}}", "2:25"),
        ("variants: {a: {model: {keras: modle.keras}}}", "2:31"),
        ("grid: {model: [{linear: {}}, {keras: modle.keras}]}", "2:38"),
        ("one_at_a_time: {model: [{keras: modle.keras}]}", "2:33"),
    ],
)
def test_a_saved_model_that_is_not_there_is_refused(written, said, where):
    """
    A saved model that is missing is told at its place, wherever a model may stand, with the nearest file.
    """
    written("", "model.keras")

    found, error = refusal(written(f"data: xor\n{said}"))

    assert (found, error.exit_code) == (f"an.yaml:{where}", 2)
    assert error.value.endswith("modle.keras")
    assert error.cure == f"Did you mean `{Path(error.value).parent / 'model.keras'}`?"


# ------------------------------------------------------------------------------------- files that are not


def test_a_missing_file_is_answered_with_the_nearest(written):
    """
    A slip in a file's name is answered with the file that is there.
    """
    path = written(CONTRACT, "digits.yaml")

    with pytest.raises(
        UsageError, match=r"digit\.yaml: there is no such file\. Did you mean `.*digits\.yaml`\?"
    ):
        read_experiment(path.with_name("digit.yaml"))


@pytest.mark.parametrize(
    "name, cure",
    [
        ("something.else", "In this folder are: 0.yaml, 1.yaml, 2.yaml, 3.yaml, 4.yaml and 1 more."),
        ("0.yaml/an.yaml", "There is no folder"),
        ("nowhere/an.yaml", "There is no folder"),
        ("x" * 5000, "In this folder are: 0.yaml"),
        ("a\0b", "In this folder are: 0.yaml"),
    ],
)
def test_a_file_that_cannot_be_there_is_missing(written, name, cure):
    """
    An impossible name, a file used as a folder and a missing folder are wrong usage, not a crash.
    """
    for number in range(6):
        folder = written("", f"{number}.yaml").parent

    with pytest.raises(UsageError, match="there is no such file") as caught:
        read_experiment(folder / name)

    assert caught.value.cure.startswith(cure)


def test_a_folder_is_refused_with_the_files_in_it(written):
    """
    Where a folder is given, the experiment files in it are named.
    """
    path = written(CONTRACT)

    with pytest.raises(
        UsageError, match=r"a folder, not an experiment file\. In this folder are: an\.yaml\."
    ):
        read_experiment(path.parent)


def test_an_empty_folder_is_refused(tmp_path):
    """
    A folder without experiment files is refused too.
    """
    with pytest.raises(UsageError, match=r"a folder, not an experiment file\. Name a YAML file"):
        read_experiment(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_pipe_is_refused_without_waiting(tmp_path):
    """
    What is neither a file nor a folder is refused before it is opened.
    """
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(UsageError, match="not a file with an experiment"):
        read_experiment(tmp_path / "pipe")


def test_a_file_that_may_not_be_read_is_missing(written, monkeypatch):
    """
    A file without permission is something the machine lacks: exit code 5.
    """

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    path = written(CONTRACT)
    monkeypatch.setattr(Path, "open", refuse)

    with pytest.raises(MissingError, match="the file cannot be read: Permission denied") as caught:
        read_experiment(path)

    assert caught.value.exit_code == 5


# ------------------------------------------------------------------------------------------- there and back

names = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=20).filter(
    str.strip
)
layer_names = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=9)
places = (
    st.sampled_from(["hidden", "input", "last"])
    | st.fixed_dictionaries({"first": st.integers(1, 99)})
    | st.lists(layer_names, min_size=1, max_size=3, unique=True)
)


def technique(strengths, **more):
    """A technique in any form: a strength, one for each layer, either with its place."""
    said = strengths | st.lists(strengths, min_size=1, max_size=3)
    return said | st.fixed_dictionaries({"strength": said}, optional={"at": places, **more})


strengths = st.floats(0, 1e6)
shares = st.floats(0, 1, exclude_max=True)
weights = st.sampled_from(["kernel", "bias", ["kernel", "bias"]])
changes = st.fixed_dictionaries(
    {},
    optional={
        "optimizer": st.sampled_from(sorted(KINDS))
        | st.fixed_dictionaries(
            {"sgd": st.fixed_dictionaries({"momentum": st.floats(0, 0.99), "nesterov": st.booleans()})}
        ),
        "learning_rate": st.floats(1e-300, 1e300),
        "batch_size": st.just("all") | st.integers(1, 10**9),
        "epochs": st.integers(1, 10**8),
        "l2": technique(strengths, on=weights),
        "dropout": technique(shares),
        "gaussian_noise": technique(shares),
        "activity_l1": technique(strengths) | st.booleans().filter(lambda on: not on),
        "batch_norm": st.booleans() | st.fixed_dictionaries({"at": places}),
        "schedule": st.sampled_from(["cosine", "none", "plateau"])
        | st.fixed_dictionaries({"step": st.fixed_dictionaries({"factor": st.floats(0.01, 1)})}),
        "early_stopping": st.booleans() | st.fixed_dictionaries({"patience": st.integers(1, 99)}),
        "ensemble": st.integers(1, 3),
        "initializer": st.sampled_from(INITIALIZERS),
        "class_weight": st.dictionaries(layer_names, strengths, min_size=1, max_size=3) | st.just("balanced"),
        "model": st.builds(Cnn, st.lists(st.integers(1, 99), min_size=1, max_size=3)),
        "hidden": st.lists(st.integers(1, 10**9), max_size=3),
        "activation": st.sampled_from(ACTIVATIONS),
        "train_rows": st.integers(10, 100),
    },
)
experiments = st.builds(
    Experiment,
    data=st.sampled_from(["xor", "circles"]).map(load),
    model=st.builds(Mlp, st.lists(st.integers(1, 99), max_size=3), st.sampled_from(ACTIVATIONS)),
    recipe=changes,
    variants=st.dictionaries(names, changes, max_size=4),
    validation=st.floats(0.1, 0.5).map(Holdout),
    seeds=st.integers(1, 50) | st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=5, unique=True),
    metric=st.sampled_from([None, "accuracy", "loss", "brier"]),
    question=names | st.just(""),
    split_seed=st.integers(0, 10**9),
    smallest_difference=st.none() | st.floats(1e-300, 1e300),
    target_score=st.none() | st.floats(0, 1),
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """One file for all that a property writes."""
    return tmp_path_factory.mktemp("shelf") / "an.yaml"


@settings(max_examples=40, deadline=None)
@given(experiment=experiments)
def test_an_experiment_comes_back_from_its_text(shelf, experiment):
    """
    Whatever a file can say is written so that reading it gives an equal experiment.
    """
    shelf.write_text(write_experiment(experiment), encoding="utf-8")

    assert read_experiment(shelf) == experiment


@settings(max_examples=40, deadline=None)
@given(
    place=st.integers(0, len(CONTRACT)),
    cut=st.integers(0, 5),
    put=st.binary(max_size=4)
    | st.text(st.sampled_from("ab:-#'\"[]{},&*!|>%~ \n\t\\0.e"), max_size=4).map(str.encode),
)
def test_a_damaged_file_is_read_or_refused(shelf, place, cut, put):
    """
    A file with a few bytes cut out and put in gives an experiment or one refusal of wrong usage.
    """
    content = CONTRACT.encode()
    shelf.write_bytes(content[:place] + put + content[place + cut :])

    try:
        where = read_experiment(shelf) and f"{shelf}:read"
    except UsageError as error:
        where = error.where

    assert where.startswith(f"{shelf}:")


def test_what_stands_in_python_is_recorded_with_a_comment():
    """
    Arrays and functions are written by their names, and the text says that it cannot be run.
    """
    data = Dataset(np.arange(40.0).reshape(20, 2), np.arange(20) % 2, name="mine")

    text = write_experiment(Experiment(data, lambda: None))

    assert text.startswith(
        "# The data stands in Python: this text is a record, not an experiment to run.\n"
        "# The model stands in Python: this text is a record, not an experiment to run.\n"
    )
    assert "\ndata: mine\n" in text


@pytest.mark.parametrize("said", [{"recipe": {"model": abs}}, {"variants": {"a": {"model": abs}}}])
def test_a_function_in_a_variant_is_recorded_with_a_comment(said):
    """
    A model of Python that stands in the recipe or a variant makes the text a record too.
    """
    text = write_experiment(Experiment(load("xor"), **said))

    assert text.startswith("# The model stands in Python: this text is a record, not an experiment to run.\n")


def test_a_learning_rate_that_was_left_out_stays_left_out(written):
    """
    A variant with another optimizer keeps that optimizer's own rate after writing and reading.
    """
    experiment = Experiment(load("xor"), variants={"baseline": {}, "sgd": {"optimizer": "sgd"}})

    again = read_experiment(written(write_experiment(experiment)))

    assert again.variants[1].recipe(again.recipe).step_size == 0.01


def test_a_seed_list_is_written_as_short_as_it_can_be():
    """
    Seeds from 0 on are written as their number, others as a list.
    """
    assert "\nseeds: 3\n" in write_experiment(Experiment(load("xor"), seeds=[0, 1, 2]))
    assert "\nseeds: [1, 0]\n" in write_experiment(Experiment(load("xor"), seeds=[1, 0]))


def test_the_room_opens_without_heavy_packages():
    """
    Reading and fingerprinting an experiment on made data imports neither JAX, nor Keras, nor scikit-learn.
    """
    program = (
        "import sys; from trainlab.experiment.document import read_experiment;"
        "from trainlab.experiment.fingerprint import fingerprint;"
        f"fingerprint(read_experiment({str(EXAMPLES / 'spirals.yaml')!r}));"
        "print([name for name in ('jax', 'keras', 'sklearn') if name in sys.modules])"
    )

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"
