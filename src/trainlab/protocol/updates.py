"""How often the weights of a variant are moved: rows that train, batches of them, epochs."""

from math import ceil

import numpy as np

from trainlab.data.splitting.subsets import training_share
from trainlab.experiment.recipe import Recipe
from trainlab.protocol.check import Question


def training_rows(question: Question, recipe: Recipe) -> int:
    """Count the rows that an epoch of the first fold goes through."""
    experiment, rows = question.experiment, question.folds[0].train
    count = len(rows)
    if recipe.train_rows is not None:
        count = recipe.train_rows
    elif recipe.train_fraction < 1:
        rows = training_share(experiment.data, rows, recipe.train_fraction, experiment.split_seed)
        count = len(rows)
    if recipe.resample is None:
        return count
    # A subset keeps the shares of the classes, so its resampled size is that of all rows, times its share.
    train = question.folds[0].train
    sizes = np.unique(experiment.data.y[train], return_counts=True)[1]
    of_each = sizes.max() if recipe.resample == "over" else sizes.min()
    return round(int(of_each) * len(sizes) * count / len(train))


def batch_rows(question: Question, recipe: Recipe) -> int:
    """Count the rows whose gradients are averaged for one update."""
    rows = training_rows(question, recipe)
    size = rows if recipe.batch_size == "all" else recipe.batch_size
    return min(rows, size) * recipe.accumulate


def updates(question: Question, recipe: Recipe) -> int:
    """Count the updates of all epochs."""
    rows = training_rows(question, recipe)
    size = rows if recipe.batch_size == "all" else recipe.batch_size
    return recipe.epochs * ceil(rows / size) // recipe.accumulate
