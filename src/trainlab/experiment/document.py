"""Experiment files: a question read from YAML, and written as YAML.

A file is data, never code: reading one runs nothing and follows no reference; all it opens is the data set
that it names. What is refused is refused with the file, the line and the column.
"""

import codecs
import difflib
import errno
import io
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from trainlab.data.files.sources import Source
from trainlab.data.splitting.validations import Splitter
from trainlab.errors import MissingError, UsageError, shortened
from trainlab.experiment.baselines import BASELINES, parse_baselines
from trainlab.experiment.checks import Check, count, number, suggestion, text
from trainlab.experiment.marked_yaml import Marks, read_marked, spot_at
from trainlab.experiment.metrics import parse_metric
from trainlab.experiment.models import (
    Builder,
    KerasFile,
    ModelDescription,
    Pattern,
    PythonFile,
    parse_model,
)
from trainlab.experiment.overrides import parse_override
from trainlab.experiment.places import Key, Place
from trainlab.experiment.preparation import parse_prepare
from trainlab.experiment.recipe import CHECKS, Recipe, parse_settings
from trainlab.experiment.sources import parse_source
from trainlab.experiment.space import parse_space
from trainlab.experiment.spec import Experiment, overridden, parse_seeds
from trainlab.experiment.tracking import parse_track
from trainlab.experiment.tuning import FOUND, parse_budget, parse_search
from trainlab.experiment.validation import parse_test, parse_validation
from trainlab.experiment.variants import grid, is_control, one_at_a_time, parse_variants

LARGEST_BYTES = 1_000_000

EXAMPLE = (
    "A whole experiment is `{data: digits, variants: {baseline: {}, dropout: {dropout: 0.3}}}`, "
    "or the same over several lines."
)


def read_experiment(
    path: str | Path,
    *,
    seeds: int | None = None,
    epochs: int | None = None,
    check_override: Callable[[Mapping[str, str]], object] = dict,
) -> Experiment:
    r"""Read an experiment file.

    Args:
        path: a YAML file.
        seeds: how many seeds, whatever the file says.
        epochs: how many epochs, whatever the recipe and the variants say; where epochs are what is varied,
            one value is left.
        check_override: refuses codes that no check has; left out, none is refused. The checks stand in a
            room above this one, and the refusal shall name the line, before data are loaded.

    Raises:
        UsageError: for what is no experiment file, and for anything impossible in it, with line and column.
        MissingError: for a file that may not be read, and a data set that is not there.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "an.yaml"
    ...     _ = file.write_text("data: xor\nvariants: {baseline: {}, l2: {l2: 1e-3}}", encoding="utf-8")
    ...     experiment = read_experiment(file, seeds=3)
    >>> experiment.data.name, [variant.name for variant in experiment.variants], experiment.seeds
    ('xor', ['baseline', 'l2'], (0, 1, 2))
    """
    path = Path(path)
    file, marks = read_marked(_text(path), str(path))
    try:
        experiment = _experiment(_checked(file, path.parent, check_override))
    except UsageError as error:
        raise _located(error, path, marks) from error
    return overridden(experiment, seeds=seeds, epochs=epochs)


def write_experiment(experiment: Experiment) -> str:
    """Write an experiment as the text of an experiment file, defaults written out.

    What a file can say reads back as an equal experiment; only what is left to the optimizer, the model or
    the data is left out. Arrays and functions of Python stand by their names, and a comment says so.

    >>> iris = Source("name", "iris").load()
    >>> print(write_experiment(Experiment(iris, {"mlp": [4]}, {"learning_rate": 1e-3}, seeds=3)))
    data: iris
    validation: {holdout: 0.2}
    split_seed: 0
    model:
      mlp: {hidden: [4], activation: relu}
    recipe:
      optimizer: adam
      learning_rate: 0.001
      batch_size: 32
      epochs: 10
    variants:
      baseline: {}
    seeds: 3
    metric: accuracy
    <BLANKLINE>
    """
    document = experiment.document()
    settings = experiment.recipe.settings()
    document["recipe"] = {key: value for key, value in settings.items() if value is not None}
    # Controls follow from their ensembles when the text is read, and what is found from the search.
    asked = [
        variant
        for variant in experiment.variants
        if not is_control(variant, experiment.variants)
        and not (variant.name == FOUND and experiment.search is not None)
    ]
    document["variants"] = {variant.name: variant.document() for variant in asked}
    if document["seeds"] == list(range(len(document["seeds"]))):
        document["seeds"] = len(document["seeds"])
    blocks = ("model", "recipe", "variants")
    written = CommentedMap()
    for key, value in document.items():
        usual = value in (None, "", {}) or (key == "baselines" and value == list(BASELINES))
        if not usual:
            written[key] = _block(value) if key in blocks else _flow(value)
    yaml = YAML()
    yaml.width = 100
    stream = io.StringIO()
    yaml.dump(written, stream)
    changed = [variant.changes.get("model") for variant in asked]
    models = [experiment.model, experiment.recipe.model, *changed]
    in_python = [
        f"# The {key} stands in Python: this text is a record, not an experiment to run.\n"
        for key, told in (
            ("data", experiment.data.source is None),
            ("validation", isinstance(experiment.validation, Splitter)),
            ("model", any(isinstance(model, (Builder, Pattern)) for model in models)),
        )
        if told
    ]
    return "".join(in_python) + stream.getvalue()


def _checked(
    file: object, folder: Path, check_override: Callable[[Mapping[str, str]], object]
) -> dict[str, Any]:
    """Refuse what can be refused before the data set is loaded, which may take a download."""
    if file is None:
        raise UsageError("the file says nothing", Place(), None, EXAMPLE)
    if not isinstance(file, dict):
        raise UsageError("an experiment is a mapping of keys to values", Place(), file, EXAMPLE)
    for key, value in file.items():
        _check_key(key, value)
    if "data" not in file:
        raise UsageError("the experiment names no data", Place(), None, EXAMPLE)
    file = _with_models(file, folder) | {"data": parse_source(file["data"], folder, Place("data"))}
    for key, value in file.items():
        _CHECKS[key](value, Place(key))
    check_override(file.get("override", {}))
    return file


def _with_models(file: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Read every model of a file where it stands; files that models name are looked for in its folder."""
    read = dict(file)
    if "model" in file:
        read["model"] = _model(file["model"], folder, Place("model"))
    if "recipe" in file:
        read["recipe"] = _with_model(file["recipe"], folder, Place("recipe"))
    for span in ("grid", "one_at_a_time"):
        read |= {span: _with_models_of_span(file[span], folder, Place(span))} if span in file else {}
    if isinstance(file.get("variants"), Mapping):
        variants = file["variants"].items()
        read["variants"] = {
            name: _with_model(given, folder, Place("variants", name)) for name, given in variants
        }
    return read


def _with_model(settings: Any, folder: Path, place: Place) -> Any:
    if not isinstance(settings, dict) or settings.get("model") is None:
        return settings
    return settings | {"model": _model(settings["model"], folder, place / "model")}


def _with_models_of_span(choices: Any, folder: Path, place: Place) -> Any:
    if not isinstance(choices, dict) or not isinstance(choices.get("model"), list):
        return choices
    models = [_model(one, folder, place / "model" / at) for at, one in enumerate(choices["model"])]
    return choices | {"model": models}


def _model(value: object, folder: Path, place: Place) -> ModelDescription:
    model = parse_model(value, folder, place)
    if isinstance(model, PythonFile | KerasFile) and not model.path.is_file():
        family = "python" if isinstance(model, PythonFile) else "keras"
        raise UsageError("there is no such file", place / family, str(model.path), _nearest(model.path))
    return model


def _check_key(key: str, value: object) -> None:
    place = Place().key(key)
    if key not in _CHECKS:
        cure = suggestion(key, _CHECKS)
        if key in CHECKS:
            cure = f"It is a setting of the recipe: write `recipe: {{{key}: ...}}`."
        raise UsageError("unknown key", place, key, cure)
    if value is None:
        raise UsageError(f"`{key}` has no value", place, None, "Write a value, or leave the key out.")


def _experiment(parts: Mapping[str, Any]) -> Experiment:
    source: Source = parts["data"]
    try:
        data = source.load()
    except UsageError as error:
        raise _at_source(error, source) from error
    return Experiment(**{**parts, "data": data})


def _at_source(error: UsageError, source: Source) -> UsageError:
    """Give what a reader refused the key that asked for it, and keep the reader's own place in the sentence.

    Readers say the file, and the word or the column and line that they mean: ``/data/a.csv: target``.
    """
    said = error.where.split(": ")
    words = [word.removeprefix("openml.") for word in said]
    # The last word that stands in the file: the path before it may be called like one.
    at = max((at for at, word in enumerate(words) if word in source.options), default=None)
    inside = (str(source.what),) if source.kind == "name" else ()
    place = Place("data") if at is None else Place("data", *inside, *words[at:])
    before = ": ".join(said[:at])
    message = f"{before}: {error.message}" if before else error.message
    return UsageError(message, place, error.value, error.cure)


def _located(error: UsageError, path: Path, marks: Marks) -> UsageError:
    """Give the error its line and column, and its key in words, where it has a place in the file."""
    if not isinstance(error.where, Place):
        return error
    keys, meant = error.where.keys, error.where.meant
    line, column = marks.find(_in_file(keys, marks), meant)
    # The key that is meant stands in the message already.
    last = max((depth for depth, key in enumerate(keys) if isinstance(key, str)), default=0)
    key = "" if meant == "key" else ".".join(str(part) for part in keys[last:])
    message = f"{shortened(key)[1:-1]}: {error.message}" if key else error.message
    return UsageError(message, f"{path}:{line}:{column}", error.value, error.cure)


def _in_file(keys: tuple[Key, ...], marks: Marks) -> tuple[Key, ...]:
    """Give the keys that stand in the file: a variant that a span made is found at what it varies."""
    if keys[:1] == ("variants",) and len(keys) > 1 and keys[:2] not in marks.names:
        spans = [(span, *keys[2:3]) for span in ("grid", "one_at_a_time")]
        return next((span for span in spans if span in marks.values), keys)
    return keys


def _text(path: Path) -> str:
    """Read the text of a file, or say why that cannot be an experiment."""
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise UsageError("a folder, not an experiment file", str(path), None, _beside(path))
        if not stat.S_ISREG(kind):
            cure = "Give a YAML file on the disk."
            raise UsageError("not a file with an experiment", str(path), None, cure)
        with path.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
        missing = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.ELOOP}
        if isinstance(error, ValueError) or error.errno in missing:
            raise UsageError("there is no such file", str(path), None, _nearest(path)) from error
        cure = "See who may read it, or give another file."
        raise MissingError(f"the file cannot be read: {error.strerror}", str(path), None, cure) from error
    if len(content) > LARGEST_BYTES:
        message = f"larger than {LARGEST_BYTES // 1_000_000} MB, which no experiment file is"
        raise UsageError(message, str(path), None, "Is this the right file?")
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line, column = spot_at(content[: error.start].decode(), error.start)
        cure = "Save the file as UTF-8."
        given = f"byte 0x{content[error.start]:02x}"
        raise UsageError("not UTF-8 text", f"{path}:{line}:{column}", given, cure) from error


def _nearest(path: Path) -> str:
    """Say which file was probably meant."""
    try:
        around = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    except (OSError, ValueError):
        return f"There is no folder `{path.parent}` either."
    near = difflib.get_close_matches(path.name, around, n=1, cutoff=0.6)
    return f"Did you mean `{path.parent / near[0]}`?" if near else _beside(path.parent)


def _beside(folder: Path) -> str:
    try:
        files = sorted(entry.name for entry in folder.iterdir() if entry.suffix in {".yaml", ".yml"})
    except OSError:
        files = []
    more = f" and {len(files) - 5} more" if len(files) > 5 else ""
    return f"In this folder are: {', '.join(files[:5])}{more}." if files else "Name a YAML file."


def _block(value: Any) -> Any:
    if isinstance(value, Mapping):
        return CommentedMap({_flow(key): _flow(inner) for key, inner in value.items()})
    return value


def _flow(value: Any) -> Any:
    if isinstance(value, Mapping):
        mapping = CommentedMap({_flow(key): _flow(inner) for key, inner in value.items()})
        mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list):
        several = CommentedSeq([_flow(inner) for inner in value])
        several.fa.set_flow_style()
        return several
    # ruamel.yaml writes texts that begin so without quotation marks, and cannot read them again.
    return DoubleQuotedScalarString(value) if isinstance(value, str) and value[:1] in {"?", ":"} else value


def _check_recipe(value: object, where: str) -> Recipe:
    return Recipe(**parse_settings(value, where))


def _taken_as_it_is(value: object, where: str) -> object:  # noqa: ARG001  # read with its folder
    return value


_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "question": text(1_000),
        "data": _taken_as_it_is,
        "prepare": parse_prepare,
        "test": parse_test,
        "validation": parse_validation,
        "split_seed": count(low=0),
        "model": _taken_as_it_is,
        "recipe": _check_recipe,
        "variants": parse_variants,
        "grid": grid,
        "one_at_a_time": one_at_a_time,
        "seeds": parse_seeds,
        "metric": parse_metric,
        "smallest_difference": number(low=0.0, low_open=True),
        "target_score": number(),
        "baselines": parse_baselines,
        "override": parse_override,
        "tune": parse_space,
        "budget": parse_budget,
        "search": parse_search,
        "track": parse_track,
    }
)
