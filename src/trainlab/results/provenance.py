"""Where results come from: versions, machine, command. Read without importing what is versioned."""

import datetime as dt
import os
import platform
import sys
from importlib import metadata
from pathlib import Path

PACKAGES = ("trainlab", "keras", "jax", "jaxlib", "numpy", "scipy", "scikit-learn")


def versions() -> dict[str, str]:
    """Give the version of every package that shapes the numbers, and of Python.

    >>> sorted(versions())[:2]
    ['jax', 'jaxlib']
    """
    return {"python": platform.python_version(), **{package: _version(package) for package in PACKAGES}}


def extras() -> dict[str, str]:
    """Give the version of what an extra brings, or the line that installs it.

    >>> list(extras())
    ['optuna', 'cmaes', 'mlflow', 'typst']
    """
    brought = {"optuna": "tune", "cmaes": "tune", "mlflow": "mlflow", "typst": "pdf"}
    return {
        package: _version(package, f'not installed: pip install "trainlab[{extra}]"')
        for package, extra in brought.items()
    }


def _version(package: str, missing: str = "not installed") -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return missing


def machine() -> dict[str, object]:
    """Give what is worth knowing of this machine: system, processor, cores."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": platform.machine(),
        "cores": os.cpu_count() or 1,
    }


def command() -> str:
    """Give the command line of this process, the program without its folder."""
    program = Path(sys.argv[0]).name if sys.argv else ""
    begun = {"": "python", "-c": "python", "__main__.py": "python -m trainlab"}.get(program, program)
    return " ".join([begun, *sys.argv[1:]])


def now() -> str:
    """Give the time in UTC, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
