"""The layers in force: ten variants of one network in one table, kernel and activity never confused."""

from trainlab.reporting.facts.networks import networks_of


def network(*settings, parameters=100, more=()):
    """A layer table with these settings at its hidden layer."""
    hidden = {"name": "hidden_1", "kind": "Dense", "output_shape": [8], "parameters": 72}
    output = {"name": "output", "kind": "Dense", "output_shape": [3], "parameters": 27, "settings": "softmax"}
    return {
        "parameters": parameters,
        "takes": "",
        "layers": [{**hidden, "settings": ", ".join(("relu", *settings))}, *more, output],
    }


def dropout_layer(name="hidden_1_dropout"):
    """A layer that drops units, as Keras sees it."""
    return {"name": name, "kind": "Dropout", "output_shape": [8], "parameters": 0, "settings": ""}


def test_variants_of_one_network_share_a_table_and_keep_their_settings():
    """
    Ten variants with the same layers are one table, each with what stands at its layers, none lost.
    """
    stored = {f"l2={place}": network(f"L2 0.{place} on kernel") for place in range(7)} | {
        "plain": network(),
        "smooth": network(),
        "activity": network("activity L2 0.1"),
    }

    (found,) = networks_of(stored, {name: name for name in stored})

    hidden, output = found.layers
    assert found.variants == tuple(stored)
    assert (hidden.settings[0].settings, hidden.settings[0].variants) == ("relu", ("plain", "smooth"))
    told = {name: at.settings for at in hidden.settings for name in at.variants}
    assert told["l2=1"] == "relu, L2 0.1 on kernel"
    assert told["activity"] == "relu, activity L2 0.1"
    assert len(told) == 10
    assert [at.settings for at in output.settings] == ["softmax"]


def test_a_layer_that_only_carries_out_a_technique_is_told_where_it_acts():
    """
    A technique's own dropout layer is left out; a dropout layer that nobody speaks of stays.
    """
    stored = {
        "plain": network(),
        "placed": network("dropout 0.3", more=[dropout_layer()]),
        "own": network(more=[dropout_layer()]),
    }

    first, second = networks_of(stored, {name: name for name in stored})

    assert (first.variants, len(first.layers)) == (("plain", "placed"), 2)
    assert (second.variants, len(second.layers)) == (("own",), 3)


def test_networks_of_other_sizes_have_tables_of_their_own():
    """
    The tables stand in the order of the variants, whatever order they were stored in.
    """
    stored = {"wide": network(parameters=200), "plain": network()}

    found = networks_of(stored, {"plain": "plain", "wide": "wide"})

    assert [(one.variants, one.parameters) for one in found] == [(("plain",), "100"), (("wide",), "200")]
