"""What trials with a technique scored: against known effects, scikit-learn and a closed form."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from trainlab.experiment.metrics import METRICS
from trainlab.experiment.space import parse_space
from trainlab.tuning.main_effects import main_effects
from trainlab.tuning.trials import Study, Trial

SPACE = parse_space(
    {
        "learning_rate": {"log": [1e-4, 1e-1]},
        "dropout": [False, {"linear": [0.1, 0.5]}],
        "batch_norm": [False, True],
        "label_smoothing": [False, {"linear": [0.02, 0.2]}],
        "augment": [False, {"mixup": {"choice": [0.1, 0.4]}}, {"noise": {"choice": [0.1, 0.2]}}],
    }
)
EFFECTS = {
    "dropout": 0.04,
    "batch_norm": 0.0,
    "label_smoothing": -0.02,
    "augment mixup": 0.01,
    "augment noise": 0.0,
}


def trial(number, point, score, outcome="finished"):
    """One trial of one run."""
    nothing = np.empty(0)
    scores = np.array([[score]])
    return Trial(number, point, {}, outcome, 5, scores, np.full(2, score), None, 100, nothing, nothing, 0)


def study(points, scores, *, metric="accuracy", sampler="random", parameters=SPACE.parameters, outcomes=None):
    """Trials at points, with these scores."""
    ends = outcomes or ["finished"] * len(points)
    trials = tuple(trial(*told) for told in zip(range(len(points)), points, scores, ends, strict=True))
    return Study("found", 0, {"sampler": sampler}, parameters, trials, METRICS[metric], ended=True)


def drawn(random, count):
    """Points that chance draws, and what they score on average."""
    points = [SPACE.point(random.random(len(SPACE.parameters))) for _ in range(count)]
    means = []
    for point in points:
        on = [name for name in ("dropout", "batch_norm", "label_smoothing") if point[name] == "on"]
        on.append(f"augment {point['augment']}")
        rate = SPACE.parameters[0].position(point["learning_rate"]) - 0.6
        means.append(0.8 + sum(EFFECTS.get(name, 0.0) for name in on) - 0.3 * rate**2)
    return points, np.array(means)


def test_known_effects_are_covered_all_at_once_as_often_as_promised():
    """
    In 150 simulated studies, noisier with dropout, all five intervals hold in about 95 % or more.
    """
    random = np.random.default_rng(0)
    held, means = [], []
    for _ in range(150):
        points, scores = drawn(random, 60)
        spread = np.array([0.03 if point["dropout"] == "on" else 0.005 for point in points])
        told = main_effects(study(points, scores + spread * random.normal(size=60)))
        held.append(all(one.low <= EFFECTS[one.name] <= one.high for one in told.effects))
        means.append({one.name: one.difference for one in told.effects})

    assert np.mean(held) >= 0.93
    for name, effect in EFFECTS.items():
        assert np.mean([one[name] for one in means]) == pytest.approx(effect, abs=2.5e-3)


def test_differences_are_those_of_least_squares():
    """
    scikit-learn's regression on the same columns has the same coefficients.
    """
    random = np.random.default_rng(1)
    points, scores = drawn(random, 50)
    scores = scores + 0.01 * random.normal(size=50)
    names = [
        ("dropout", "on"),
        ("batch_norm", "on"),
        ("label_smoothing", "on"),
        ("augment", "mixup"),
        ("augment", "noise"),
    ]
    columns = [[point[name] == option for point in points] for name, option in names]
    rate = [SPACE.parameters[0].position(point["learning_rate"]) for point in points]
    fitted = LinearRegression().fit(np.column_stack([*columns, rate, np.square(rate)]), scores)

    found = {
        (one.technique, one.option): one.difference for one in main_effects(study(points, scores)).effects
    }

    assert [found[name] for name in names] == pytest.approx(fitted.coef_[:5].tolist())


def test_one_technique_alone_has_the_standard_error_of_two_unlike_groups():
    """
    With one choice HC3 is the sum over both groups of squares about their means, over (n - 1) squared.
    """
    random = np.random.default_rng(2)
    space = parse_space({"batch_norm": [False, True]})
    on, off = random.normal(0.9, 0.05, 12), random.normal(0.8, 0.01, 20)
    points = [{"batch_norm": "on"}] * 12 + [{"batch_norm": "off"}] * 20
    told = main_effects(study(points, [*on, *off], parameters=space.parameters))

    [one] = told.effects
    variance = sum(((group - group.mean()) ** 2).sum() / (len(group) - 1) ** 2 for group in (on, off))

    assert one.difference == pytest.approx(on.mean() - off.mean())
    assert (one.high - one.low) / 2 == pytest.approx(2.0423 * np.sqrt(variance), rel=1e-4)  # t, 30 degrees
    assert (one.trials, one.without) == (12, 20)


def test_the_most_helpful_stands_first_also_where_less_is_better():
    """
    Of a loss the largest fall comes first, and the sentence calls it better.
    """
    random = np.random.default_rng(3)
    points, scores = drawn(random, 80)
    told = main_effects(study(points, 2 - scores + 1e-3 * random.normal(size=80), metric="log_loss"))

    assert told.effects[0].name == "dropout"
    assert told.effects[0].difference == pytest.approx(-0.04, abs=2e-3)
    assert told.effects[-1].name == "label_smoothing"
    assert "those with dropout (by 0.0" in told.sentence
    assert "scored better than those without" in told.sentence


def test_a_sampler_that_goes_where_scores_are_good_only_describes():
    """
    The sentence of a TPE study says that its trials were not left to chance; that of a random one does not.
    """
    points, scores = drawn(np.random.default_rng(4), 60)
    by_chance = main_effects(study(points, scores))
    sought = main_effects(study(points, scores, sampler="tpe"))

    assert by_chance.by_chance
    assert "no effect" not in by_chance.sentence
    assert not sought.by_chance
    assert sought.sentence.endswith("this describes the trials, and is no effect.")


def test_lost_trials_are_counted_and_said():
    """
    Trials that diverged or were given up are missing, and what is left is not left to chance.
    """
    points, scores = drawn(np.random.default_rng(5), 60)
    told = main_effects(study(points, scores, outcomes=["diverged", "pruned", *["finished"] * 58]))

    assert (told.trials, told.lost, told.by_chance) == (58, 2, False)
    assert "2 trials diverged or were given up and are missing here." in told.sentence


def test_nothing_is_told_where_trials_are_few_or_all_alike():
    """
    No table of too few trials or of a space without techniques; no row where a technique was hardly ever off.
    """
    random = np.random.default_rng(6)
    points, scores = drawn(random, 60)
    rates = parse_space({"learning_rate": {"log": [1e-4, 1e-1]}})
    mostly_on = [{**point, "batch_norm": "off" if place < 4 else "on"} for place, point in enumerate(points)]
    always_on = [{**point, "batch_norm": "on"} for point in points]

    assert main_effects(study(points[:15], scores[:15])) is None
    assert (
        main_effects(study([{"learning_rate": 0.1}] * 20, scores[:20], parameters=rates.parameters)) is None
    )
    for like in (mostly_on, always_on):
        told = main_effects(study(like, scores))
        assert told.untold == ("batch_norm",)
        assert "batch_norm" not in {one.technique for one in told.effects}
        assert "Of batch_norm too few trials were on one side." in told.sentence
