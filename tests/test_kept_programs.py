"""Where compiled programs are kept."""

import os
import subprocess
import sys
from pathlib import Path

from trainlab.kept_programs import FOLDER, keep_programs

ASKING = """
import trainlab, jax
print(jax.config.jax_compilation_cache_dir, jax.config.jax_compilation_cache_max_size)
"""


def test_programs_are_kept_in_the_folder_of_caches(tmp_path):
    """
    JAX is given a folder of ours for this kind of processor, and a limit.
    """
    environment = {"XDG_CACHE_HOME": str(tmp_path / "caches")}
    keep_programs(environment)
    folder = Path(environment[FOLDER])

    assert folder.parent == tmp_path / "caches" / "trainlab" / "compiled"
    assert environment["JAX_COMPILATION_CACHE_MAX_SIZE"] == str(2**30)
    assert not folder.exists()


def test_what_the_environment_says_holds():
    """
    A folder that is asked for, even none, is left as it is.
    """
    for said in ("/elsewhere", ""):
        environment = {FOLDER: said}
        keep_programs(environment)

        assert environment == {FOLDER: said}


def test_without_a_place_nothing_is_kept(monkeypatch, tmp_path):
    """
    In a home that can't be written to, JAX is asked for nothing.
    """
    monkeypatch.setattr(os, "access", lambda place, mode: False)
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    keep_programs(environment)

    assert environment == {"XDG_CACHE_HOME": str(tmp_path)}


def test_jax_hears_of_it(tmp_path):
    """
    JAX, imported after trainlab, keeps its programs there.
    """
    heard = {name: value for name, value in os.environ.items() if not name.startswith("JAX_")}
    heard["XDG_CACHE_HOME"] = str(tmp_path)
    said = subprocess.run(
        [sys.executable, "-c", ASKING], env=heard, capture_output=True, text=True, check=True
    ).stdout.split()

    assert Path(said[0]).parent == tmp_path / "trainlab" / "compiled"
    assert said[1] == str(2**30)
