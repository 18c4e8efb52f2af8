"""What all tests share: where Keras looks for files, and how quiet the libraries are.

Knows nothing of any room. The environment is set before anything else is imported, because Keras and JAX
read it once, when they are loaded.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

SHARED_KERAS = Path(__file__).resolve().parents[2] / "shared" / "keras"


# A home of its own for Keras: a person's ~/.keras/keras.json must not change what is tested.
KERAS_HOME = Path(tempfile.mkdtemp(prefix="trainlab-keras-"))
atexit.register(shutil.rmtree, KERAS_HOME, ignore_errors=True)
for file in SHARED_KERAS.rglob("*"):
    if file.is_file():  # linked, not moved in: Keras deletes a file whose hash it does not know
        link = KERAS_HOME / file.relative_to(SHARED_KERAS)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(file)
os.environ["KERAS_HOME"] = str(KERAS_HOME)
# The same small programs are compiled again and again, also by processes that tests start: once is enough.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(KERAS_HOME / "compiled"))
os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "0"
# Compiling is most of what a test that trains costs, and halves where LLVM is not asked to optimize. What is
# promised to the bit, and lanes against Keras's own training, are proven as users compile.
QUICKLY = "JAX_DISABLE_MOST_OPTIMIZATIONS"
os.environ[QUICKLY] = "1"
AS_USERS_COMPILE = (
    "tests/engine",
    "tests/gauntlet",
    "tests/proofs",
    "tests/test_certifying.py",
    "tests/test_killing.py",
    "tests/test_layers.py",
    "tests/test_several_inputs.py",
    "tests/test_sizes.py",
    "tests/test_transfer.py",
)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("MPLBACKEND", "agg")

import trainlab  # noqa: E402, F401  # it sets KERAS_BACKEND and JAX_NUM_CPU_DEVICES before a test imports JAX


@pytest.fixture
def shared_keras_home():
    """The folder where Keras finds Fashion-MNIST and other sets without a download."""
    if not SHARED_KERAS.is_dir():
        pytest.skip(f"the shared data sets are not beside this checkout ({SHARED_KERAS.parent.name}/keras)")
    return KERAS_HOME


# What each generator of random numbers that stands in a module of tests held when the module was read.
_BEGINNINGS: dict[int, dict] = {}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Let each test draw from the beginning of its module's generators, whichever tests ran before it."""
    for generator in vars(getattr(item, "module", object)).values():
        if isinstance(generator, np.random.Generator):
            generator.bit_generator.state = _BEGINNINGS.setdefault(
                id(generator), generator.bit_generator.state
            )


_COMPILED_QUICKLY = [True]


def _compiles_quickly(path, config):
    """Tell whether a module of tests compiles without optimizing."""
    place = path.relative_to(config.rootpath).as_posix()
    return config.option.markexpr != "slow" and not place.startswith(AS_USERS_COMPILE)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Let what compiles as users do come first, so that a process forgets its programs once and not often."""
    items.sort(key=lambda item: _compiles_quickly(item.path, config))


@pytest.fixture(autouse=True, scope="module")
def _compiled(request):
    """Let a module of tests, and the processes it starts, compile quickly or as users do."""
    quickly = _compiles_quickly(request.path, request.config)
    os.environ[QUICKLY] = str(int(quickly))
    if "jax" in sys.modules and quickly != _COMPILED_QUICKLY[0]:
        sys.modules["jax"].config.update(QUICKLY.lower(), quickly)
        sys.modules["jax"].clear_caches()  # what was compiled the other way has other bits
    _COMPILED_QUICKLY[0] = quickly  # where JAX is not loaded yet, it reads the environment
