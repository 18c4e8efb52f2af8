"""What hidden layers are made of, by name: sizes, activations, initializers. Vocabulary only.

A test compares the names with the installed Keras.
"""

from trainlab.experiment.checks import count, one_of, several

ACTIVATIONS = (
    *("linear", "relu", "leaky_relu", "relu6", "elu", "selu", "gelu", "silu", "mish"),
    *("tanh", "sigmoid", "hard_sigmoid", "softplus", "softsign", "exponential"),
)
INITIALIZERS = (
    *("glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal"),
    *("orthogonal", "random_uniform", "random_normal", "truncated_normal", "variance_scaling"),
    *("zeros", "ones", "identity"),
)

SIZES = several(count())
ACTIVATION = one_of(ACTIVATIONS, "activation")
INITIALIZER = one_of(INITIALIZERS, "initializer")
