"""Tests of the benchmarks: their names, and that importing them measures nothing. Never their timings."""

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

CLAIMS = sorted((Path(__file__).resolve().parents[2] / "benchmarks" / "claims").glob("*.py"))


def test_there_are_claims():
    """
    The folder of claims is where these tests look for it.
    """
    assert CLAIMS


@pytest.mark.parametrize("file", CLAIMS, ids=lambda file: file.stem)
def test_a_benchmark_says_its_claim_first(file):
    """
    The first line of a benchmark's docstring is the claim that its file is named after.
    """
    said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))

    assert said.partition("\n")[0] == f"{file.stem.replace('_', ' ').capitalize()}."


@pytest.mark.parametrize("file", CLAIMS, ids=lambda file: file.stem)
def test_importing_a_benchmark_measures_nothing(file, capfd, monkeypatch):
    """
    A benchmark has a `main` behind a guard: importing it runs, prints and starts nothing.
    """
    monkeypatch.syspath_prepend(file.parent)  # what the file adds to the path is taken back, too
    monkeypatch.setattr("subprocess.Popen", None)
    specification = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(specification)
    monkeypatch.setitem(sys.modules, file.stem, module)
    specification.loader.exec_module(module)

    assert callable(module.main)
    assert 'if __name__ == "__main__":\n    main()' in file.read_text(encoding="utf-8")
    assert capfd.readouterr() == ("", "")
