"""Diagrams of networks: every layer a box, every bypass a line, and deep networks cut in the middle."""

from trainlab.reporting.drawing.network_diagram import MOST_BOXES, diagram
from trainlab.reporting.facts.networks import networks_of
from trainlab.reporting.facts.outline import outline
from trainlab.reporting.sections.network_section import network_diagrams


def layer(name, kind="Dense", parameters=12, sources=None):
    """One layer as a run stores it."""
    told = {"name": name, "kind": kind, "output_shape": [4], "parameters": parameters, "settings": "relu"}
    return told if sources is None else {**told, "from": sources}


def network(layers):
    """The network of some layers."""
    stored = {"parameters": 48, "input": [[3]], "layers": layers, "takes": ""}
    (found,) = networks_of({"plain": stored}, {"plain": "plain"})
    return found


def test_sources_are_those_that_were_stored():
    """
    A layer behind a bypass names both layers it takes its inputs from; layers left out are passed through.
    """
    left_out = layer("one_dropout", "Dropout", 0, ["one"]) | {"settings": ""}
    one = layer("one", sources=[]) | {"settings": "relu, dropout 0.3"}
    found = network(
        [one, left_out, layer("two", sources=["one_dropout"]), layer("sum", "Add", 0, ["two", "one_dropout"])]
    )

    assert [(each.name, each.sources) for each in found.layers] == [
        ("one", ()),
        ("two", (0,)),
        ("sum", (1, 0)),
    ]
    assert found.inputs == ("3",)


def test_results_without_sources_are_a_chain():
    """
    Older results, which name no sources, are drawn layer after layer.
    """
    found = network([layer("one"), layer("two"), layer("three")])

    assert [each.sources for each in found.layers] == [(), (0,), (1,)]


def test_a_diagram_names_layers_shapes_and_parameters():
    """
    Every layer, its output and what it learns stand in both drawings as text.
    """
    found = network([layer("stem", sources=[]), layer("sum", "Add", 0, ["stem"])])

    for wide in (True, False):
        svg = diagram(found, wide=wide)
        assert all(text in svg for text in ("input", "stem", "Dense, relu", "12 parameters", "sum", "Add"))
        assert "0 parameters" not in svg


def test_a_bypass_has_a_line_of_its_own():
    """
    Two overlapping bypasses make the drawing wider on the left than one and none do.
    """
    chain = [layer("a", sources=[]), layer("b", sources=["a"]), layer("c", sources=["b"])]
    one = [*chain, layer("d", "Add", 0, ["c", "a"])]
    two = [*chain, layer("d", "Add", 0, ["c", "a", "b"])]
    lines = [diagram(network(layers), wide=True).count("<path") for layers in (chain, one, two)]

    # A box, an arrow from above with its head, and a bypass with its head.
    assert lines[1] - lines[0] == 3 + 2
    assert lines[2] - lines[1] == 2


def test_deep_networks_are_cut_in_the_middle():
    """
    Of 100 layers the first and last are drawn, and it is said how many are not.
    """
    names = [f"layer_{number}" for number in range(100)]
    layers = [
        layer(name, sources=names[place - 1 : place] if place else []) for place, name in enumerate(names)
    ]
    svg = diagram(network(layers), wide=True)

    assert f"… {100 - MOST_BOXES + 1} more layers …" in svg
    assert ">layer_0<" in svg
    assert ">layer_99<" in svg
    assert ">layer_50<" not in svg


def test_the_section_holds_each_distinct_network(techniques):
    """
    Variants of one network share a diagram, named once.
    """
    section = network_diagrams(outline(techniques))

    assert section is not None
    assert len({figure.name for figure in section.blocks}) == len(section.blocks) >= 1
    assert "baseline" in section.blocks[0].picture.caption
