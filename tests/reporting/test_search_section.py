"""The section on a search: why a trial was taken, and pictures that hold every trial."""

import math

import numpy as np
import pytest

from trainlab.experiment.metrics import METRICS
from trainlab.experiment.space import parse_space
from trainlab.reporting.faces.html import page_of
from trainlab.reporting.facts.outline import outline
from trainlab.reporting.sections.blocks import Figure, Paragraph, Section, Table, flat
from trainlab.reporting.sections.search_section import first_axes, search_section
from trainlab.results.outcome import Outcome
from trainlab.testing import made_up_trials
from trainlab.tuning.quasi_random import quasi_random

SPACE = {
    "learning_rate": {"log": [1e-4, 1e-1]},
    "dropout": [False, {"linear": [0.05, 0.6]}],
    "optimizer": ["adam", {"sgd": {"momentum": {"linear": [0, 0.99]}}}],
    "hidden": {"layers": [1, 3], "units": {"log": [8, 128]}},
}
EPOCHS = 4


def trials(count, seed=0):
    """Trials of a known surface: good at a rate of 0.003, given up where bad, diverged where high."""
    points = quasi_random(parse_space(SPACE, "space"), count, seed)
    scores, outcomes, curves = [], [], []
    for point in points:
        rate = math.log10(point["learning_rate"])
        score = 0.95 - 0.05 * (rate + 2.5) ** 2
        curve = score * np.linspace(0.7, 1.0, EPOCHS)
        outcome = Outcome.DIVERGED if rate > -1.4 else Outcome.PRUNED if score < 0.88 else Outcome.FINISHED
        if outcome != Outcome.FINISHED:
            curve[2:] = np.nan
        scores.append(score if outcome == Outcome.FINISHED else np.nan)
        outcomes.append(outcome)
        curves.append(curve)
    return {
        "points": points,
        "scores": np.array(scores),
        "outcomes": np.array(outcomes)[:, None, None],
        "metric": np.array(curves),
        "generation": [place // 12 for place in range(count)],
        "parameters": [1000 - 10 * place for place in range(count)],
        "space": SPACE,
    }


def searched(told, variants=None, **tuning):
    """Results of a search."""
    return made_up_trials(
        {"found": told},
        tuning={"sampler": "tpe", "pruning": {"halving": {"first": 1, "factor": 3}}, **tuning},
        variants=variants or {"baseline": {"score": [0.9, 0.91]}, "found": {"score": [0.93, 0.94]}},
        facts={"experiment": {"question": "What is best?", "search": {"space": SPACE}}},
    )


@pytest.fixture(scope="module")
def facts():
    """A search of 24 trials in two cohorts."""
    return outline(searched(trials(24)))


@pytest.fixture(scope="module")
def section(facts):
    """Its section."""
    return search_section(facts)


def figures_of(section):
    """Its pictures by name."""
    return {block.name: block.picture for block in flat(section.blocks) if isinstance(block, Figure)}


def texts_of(section):
    """Its paragraphs as one text."""
    return " ".join(block.text for block in flat(section.blocks) if isinstance(block, Paragraph))


def test_counts_are_those_of_the_trials(facts, section):
    """
    The first sentences say how many trials and cohorts there were, how many were given up, how many diverged.
    """
    [study] = facts.details.tuned.search

    told = texts_of(section)
    pruned, diverged = study.ended_as("pruned"), study.ended_as("diverged")
    assert pruned > 1
    assert "The search tried 24 trials, proposed by the sampler TPE in 2 cohorts, 1 seed each" in told
    assert f"{pruned} trials were given up early. {diverged} trial" in told


def test_the_performance_is_that_of_unseen_rows(facts, section):
    """
    In bold stands the mean of fresh seeds; the score of the trial stands beside it with the difference.
    """
    strong = [
        block.text for block in section.blocks if isinstance(block, Paragraph) and block.tone == "strong"
    ]
    [study] = facts.details.tuned.search
    gap = METRICS["accuracy"].shown_difference(study.winner.score - 0.935)

    assert strong[0].startswith("On unseen rows what was found reaches 93.50 % accuracy (95 % interval ")
    assert f"trial {study.winner.number} reached {100 * study.winner.score:.2f} %" in texts_of(section)
    assert f"a difference of {gap} points" in texts_of(section)


def test_pictures_hold_every_trial(facts, section):
    """
    The history has a mark for each trial, and on the axes the best quarter of those with a score is coloured.
    """
    [study] = facts.details.tuned.search
    pictures = figures_of(section)

    history, parallel = pictures["search-history-0"].wide, pictures["search-parallel-0"].wide
    assert history.count("<use") >= len(study.trials)
    scored = sum(trial.scored for trial in study.trials)
    assert parallel.count("stroke: #006ab5") == -(-scored // 4) - 1  # the best of them is in ink
    assert "not used" in parallel
    assert "not used" in pictures["search-parallel-0"].narrow
    assert all(f">{name}<" in pictures["search-slices-0"].wide for name in ("dropout", "optimizer"))


def test_giving_up_is_told_with_what_it_saved(facts, section):
    """
    Two of four epochs of the trials that were given up are the share that was saved.
    """
    [study] = facts.details.tuned.search

    share = study.ended_as("pruned") * 2 / (24 * EPOCHS)
    assert study.epochs_saved == pytest.approx(share)
    assert f"saved {100 * share:.0f} % of the epochs" in figures_of(section)["search-epochs-0"].caption


def test_the_simplest_within_one_error_says_why():
    """
    Where not the best was taken, both are named with their sizes and the error that they lie within.
    """
    told = {"scores": [0.80, 0.91, 0.905], "parameters": [10, 500, 50]}

    section = search_section(outline(searched(told, choose="simplest", space=None)))

    assert "Trial 2 was taken: " in texts_of(section)
    assert "It is the simplest of 2 trials within one standard error (±0.91 points)" in texts_of(section)
    assert "of the best, trial 1, with 50 trainable numbers in the place of 500." in texts_of(section)
    assert "The band is one standard error" in figures_of(section)["search-history-0"].caption


def test_other_trials_as_good_are_counted():
    """
    Where the best was taken and others are within one standard error of it, nobody is told that it is best.
    """
    section = search_section(outline(searched({"scores": [0.80, 0.91, 0.905]})))

    assert "1 other trial is within one standard error of it (±0.91 points)" in texts_of(section)


def test_the_best_trials_stand_in_a_table(facts, section):
    """
    The ten best are listed, the best first.
    """
    [below] = [one for one in section.blocks if isinstance(one, Section) and "best" in one.title]
    [table] = [block for block in below.blocks if isinstance(block, Table)]
    [study] = facts.details.tuned.search

    best = sorted((one for one in study.trials if one.scored), key=lambda one: -one.score)[:10]
    assert [row[0] for row in table.rows] == [str(one.number) for one in best]
    assert below.folded


def test_each_outer_fold_has_a_search_of_its_own():
    """
    Nested folds have a table of winners and a part with pictures each, named apart.
    """
    runs = {"found": {"score": [[0.9, 0.92]] * 2}}

    section = search_section(outline(searched([trials(8), trials(8, seed=1)], runs)))

    parts = [block.title for block in section.blocks if isinstance(block, Section)]
    assert parts == ["What was chosen in each fold", "Search of fold 1", "Search of fold 2"]
    assert {"search-history-0", "search-history-1"} <= set(figures_of(section))


def test_a_search_under_way_shows_what_there_is():
    """
    With one trial done and others under way nothing fails, and nothing is claimed of unseen rows.
    """
    outcomes = np.array([Outcome.FINISHED, Outcome.RUNNING, Outcome.RUNNING])[:, None, None]
    told = {"scores": [0.8, np.nan, np.nan], "outcomes": outcomes}
    runs = {"found": {"score": [np.nan, np.nan], "outcomes": Outcome.RUNNING}}

    section = search_section(outline(searched(told, runs)))

    assert "the score on unseen rows is still to come" in texts_of(section)


def test_a_search_that_found_nothing_says_so():
    """
    Where every trial diverged there is a sentence, and pictures of crosses alone.
    """
    runs = {"found": {"score": [0.5, 0.6]}}

    section = search_section(outline(searched({"scores": [np.nan, np.nan, np.nan]}, runs)))

    assert "No trial has a score, so nothing was found." in texts_of(section)


def test_importances_are_refused_in_words(facts, section):
    """
    Of too few trials there are no bars and no map, and the report says why.
    """
    assert "Importances are not shown: 19 finished trials of 9 numbers and choices" in texts_of(section)
    assert not {"search-importances-0", "search-map-0"} & set(figures_of(section))
    assert facts.details.tuned.search[0].importances == ()


def test_what_was_left_out_is_told_beside_what_was_found():
    """
    Techniques left out one by one have a table with the difference that each makes.
    """
    runs = {
        "found": {"score": [0.90, 0.91, 0.905]},
        "found: without dropout": {"score": [0.80, 0.812, 0.803]},
    }

    section = search_section(outline(searched({"scores": [0.80, 0.91, 0.90]}, runs)))

    [below] = [one for one in section.blocks if isinstance(one, Section) and one.title == "What helped"]
    [table] = [block for block in below.blocks if isinstance(block, Table)]
    [row] = table.rows
    assert (row[0], row[1].split("\n")[0], row[2]) == ("dropout", "+10.00", "helps")


def test_at_most_so_many_axes_are_shown(facts):
    """
    Without importances the first axes are shown, in their order.
    """
    [study] = facts.details.tuned.search

    assert first_axes(study, 3) == (0, 1, 2)


def test_choices_of_markup_stay_text(nasty_names):
    """
    Labels that try to be something else are text in every picture and on the page.
    """
    bad = nasty_names[0]
    told = {
        "scores": [0.8, 0.9, 0.85],
        "points": [{"activation": "relu"}, {"activation": "tanh"}, {"activation": "relu"}],
    }
    results = searched(
        {**told, "space": {"activation": ["relu", "tanh"]}},
        {bad: {"score": [0.8]}, "found": {"score": [0.9]}},
    )

    section = search_section(outline(results))

    assert "<script>alert" not in page_of("?", "?", [section, section])


def test_enough_trials_have_importances_and_a_map():
    """
    With 40 trials of two numbers the one that matters stands first, and both span the map.
    """
    pytest.importorskip("optuna")
    space = {"learning_rate": {"log": [1e-4, 1e-1]}, "l2": {"log": [1e-6, 1e-2]}}
    points = quasi_random(parse_space(space, "space"), 40, 0)
    scores = [0.95 - 0.05 * (math.log10(point["learning_rate"]) + 2.5) ** 2 for point in points]

    facts = outline(searched({"points": points, "scores": scores, "space": space}, pruning=None))

    [study] = facts.details.tuned.search
    assert [study.axes[place].name for place, _ in study.importances] == ["learning rate", "L2"]
    pictures = figures_of(search_section(facts))
    assert "search-importances-0" in pictures
    drawn = pictures["search-map-0"]
    assert all(">learning rate<" in svg and ">L2<" in svg for svg in (drawn.wide, drawn.narrow))
    assert (drawn.wide.count("<use"), "search-epochs-0" in pictures) == (40, False)
