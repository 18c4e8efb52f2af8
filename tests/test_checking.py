"""What is checked before training: Keras must be on JAX, and what can't be trained is never begun."""

import sys
from types import SimpleNamespace

import pytest

from trainlab.checking import check_backend
from trainlab.errors import UsageError


def keras_on(backend):
    """A Keras that is loaded already."""
    return SimpleNamespace(config=SimpleNamespace(backend=lambda: backend))


def test_keras_loaded_with_another_backend_is_refused(monkeypatch):
    """
    The backend that is loaded counts, whatever the environment says, and the error names both ways out.
    """
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setitem(sys.modules, "keras", keras_on("torch"))

    words = r"already loaded with another backend \(got 'torch'\)\. Import trainlab before Keras, or start"
    with pytest.raises(UsageError, match=words):
        check_backend()


def test_another_backend_in_the_environment_is_refused_before_keras_is_loaded(monkeypatch):
    """
    Where Keras is not loaded yet, or only begun, the environment counts, and the line that mends it is said.
    """
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    for loaded in (None, SimpleNamespace()):
        monkeypatch.setitem(sys.modules, "keras", loaded)

        with pytest.raises(UsageError, match=r"got 'tensorflow'\)\. Set it: `export KERAS_BACKEND=jax`"):
            check_backend()


def test_keras_on_jax_passes(monkeypatch):
    """
    Keras that is loaded on JAX is right, also where the environment has changed since; so is no word at all.
    """
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    monkeypatch.setitem(sys.modules, "keras", keras_on("jax"))
    check_backend()
    monkeypatch.delenv("KERAS_BACKEND")
    monkeypatch.setitem(sys.modules, "keras", None)
    check_backend()
