"""Sections beyond scores and curves: what they say is what was measured, and they never flood a page."""

import dataclasses

import numpy as np
import pytest

from trainlab.diagnosis.decomposition import Decomposition
from trainlab.diagnosis.loss_parts import LossParts, Part
from trainlab.reporting.drawing.decomposition_bars import parts_of
from trainlab.reporting.facts.details import best
from trainlab.reporting.facts.outline import outline
from trainlab.reporting.sections.attribution_section import attribution_section
from trainlab.reporting.sections.blocks import Figure, Listing, Panels, Table, flat
from trainlab.reporting.sections.convergence_section import convergence_section
from trainlab.reporting.sections.costs_section import costs_section
from trainlab.reporting.sections.decomposition_section import decomposition_section
from trainlab.reporting.sections.diagnosis_section import diagnosis_section
from trainlab.reporting.sections.learning_curve_section import (
    learning_curve_section,
    validation_curve_section,
)
from trainlab.reporting.sections.noise_section import noise_section
from trainlab.results.prediction import Prediction

SECTIONS = (
    noise_section,
    attribution_section,
    diagnosis_section,
    convergence_section,
    costs_section,
    learning_curve_section,
    validation_curve_section,
    decomposition_section,
)


@pytest.fixture(scope="module")
def facts(techniques):
    """The outline of four techniques, two by two."""
    return outline(techniques)


def of_kind(section, kind):
    """All blocks of a kind in a section."""
    return [block for block in flat([section]) if isinstance(block, kind)]


def test_the_noise_floor_stands_beside_effects_and_beliefs(facts):
    """
    Every comparison has a bar and a row, and beliefs of one comparison add up to one.
    """
    section = noise_section(facts)
    (table,) = of_kind(section, Table)
    (figure,) = of_kind(section, Figure)

    assert section.blocks[0].text == facts.details.noise.sentence
    assert [row[0] for row in table.rows] == ["l2", "dropout", "both"]
    assert all(sum(one.beliefs) == pytest.approx(1.0) for one in facts.details.beliefs)
    assert all(name in figure.picture.wide for name in ("l2", "dropout", "both", "equivalent"))


def test_a_grid_of_techniques_says_which_helped(facts):
    """
    Two techniques and their combination are two main effects and an interaction, told apart in words.
    """
    section = attribution_section(facts)
    main, together = of_kind(section, Figure)

    assert section.blocks[0].text == facts.details.attribution.sentence
    assert "l2 0.001" in main.picture.wide
    assert "dropout 0.3" in main.picture.wide
    assert "with" in together.picture.wide


def test_every_variant_has_a_verdict_with_its_evidence(facts):
    """
    Each remark holds what the diagnosis says, the verdict beside the runs that agree; what is wrong is grave.
    """
    told = facts.details.diagnosis.rows
    remarks = diagnosis_section(facts).blocks[: len(told)]

    for remark, one in zip(remarks, told, strict=True):
        assert remark.head == one.variant
        assert remark.said[0].text.lower() == f"{one.evidence.lower()}."
        assert remark.aside.startswith(one.verdict.replace("_", " "))
        assert (one.agreement in remark.aside) == (one.verdict != "cannot_tell")
        assert remark.grave == (one.verdict not in {"healthy", "cannot_tell"})


def test_three_views_stand_side_by_side(facts):
    """
    Equal epochs, updates and time have a picture each, with the scores at the common end in a table.
    """
    section = convergence_section(facts)
    (panels,) = of_kind(section, Panels)
    scores, _ = of_kind(section, Table)
    view = facts.details.convergence.views[0]

    assert [
        f"At equal {name}" in one.wide
        for name, one in zip(("epochs", "updates", "time"), panels.pictures, strict=True)
    ] == [True] * 3
    assert scores.rows[0][1].startswith(f"{100 * view.tracks[0].at_end.mean:.2f}")


def test_the_price_of_an_answer_is_told_where_it_was_measured(techniques, facts):
    """
    Time of a row, rows in a second and size stand in their units; without them there is no table.
    """
    price = Prediction(2e-6, 77_000, 19_210).document()
    priced = dataclasses.replace(
        techniques, facts={**techniques.facts, "prediction": dict.fromkeys(techniques.variants, price)}
    )
    (table,) = of_kind(costs_section(outline(priced)), Table)

    assert table.rows[0][1:] == ("2 µs", "500,000", "77 kB", "19,210")
    assert of_kind(costs_section(facts), Table) == []


def test_the_best_other_variant_stands_beside_the_reference(techniques, facts):
    """
    Of an accuracy it is the highest one.
    """
    means = [one.mean for one in facts.variants]

    assert best(techniques, facts.variants) == (0, int(np.argmax(means)))


def sized(results, key, values):
    """The same results, as if their variants differed in one number."""
    document = results.facts["experiment"]
    variants = {name: {key: value} for name, value in zip(results.variants, values, strict=True)}
    told = {**results.facts, "experiment": {**document, "variants": variants}}
    return outline(dataclasses.replace(results, facts=told))


def test_variants_of_several_sizes_are_a_learning_curve(techniques):
    """
    The sentence on more data leads, and the picture holds both kinds of rows.
    """
    found = sized(techniques, "train_fraction", [0.1, 0.3, 0.6, 1.0])
    section = learning_curve_section(found)
    (panels,) = of_kind(section, Panels)

    said = found.details.learning_curve.lines[0].sentence
    assert section.blocks[0].text.lower().rstrip(".") == said.lower().rstrip(".")
    assert all(word in panels.pictures[0].wide for word in ("training rows", "validation", "training"))


def test_variants_of_one_number_are_a_validation_curve(techniques):
    """
    Three and more values of a setting are drawn against it, with the sentence on the best one.
    """
    section = validation_curve_section(sized(techniques, "l2", [0.0001, 0.001, 0.01, 0.1]))
    (listing,) = of_kind(section, Listing)
    (panels,) = of_kind(section, Panels)

    assert len(listing.items) == len(panels.pictures) == 1
    assert "l2" in panels.pictures[0].wide


def test_parts_of_a_loss_are_stacked(facts):
    """
    Data and seed are told apart where they can be, and a negative part is said to be one.
    """
    loss = LossParts(
        loss="squared_error",
        label="mean squared error",
        total=Part(3.0, 2.5, 3.5),
        noise=None,
        bias=Part(2.0, 1.5, 2.5),
        chance=None,
        variance=Part(1.0, 0.5, 1.5),
        data=Part(1.25, 0.75, 1.75),
        seed=Part(-0.25, -0.5, 0.0),
        sentence="",
    )
    one = Decomposition(
        "baseline",
        "for these rows",
        describes=False,
        sets=5,
        seeds=3,
        rows=9,
        losses=(loss,),
        domingos=None,
        left_out="2 runs have no prediction",
        sentence="",
    )
    told = dataclasses.replace(facts, details=dataclasses.replace(facts.details, decomposition=(one,)))
    section = decomposition_section(told)
    (figure,), (table,) = of_kind(section, Figure), of_kind(section, Table)

    assert [name for name, _ in parts_of(loss)] == ["bias", "data", "seed"]
    assert table.rows == (
        ("baseline", "3\n2.5 to 3.5", "2\n1.5 to 2.5", "1.25\n0.75 to 1.75", "−0.25\n−0.5 to 0"),
    )
    assert "negative" in figure.picture.caption
    assert "bias²" in figure.picture.wide
    assert "2 runs have no prediction" in section.blocks[-1].text


def test_what_was_not_stored_makes_no_section(tmp_path, make_results):
    """
    A single variant of an older version has a report without comparisons, grids, probes and examples.
    """
    details = outline(make_results(tmp_path, {"only": 0.9}, seeds=1, epochs=1)).details

    assert details.beliefs == details.grids == details.inside == ()
    assert details.attribution is details.examples is details.learning_curve is None


@pytest.mark.slow
def test_many_variants_do_not_flood_a_page(many):
    """
    Of 36 variants no table has more than 40 rows, no section more than 24 pictures, and names stay whole.
    """
    facts = outline(many)
    sections = [section for section in (make(facts) for make in SECTIONS) if section is not None]

    for section in sections:
        assert all(len(table.rows) <= 40 for table in of_kind(section, Table))
        assert sum(len(panels.pictures) for panels in of_kind(section, Panels)) <= 24
    named = [
        figure.name for section in sections for figure in flat(section.blocks) if hasattr(figure, "name")
    ]
    assert len(set(named)) == len(named)
