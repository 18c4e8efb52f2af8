"""What is wrong with each variant, as a section: verdict, how many runs agree, evidence, what to try."""

from trainlab.diagnosis.diagnose import Diagnosed
from trainlab.reporting.drawing.highlights import chosen
from trainlab.reporting.facts.outline import Outline
from trainlab.reporting.sections.blocks import Block, Code, Paragraph, Remark, Section
from trainlab.reporting.wording.names import clean, quoted
from trainlab.reporting.wording.settings import setting
from trainlab.reporting.wording.words import counted
from trainlab.results.finding import Finding

MOST_ROWS = 40
MOST_FINDINGS = 20

_LONGEST = 1_000
_NAME = 80
_MANY = 4


def diagnosis_section(facts: Outline) -> Section | None:
    """Give the diagnosis; None where no run has ended."""
    told = facts.details.diagnosis
    if told is None or not told.rows:
        return None
    places = set(chosen(facts, MOST_ROWS))
    shown = [one for one in told.rows if facts.details.places[one.variant] in places]
    blocks: list[Block] = [_remark(facts, one) for one in shown]
    blocks.append(Paragraph(_read(len(told.rows) - len(shown)), "quiet"))
    if any(one.next is not None for one in shown):
        blocks.append(
            Paragraph("One call trains what is proposed beside its original, with fresh seeds, and compares:")
        )
        blocks.append(Code("trainlab treat FOLDER"))
    # What was found when training ended stands among the findings of the protocol.
    known = {finding.code for finding in facts.findings}
    findings = tuple(finding for finding in told.findings if finding.code not in known)
    if findings:
        blocks.append(_findings(findings))
    return Section("Diagnosis", tuple(blocks))


def _remark(facts: Outline, one: Diagnosed) -> Remark:
    said = [Paragraph(f"{_upper(quoted(clean(one.evidence, _LONGEST)))}.")]
    if one.next is not None:
        added = one.next.added or one.next.changes
        changes = clean(", ".join(setting(key, value) for key, value in added.items()), 200)
        said.append(Paragraph(f"Next: {changes}, to see {quoted(clean(one.next.why, 300))}.", "quiet"))
    label = facts.variants[facts.details.places[one.variant]].label
    return Remark(label, _verdict(one), tuple(said), grave=one.verdict not in {"healthy", "cannot_tell"})


def _read(left_out: int) -> str:
    said = (
        "Verdicts are read off intervals beside the difference that matters, never off one curve; the runs "
        "are those that come to the verdict by their own numbers."
    )
    if left_out:
        said += f" {counted(left_out, 'more variant')} are left out: those nearest to the reference."
    return said


def _verdict(one: Diagnosed) -> str:
    if one.verdict == "cannot_tell":
        return "cannot tell"
    return f"{one.verdict.replace('_', ' ')} in {one.agreement} runs"


def _findings(findings: tuple[Finding, ...]) -> Section:
    remarks: list[Block] = []
    for one in findings[:MOST_FINDINGS]:
        where = f", at {clean(one.where, _NAME)}" if one.where else ""
        said = [Paragraph(f"{_upper(quoted(clean(one.evidence, 600)))}")]
        if one.cure:
            said.append(Paragraph(f"Cure: {clean(one.cure, 400)}", "quiet"))
        remarks.append(Remark(_upper(clean(one.title, _NAME)), f"{one.code}{where}", tuple(said)))
    if len(findings) > MOST_FINDINGS:
        remarks.append(Paragraph(f"And {counted(len(findings) - MOST_FINDINGS, 'more finding')}.", "quiet"))
    return Section("What single checks saw", tuple(remarks), 3, folded=len(findings) > _MANY)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
