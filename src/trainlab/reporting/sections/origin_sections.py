"""How it was done and where it comes from, as sections: protocol, findings, networks, outcomes, versions."""

from trainlab.reporting.facts.findings import FindingFacts
from trainlab.reporting.facts.networks import Layer, Network
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.sections.blocks import (
    Block,
    Code,
    Entries,
    Listing,
    Paragraph,
    Remark,
    Section,
    Table,
)
from trainlab.reporting.wording import words

_MOST_NETWORKS = 12


def protocol_section(facts: Outline) -> Section:
    """Tell what was trained, on which rows, how, and what the numbers mean."""
    return Section("Protocol", (Entries(tuple((one.term, one.text) for one in facts.protocol)),))


def preparation_section(facts: Outline) -> Section | None:
    """Tell what was done to the inputs; None where nothing was."""
    if not facts.preparation:
        return None
    rows = tuple(
        (one.columns, f"{one.steps} (by default)" if one.usual else one.steps) for one in facts.preparation
    )
    said = "Fitted in each fold on its training rows alone, and applied the same to all rows."
    return Section("Preparation", (Paragraph(said, "quiet"), Table(("columns", "what is done"), rows)))


def findings_section(facts: Outline) -> Section:
    """Tell what the checks of the protocol said."""
    if not facts.findings:
        return Section("Protocol findings", (Paragraph("No finding was recorded.", "quiet"),))
    return Section("Protocol findings", tuple(finding_remark(one) for one in facts.findings))


def finding_remark(one: FindingFacts) -> Remark:
    """Give a finding as a remark: what was seen, what to do, how it limits verdicts, why it was lifted."""
    said = [Paragraph(_capital(one.evidence))] if one.evidence else []
    if one.cure:
        said.append(Paragraph(f"Cure: {one.cure}", "quiet"))
    if one.limit:
        said.append(Paragraph(f"Verdicts are limited: {one.limit}", "quiet"))
    if one.override:
        said.append(Paragraph(f"Lifted, with the reason: {one.override}", "strong"))
    at = f", at {one.where}" if one.where else ""
    aside = f"{one.code}, {one.severity}{at}"
    return Remark(_capital(one.title), aside, tuple(said), grave=one.severity in {"refuse", "warn"})


def networks_section(facts: Outline) -> Section:
    """Give the layers of the distinct networks."""
    blocks: list[Block] = [_network(one) for one in facts.networks[:_MOST_NETWORKS]]
    if not blocks:
        blocks.append(Paragraph("The networks were not recorded.", "quiet"))
    more = len(facts.networks) - _MOST_NETWORKS
    if more > 0:
        blocks.append(Paragraph(f"{words.counted(more, 'more network')} are left out.", "quiet"))
    return Section("Networks", tuple(blocks))


def outcomes_section(facts: Outline) -> Section:
    """Tell how the runs ended."""
    blocks: list[Block] = [Listing(tuple(f"{one.text} {one.term}." for one in facts.outcomes))]
    if facts.diverged:
        blocks.append(Listing(facts.diverged))
    return Section("Outcomes", tuple(blocks))


def origin_section(facts: Outline) -> Section:
    """Tell the command, the fingerprint and the versions that made the numbers."""
    return Section(
        "Where this comes from",
        (
            Paragraph("Every number above was computed from stored runs. The command that made them:"),
            Code(facts.command),
            Paragraph("Fingerprint of the experiment:"),
            Code(facts.fingerprint),
            Entries(tuple((one.term, one.text) for one in facts.versions)),
        ),
    )


def _network(one: Network) -> Section:
    blocks: list[Block] = []
    if one.layers:
        rows = tuple(
            (layer.name, layer.kind, layer.output_shape, layer.parameters, _settings(layer))
            for layer in one.layers
        )
        blocks.append(Table(("layer", "kind", "output", "parameters", "settings"), rows, numeric=(3,)))
    if one.more:
        blocks.append(Paragraph(f"{words.counted(one.more, 'more layer')} are left out.", "quiet"))
    if one.takes:
        blocks.append(Paragraph(f"{_capital(one.takes)}.", "quiet"))
    title = f"{words.some(one.variants, 6)}: {one.parameters} trainable numbers"
    return Section(title, tuple(blocks), 3)


def _settings(layer: Layer) -> str:
    """Give the settings of a layer, with the variants that have them where these differ."""
    if len(layer.settings) == 1:
        return layer.settings[0].settings
    return "\n".join(f"{words.some(at.variants, 3)}: {at.settings or 'nothing'}" for at in layer.settings)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
