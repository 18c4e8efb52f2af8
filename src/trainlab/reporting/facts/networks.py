"""The layers in force as facts: each distinct network, and the variants that train it.

Variants whose networks have the same layers and sizes share one table; what techniques put at a layer is told
beside it, by variant, so that ten variants of one network are read in one place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainlab.reporting.facts.variants import LABEL
from trainlab.reporting.wording.names import clean

_MOST_LAYERS = 400


@dataclass(frozen=True)
class AtLayer:
    """What stands at a layer in some of the variants, and in which."""

    settings: str
    variants: tuple[str, ...]


@dataclass(frozen=True)
class Layer:
    """One layer of a network, every part as it is shown.

    Args:
        name: its name.
        kind: Keras's class.
        output_shape: of one row.
        parameters: its trainable numbers.
        settings: what stands there, once for all variants that have it alike; the most frequent comes first.
        sources: places of the layers it takes its inputs from; empty at an input of the network.
    """

    name: str
    kind: str
    output_shape: str
    parameters: str
    settings: tuple[AtLayer, ...]
    sources: tuple[int, ...] = ()


@dataclass(frozen=True)
class Network:
    """Layers and the variants that train them.

    Args:
        variants: labels of the variants.
        parameters: trainable numbers, as shown.
        takes: what the loss takes from it; may be empty.
        inputs: shape of one row of each input; empty where not recorded.
        layers: its layers from input to output.
        more: how many layers are left out of ``layers``.
    """

    variants: tuple[str, ...]
    parameters: str
    takes: str
    layers: tuple[Layer, ...]
    more: int
    inputs: tuple[str, ...] = ()


def networks_of(stored: Mapping[str, Any], shown: Mapping[str, str]) -> tuple[Network, ...]:
    """Gather the networks of an experiment.

    Args:
        stored: name of a variant -> its layer table, as a run stores it.
        shown: name of a variant -> how it is shown.
    """
    alike: dict[Any, list[tuple[str, Mapping[str, Any]]]] = {}
    known = [name for name in shown if name in stored]
    for name in (*known, *(name for name in stored if name not in shown)):
        network = stored[name]
        label = shown.get(name, clean(name, LABEL))
        alike.setdefault(_bones(network), []).append((label, network))
    return tuple(_network(together) for together in alike.values())


def _bones(network: Mapping[str, Any]) -> Any:
    """Give what networks of one table have alike: everything but what stands at the layers."""
    shown = _worth_showing(network)
    layers = tuple(
        (
            layer.get("name"),
            layer.get("kind"),
            _shape(layer.get("output_shape")),
            layer.get("parameters"),
            before,
        )
        for layer, before in zip(shown, _sources(network, shown), strict=True)
    )
    return network.get("parameters"), network.get("takes"), layers


def _worth_showing(network: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Leave out layers that only carry out a technique, which is told at the layer it acts on."""
    layers = network.get("layers") or ()
    told = {
        f"{layer.get('name')}_{kind}"
        for layer in layers
        for kind in _TECHNIQUES
        if kind.replace("_", " ") in str(layer.get("settings") or "").lower()
    }
    return [
        layer
        for layer in layers
        if layer.get("name") not in told or layer.get("parameters") or layer.get("settings")
    ]


# A layer of this name behind another one, which says it among its settings.
_TECHNIQUES = ("dropout", "gaussian_dropout", "alpha_dropout", "gaussian_noise", "activity_l1", "activity_l2")


def _network(together: Sequence[tuple[str, Mapping[str, Any]]]) -> Network:
    first = together[0][1]
    tables = [(label, _worth_showing(network)) for label, network in together]
    layers = tables[0][1]
    sources = _sources(first, layers)
    return Network(
        variants=tuple(label for label, _ in together),
        parameters=_whole(first.get("parameters")),
        takes=clean(first.get("takes") or ""),
        layers=tuple(
            Layer(
                clean(layer.get("name", ""), LABEL),
                clean(layer.get("kind", ""), LABEL),
                _shape(layer.get("output_shape")),
                _whole(layer.get("parameters")),
                _settings([(label, table[place]) for label, table in tables]),
                sources[place],
            )
            for place, layer in enumerate(layers[:_MOST_LAYERS])
        ),
        more=max(0, len(layers) - _MOST_LAYERS),
        inputs=tuple(_shape(shape) for shape in first.get("input") or ()),
    )


def _sources(network: Mapping[str, Any], shown: Sequence[Mapping[str, Any]]) -> list[tuple[int, ...]]:
    """Give the places of the layers that each shown layer takes its inputs from.

    Layers that are left out are passed through. Results that did not store this are taken for a chain.
    """
    layers = network.get("layers") or ()
    if not all("from" in layer for layer in layers):
        return [(place - 1,) if place else () for place in range(len(shown))]
    places = {layer["name"]: place for place, layer in enumerate(shown)}
    before = {layer["name"]: layer["from"] for layer in layers}

    def shown_behind(name: str, seen: frozenset[str]) -> list[int]:
        if name in places:
            return [places[name]]
        further = before.get(name, ()) if name not in seen else ()
        return [place for one in further for place in shown_behind(one, seen | {name})]

    found = [[place for one in layer["from"] for place in shown_behind(one, frozenset())] for layer in shown]
    return [tuple(dict.fromkeys(one)) for one in found]


def _settings(layers: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[AtLayer, ...]:
    by_words: dict[str, list[str]] = {}
    for label, layer in layers:
        by_words.setdefault(clean(layer.get("settings") or ""), []).append(label)
    ordered = sorted(by_words.items(), key=lambda item: -len(item[1]))
    return tuple(AtLayer(words, tuple(names)) for words, names in ordered)


def _shape(shape: object) -> str:
    if isinstance(shape, list | tuple):
        return " × ".join("any" if size is None else str(size) for size in shape)
    return clean(shape or "–", LABEL)


def _whole(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else "–"
