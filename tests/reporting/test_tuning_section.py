"""The section on tuning: what was chosen, what that gave on unseen rows, and what fewer trials would say."""

import dataclasses

import numpy as np
import pytest

from trainlab.reporting.facts.outline import outline
from trainlab.reporting.sections.all_sections import sections
from trainlab.reporting.sections.blocks import Figure, Paragraph, Section, Table, flat
from trainlab.reporting.sections.tuning_section import gap_in_words, tuning_section
from trainlab.testing import made_up, made_up_trials
from trainlab.tuning.budgets import budgets
from trainlab.tuning.trials import read_studies

SGD = {"halves": [[0.80, 0.80], [0.81, 0.81], [0.82, 0.82], [0.83, 0.83]]}
ADAM = {"halves": [[0.70, 0.70], [0.70, 0.70], [0.71, 0.71], [0.90, 0.90]]}
RUNS = {
    "sgd": {"score": [0.81, 0.82, 0.83]},
    "adam": {"score": [0.87, 0.88, 0.89]},
    "plain": {"score": [0.5, 0.6, 0.7]},
}


@pytest.fixture(scope="module")
def facts():
    """Two tuned variants beside one that was not."""
    return outline(made_up_trials({"sgd": SGD, "adam": ADAM}, variants=RUNS))


@pytest.fixture(scope="module")
def section(facts):
    """Their section."""
    return tuning_section(facts)


def table_of(section):
    """The table of chosen settings."""
    return next(block for block in section.blocks if isinstance(block, Table))


def figures_of(section):
    """Its pictures by name."""
    return {block.name: block.picture for block in flat(section.blocks) if isinstance(block, Figure)}


def test_the_table_has_both_scores_apart(section):
    """
    The tuning score is the best trial's, the other the mean of fresh seeds on unseen rows.
    """
    sgd, adam, plain = table_of(section).rows

    assert sgd[2] == "83.00"
    assert sgd[3].startswith("82.00\n")
    assert adam[2] == "90.00"
    assert adam[3].startswith("88.00\n")
    assert (plain[1], plain[2]) == ("not tuned", "–")
    assert (sgd[4], sgd[5]) == ("4", "0")


def test_the_first_sentence_says_on_which_rows(section):
    """
    How many trials of how many seeds there were, which rows scored them, and what came then.
    """
    assert section.blocks[0] == Paragraph(
        "Each of 2 variants was tuned with 4 quasi-random trials, 1 seed each, scored on 20 % of the "
        "training rows, held out. The chosen settings were then trained with 3 fresh seeds on all training "
        "rows, and scored on rows that no trial has seen."
    )


def test_the_gap_is_the_mean_over_tuned_variants(facts, section):
    """
    One point for sgd and two for adam are one and a half, and the sentence says what the gap means.
    """
    said = gap_in_words(facts, facts.details.tuned.tuned)

    assert "the best of 4 noisy numbers, so it is not reported as the performance" in said
    assert "is +1.50 points, the mean over variants" in said
    assert said == table_of(section).caption


def test_each_number_has_a_picture_with_a_cell_for_each_variant(section):
    """
    Both variants stand side by side against the learning rate, on a wide page and on a narrow one.
    """
    picture = figures_of(section)["tuned-0"]

    for svg in (picture.wide, picture.narrow):
        assert ">sgd<" in svg
        assert ">adam<" in svg
    assert "against learning rate" in picture.caption


def test_fewer_trials_tell_what_the_budgets_compute(section, facts):
    """
    The shares of the table are those of the room tuning, which counts them, with names as they are shown.
    """
    [below] = [block for block in section.blocks if isinstance(block, Section)]
    [table] = [block for block in below.blocks if isinstance(block, Table)]

    assert below.blocks[0] == Paragraph(
        "With 1 trial each “sgd” would have won in 75 % of draws; from 4 trials on “adam”."
    )
    assert table.head == ("best of all with", "1 trial", "2 trials", "4 trials")
    found = budgets(read_studies(made_up_trials({"sgd": SGD, "adam": ADAM}, variants=RUNS)), "sgd")
    shares = [f"{100 * one.best['adam']:.0f} %" for one in found.wins]
    assert table.rows[1] == ("adam", *shares)
    assert facts.details.tuned.budgets.reference == "sgd"


def test_an_edge_is_a_warning(section):
    """
    A best value at the end of its range stands at the red line, with the variant it belongs to.
    """
    rising = {"scores": lambda point: 0.9 + 0.02 * np.log10(point["learning_rate"]), "trials": 16}
    flat_one = {
        "scores": lambda point: 0.8 - 0.01 * (np.log10(point["learning_rate"]) + 2.5) ** 2,
        "trials": 16,
    }

    told = tuning_section(outline(made_up_trials({"rising": rising, "flat": flat_one})))

    warned = [block for block in told.blocks if isinstance(block, Paragraph) and block.tone == "warning"]
    assert [one.text[:38] for one in warned] == ["“rising”: the best learning rate, 0.06"] or (
        len(warned) == 1 and warned[0].text.startswith("“rising”: the best learning rate, 0.0")
    )
    assert "at the edge" in figures_of(told)["tuned-0"].wide
    assert not [block for block in section.blocks if isinstance(block, Paragraph) and block.tone == "warning"]


def test_each_fold_has_its_winner():
    """
    Several outer folds have a table of what each chose, and diamonds carry the numbers of folds.
    """
    studies = {"sgd": [{"scores": [0.7, 0.9, 0.8]}, {"scores": [0.9, 0.7, 0.8]}]}
    variants = {"sgd": {"score": [[0.8, 0.82], [0.81, 0.83]]}}

    told = tuning_section(outline(made_up_trials(studies, variants=variants)))

    [below] = [one for one in told.blocks if isinstance(one, Section) and one.title.startswith("What was")]
    [table] = below.blocks
    assert [(row[0], row[2]) for row in table.rows] == [("1", "90.00"), ("2", "90.00")]
    assert table.rows[0][1] != table.rows[1][1]
    assert table_of(told).rows[0][1] == "others in each fold, see below"
    assert ">2<" in figures_of(told)["tuned-0"].wide


def test_without_trials_there_is_no_section():
    """
    A report of variants that nobody tuned tells nothing of tuning, nor of a search.
    """
    titles = [part.title for part in sections(outline(made_up({"a": {"score": [0.8, 0.9]}})))]

    assert not [title for title in titles if "Tuning" in title or "Search" in title]


def test_the_same_trials_give_the_same_bytes(facts, section):
    """
    The section drawn again is equal to the letter.
    """
    assert tuning_section(dataclasses.replace(facts)) == section


def test_names_of_markup_stay_text(nasty_names):
    """
    A variant called like a script, ten thousand letters or marks of direction is drawn as harmless text.
    """
    studies = {name: {"scores": [0.8, 0.9]} for name in nasty_names[:6]}

    told = tuning_section(outline(made_up_trials(studies)))

    for picture in figures_of(told).values():
        assert "<script" not in picture.wide + picture.narrow
        assert "\u202e" not in picture.wide
        assert len(picture.wide) < 300_000
