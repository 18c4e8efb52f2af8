"""Programs compiled with more and less effort."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from trainlab import compiling
from trainlab.compiling import Effort, compiled


def lowered():
    """Lower a small function."""
    return jax.jit(lambda rows: jnp.tanh(rows @ rows.T).sum()).lower(np.ones((3, 2), np.float32))


@pytest.mark.parametrize("effort", Effort)
def test_every_effort_computes_the_same(effort):
    """
    A program gives the same however hard it was compiled.
    """
    rows = np.linspace(-1, 1, 6, dtype=np.float32).reshape(3, 2)

    assert float(compiled(lowered(), effort)(rows)) == pytest.approx(np.tanh(rows @ rows.T).sum(), rel=1e-6)


def test_an_option_that_xla_does_not_know_is_left_out(monkeypatch):
    """
    XLA's options are no promise: without one of them the program is compiled in full.
    """
    monkeypatch.setattr(compiling, "_LOOPS", {"xla_no_such_option": True})

    assert float(compiled(lowered(), Effort.LESS)(np.zeros((3, 2), np.float32))) == 0


def test_what_else_goes_wrong_is_not_hidden(monkeypatch):
    """
    An option with an impossible value is an error.
    """
    monkeypatch.setattr(compiling, "_LOOPS", {"xla_cpu_use_fusion_emitters": "perhaps"})

    with pytest.raises((RuntimeError, ValueError, TypeError)):
        compiled(lowered(), Effort.LEAST)
