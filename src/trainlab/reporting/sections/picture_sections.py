"""What is best seen, as sections: scores, differences, learning curves, weights, time."""

from trainlab.reporting.drawing import figures
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.facts.run_scores import RunScores
from trainlab.reporting.sections.blocks import Block, Entries, Figure, Panels, Paragraph, Section, Table
from trainlab.reporting.wording.words import counted


def scores_section(facts: Outline) -> Section:
    """Give the final scores, and below them every run's where there are folds."""
    picture = figures.scores_picture(facts)
    blocks: list[Block] = [
        Paragraph("No run has a score.", "quiet") if picture is None else Figure(picture, "scores")
    ]
    if facts.runs:
        tables = tuple(Section(facts.variants[one.variant].label, (_runs(one),), 4) for one in facts.runs)
        blocks.append(Section("The score of every run, seeds by folds", tables, 3, folded=True))
    return Section("Scores", tuple(blocks))


def differences_section(facts: Outline) -> Section | None:
    """Give the differences with their intervals; None where nothing was compared."""
    picture = figures.forest_picture(facts)
    return None if picture is None else Section("Differences", (Figure(picture, "differences"),))


def curves_section(facts: Outline) -> Section:
    """Give the learning curves, of all variants together and of each by itself."""
    picture = figures.overlay_picture(facts)
    if picture is None:
        return Section("Learning curves", (Paragraph("No epoch was recorded.", "quiet"),))
    panels = Panels(figures.panel_pictures(facts), figures.panels_caption(facts), "panels")
    alone = Section("Variant by variant", (panels,), 3)
    return Section("Learning curves", (Figure(picture, "curves"), alone))


def weights_section(facts: Outline) -> Section | None:
    """Give the histograms of hidden weights; None where there are none, and nothing is to be said of that."""
    pictures, caption = figures.weight_pictures(facts), figures.weights_caption(facts)
    if not pictures:
        return Section("Weights", (Paragraph(caption, "quiet"),)) if caption else None
    title = f"Histograms of the hidden weights of {counted(len(pictures), 'variant')}"
    panels = Panels(pictures, caption, "weights")
    return Section("Weights", (Section(title, (panels,), 3, folded=True),))


def time_section(facts: Outline) -> Section:
    """Give the time of one run of each variant, and where the time of the command went."""
    picture = figures.time_picture(facts)
    blocks: list[Block] = [
        Paragraph("The time of one run was not recorded.", "quiet")
        if picture is None
        else Figure(picture, "time")
    ]
    if facts.seconds:
        parts = Entries(tuple((entry.term, entry.text) for entry in facts.seconds))
        blocks.append(Section("Where the time of the command went", (parts,), 3))
    else:
        blocks.append(Paragraph("The time of the command was not recorded.", "quiet"))
    return Section("Time", tuple(blocks))


def _runs(scores: RunScores) -> Table:
    folds = len(scores.means)
    return Table(
        head=("seed", *(f"fold {fold}" for fold in range(1, folds + 1))),
        rows=tuple((seed, *cells) for seed, cells in scores.rows),
        numeric=tuple(range(1, folds + 1)),
        below=(("mean", *scores.means),),
    )
