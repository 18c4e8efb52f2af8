"""What is known of the sets that Keras keeps before they are loaded: files, hashes, shapes and names."""

CLOTHES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
CIFAR10 = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
CIFAR100 = tuple(
    """
    apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can
    castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin
    elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard
    lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear
    pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal
    shark shrew skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank
    telephone television tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm
    """.split()  # noqa: SIM905  # a hundred names read better as words
)
CIFAR100_COARSE = tuple(
    """
    aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices
    household_furniture insects large_carnivores large_man-made_outdoor_things large_natural_outdoor_scenes
    large_omnivores_and_herbivores medium_mammals non-insect_invertebrates people reptiles small_mammals trees
    vehicles_1 vehicles_2
    """.split()  # noqa: SIM905  # the same
)
# The order of the file, told from its values. Keras's documentation lists the columns of scikit-learn's set,
# which has means for each household where this one has totals.
CALIFORNIA = (
    *("longitude", "latitude", "housing_median_age", "total_rooms", "total_bedrooms", "population"),
    *("households", "median_income"),
)
BOSTON = (
    *("CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE"),
    *("DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT"),
)

# The hashes that Keras checks: where one does not fit, Keras downloads again, and deletes the file when that
# fails. Those of Fashion-MNIST it takes as they are.
FILES: dict[str, dict[str, str]] = {
    "fashion_mnist": {
        "fashion-mnist/train-images-idx3-ubyte.gz": "",
        "fashion-mnist/train-labels-idx1-ubyte.gz": "",
        "fashion-mnist/t10k-images-idx3-ubyte.gz": "",
        "fashion-mnist/t10k-labels-idx1-ubyte.gz": "",
    },
    "mnist": {"mnist.npz": "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"},
    "cifar10": {
        "cifar-10-batches-py-target_archive": (
            "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"
        )
    },
    "cifar100": {
        "cifar-100-python-target_archive": "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"
    },
    "imdb": {
        "imdb.npz": "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
        "imdb_word_index.json": "bfafd718b763782e994055a2d397834f",
    },
    "california_housing": {
        "california_housing.npz": "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"
    },
    "boston_housing": {
        "boston_housing.npz": "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"
    },
}
# Training rows, test rows, and the shape of a row.
SHAPES: dict[str, tuple[int, int, tuple[int, ...]]] = {
    "fashion_mnist": (60_000, 10_000, (28, 28)),
    "mnist": (60_000, 10_000, (28, 28)),
    "cifar10": (50_000, 10_000, (32, 32, 3)),
    "cifar100": (50_000, 10_000, (32, 32, 3)),
    "imdb": (25_000, 25_000, ()),
    "california_housing": (16_512, 4_128, (8,)),
    "california_housing, small": (480, 120, (8,)),
    "boston_housing": (404, 102, (13,)),
}
