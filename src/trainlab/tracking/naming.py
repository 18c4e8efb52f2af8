"""Names and values as MLflow takes them: few characters in keys, limited length, settings laid flat."""

import json
import re
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

LONGEST_KEY, LONGEST_PARAMETER, LONGEST_TAG = 250, 6_000, 5_000

# Windows knows no colons in names of files, and MLflow may keep runs in files.
_NOT_ALLOWED = re.compile(r"[^\w.\- ]")


def key(name: str, longest: int = LONGEST_KEY) -> str:
    """Write a name with the characters of a key, as short as keys are.

    >>> key("learning_rate=0.1"), key("on/off: 50 %")
    ('learning_rate_0.1', 'on_off_ 50 _')
    """
    found = _NOT_ALLOWED.sub("_", name)
    return found if len(found) <= longest else f"{found[: longest - 9]}-{zlib.crc32(name.encode()):08x}"


def keys(names: Iterable[str]) -> dict[str, str]:
    """Write names as keys that differ where the names do.

    >>> keys(["l2=1", "l2:1"])
    {'l2=1': 'l2_1', 'l2:1': 'l2_1-032c781a'}
    """
    found: dict[str, str] = {}
    taken = set()
    for name in names:
        # Room is left for what stands before it, as `accuracy.mean.`.
        short = key(name, LONGEST_KEY - 60)
        if short.lower() in taken:
            short = f"{short}-{zlib.crc32(name.encode()):08x}"
        taken.add(short.lower())
        found[name] = short
    return found


def text(value: Any, longest: int) -> str:
    """Write a plain value as text, cut where it is long.

    >>> text(0.001, 100), text([64, 32], 100), text(True, 100), text("a" * 20, 10)
    ('0.001', '[64, 32]', 'true', 'aaaaaaa...')
    """
    found = value if isinstance(value, str) else json.dumps(value, allow_nan=True)
    return found if len(found) <= longest else f"{found[: longest - 3]}..."


def flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Lay settings flat: what is chosen under its own key, its numbers under longer ones.

    >>> flat({"optimizer": {"sgd": {"momentum": 0.9}}, "dropout": {"strength": 0.3, "at": "input"}})
    {'optimizer': 'sgd', 'optimizer.sgd.momentum': 0.9, 'dropout': 0.3, 'dropout.at': 'input'}
    """
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if not isinstance(value, Mapping):
            found[name] = value
            continue
        inside = {str(inner): deep for inner, deep in value.items()}
        if len(inside) == 1 and isinstance(next(iter(inside.values())), Mapping):
            # One key with settings of its own names what is chosen, as an optimizer or a schedule.
            found[name] = next(iter(inside))
        elif "strength" in inside:
            found[name] = inside.pop("strength")
        found |= {f"{name}.{inner}": deep for inner, deep in flat(inside).items()}
    return found
