"""The report as one HTML file that opens anywhere: nothing is loaded from outside, nothing is a program.

Every text passes through the template's escaping. The same results give the same bytes.
"""

from collections.abc import Iterable
from pathlib import Path

from trainlab.errors import MissingError
from trainlab.reporting import figures, words
from trainlab.reporting.baselines import baseline_note
from trainlab.reporting.figures import Picture
from trainlab.reporting.outline import Outline, outline
from trainlab.reporting.pages import environment
from trainlab.reporting.shared_out import interval_head
from trainlab.reporting.techniques import technique_sentence
from trainlab.reporting.theme import DARK, LIGHT, css_variables, inlined
from trainlab.reporting.variants import sizes_differ, table_notes
from trainlab.results.files import write_whole
from trainlab.results.table import Results

_MOST_NETWORKS = 12
_ELSEWHERE = "Give a path in a folder that exists and can be written."


def report(results: Results, path: str | Path) -> Path:
    """Write the report: one HTML file with the answer, the figures, the protocol and where they come from.

    The file is put in its place whole, so that a crash leaves the old one.

    Args:
        results: what an experiment gave, finished or not.
        path: the file to write; an older one is replaced.

    Returns:
        The path of the file.

    Raises:
        MissingError: where the file cannot be written.
    """
    path = Path(path)
    content = page(outline(results)).encode("utf-8")
    try:
        write_whole(path, content)
    except (OSError, ValueError) as error:  # a name that no file can have
        raise MissingError(f"the report cannot be written: {error}", str(path), None, _ELSEWHERE) from error
    return path


def page(facts: Outline) -> str:
    """Give the report's HTML for the facts of an outline."""
    notes = table_notes(facts.variants, facts.splits), baseline_note(facts.baselines, facts.splits)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            facts=facts,
            metric=facts.metric,
            sure={
                "means": any(one.low is not None for one in facts.variants)
                or any(one.low is not None for one in facts.baselines),
                "differences": any(one.difference.low is not None for one in facts.comparisons),
            },
            table_notes=" ".join(note for note in notes if note),
            interval_head=interval_head(facts.splits),
            sizes_differ=sizes_differ(facts.variants),
            techniques=[technique_sentence(one, facts.metric) for one in facts.techniques],
            words=words,
            scores=_shown(figures.scores_picture(facts), "scores"),
            forest=_shown(figures.forest_picture(facts), "forest"),
            overlay=_shown(figures.overlay_picture(facts), "curves"),
            panels=_panels(figures.panel_pictures(facts), "panel"),
            weights=_panels(figures.weight_pictures(facts), "weights"),
            weights_caption=figures.weights_caption(facts),
            panels_caption=figures.panels_caption(facts),
            time=_shown(figures.time_picture(facts), "time"),
            networks=facts.networks[:_MOST_NETWORKS],
            more_networks=max(0, len(facts.networks) - _MOST_NETWORKS),
            light=css_variables(LIGHT),
            dark=css_variables(DARK),
        )
    )


def _shown(picture: Picture | None, name: str) -> Picture | None:
    if picture is None:
        return None
    return Picture(
        inlined(picture.wide, f"{name}-w-"),
        inlined(picture.narrow, f"{name}-n-") if picture.narrow else "",
        picture.caption,
    )


def _panels(pictures: Iterable[Picture], name: str) -> list[Picture]:
    return [
        Picture(inlined(picture.wide, f"{name}-{place}-"), "", picture.caption)
        for place, picture in enumerate(pictures)
    ]
