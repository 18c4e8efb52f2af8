"""A model's description in words: its family, its sizes, where it comes from."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from trainlab.reporting.wording.plain import plain
from trainlab.reporting.wording.words import NOT_RECORDED, counted, listing


def architecture(document: object) -> str:
    """Say which network a document describes, as the end of a sentence.

    >>> architecture({"mlp": {"hidden": [], "activation": "relu"}})
    'linear, without a hidden layer'
    >>> architecture({"mlp": {"hidden": [64, 32], "activation": "relu"}})
    'a multilayer perceptron with 2 hidden layers of 64 and 32 units (activation relu)'
    >>> architecture({"keras": {"file": "models/big.keras", "freeze": "all"}})
    'the saved Keras model models/big.keras with its weights, all layers but the output frozen'
    """
    if not isinstance(document, Mapping) or not document:
        return NOT_RECORDED
    family, sizes = next(iter(document.items()))
    if family in _FAMILIES:
        return _FAMILIES[family](sizes)
    return f"{family}: {plain(sizes)}" if sizes else str(family)


def _mlp(sizes: Any) -> str:
    sizes = sizes if isinstance(sizes, Mapping) else {"hidden": sizes or []}
    hidden, activation = sizes.get("hidden", []), sizes.get("activation", NOT_RECORDED)
    if not hidden:
        return "linear, without a hidden layer"
    return (
        f"a multilayer perceptron with {counted(len(hidden), 'hidden layer')} of {plain(hidden)} units "
        f"(activation {activation})"
    )


def _cnn(sizes: Any) -> str:
    sizes = sizes if isinstance(sizes, Mapping) else {"filters": sizes or []}
    filters: Sequence[int] = sizes.get("filters", [])
    kernel, pool = sizes.get("kernel", 3), sizes.get("pool", 2)
    said = (
        f"a convolutional network with {counted(len(filters), 'block')} of {plain(filters)} filters of "
        f"{kernel} × {kernel} pixels"
    )
    parts = [f"each block ending in pooling over {pool} × {pool}"]
    parts = parts if pool > 1 else []
    if sizes.get("hidden"):
        parts.append(
            f"then {'a dense layer' if len(sizes['hidden']) == 1 else 'dense layers'} of "
            f"{plain(sizes['hidden'])} units"
        )
    return f"{', '.join([said, *parts])} (activation {sizes.get('activation', NOT_RECORDED)})"


def _keras(given: object) -> str:
    if not isinstance(given, Mapping):
        file = str(given)
        started = " with its weights" if file.endswith(".keras") else ", every run from fresh weights"
        return f"the {'saved ' if file.endswith('.keras') else ''}Keras model {file}{started}"
    freeze = given.get("freeze") or ()
    said = f"the saved Keras model {given.get('file', NOT_RECORDED)} with its weights"
    if isinstance(freeze, str):
        return f"{said}, all layers but the output frozen"
    if not freeze:
        return said
    noun = "layer" if len(freeze) == 1 else "layers"
    return f"{said}, the {noun} {listing([str(name) for name in freeze])} frozen"


def _python(source: object) -> str:
    file, _, function = str(source).rpartition(":")
    return f"built by the Python function {function}" + (f" of {PurePath(file).name}" if file else "")


_FAMILIES: Mapping[str, Callable[[Any], str]] = {
    "mlp": _mlp,
    "linear": lambda _: "linear, without a hidden layer",
    "cnn": _cnn,
    "keras": _keras,
    "python": _python,
}
