"""What an experiment file says of its data, read and checked before anything is loaded.

Knows the words of each kind of source and the types of their values; which columns a file has, and whether
its values can be learned from, is found when it is read.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from trainlab.data.columns import Kind as ColumnKind
from trainlab.data.files.ordinary import ordinary_file, ordinary_folder
from trainlab.data.files.sources import Kind, Source
from trainlab.data.named.catalogue import names
from trainlab.data.named.catalogue import options as options_of
from trainlab.data.targets import Task
from trainlab.errors import UsageError
from trainlab.experiment.checks import Check, count, flag, listed, mapping, number, one_of, several, text
from trainlab.experiment.places import Place, standing_at

SUFFIXES: Mapping[str, Kind] = MappingProxyType(
    {
        ".csv": "csv",
        ".tsv": "csv",
        ".parquet": "parquet",
        ".pq": "parquet",
        ".npz": "npz",
    }
)
FORMS = (
    "Write a name, as `data: digits`, or one of `{csv: file, target: column}`, `{parquet: file, target: "
    "column}`, `{npz: file}`, `{images: folder}`, `{openml: 31}`."
)


def parse_source(value: object, folder: Path, where: str = "data") -> Source:
    """Read ``digits``, ``{csv: houses.csv, target: price}``, ``{openml: 31}`` and the like.

    Args:
        value: as an experiment file gives it.
        folder: where files are looked for; they need not be read yet, but they must be there.
        where: where the value stands.

    Raises:
        UsageError: for a name, a key or a file that is not known, and for impossible values, with its place.
        MissingError: for a file that nobody lets us read.

    >>> parse_source({"spirals": {"rows": 300}}, Path()).document()
    {'spirals': {'rows': 300}}
    >>> parse_source({"csv": "houses.cvs", "target": "price"}, Path("no"))
    Traceback (most recent call last):
    trainlab.errors.UsageError: data.csv: there is no such file (got 'no/houses.cvs'). \
There is no folder `no` either.
    """
    place = Place.of(where)
    if isinstance(value, str):
        return _named(value, {}, place)
    if not isinstance(value, Mapping) or not value:
        raise UsageError("not a source of data", place, value, FORMS)
    kinds = [key for key in value if key in _OPTIONS or key in names()]
    if len(kinds) != 1:
        if kinds:
            cure = f"Keep one of {', '.join(kinds)}: an experiment has one set of data."
            raise UsageError("data from two places", place, None, cure)
        mapping(value, place, (*_OPTIONS, *names()), "source of data")
    (kind,) = kinds
    if kind in names():
        mapping(value, place, (kind,), "key beside a named set")
        return _named(kind, value[kind], place / kind)
    given = mapping(value, place, (kind, *_OPTIONS[kind]), f"key of {kind}")
    what = given.pop(kind)
    if kind == "openml":
        number, version = _numbered(what, place / kind)
        return Source(kind, number, MappingProxyType({**version, **_chosen(kind, given, place)}))
    path = _found(kind, what, folder, place / kind)
    return Source(kind, str(path), _chosen(kind, given, place))


def source_of(given: str, options: Mapping[str, Any] | None = None) -> Source:
    """Tell what a person means who names data on the command line or in Python.

    Args:
        given: the name of a set, a file whose suffix says what it is, a folder of images, or ``openml:31``.
        options: what an experiment file would say beside it: ``target``, ``task``, ``size`` ...

    Raises:
        UsageError: for what is none of these, and for impossible options.
        MissingError: for a file that nobody lets us read.

    >>> source_of("iris")
    Source(kind='name', what='iris', options=mappingproxy({}))
    >>> source_of("openml:31", {"target": "class"}).document()
    {'openml': 31, 'target': 'class'}
    >>> source_of("irsi")
    Traceback (most recent call last):
    trainlab.errors.UsageError: data: unknown data set (got 'irsi'). Did you mean `iris`?
    """
    beside = dict(options or {})
    place = Place("data")
    if not given.strip():
        raise UsageError("not a source of data", place, given, FORMS)
    if given in names():
        return parse_source({given: beside} if beside else given, Path())
    head, colon, rest = given.partition(":")
    if colon and head == "openml":
        return parse_source({"openml": int(rest) if rest.isdigit() else rest, **beside}, Path())
    path = Path(given).expanduser()
    if path.is_dir():
        return parse_source({"images": given, **beside}, Path())
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is not None:
        return parse_source({kind: given, **beside}, Path())
    if path.exists() or path.suffix or len(path.parts) > 1:
        if not path.exists():
            with standing_at(place):
                ordinary_file(path, FORMS)
        cure = f"Rename it, if it is one of these: {', '.join(SUFFIXES)}."
        raise UsageError("the name of the file does not say what it is", place, given, cure)
    return _named(given, beside, place)


def _named(name: str, options: object, place: Place) -> Source:
    kind = SUFFIXES.get(Path(name).suffix.lower())
    if kind is not None:
        target = ", target: column" if kind in {"csv", "parquet"} else ""
        raise UsageError("a file, not a name", place, name, f"Write `{{{kind}: {name}{target}}}`.")
    one_of(names(), "data set")(name, place)
    if options is None:
        options = {}
    given = mapping(options, place, options_of(name), f"option of {name}")
    checked = {key: _MADE[key](value, place / key) for key, value in given.items()}
    return Source("name", name, MappingProxyType(checked))


def _numbered(what: object, place: Place) -> tuple[int | str, dict[str, Any]]:
    """Read ``31``, ``credit-g``, ``{id: 31, version: 1}`` or ``{name: credit-g, version: 1}``."""
    if not isinstance(what, Mapping):
        return _openml_name(what, place), {}
    given = mapping(what, place, ("id", "name", "version"), "key of openml")
    if ("id" in given) == ("name" in given):
        cure = "Write `{id: 31}` or `{name: credit-g, version: 1}`."
        raise UsageError("a table of OpenML has a number or a name", place, None, cure)
    version = {"version": count()(given["version"], place / "version")} if "version" in given else {}
    key = "id" if "id" in given else "name"
    return _openml_name(given[key], place / key), version


def _chosen(kind: str, given: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
    checks = _OPTIONS[kind]
    chosen = {key: checks[key](value, place / key) for key, value in given.items()}
    if kind in {"csv", "parquet"} and "target" not in chosen:
        cure = f"Say which column is predicted: `{{{kind}: file, target: column}}`."
        raise UsageError("the table has no target", place, None, cure)
    return MappingProxyType(chosen)


def _found(kind: str, what: object, folder: Path, place: Place) -> Path:
    """Give the absolute path of a file or folder that is there."""
    if not isinstance(what, str) or not what.strip():
        raise UsageError("not the name of a file or folder", place, what, FORMS)
    if "://" in what:
        cure = "Download it first, so that every run reads the same bytes, and name the file."
        raise UsageError("an address, not a file", place, what, cure)
    look = ordinary_folder if kind == "images" else ordinary_file
    path = folder / Path(what).expanduser()
    try:
        return look(path, FORMS)
    except UsageError as error:
        raise UsageError(error.message, place, str(path), error.cure) from error


def _one_or_more(value: object, where: str) -> str | list[str]:
    """Check the name of a column, or a list of such names."""
    if listed(value) is None:
        return _COLUMN(value, where)  # type: ignore[no-any-return]  # a text
    return _several_columns(value, where)


def _several_columns(value: object, where: str) -> list[str]:
    return list(several(_COLUMN, least=1, most=1_000_000)(value, where))


def _column_kinds(value: object, where: str) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise UsageError("not a mapping of columns to kinds", where, value, "Write `{zip: category}`.")
    check = one_of(get_args(ColumnKind), "kind of column")
    return {_COLUMN(key, where): check(kind, Place.of(where) / key) for key, kind in value.items()}


def _classes(value: object, where: str) -> list[str]:
    entries = listed(value)
    if entries is None:
        raise UsageError("not a list of names", where, value, "Write a list, as `[cat, dog]`.")
    # YAML reads 0 and 1 as numbers; as names of classes they are texts.
    whole = [
        str(entry) if isinstance(entry, int) and not isinstance(entry, bool) else entry for entry in entries
    ]
    return list(several(_COLUMN, least=2, most=100_000)(whole, where))


def _texts(value: object, where: str) -> list[str]:
    return list(several(text(100), least=1)(value, where))


def _size(value: object, where: str) -> list[int]:
    if listed(value) is None:
        side = count(high=10_000)(value, where)
        return [side, side]
    sizes = several(count(high=64_000_000), least=2, most=2)(value, where)
    return list(sizes)


def _openml_name(value: object, where: str) -> int | str:
    if isinstance(value, str):
        if not value.strip():
            raise UsageError("an empty name", where, value, "Write `openml: 31` or `openml: credit-g`.")
        return _COLUMN(value, where)  # type: ignore[no-any-return]  # a text
    return count()(value, where)  # type: ignore[no-any-return]  # a whole number


_COLUMN = text(1_000)
_TASK = one_of(get_args(Task), "task")
_TABLE: Mapping[str, Check] = MappingProxyType(
    {
        "target": _one_or_more,
        "task": _TASK,
        "text": _one_or_more,
        "groups": _COLUMN,
        "time": _COLUMN,
        "classes": _classes,
        "columns": _one_or_more,
        "drop": _one_or_more,
        "kinds": _column_kinds,
        "name": _COLUMN,
    }
)
_OPTIONS: Mapping[str, Mapping[str, Check]] = MappingProxyType(
    {
        "csv": {**_TABLE, "missing": _texts, "decimal": one_of((".", ","), "decimal sign")},
        "parquet": _TABLE,
        "npz": {
            "x": _COLUMN,
            "y": _COLUMN,
            "groups": _COLUMN,
            "time": _COLUMN,
            "task": _TASK,
            "classes": _classes,
            "scale": number(low=0.0, low_open=True),
            "columns": _several_columns,
            "missing": flag(),
            "name": _COLUMN,
        },
        "images": {"size": _size, "colours": one_of(("grey", "rgb"), "colours"), "name": _COLUMN},
        "openml": {"target": _COLUMN, "task": _TASK, "name": _COLUMN},
    }
)
_MADE: Mapping[str, Check] = MappingProxyType(
    {
        "rows": count(low=10, high=10_000_000),
        "noise": number(low=0.0),
        "seed": count(low=0),
        "labels": one_of(("fine", "coarse"), "labels"),
        "version": one_of(("large", "small"), "version"),
    }
)
