"""The techniques that a recipe knows, each with strengths that show and settings that are impossible."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from trainlab.testing.gauntlet import Trial


def _strength(key: str, strong: Any, other: Any, *impossible: Any, zero: Any = 0.0) -> Trial:
    return Trial(
        {key: strong},
        zero={key: zero},
        other={key: other},
        impossible=tuple({key: one} for one in impossible),
    )


def _fixed(key: str, value: Any, *impossible: Any) -> Trial:
    return Trial({key: value}, impossible=tuple({key: one} for one in impossible))


TRIALS: Mapping[str, Trial] = MappingProxyType(
    {
        # regularization
        "l1": _strength("l1", 0.01, 0.05, -0.1, "strong", [0.1, -0.1]),
        "l2": _strength("l2", 0.01, 0.05, -0.1, float("nan")),
        "l2 on biases": Trial({"l2": {"strength": 0.1, "on": ["kernel", "bias"]}}),
        "l1_l2": Trial(
            {"l1_l2": [0.01, 0.02]},
            zero={"l1_l2": [0, 0]},
            other={"l1_l2": [0.02, 0.01]},
            impossible=({"l1_l2": 0.1}, {"l1_l2": [0.1, -0.1]}),
        ),
        "activity_l1": _strength("activity_l1", 0.01, 0.05, -1.0),
        "activity_l2": _strength("activity_l2", 0.01, 0.05, -1.0),
        "weight_decay": _strength("weight_decay", 0.1, 0.5, -0.1),
        "max_norm": _strength("max_norm", 0.5, 1.0, 0, -1, zero=False),
        "dropout": _strength("dropout", 0.3, 0.5, 1.0, -0.1),
        "gaussian_dropout": _strength("gaussian_dropout", 0.3, 0.5, 1.0),
        "alpha_dropout": _strength("alpha_dropout", 0.2, 0.4, 1.0),
        "drop_connect": _strength("drop_connect", 0.3, 0.5, 1.0),
        "gaussian_noise": _strength("gaussian_noise", 0.3, 0.6, -1, 1.5),
        "dropout at the input": Trial({"dropout": {"strength": 0.2, "at": "input"}}),
        "label_smoothing": _strength("label_smoothing", 0.1, 0.3, 1.0, -0.1),
        "prune": _strength("prune", 0.5, 0.8, 1.0, -0.1),
        # normalization
        "batch_norm": _fixed("batch_norm", True, 0.5),
        "batch_norm before": _fixed("batch_norm", {"before_activation": True}, {"before": True}),
        "layer_norm": _fixed("layer_norm", True, "yes"),
        "weight_norm": _fixed("weight_norm", True, {"before_activation": False}),
        # optimization
        "momentum": Trial(
            {"optimizer": {"sgd": {"momentum": 0.9}}},
            other={"optimizer": {"sgd": {"momentum": 0.5}}},
            impossible=({"optimizer": {"sgd": {"momentum": 1.0}}},),
        ),
        "nesterov": Trial({"optimizer": {"sgd": {"momentum": 0.9, "nesterov": True}}}),
        "adam": _fixed("optimizer", "adam", "adm"),
        "clip_norm": _strength("clip_norm", 0.05, 0.1, 0, -1, zero=False),
        "clip_value": _strength("clip_value", 0.01, 0.02, 0, zero=False),
        "ema": Trial({"ema": 0.9}, other={"ema": 0.5}, impossible=({"ema": 1.0},)),
        "accumulate": _fixed("accumulate", 2, 0, 1.5),
        "step": _fixed("schedule", {"step": {"every": 1, "factor": 0.5}}, {"step": {"every": 0}}),
        "exponential": _fixed("schedule", {"exponential": {"factor": 0.5}}, {"exponential": {"factor": 2}}),
        "inverse_time": _fixed("schedule", {"inverse_time": {"rate": 1.0}}, {"inverse_time": {"rate": -1}}),
        "cosine": _fixed("schedule", {"cosine": {"restarts": 1}}, {"cosine": {"restarts": -1}}),
        "one_cycle": _fixed("schedule", {"one_cycle": {"peak": 0.2}}, {"one_cycle": {"peak": 0}}),
        "plateau": _fixed(
            "schedule", {"plateau": {"patience": 1, "min_delta": 10}}, {"plateau": {"factor": 1}}
        ),
        "warmup": _fixed("schedule", {"warmup": 2}, {"warmup": -1}, "warm"),
        "full batch": _fixed("batch_size", "all", "every"),
        "single rows": _fixed("batch_size", 1, 0),
        # loss and output
        "loss": _fixed("loss", "mse", "msee"),
        "output": _fixed("output", "sigmoid", "relu"),
        # capacity and form
        "width": _fixed("width", 2, 0),
        "depth": _fixed("depth", 2, -1),
        "activation": _fixed("activation", "tanh", "tangent"),
        "initializer": _fixed("initializer", "he_normal", "he"),
        "hidden": _fixed("hidden", [3], [0]),
        "model": _fixed("model", {"linear": {}}, {"cubic": {}}),
        # data
        "train_rows": _fixed("train_rows", 30, 1),
        "train_fraction": _fixed("train_fraction", 0.5, 0, 1.5),
        "class_weight": Trial(
            {"class_weight": {0: 2.0, 1: 0.5}},
            other={"class_weight": {0: 3.0}},
            impossible=({"class_weight": {0: -1.0}}, {"class_weight": "fair"}),
        ),
        "resample": _fixed("resample", "under", "sideways"),
        "noise columns": _fixed("irrelevant_features", {"noise": 3}, {"noise": 0}, {"noise": 1, "zeros": 1}),
        "zero columns": _fixed("irrelevant_features", {"zeros": 3}, {"zero": 3}),
        "noise": Trial(
            {"augment": {"noise": 0.3}},
            other={"augment": {"noise": 0.6}},
            impossible=({"augment": {"noise": -1}}, {"augment": {}}),
        ),
        "mixup": Trial(
            {"augment": {"mixup": 0.5}},
            other={"augment": {"mixup": 1.0}},
            impossible=({"augment": {"mixup": 0}},),
        ),
        # stopping, many models
        "early_stopping": Trial(
            {"early_stopping": {"patience": 1, "min_delta": 0.5}},
            impossible=({"early_stopping": {"patience": 0}}, {"early_stopping": 3}),
            composite=True,
        ),
        "ensemble": Trial(
            {"ensemble": {"members": 2, "control": False}}, impossible=({"ensemble": 0}, {"ensemble": 1.5})
        ),
    }
)
