"""What to write for a column, as an experiment file says it and as Python does, in words of a cure.

Knows how values are written, never what they mean.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

CSV = "beside `csv:`"
ANY_FILE = "beside the file"

# What a reader of YAML takes for something else than a text.
_OTHER = re.compile(r"^(true|false|yes|no|on|off|y|n|null|nan|inf)$", re.IGNORECASE)
_PLAIN = re.compile(r"^[^\W\d][\w.-]*( [\w.-]+)*$")


class Way(NamedTuple):
    """One thing that may be written: an argument of a reader, its value, and what it is good for."""

    key: str
    value: Any
    purpose: str = ""


def ways(*choices: Way, beside: str = ANY_FILE) -> str:
    """Put choices into words, those of a file first.

    Args:
        *choices: what may be written.
        beside: where in a file it stands.

    >>> ways(Way("drop", ["a"]), beside=CSV)
    "`drop: [a]` beside `csv:` (in Python `drop=['a']`)"
    >>> ways(Way("text", "says", "to count its words"), Way("kinds", {"says": "category"}))
    "`text: says` to count its words or `kinds: {says: category}` beside the file \
(in Python `text='says'` or `kinds={'says': 'category'}`)"
    """
    file = [f"`{key}: {in_file(value)}`{f' {purpose}' if purpose else ''}" for key, value, purpose in choices]
    code = [f"`{key}={_in_python(value)}`" for key, value, _ in choices]
    # After a purpose, "beside" would belong to it.
    comma = "," if choices[-1].purpose else ""
    return f"{_either(file)}{comma} {beside} (in Python {_either(code)})"


def in_file(value: object) -> str:
    """Write texts, lists of them and mappings as an experiment file does, on one line.

    >>> in_file({"town": "text"}), in_file(["a b", "no", "7", "x: #1"])
    ('{town: text}', '[a b, "no", "7", "x: #1"]')
    """
    if isinstance(value, str):
        plain = value == "..." or (_PLAIN.match(value) and not _OTHER.match(value))
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{in_file(key)}: {in_file(one)}' for key, one in value.items())}}}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(in_file, value))}]"
    return str(value)


def _in_python(value: object) -> str:
    # The dots that stand for what is there already are no text.
    return repr(value).replace("'...'", "...")


def _either(said: list[str]) -> str:
    if len(said) < 3:
        return " or ".join(said)
    return f"{', '.join(said[:-1])}, or {said[-1]}"
