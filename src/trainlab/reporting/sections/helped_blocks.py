"""What of a search's settings helped: techniques left out one by one, and trials with and without each."""

from trainlab.experiment.metrics import Metric
from trainlab.reporting.sections.blocks import Block, Paragraph, Section, Table
from trainlab.reporting.wording import words
from trainlab.reporting.wording.names import clean
from trainlab.reporting.wording.parameters import parameter_name
from trainlab.tuning.helped import Helped
from trainlab.tuning.main_effects import MainEffects

_LONGEST = 2_000
_ALL = "any"


def helped_blocks(told: Helped | None) -> list[Block]:
    """Give what each technique does to the settings that were found; nothing where none was left out."""
    if told is None:
        return []
    metric = told.metric
    points = ", points" if metric.is_rate else ""
    known = any(one.low is not None for one in told.ablations)
    head = ("technique", f"with minus without{points}" + ("\n95 % interval" if known else ""), "verdict")
    rows = tuple(
        (
            "all together" if one.technique == _ALL else parameter_name(one.technique),
            _lines(
                words.difference(metric, one.difference),
                words.difference_interval(metric, one.low, one.high),
            ),
            _SAID[one.verdict],
        )
        for one in told.ablations
    )
    claim = clean(told.claim, _LONGEST).rstrip(".")
    caption = f"Intervals hold for all techniques at once{', ' if claim else ''}{claim}."
    table = Table(head, rows, caption if known else "", (1,), stacked=True)
    return [Section("What helped", (Paragraph(clean(told.sentence, _LONGEST)), table), 3)]


def effects_blocks(metric: Metric, told: MainEffects | None) -> list[Block]:
    """Give what trials with each technique scored beside those without it; nothing where none is told of."""
    if told is None or not told.effects:
        return []
    points = ", points" if metric.is_rate else ""
    head = ("technique", f"with minus without{points}\n95 % interval", "trials with", "without")
    rows = tuple(
        (
            clean(one.name, _LONGEST),
            _lines(
                words.difference(metric, one.difference),
                words.difference_interval(metric, one.low, one.high),
            ),
            f"{one.trials:,}",
            f"{one.without:,}",
        )
        for one in told.effects
    )
    said = Paragraph(clean(told.sentence, _LONGEST))
    table = Table(head, rows, "Intervals hold for all of them at once.", (1, 2, 3), stacked=True)
    return [Section("Trials with and without each technique", (said, table), 3, folded=True)]


_SAID = {"better": "helps", "worse": "costs", "equivalent": "does little", "undecided": "undecided"}


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
