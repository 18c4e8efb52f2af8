"""What the layer table says of techniques: the same places as the network has, in plain words."""

from trainlab.experiment.placed import Normalized, Placed
from trainlab.model.describing import describe
from trainlab.model.form import Form
from trainlab.model.graph import graph_of
from trainlab.model.sites import resolve, resolve_norms, resolve_weight_norm


def test_every_technique_is_said_with_its_strength_and_what_it_acts_on(build):
    """
    Kernel, bias and activity are told apart, normalizations say their side, strength zero is not said.
    """
    graph = graph_of(build("plain"))
    strengths = {}
    for technique, placed in {
        "l1": Placed((0.001, 0.0)),
        "l2": Placed(0.01, 1, ("kernel", "bias")),
        "activity_l2": Placed(0.0001, "last"),
        "max_norm": Placed(3.0, ("out",)),
        "weight_decay": Placed(0.1, ("two",)),
        "prune": Placed(0.5, ("two",)),
        "drop_connect": Placed(0.2, 1),
        "dropout": Placed((0.3, 0.0)),
        "gaussian_noise": Placed(0.05, "input"),
    }.items():
        strengths |= resolve(graph, technique, placed)
    form = Form(
        norms=(
            *resolve_norms(graph, "batch_norm", Normalized(("one",), before_activation=True)),
            *resolve_norms(graph, "layer_norm", Normalized(("two",))),
        ),
        weight_norm=resolve_weight_norm(graph, Normalized("last")),
    )

    assert describe(graph, strengths, form) == {
        "rows": ("Gaussian noise 0.05",),
        "one": (
            "L1 0.001 on kernel",
            "L2 0.01 on bias",
            "L2 0.01 on kernel",
            "drop connect 0.2 on kernel",
            "batch normalization before the activation",
            "dropout 0.3",
        ),
        "two": (
            "weight decay 0.1 on kernel",
            "pruning 0.5 on kernel",
            "weight normalization on kernel",
            "activity L2 0.0001",
            "layer normalization after the activation",
        ),
        "out": ("max norm 3 on kernel",),
    }


def test_a_linear_layer_has_no_activation_to_speak_of(build):
    """
    A normalization of a linear layer, or of the input, is said without a side.
    """
    graph = graph_of(build("inner"))
    form = Form(norms=resolve_norms(graph, "batch_norm", Normalized(("rows", "one"))))

    assert describe(graph, {}, form) == {"rows": ("batch normalization",), "one": ("batch normalization",)}


def test_nothing_placed_is_nothing_said(build):
    """
    A plain run has an empty description.
    """
    assert describe(graph_of(build("plain")), {}, Form()) == {}
