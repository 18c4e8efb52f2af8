"""The plain model of one run: it trains as the lane does, and what is saved of it needs Keras alone."""

import jax
import keras
import numpy as np
import pytest

from trainlab.experiment.placed import Normalized, Placed
from trainlab.model import functional
from trainlab.model.form import Form
from trainlab.model.graph import graph_of
from trainlab.model.placing import placed
from trainlab.model.plain import export_model, plain_model, values_for
from trainlab.model.sites import ON_OUTPUTS, resolve, resolve_norms, resolve_weight_norm
from trainlab.per_lane import turned

layers = keras.layers
ALL = (*ON_OUTPUTS, "activity_l1", "activity_l2", "l1", "l2", "max_norm", "drop_connect")
STRENGTHS = {"max_norm": 0.8, "drop_connect": 0.3, "dropout": 0.4}


def nothing(variable):
    """Keep no variable's value."""
    return False


def form_of(graph, at="hidden"):
    """Normalize every hidden layer, its weights and its outputs."""
    norms = resolve_norms(graph, "batch_norm", Normalized(at, before_activation=True))
    return Form(norms=norms, weight_norm=resolve_weight_norm(graph, Normalized(at)))


def everything(graph, at="hidden"):
    """Place every technique with a strength of its own."""
    found = {}
    for number, one in enumerate(ALL):
        found |= resolve(graph, one, Placed(STRENGTHS.get(one, 0.01 * (number + 1)), at))
    return found


@pytest.mark.parametrize(
    "off",
    [
        pytest.param((), id="all"),
        pytest.param(("dropout", "max_norm", "l1", "activity_l2"), id="some off", marks=pytest.mark.slow),
    ],
)
def test_a_lane_trains_as_keras_fit_trains_the_plain_model(build, rows_for, off):
    """
    With every technique, steps of the lane's arithmetic and of `fit` end at the same variables, seeds too.
    """
    base = build("plain")
    rows, labels = rows_for(base), np.array([0, 1, 1, 0, 1, 0])
    graph = graph_of(base)
    form, strengths = form_of(graph), everything(graph)
    strengths = {site: 0.0 if site.technique in off else strength for site, strength in strengths.items()}
    knobs = []

    def make():
        made, found = placed(base, frozenset(strengths), form, keeps=nothing)
        knobs.extend(found)
        return made

    model, noted = functional.capture(make, rows)
    net = functional.network(model, noted, knobs)
    numbers = {site.number: np.float32(strength) for site, strength in strengths.items()}
    weights, state = (
        [variable.numpy() for variable in variables]
        for variables in (
            model.trainable_variables,
            model.non_trainable_variables,
        )
    )
    measure = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    plain = plain_model(base, strengths, form, keeps=nothing, for_training=True)
    functional.assign(plain, *values_for(plain, model, weights, state))

    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build(model.trainable_variables)
    kept = [variable.value for variable in optimizer.variables]

    @jax.jit
    def step(weights, state, kept):
        def objective(weights):
            outputs, after, penalty = net.call(weights, state, rows, numbers, training=True)
            return measure(labels, outputs) + penalty, after

        slopes, after = jax.grad(objective, has_aux=True)(weights)
        with turned(knobs, numbers):
            weights, kept = optimizer.stateless_apply(kept, slopes, weights)
        return weights, after, kept

    for _ in range(3):
        weights, state, kept = step(weights, state, kept)
    plain.compile(optimizer=keras.optimizers.SGD(0.1), loss=measure)
    plain.fit(rows, labels, batch_size=6, epochs=3, shuffle=False, verbose=0)

    drops = [drop.seed_generator.state for drop in model.get_layer("one").reweighting.drops]
    places = [id(variable) for variable in model.non_trainable_variables]
    assert [int(state[places.index(id(drop))][1]) for drop in drops] == [3]  # drawn once in each step
    wanted = values_for(plain, model, weights, state)
    for variables, values in zip(
        (plain.trainable_variables, plain.non_trainable_variables), wanted, strict=True
    ):
        for variable, value in zip(variables, values, strict=True):
            np.testing.assert_allclose(variable, value, rtol=1e-4, atol=1e-5, err_msg=variable.path)
    assert len(plain.layers) == len(model.layers) - 2 * ("dropout" in off)


def test_a_plain_model_has_keras_own_classes_with_plain_numbers(build):
    """
    Sites of strength zero are left out, the others are Keras's own layers, penalties and bounds.
    """
    base = build("plain")
    graph = graph_of(base)
    strengths = resolve(graph, "gaussian_dropout", Placed((0.0, 0.3))) | resolve(graph, "l2", Placed(0.2))
    strengths |= resolve(graph, "l1", Placed((0.1, 0.0))) | resolve(graph, "max_norm", Placed((2.0, 0.0)))

    made = plain_model(base, strengths, Form(), keeps=nothing, for_training=True)

    kinds = [(type(layer), layer.name) for layer in made.layers[1:]]
    assert kinds == [
        (layers.Dense, "one"),
        (layers.Dense, "two"),
        (layers.GaussianDropout, "two_gaussian_dropout"),
        (layers.Dense, "out"),
    ]
    first, second = (made.get_layer(name).kernel for name in ("one", "two"))
    assert first.regularizer.get_config() == {"l1": 0.1, "l2": 0.2}
    assert second.regularizer.get_config() == {"l2": 0.2}
    assert type(first.constraint) is keras.constraints.MaxNorm
    assert first.constraint.get_config() == {"max_value": 2.0, "axis": [0]}
    assert second.constraint is None


@pytest.mark.parametrize("model", ["plain", "bypass", "images", "words", "attending"])
def test_a_saved_model_needs_keras_alone_and_predicts_the_same(build, rows_for, model, tmp_path):
    """
    Every technique at once: the saved file loads with no class of ours and predicts what the lane predicts.
    """
    base = build(model)
    rows = rows_for(base)
    graph = graph_of(base)
    at = ("separable",) if model == "images" else "hidden"
    norms = resolve_norms(graph, "layer_norm", Normalized(at))
    form = Form(norms=norms, weight_norm=resolve_weight_norm(graph, Normalized(at)))
    strengths = everything(graph, at)
    trained, _ = placed(base, frozenset(strengths), form, keeps=nothing)
    weights = [1.3 * variable.numpy() + 0.01 for variable in trained.trainable_variables]
    state = [variable.numpy() for variable in trained.non_trainable_variables]

    made = export_model(base, strengths, form, trained, weights=weights, state=state, keeps=nothing)
    made.save(tmp_path / "run.keras")
    loaded = keras.models.load_model(tmp_path / "run.keras", custom_objects={}, safe_mode=True)

    functional.assign(trained, weights, state)
    np.testing.assert_allclose(loaded(rows), trained(rows), rtol=1e-4, atol=1e-5)
    config = loaded.to_json()
    assert "trainlab" not in config
    assert "Reweighted" not in config
    assert "Lane" not in config
    assert len(loaded.trainable_variables) == len(trained.trainable_variables) - len(
        [one for one in trained.trainable_variables if one.name == "weight_norm_gain"]
    )
