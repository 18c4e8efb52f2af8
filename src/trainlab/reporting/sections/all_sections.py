"""The sections of a report, in the order in which a reader asks; each is made in the file of its subject."""

from collections.abc import Callable

from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.sections.answer_sections import answer_section, sealed_section, variants_section
from trainlab.reporting.sections.attribution_section import attribution_section
from trainlab.reporting.sections.blocks import Section
from trainlab.reporting.sections.convergence_section import convergence_section
from trainlab.reporting.sections.costs_section import costs_section
from trainlab.reporting.sections.decomposition_section import decomposition_section
from trainlab.reporting.sections.diagnosis_section import diagnosis_section
from trainlab.reporting.sections.examples_section import examples_section
from trainlab.reporting.sections.grids_section import grids_section
from trainlab.reporting.sections.inside_section import inside_section
from trainlab.reporting.sections.learning_curve_section import (
    learning_curve_section,
    validation_curve_section,
)
from trainlab.reporting.sections.network_section import network_diagrams
from trainlab.reporting.sections.noise_section import noise_section
from trainlab.reporting.sections.origin_sections import (
    findings_section,
    networks_section,
    origin_section,
    outcomes_section,
    preparation_section,
    protocol_section,
)
from trainlab.reporting.sections.picture_sections import (
    curves_section,
    differences_section,
    scores_section,
    time_section,
    weights_section,
)
from trainlab.reporting.sections.predictions_section import predictions_section
from trainlab.reporting.sections.search_section import search_section
from trainlab.reporting.sections.tuning_section import tuning_section

SECTIONS: tuple[Callable[[Outline], Section | None], ...] = (
    answer_section,
    sealed_section,
    variants_section,
    scores_section,
    differences_section,
    noise_section,
    tuning_section,
    search_section,
    attribution_section,
    diagnosis_section,
    curves_section,
    convergence_section,
    learning_curve_section,
    validation_curve_section,
    decomposition_section,
    time_section,
    costs_section,
    predictions_section,
    examples_section,
    grids_section,
    weights_section,
    inside_section,
    protocol_section,
    preparation_section,
    findings_section,
    networks_section,
    network_diagrams,
    outcomes_section,
    origin_section,
)


def sections(facts: Outline) -> tuple[Section, ...]:
    """Give the sections that a report of these facts has; the first is the answer."""
    made = (section(facts) for section in SECTIONS)
    return tuple(section for section in made if section is not None)


def title(facts: Outline) -> str:
    """Give the title of the report: the question."""
    return facts.question or "No question was written down"
