"""YAML 1.2 read as plain values, each with the line and column where it stands.

Only what a file of settings needs is taken: mappings with text keys, lists, texts, numbers, true, false and
null, by the core schema of YAML 1.2. Tags, anchors and aliases are refused, so a file can neither name code
nor grow when it is read. Nothing here knows what an experiment is.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from trainlab.errors import UsageError
from trainlab.experiment.places import Key

DEEPEST = 50
MOST_VALUES = 100_000  # seven seconds of ruamel.yaml's time
# A run of exclamation marks takes ruamel.yaml quadratic time: 32 s for 1 MB, nothing for this many.
LONGEST_WORD = 20_000
LONGEST_NUMBER = 300

_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WHOLE = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: Mapping[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}

Keys = tuple[Key, ...]
Spot = tuple[int, int]


@dataclass(frozen=True)
class Marks:
    """Where values and their keys stand: line and column, counted from 1."""

    values: Mapping[Keys, Spot]
    names: Mapping[Keys, Spot]

    def find(self, keys: Keys, meant: str = "value") -> Spot:
        """Give the spot of a value, or of its key; of what is around it where the file does not have it.

        >>> _, marks = read_marked("recipe: {epochs: 3}", "an.yaml")
        >>> marks.find(("recipe", "epochs")), marks.find(("recipe", "epochs"), "key")
        ((1, 18), (1, 10))
        >>> marks.find(("recipe", "l2")), marks.find(("seeds",))
        ((1, 9), (1, 1))
        """
        spots = self.names if meant == "key" else self.values
        if keys in spots:
            return spots[keys]
        known = (keys[:length] for length in range(len(keys), -1, -1))
        return next((self.values[outer] for outer in known if outer in self.values), (1, 1))


@dataclass
class _Open:
    """A mapping or list that is being read."""

    keys: Keys
    holds: dict[str, Any] | list[Any]
    key: str | None = None


@dataclass
class _Reading:
    """The state of reading one file."""

    file: str
    root: Any = None
    values: dict[Keys, Spot] = field(default_factory=dict)
    names: dict[Keys, Spot] = field(default_factory=dict)
    around: list[_Open] = field(default_factory=list)
    documents: int = 0

    def refuse(self, message: str, spot: Spot, value: object, cure: str) -> NoReturn:
        raise UsageError(message, f"{self.file}:{spot[0]}:{spot[1]}", value, cure)

    def take(self, event: Event) -> None:
        spot = _spot(event.start_mark)
        if isinstance(event, DocumentStartEvent):
            self._take_start(event, spot)
        elif isinstance(event, NodeEvent):
            self._check(event, spot)
            if isinstance(event, ScalarEvent):
                self._take_scalar(event, spot)
            else:
                self._open({} if isinstance(event, MappingStartEvent) else [], spot)
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            self.around.pop()

    def _take_start(self, event: DocumentStartEvent, spot: Spot) -> None:
        self.documents += 1
        if self.documents > 1:
            self.refuse("a second document in one file", spot, None, "Give every experiment its own file.")
        if event.version not in (None, (1, 2)):
            version = ".".join(str(part) for part in event.version)
            self.refuse("not YAML 1.2", (1, 1), version, "Leave the `%YAML` line out.")

    def _check(self, event: NodeEvent, spot: Spot) -> None:
        if isinstance(event, AliasEvent):
            cure = "Write out here what it stands for."
            self.refuse("an alias, which a file of settings may not have", spot, f"*{event.anchor}", cure)
        if event.anchor is not None:
            cure = "Leave the anchor out."
            self.refuse("an anchor, which a file of settings may not have", spot, f"&{event.anchor}", cure)
        tag = getattr(event, "tag", None)
        if tag is not None:
            cure = "Leave the tag out: a file is data, never code."
            self.refuse("a tag, which a file of settings may not have", spot, str(tag), cure)

    def _open(self, holds: dict[str, Any] | list[Any], spot: Spot) -> None:
        keys = self._place(holds, spot)
        if len(self.around) == DEEPEST:
            self.refuse(f"nested deeper than {DEEPEST} levels", spot, None, "Settings need four or five.")
        self.around.append(_Open(keys, holds))

    def _take_scalar(self, event: ScalarEvent, spot: Spot) -> None:
        inside = self.around[-1] if self.around else None
        if inside is None or isinstance(inside.holds, list) or inside.key is not None:
            plain = event.implicit[0] and event.style is None
            self._place(self._resolved(event.value, spot) if plain else event.value, spot)
            return
        key: str = event.value  # as it is written: no key of a setting is anything but a text
        if key in inside.holds:
            line = self.names[(*inside.keys, key)][0]
            cure = f"It stands in line {line} already: keep one of them."
            self.refuse("a key that is there twice", spot, key, cure)
        inside.key = key
        self.names[(*inside.keys, key)] = spot

    def _place(self, value: object, spot: Spot) -> Keys:
        """Put a value where it belongs, and give the keys that lead to it."""
        inside = self.around[-1] if self.around else None
        if inside is None:
            keys: Keys = ()
            self.root = value
        elif isinstance(inside.holds, list):
            keys = (*inside.keys, len(inside.holds))
            inside.holds.append(value)
        else:
            if inside.key is None:
                self.refuse("a key that is no text", spot, value, "Write a word before the colon.")
            keys = (*inside.keys, inside.key)
            inside.holds[inside.key] = value
            inside.key = None
        self.values[keys] = spot
        if len(self.values) > MOST_VALUES:
            self.refuse(f"more than {MOST_VALUES} values", spot, None, "Ask a smaller question.")
        return keys

    def _resolved(self, text: str, spot: Spot) -> object:
        """Give what a text without quotation marks means in YAML 1.2."""
        if text in _WORDS:
            return _WORDS[text]
        kinds = ((_WHOLE, 10), (_OCTAL, 8), (_HEXADECIMAL, 16))
        base = next((base for pattern, base in kinds if pattern.fullmatch(text)), None)
        if base is None and not _DECIMAL.fullmatch(text):
            return text
        if len(text) <= LONGEST_NUMBER:
            number = float(text) if base is None else int(text, base)
            if abs(number) < math.inf:
                return number
        return self.refuse("a number that no computer can hold", spot, text, "Write a smaller one.")


def read_marked(text: str, file: str) -> tuple[Any, Marks]:
    r"""Read the text of a file.

    Args:
        text: the whole text, without a byte order mark.
        file: what the file is called in messages.

    Returns:
        The value, of dictionaries, lists, str, int, float, bool and None, and where everything in it stands.
        A text with nothing in it gives None.

    Raises:
        UsageError: for what is not YAML, and for what a file of settings may not have.

    >>> value, marks = read_marked("rate: 1e-3\nname: no", "an.yaml")
    >>> value, marks.find(("name",))
    ({'rate': 0.001, 'name': 'no'}, (2, 7))
    >>> read_marked("l2: 1\nl2: 2", "an.yaml")
    Traceback (most recent call last):
    trainlab.errors.UsageError: an.yaml:2:1: a key that is there twice (got 'l2'). It ...
    """
    reading = _Reading(file)
    unreadable = _UNREADABLE.search(text)
    if unreadable:
        letter = unreadable.group()
        kind = "a NUL byte" if letter == "\0" else "a control character"
        spot = spot_at(text, unreadable.start())
        reading.refuse(kind, spot, letter, "Leave it out, or save the file as plain text again.")
    for word in re.finditer(r"\S+", text):
        if word.end() - word.start() > LONGEST_WORD:
            message = f"a word longer than {LONGEST_WORD} characters"
            reading.refuse(message, spot_at(text, word.start()), word.group(), "Is this the right file?")
    try:
        for event in _events(text):
            reading.take(event)
    except MarkedYAMLError as error:
        _refuse_syntax(reading, error, text)
    except (YAMLError, ValueError) as error:  # ruamel.yaml lets ValueError through, as for `%YAML 1.x`
        reading.refuse("not YAML", (1, 1), None, f"The parser says: {_one_line(error)}.")
    return reading.root, Marks(reading.values, reading.names)


def spot_at(text: str, index: int) -> Spot:
    r"""Give line and column, counted from 1, of the character at an index.

    >>> spot_at("ab\ncd", 4)
    (2, 2)
    """
    before = re.split("\r\n|[\n\r]", text[:index])
    return len(before), len(before[-1]) + 1


def _events(text: str) -> Iterator[Event]:
    yield from YAML(typ="safe", pure=True).parse(text)


def _spot(mark: Any) -> Spot:
    return mark.line + 1, mark.column + 1


# What ruamel.yaml says, what it means to a person, and what to do.
_SYNTAX = (
    ("'\\t' that cannot start", "a tab", "Indent with spaces, not with tabs."),
    (
        "cannot start any token",
        "a character that cannot begin a text",
        "Put the text into quotation marks.",
    ),
    ("unexpected end of stream", "a quotation mark that is not closed", "Close it."),
    ("unknown escape", "an unknown escape", "Write the backslash twice, or use single quotation marks."),
    (
        "mapping values are not allowed",
        "a colon that no key belongs to",
        "Put texts with a colon into quotation marks, and a space after the colon of a key, above it too.",
    ),
    ("flow sequence", "a list that is not closed", "Look at its brackets and commas."),
    ("flow mapping", "a mapping that is not closed", "Look at its braces and commas."),
    ("could not find expected ':'", "a key without a colon", "Write a colon and a space after the key."),
    ("node content", "a value is missing", "Look at the brackets and colons here."),
    (
        "",
        "a line that does not fit in",
        "Look at its indentation, brackets and quotation marks, and at the end of the line above.",
    ),
)


def _refuse_syntax(reading: _Reading, error: MarkedYAMLError, text: str) -> NoReturn:
    said = f"{error.context or ''} {error.problem or ''}"
    message, cure = next((message, cure) for needle, message, cure in _SYNTAX if needle in said)
    mark = error.problem_mark or error.context_mark
    # What is not closed is looked for where it begins.
    if "not closed" in message and error.context_mark is not None:
        mark = error.context_mark
    line, column = _spot(mark) if mark is not None else (1, 1)
    lines = text.splitlines()
    given = lines[line - 1].strip() if line <= len(lines) else ""
    reading.refuse(f"not YAML: {message}", (line, column), given or None, cure)


def _one_line(said: object) -> str:
    return " ".join(str(said).split())
