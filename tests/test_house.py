"""Tests of the house itself: its front door, its front page, and the words that may not be in it."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import trainlab

ROOT = Path(__file__).resolve().parents[1]

HEAVY = ("jax", "keras", "polars", "narwhals", "PIL", "sklearn", "scipy", "matplotlib")
SET_BY_US = ("KERAS_BACKEND", "JAX_NUM_CPU_DEVICES")

# In pieces or brackets, so that this file does not hold the words that it forbids.
FORBIDDEN = {
    "a registry's host": re.compile(
        r"pypi[.]org|python[h]osted|test[.]pypi|anaconda[.]org|download[.]pytorch|registry[.]npmjs|deb[.]debian"
    ),
    "a path of one machine": re.compile(r"""(?<![\w.~$}>/*-])/(?:work|tmp|root|home/\w+)/"""),
}


def after_import(**environment):
    """Import trainlab in a fresh process; return the heavy packages it loaded and what it set."""
    inherited = {key: value for key, value in os.environ.items() if key not in SET_BY_US}
    script = (
        "import json, os, sys, trainlab; "
        f"loaded = [name for name in {HEAVY} if name in sys.modules]; "
        f"print(json.dumps([loaded, {{name: os.environ.get(name) for name in {SET_BY_US}}}]))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)


def tracked_text_files():
    """Every text file that git tracks, save for the scripts of CI: pairs of name and content."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--", ".", ":!.ci"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    names = [name for name in listing.stdout.split("\0") if name]
    if not names:
        pytest.skip("git tracks nothing here: this is no checkout, or nothing is added yet")
    for name in names:
        content = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        if b"\0" not in content[:8192]:
            yield name, content.decode("utf-8")


def readme_commands():
    """The lines of the README's bash blocks."""
    blocks = re.findall(
        r"^```bash\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def test_importing_trainlab_loads_nothing_heavy():
    """
    `import trainlab` costs no import of networks, data frames, pictures or statistics.
    """
    loaded, _ = after_import()

    assert loaded == []


def test_importing_trainlab_chooses_jax_and_all_cores():
    """
    Where nothing is said, Keras will run on JAX and every core will be a device.
    """
    _, chosen = after_import()

    assert chosen["KERAS_BACKEND"] == "jax"
    assert 1 <= int(chosen["JAX_NUM_CPU_DEVICES"]) <= os.cpu_count()


def test_importing_trainlab_leaves_what_a_person_has_chosen():
    """
    A number of devices that is already set stays as it is.
    """
    _, chosen = after_import(KERAS_BACKEND="jax", JAX_NUM_CPU_DEVICES="3")

    assert chosen == {"KERAS_BACKEND": "jax", "JAX_NUM_CPU_DEVICES": "3"}


@pytest.mark.parametrize("name", trainlab.__all__)
def test_a_promised_name_exists(name):
    """
    Each name in the export list can be reached through the front door.
    """
    assert getattr(trainlab, name) is not None


def test_the_front_door_shows_what_it_promises():
    """
    The public names that `dir` lists are exactly those of the export list, none twice.
    """
    shown = [name for name in dir(trainlab) if not name.startswith("_")]

    assert shown == sorted(name for name in trainlab.__all__ if not name.startswith("_"))


def test_every_test_says_what_is_true_afterwards():
    """
    Each test function in tests/ has a docstring.
    """
    silent = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"
        for file in sorted((ROOT / "tests").rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test")
        and not (ast.get_docstring(node) or "").strip()
    ]

    assert silent == []


def test_the_readme_names_files_that_exist():
    """
    Every file that a command of the README takes is in the repository.
    """
    named = {
        word
        for line in readme_commands()
        for word in line.split()
        if re.fullmatch(r"[\w-][\w./-]*\.(?:yaml|py|md|toml|sh)", word)
    }
    missing = sorted(word for word in named if not (ROOT / word).is_file())

    assert named, "the README runs no file of ours any more"
    assert missing == []


def test_the_readme_marks_one_test_command():
    """
    The block that CI runs as the README's test command is marked once and ends by running the tests.
    """
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    marked = re.findall(r"^<!-- the test command -->\n```bash\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)

    assert len(marked) == 1
    assert marked[0].splitlines()[-1] == ".venv/bin/pytest"


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_depends_on_where_it_was_written(what):
    """
    No tracked text file names a package registry's host or an absolute path of one machine.
    """
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, content in tracked_text_files()
        for number, line in enumerate(content.splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]

    assert found == []


def test_importing_every_module_leaves_the_front_door_as_it_is():
    """
    No module takes the place of a public name, whatever is imported first; callbacks alone are a room.
    """
    code = (
        "import importlib, pkgutil, types, trainlab\n"
        "for found in pkgutil.walk_packages(trainlab.__path__, 'trainlab.'):\n"
        "    if not found.name.endswith('__main__'):\n"
        "        importlib.import_module(found.name)\n"
        "taken = [n for n in trainlab.__all__ if isinstance(getattr(trainlab, n), types.ModuleType)]\n"
        "print(taken)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "['callbacks']"
