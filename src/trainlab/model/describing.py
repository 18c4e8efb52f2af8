"""Saying what stands at each layer of one run, in words: which technique, how strong, on what.

A penalty of weights and a penalty of activities are never said alike.
"""

from collections.abc import Mapping
from typing import Any

from trainlab.model.form import Form
from trainlab.model.graph import activation_in, own_block
from trainlab.model.reform import bends
from trainlab.model.sites import NORMS, ON_ACTIVITY, ON_OUTPUTS, ON_WEIGHTS, Site

_WORDS = {
    "dropout": "dropout",
    "gaussian_dropout": "Gaussian dropout",
    "alpha_dropout": "alpha dropout",
    "gaussian_noise": "Gaussian noise",
    "activity_l1": "activity L1",
    "activity_l2": "activity L2",
    "l1": "L1",
    "l2": "L2",
    "max_norm": "max norm",
    "weight_decay": "weight decay",
    "prune": "pruning",
    "drop_connect": "drop connect",
    "weight_norm": "weight normalization",
    "batch_norm": "batch normalization",
    "layer_norm": "layer normalization",
}
_ORDER = (*ON_WEIGHTS, *ON_ACTIVITY, *NORMS, *ON_OUTPUTS)


def describe(graph: Any, strengths: Mapping[Site, float], form: Form) -> dict[str, tuple[str, ...]]:
    """Say what stands at each layer; sites of strength zero are left out.

    Args:
        graph: the model without techniques.
        strengths: the run's strength at each site.
        form: what else is changed.

    Returns:
        For each layer with something, by its name, what stands there, in the order it acts in.

    >>> import keras
    >>> from trainlab.model.graph import graph_of
    >>> mlp = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, name="one"), keras.layers.Dense(2)])
    >>> sites = {Site("activity_l2", 1): 0.1, Site("l2", 1, "kernel"): 0.001, Site("dropout", 1): 0.0}
    >>> describe(graph_of(mlp), sites, Form())
    {'one': ('L2 0.001 on kernel', 'activity L2 0.1')}
    """
    said: list[tuple[int, int, str]] = []
    for site, strength in strengths.items():
        if strength > 0:
            words = f"{_WORDS[site.technique]} {strength:g}"
            said.append((site.layer, _ORDER.index(site.technique), _on(words, site)))
    said += [
        (site.layer, _ORDER.index("weight_norm"), _on(_WORDS["weight_norm"], site))
        for site in form.weight_norm
    ]
    for norm in form.norms:
        layer = graph.layers[norm.layer]
        side = "before" if norm.before_activation else "after"
        activated = activation_in(own_block(graph, layer)) is not None or bends(layer)
        words = f"{_WORDS[norm.kind]} {side} the activation" if activated else _WORDS[norm.kind]
        said.append((norm.layer, _ORDER.index(norm.kind), words))
    found: dict[str, tuple[str, ...]] = {}
    for place, _, words in sorted(said):
        name = graph.layers[place].name
        found[name] = (*found.get(name, ()), words)
    return found


def _on(words: str, site: Site) -> str:
    return f"{words} on {site.weight}" if site.weight else words
