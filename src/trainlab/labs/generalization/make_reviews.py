"""Makes ``reviews.csv``: 600 film reviews that nobody wrote, each positive or negative.

Run it in this folder: ``python make_reviews.py``. The same seed gives the same file, to the byte.

A review is three to five sentences, each with an opinion. Known by construction:

- 85 % of the opinions are those of the review, the others are the opposite;
- one opinion in seven is negated: "not dull" is praise, which single words cannot tell;
- every review names some people, places or studios out of some 1,300 names, so that most names stand in a
  few reviews only and say nothing of the film;
- one label in ten is wrong.
"""

import csv
from pathlib import Path

import numpy as np

ROWS = 600
AGREE = 0.85
NEGATED = 1 / 7
WRONG_LABELS = 0.1
OPPOSITE = {"positive": "negative", "negative": "positive"}

LISTS = """
positive: good great warm brilliant funny touching clever fresh lovely honest gripping charming
negative: bad dull cold stupid boring wooden clumsy stale ugly fake tiresome hollow
to be positive: enjoyed loved admired
to be negative: disliked hated endured
things: plot ending dialogue music camera cast script opening pace story scenery lighting
syllables: ba den fi gor hal ju kel lo mar nis ol pra
"""
WORDS = {
    name: words.split() for name, _, words in (line.partition(":") for line in LISTS.strip().splitlines())
}
SENTENCES = (
    "the {thing} by {name} is {opinion}",
    "we saw it in {name} and the {thing} was {opinion}",
    "i found the {thing} {opinion} from the first hour on",
    "{name} plays the brother and the {thing} feels {opinion}",
    "it is two hours long and the {thing} seems {opinion}",
    "my friend {verb} the {thing} of this film",
    "{name} wrote it in one summer and i {verb} the {thing}",
    "people say that the {thing} is {opinion} and there is snow in it",
)
ENDS = ("shot near {name}", "with {name} in a small part", "paid for by {name}", "after a book from {name}")


def make_reviews(path: Path, seed: int = 0) -> None:
    """Write all reviews in random order; half of them are positive, before labels are made wrong."""
    random = np.random.default_rng(seed)
    moods = random.permutation(["positive", "negative"] * (ROWS // 2)).tolist()
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["review", "sentiment"])
        for mood in moods:
            label = OPPOSITE[mood] if random.random() < WRONG_LABELS else mood
            writer.writerow([make_review(mood, random), label])


def make_review(mood: str, random: np.random.Generator) -> str:
    """Make the text of one review of that mood."""
    chosen = random.choice(len(SENTENCES), int(random.integers(3, 6)), replace=False)
    said = [_sentence(SENTENCES[number], mood, random) for number in chosen]
    return ". ".join([*said, _one_of(ENDS, random).format(name=_name(random))])


def _sentence(form: str, mood: str, random: np.random.Generator) -> str:
    meant = mood if random.random() < AGREE else OPPOSITE[mood]
    negated = random.random() < NEGATED
    said = OPPOSITE[meant] if negated else meant
    opinion, verb = _one_of(WORDS[said], random), _one_of(WORDS[f"to be {said}"], random)
    if negated:
        opinion, verb = f"not {opinion}", f"never {verb}"
    return form.format(opinion=opinion, verb=verb, thing=_one_of(WORDS["things"], random), name=_name(random))


def _name(random: np.random.Generator) -> str:
    """Draw one of 12 x 12 x 9 names."""
    syllables = WORDS["syllables"]
    return "".join(_one_of(some, random) for some in (syllables, syllables, syllables[:9]))


def _one_of(texts: list[str] | tuple[str, ...], random: np.random.Generator) -> str:
    return texts[int(random.integers(len(texts)))]


if __name__ == "__main__":
    make_reviews(Path(__file__).with_name("reviews.csv"))
