"""TL151: contenders that are tuned beside contenders that are not."""

from collections.abc import Iterator

from trainlab.experiment.tuning import FOUND
from trainlab.protocol.check import Question
from trainlab.protocol.differences import STRENGTHS
from trainlab.protocol.tuned import limited_by, tuned_keys
from trainlab.results.check import Check
from trainlab.results.finding import Finding
from trainlab.results.naming import named


def examine(question: Question) -> Iterator[Finding]:
    """Look for numbers that are tuned for some variants and fixed for others.

    A technique's own strength is nothing that the others lack. What a search found is meant to stand beside
    what was written down: that gets a note, and the claim of the comparison says it.
    """
    tuned = tuned_keys(question)
    written = {
        name: keys for name, keys in tuned.items() if name != FOUND or question.experiment.search is None
    }
    shared = sorted({key for keys in written.values() for key in keys} - set(STRENGTHS))
    for key in shared:
        tuning = [name for name, keys in written.items() if key in keys]
        lacking = [name for name in written if name not in tuning]
        if lacking and not _own(question, key, tuning):
            yield CHECK.found(
                f"variants.{lacking[0]}",
                f"`{key}` is tuned for {named(tuning)}, and fixed for {named(lacking)}",
                f"Tune it for all, `tune: {{{key}: ...}}` beside `variants`, or for none.",
                limit="untuned beside tuned contenders",
                variants=limited_by(question, set(tuning)),
            )
    if len(written) < len(tuned) and not any(written.values()):
        yield CHECK.found(
            f"variants.{question.experiment.reference.name}",
            f"`{FOUND}` is the best of {question.experiment.tunings[FOUND].trials} trials, and "
            f"{named(written)} {'is' if len(written) == 1 else 'are'} as written",
            "Read it as what searching gains; to credit a technique, tune all alike with `tune`.",
            severity="note",
        )


def _own(question: Question, key: str, tuning: list[str]) -> bool:
    """Whether it belongs to what these variants are about, as the momentum of one optimizer does."""
    variants = {variant.name: variant for variant in question.experiment.variants if variant.name != FOUND}
    others_fix_it = all(key in variant.changes for name, variant in variants.items() if name not in tuning)
    names = [
        parameter.name
        for name in tuning
        for parameter in question.experiment.tunings[name].space.parameters
        if parameter.name.split(".")[0] == key
    ]
    return others_fix_it and all(name != key for name in names)


CHECK = Check("TL151", "warn", "tuned beside untuned contenders", examine)
