"""The map of scores over two numbers: between its trials and never beyond their scores."""

import numpy as np

from trainlab.reporting.drawing.contour import reach, smoothed


def test_a_map_claims_no_score_that_no_trial_had():
    """
    Wherever it is asked, the map lies between the worst and the best score.
    """
    draws = np.random.default_rng(0)
    points, gains = draws.random((40, 2)), draws.normal(size=40)

    heights = smoothed(points, gains, draws.random((500, 2)), reach(points, gains))

    assert gains.min() <= heights.min() <= heights.max() <= gains.max()


def test_noise_is_smoothed_more_than_a_hill():
    """
    Scores without a pattern are averaged widely, a clear hill is followed closely.
    """
    draws = np.random.default_rng(1)
    points = draws.random((80, 2))
    hill = -8 * ((points - 0.4) ** 2).sum(axis=1)

    assert reach(points, draws.normal(size=80)) > reach(points, hill)


def test_far_away_there_is_a_mean_all_the_same():
    """
    A place without a trial near has the score of the nearest, and no division by zero.
    """
    points = np.array([[0.0, 0.0], [0.01, 0.0]])

    [height] = smoothed(points, np.array([1.0, 2.0]), np.array([[1.0, 1.0]]), 0.001)

    assert height == 2.0
