"""Which pictures a report holds, each as SVG with a caption made from the facts.

How each is drawn stands in the file of its name; here is decided what is left out where there is too much.
"""

from collections.abc import Callable, Sequence

from trainlab.reporting.drawing.forest import forest
from trainlab.reporting.drawing.highlights import chosen
from trainlab.reporting.drawing.learning_curves import overlay, scales, variant_panel
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.drawing.score_dots import score_dots, shown_baselines
from trainlab.reporting.drawing.theme import SERIES
from trainlab.reporting.drawing.time_bars import time_bars
from trainlab.reporting.drawing.weight_bars import weight_bars
from trainlab.reporting.facts.compared import Compared
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.wording.shared_out import UNITS
from trainlab.reporting.wording.words import counted, listing

MOST_ROWS = 40
MOST_PANELS = 12


def scores_picture(outline: Compared) -> Picture | None:
    """Give the final scores; None where no run has one."""
    places = chosen(outline, MOST_ROWS)
    if not any(variant.mean is not None for variant in outline.variants):
        return None
    known = any(variant.low is not None for variant in outline.variants)
    one = UNITS[outline.splits]
    what = "the middle 95 % of resamples" if one == "resample" else f"its 95 % interval over {one}s"
    bar = f", the bar {what}" if known else ""
    scored = f"{outline.metric.label} of one {one} over all its validation rows"
    if one == "seed":
        scored = f"{outline.metric.label} of one seed over all validation rows"
    elif len(outline.seeds) > 1:
        scored += f", the mean over {counted(len(outline.seeds), 'seed')}"
    said = [f"Each circle is the {scored}; the diamond is the mean{bar}."]
    if outline.baselines:
        said.append(_baseline_words(outline))
    if len(outline.seeds) == 1 and one == "seed":
        said.append("With one seed there is no interval.")
    if any(variant.diverged for variant in outline.variants):
        said.append("Crosses are runs that diverged and have no score.")
    said.append(_left_out(len(places), len(outline.variants), "variants"))
    return _both(lambda wide: score_dots(outline, places, wide=wide), said)


def forest_picture(outline: Compared) -> Picture | None:
    """Give the differences with their intervals; None where nothing was compared."""
    if not outline.comparisons:
        return None
    places = set(chosen(outline, MOST_ROWS + 1))
    comparisons = [one for one in outline.comparisons if {one.variant, one.against} <= places][:MOST_ROWS]
    metric = outline.metric
    smallest = metric.shown_difference(outline.smallest_difference or 0.0).removeprefix("+")
    unit = f" {metric.unit_of_difference}" if metric.is_rate else ""
    together = (
        f", which holds for all {len(outline.comparisons)} at once" if len(outline.comparisons) > 1 else ""
    )
    against = {outline.variants[one.against].label for one in comparisons}
    minuend = f"variant minus “{against.pop()}”" if len(against) == 1 else "first minus second variant"
    said = [
        f"Difference in {metric.label}, {minuend}, {_sure(outline, together)}.",
        f"The shaded zone (±{smallest}{unit}) holds differences too small to matter.",
    ]
    verdicts = {one.difference.verdict for one in comparisons}
    marks = {"undecided": "an open circle is undecided", "equivalent": "a square is equivalent"}
    marks_used = [words for verdict, words in marks.items() if verdict in verdicts]
    if marks_used:
        sentence = "; ".join(marks_used)
        said.append(f"{sentence[0].upper()}{sentence[1:]}.")
    said.append(_left_out(len(comparisons), len(outline.comparisons), "comparisons"))
    return _both(lambda wide: forest(outline, comparisons, wide=wide), said)


def overlay_picture(outline: Outline) -> Picture | None:
    """Give the learning curves of all variants on shared axes; None where no epoch was recorded."""
    if not _epochs(outline):
        return None
    places = chosen(outline, len(SERIES) + 1)
    said = [_curve_words(outline)]
    if len(places) < len(outline.variants):
        said.append(
            f"Named are the reference and the {len(places) - 1} variants furthest from it in "
            f"{outline.metric.label}, in either direction; the other {len(outline.variants) - len(places)} "
            "are grey."
        )
    said.append(_common_words(outline))
    return _both(lambda wide: overlay(outline, places, wide=wide), said)


def panel_pictures(outline: Outline) -> tuple[Picture, ...]:
    """Give the learning curves of each variant by itself, as many as a reader can use."""
    if not _epochs(outline):
        return ()
    shared = scales(outline)
    places = chosen(outline, MOST_PANELS)
    return tuple(Picture(variant_panel(outline, place, shared), "", "") for place in places)


def panels_caption(outline: Outline) -> str:
    """Say what the pictures of single variants show."""
    said = ["Solid lines are validation rows, dashed lines training rows; all panels share their axes."]
    if any(curves.diverged for curves in outline.curves):
        said.append(
            "Thin red lines are runs that diverged, up to the cross where they leave the picture or end; "
            "they are no part of mean and band."
        )
    shown = min(MOST_PANELS, len(outline.variants))
    said.append(_left_out(shown, len(outline.variants), "variants"))
    said.append(_common_words(outline))
    return " ".join(part for part in said if part)


def time_picture(outline: Outline) -> Picture | None:
    """Give the time of one run for each variant; None where it was not measured."""
    if not any(variant.seconds is not None for variant in outline.variants):
        return None
    places = chosen(outline, MOST_ROWS)
    how = "its steps times the steady time of a step of its variant measured alone"
    said = [
        f"Time of one run, without compiling: {how}.",
        _left_out(len(places), len(outline.variants), "variants"),
    ]
    return _both(lambda wide: time_bars(outline, places, wide=wide), said)


def weight_pictures(outline: Outline) -> tuple[Picture, ...]:
    """Give the histogram of hidden weights, one for each variant that has some in the files."""
    facts = outline.weights
    if facts is None:
        return ()
    return tuple(Picture(weight_bars(outline, facts, counts), "", "") for counts in facts.variants)


def weights_caption(outline: Outline) -> str:
    """Say what the histograms show; empty where there are none, and nothing is to be said of that."""
    facts = outline.weights
    if facts is None:
        return ""
    if not facts.variants:
        return facts.note
    said = [
        "Weights of the hidden layers' kernels at the scored epoch, all runs of a variant together.",
        "Bins and axes are the same for all; the outermost bars hold what lies beyond them too.",
        "The spread is the root of the mean square.",
    ]
    if any(counts.zero for counts in facts.variants):
        said.append("Weights that are exactly zero are told in numbers and not drawn.")
    if len(facts.variants) < len(outline.variants):
        said.append(
            f"Shown are {len(facts.variants)} of {len(outline.variants)} variants: the reference and those "
            "furthest from it that have hidden weights."
        )
    return " ".join([*said, facts.note]).strip()


def _sure(outline: Compared, together: str) -> str:
    if outline.splits == "time series":
        return "the mean over folds"
    if outline.splits == "resamples":
        return "with the middle 95 % of resamples, which describes and decides nothing"
    return f"with the 95 % interval that the verdict reads{together}"


def _both(draw: Callable[[bool], str], said: Sequence[str]) -> Picture:
    return Picture(draw(True), draw(False), " ".join(part for part in said if part))


def _epochs(outline: Outline) -> int:
    return max((len(curve.mean) for curves in outline.curves for curve in curves.curves.values()), default=0)


def _baseline_words(outline: Compared) -> str:
    """Say what the dashed lines are, and which baselines lie outside of the picture."""
    shown = shown_baselines(outline, chosen(outline, MOST_ROWS))
    away = [
        f"{one.label} ({outline.metric.shown(one.mean)})"
        for place, one in enumerate(outline.baselines)
        if place not in shown and one.mean is not None
    ]
    said = "Dashed lines are baselines." if shown else ""
    outside = f"Outside of the picture: {listing(away)}." if away else ""
    return " ".join(part for part in (said, outside) if part)


def _curve_words(outline: Outline) -> str:
    if outline.splits != "one split":
        folds = counted(outline.folds, UNITS[outline.splits])
        means = f"Lines are means over {folds} and {counted(len(outline.seeds), 'seed')}"
        if outline.splits in {"folds", "disjoint sets"}:
            return f"{means}, bands the 95 % interval of that mean over {UNITS[outline.splits]}s."
        return f"{means}; there is no band."
    if len(outline.seeds) == 1:
        return "Lines are one seed each; there is no band."
    return (
        f"Lines are means over {counted(len(outline.seeds), 'seed')}, bands the 95 % interval of that mean."
    )


def _common_words(outline: Outline) -> str:
    said = []
    runs = "seeds" if outline.splits == "one split" else "runs"
    if any(
        curve.whole < len(curve.mean) and any(curve.runs[curve.whole :])
        for curves in outline.curves
        for curve in curves.curves.values()
    ):
        said.append(f"Dotted: not all {runs} got that far, and the mean is over the others.")
    if _bands_cut(outline):
        said.append("Bands are cut where they leave the axes.")
    if any(scale.logarithmic for scale in scales(outline).values()):
        said.append("The axis of the loss is logarithmic.")
    if outline.loss_is_metric:
        said.append("The metric is the loss itself.")
    return " ".join(said)


def _bands_cut(outline: Outline) -> bool:
    return any(
        value is not None and not scale.low <= scale.times * value <= scale.high
        for quantity, scale in scales(outline).items()
        for curves in outline.curves
        for side in ("train", "validation")
        for curve in (curves.curves[f"{side}_{quantity}"],)
        for value in (*curve.low, *curve.high)
    )


def _left_out(shown: int, there: int, what: str) -> str:
    if shown >= there:
        return ""
    return (
        f"Shown are {shown} of {there} {what}, those furthest from the reference in either direction; "
        "the table holds all."
    )
