"""Settings in words: every key of the vocabulary, in every form that a document writes it."""

import pytest

from trainlab.experiment.augmentation import STRENGTHS
from trainlab.experiment.recipe import CHECKS, checked, written
from trainlab.experiment.schedules import KINDS
from trainlab.reporting.wording.augmented import _WORDS as _TRANSFORMATIONS
from trainlab.reporting.wording.augmented import augmentation
from trainlab.reporting.wording.settings import _SCHEDULES, _WORDS, setting

# What is written in a file, and what a reader is told.
SAID = [
    ("optimizer", "adamw", "AdamW"),
    (
        "optimizer",
        {"sgd": {"momentum": 0.9, "nesterov": True}},
        "SGD with momentum 0.9 and nesterov on",
    ),
    ("learning_rate", 3e-4, "learning rate 0.0003"),
    ("schedule", "cosine", "cosine schedule"),
    (
        "schedule",
        {"cosine": {"restarts": 2}, "warmup": 2},
        "cosine schedule with 2 restarts and 2 epochs of warm-up",
    ),
    ("schedule", {"warmup": 1}, "a constant learning rate after 1 epoch of warm-up"),
    ("schedule", {"step": {"every": 10}}, "learning rate times 0.5 every 10 epochs"),
    ("schedule", {"exponential": {"factor": 0.9}}, "learning rate times 0.9 each epoch"),
    ("schedule", "inverse_time", "learning rate divided by 1 plus 0.1 for each epoch"),
    ("schedule", {"one_cycle": {"peak": 0.1}}, "one-cycle schedule with peak 0.1"),
    ("schedule", "one_cycle", "one-cycle schedule"),
    (
        "schedule",
        "plateau",
        "learning rate times 0.5 after 3 epochs in which the validation loss has not fallen by 0.0001",
    ),
    ("schedule", "none", "a constant learning rate"),
    ("clip_norm", 1, "gradient norm clipped at 1"),
    ("clip_norm", False, "gradient norm not clipped"),
    ("clip_value", 0.5, "every number of the gradient clipped at ±0.5"),
    ("ema", 0.99, "moving average of the weights with momentum 0.99"),
    ("accumulate", 4, "a step from the gradients of 4 batches"),
    ("batch_size", "all", "all rows in one batch"),
    ("epochs", 1, "1 epoch"),
    ("loss", "mse", "mean squared error as loss"),
    ("output", "sigmoid", "sigmoid output"),
    ("l1", 0.01, "L1 penalty 0.01"),
    ("l2", {"strength": 1e-3, "on": ["kernel", "bias"]}, "L2 penalty 0.001 on kernels and biases"),
    ("l2", [0.1, 0.2], "L2 penalty 0.1 and 0.2, layer by layer"),
    ("l2", 0, "no L2 penalty"),
    ("l1_l2", [1e-4, 1e-3], "L1 penalty 0.0001 and L2 penalty 0.001"),
    (
        "l1_l2",
        {"strength": [[0.1, 0.2], [0.3, 0.4]], "at": {"first": 2}},
        "L1 penalty 0.1 and L2 penalty 0.2, then 0.3 and 0.4, layer by layer, at the first 2 hidden layers",
    ),
    ("activity_l1", 0.01, "L1 penalty on activities 0.01"),
    (
        "activity_l2",
        {"strength": 0.01, "at": "last"},
        "L2 penalty on activities 0.01 at the last hidden layer",
    ),
    ("weight_decay", {"strength": 0.1, "at": ["dense_1"]}, "weight decay 0.1 at dense_1"),
    ("max_norm", 3, "max norm 3"),
    ("max_norm", "none", "no max norm"),
    ("dropout", {"strength": 0.3, "at": "last"}, "dropout 0.3 at the last hidden layer"),
    ("dropout", {"strength": 0.3, "at": {"first": 1}}, "dropout 0.3 at the first hidden layer"),
    ("dropout", {"strength": 0.1, "at": "input"}, "dropout 0.1 at the input"),
    ("gaussian_dropout", 0.2, "Gaussian dropout 0.2"),
    ("alpha_dropout", 0.2, "alpha dropout 0.2"),
    ("drop_connect", 0.2, "drop connect 0.2"),
    ("gaussian_noise", 0.1, "Gaussian noise of standard deviation 0.1 at the input"),
    (
        "gaussian_noise",
        {"strength": 0.1, "at": "hidden"},
        "Gaussian noise of standard deviation 0.1 at the hidden layers",
    ),
    ("gaussian_noise", 0, "no Gaussian noise"),
    ("label_smoothing", 0.1, "label smoothing 0.1"),
    ("batch_norm", True, "batch normalization"),
    (
        "batch_norm",
        {"before_activation": True, "at": "last"},
        "batch normalization before the activation at the last hidden layer",
    ),
    ("layer_norm", False, "no layer normalization"),
    ("weight_norm", True, "weight normalization"),
    ("hidden", [64, 32], "hidden layers of 64 and 32 units"),
    ("hidden", [], "no hidden layer"),
    ("width", 2, "2 times the width of hidden layers"),
    ("depth", 1, "the usual number of hidden layers"),
    ("activation", "relu", "ReLU in hidden layers"),
    ("initializer", "he_normal", "hidden weights initialized by he normal"),
    ("model", {"linear": {}}, "another model: linear, without a hidden layer"),
    (
        "model",
        {"cnn": {"filters": [8, 16], "hidden": [32]}},
        (
            "another model: a convolutional network with 2 blocks of 8 and 16 filters of 3 × 3 pixels, each "
            "block ending in pooling over 2 × 2, then a dense layer of 32 units (activation relu)"
        ),
    ),
    ("train_rows", 1000, "1,000 training rows"),
    ("train_fraction", 0.1, "10 % of the training rows"),
    ("class_weight", "balanced", "classes weighted so that all count alike"),
    ("class_weight", {"cat": 2, "dog": 0.5}, "class weights cat: 2 and dog: 0.5"),
    ("resample", "over", "rows of rarer classes repeated until all classes are as large"),
    ("resample", False, "no resampling"),
    ("irrelevant_features", {"noise": 100}, "100 columns of noise appended to the inputs"),
    ("irrelevant_features", {"zeros": 1}, "1 column of zeros appended to the inputs (the control of noise)"),
    (
        "augment",
        {"flip": "horizontal", "rotation": 0.05},
        (
            "training images flipped horizontally half of the time and turned by up to 18 degrees (0.05 of a "
            "full turn)"
        ),
    ),
    ("augment", False, "no augmentation"),
    ("early_stopping", True, "early stopping with patience 5 on the validation loss"),
    (
        "early_stopping",
        {"patience": 3, "monitor": "metric", "smooth": 2, "min_delta": 0.01},
        (
            "early stopping with patience 3 on the validation metric averaged over 2 epochs, where only an "
            "improvement of more than 0.01 counts"
        ),
    ),
    ("early_stopping", False, "no early stopping"),
    ("ensemble", 5, "5 networks averaged"),
    ("ensemble", {"members": 3, "control": False}, "3 networks averaged"),
    ("ensemble", 1, "a single network"),
    ("prune", 0.5, "the smallest 50 % of the hidden weights pruned after training"),
    (
        "prune",
        [0.2, 0.5],
        "the smallest 20 % and 50 %, layer by layer, of the hidden weights pruned after training",
    ),
    ("prune", 0, "no pruning"),
]


def test_every_key_of_the_recipe_has_its_words():
    """
    No key is left to the words that are made from its name.
    """
    assert set(_WORDS) == set(CHECKS)
    assert {key for key, _, _ in SAID} == set(CHECKS)


@pytest.mark.parametrize("key, given, words", SAID)
def test_a_setting_is_said_in_words(key, given, words):
    """
    What an experiment's document writes, checked as a file is, reads as a student would say it.
    """
    assert setting(key, written(key, checked(key, given, key))) == words


def test_every_schedule_and_transformation_has_its_words():
    """
    No schedule and no transformation is left to the words that are made from its name.
    """
    assert set(_SCHEDULES) == set(KINDS) - {"constant"}
    assert set(_TRANSFORMATIONS) == set(STRENGTHS)


@pytest.mark.parametrize(
    "given, words",
    [
        ({"crop": 0.8}, "training images cropped at random to 80 % of height and width"),
        ({"noise": 0.1}, "training rows changed by Gaussian noise of standard deviation 0.1"),
        ({"cutout": 4}, "training images blanked in a square of 4 × 4 pixels"),
        ({"shift": 1}, "training rows moved in time by up to 1 step"),
        ({"mixup": 0.2}, "training rows blended in pairs together with their targets (mixup 0.2)"),
    ],
)
def test_augmentation_says_what_happens_to_the_rows(given, words):
    """
    Each transformation is told with its unit, and images are called so where only images can take it.
    """
    assert augmentation(given) == words


@pytest.mark.parametrize(
    "given, words",
    [
        ({"keras": "/m/big.keras"}, "the saved Keras model /m/big.keras with its weights"),
        (
            {"keras": {"file": "/m/big.keras", "freeze": ["stem", "body"]}},
            "the saved Keras model /m/big.keras with its weights, the layers stem and body frozen",
        ),
        ({"keras": "sequential"}, "the Keras model sequential, every run from fresh weights"),
        ({"python": "/m/nets.py:build"}, "built by the Python function build of nets.py"),
    ],
)
def test_a_model_says_where_its_weights_come_from(given, words):
    """
    A saved model brings its weights and may be frozen in part; a pattern does not.
    """
    assert setting("model", given) == f"another model: {words}"
