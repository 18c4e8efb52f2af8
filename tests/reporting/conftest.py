"""Made-up results for the report's tests: folders written as a run would write them, with known numbers."""

import itertools

import numpy as np
import pytest

from trainlab.experiment.metrics import METRICS
from trainlab.reporting.drawing import canvas
from trainlab.reporting.drawing.picture import Picture
from trainlab.reporting.sections.blocks import (
    Code,
    Entries,
    Figure,
    Listing,
    Panels,
    Paragraph,
    Remark,
    Section,
    Table,
)
from trainlab.reporting.wording.names import clean
from trainlab.results.outcome import Outcome
from trainlab.results.records import EpochRecord, RunEnding
from trainlab.results.store import Writer
from trainlab.results.table import open_results

VALIDATION, TRAINING = 180, 1617
TECHNIQUES = {
    "baseline": {},
    "l2": {"l2": 1e-3},
    "dropout": {"dropout": 0.3},
    "both": {"l2": 1e-3, "dropout": 0.3},
}

# What other people's files may hold as a name: markup, mathematics, formulas, escapes, marks of direction.
NASTY = (
    "<script>alert(1)</script>",
    """</svg></style><img src=http://evil.example/x onerror=alert(1)>" onmouseover="alert(1)" '""",
    r"$\frac{1}{$ 100 % _x^ {{ 7 * 7 }} {% raw %}",
    '=HYPERLINK("http://evil.example","x") --> 漢字 é 🙂 #006ab5',
    "\x1b[31mred\x1b[0m [bold]markup[/bold] [/] \u202etxet\u2066 nul\x00and\nnew\tline half \ud800",
    "x" * 10_000,
)


def recipe(epochs):
    """The recipe as `Experiment.document` writes it, defaults written out."""
    return {
        "optimizer": "adam",
        "learning_rate": 1e-3,
        "batch_size": 32,
        "epochs": epochs,
        "l2": 0.0,
        "dropout": 0.0,
        "hidden": None,
        "activation": None,
        "train_rows": None,
    }


def network(units, dropout):
    """What a run stores about a network with one hidden layer."""
    layers = [
        {"name": "flatten", "kind": "Flatten", "output_shape": [64], "parameters": 0, "settings": ""},
        {
            "name": "hidden",
            "kind": "Dense",
            "output_shape": [units],
            "parameters": 65 * units,
            "settings": "relu",
        },
        {
            "name": "output",
            "kind": "Dense",
            "output_shape": [10],
            "parameters": 10 * units + 10,
            "settings": "",
        },
    ]
    if dropout:
        told = {"name": "dropout", "kind": "Dropout", "output_shape": [units], "parameters": 0}
        layers.insert(2, {**told, "settings": f"dropout {dropout}"})
    return {
        "parameters": 75 * units + 10,
        "layers": layers,
        "takes": "its 10 outputs are taken as probabilities of the classes",
    }


def facts_of(variants, seeds, epochs, metric):
    """Every fact that a run stores."""
    regression = "regression" in METRICS[metric].tasks and metric != "loss"
    classes = (
        {} if regression else {"classes": list("0123456789"), "class_counts": [178, 182, 177, 183, 181] * 2}
    )
    return {
        "experiment": {
            "question": "Does dropout or L2 help a wide network on the digits?",
            "data": "digits",
            "validation": {"holdout": 0.1},
            "split_seed": 0,
            "model": {"mlp": {"hidden": [256], "activation": "relu"}},
            "recipe": recipe(epochs),
            "variants": variants,
            "seeds": list(seeds),
            "metric": metric,
            "smallest_difference": None,
        },
        "reference": next((name for name, changes in variants.items() if not changes), next(iter(variants))),
        "folds": 1,
        "fingerprint": "5b1e7a",
        "started": "2026-11-20T23:26:00+00:00",
        "command": "trainlab run examples/digits.yaml --seeds 5",
        "versions": {"python": "3.11.7", "trainlab": "0.1.0", "keras": "3.15.1", "jax": "0.10.2"},
        "machine": {"system": "Linux 6.1", "processor": "x86_64", "cores": 2, "devices": "2 x cpu"},
        "seconds": {"compile": 6.25, "train": 31.5, "evaluate": 3.0, "total": 42.0},
        "data": {
            "name": "diabetes" if regression else "digits",
            "task": "regression" if regression else "classification",
            "rows": VALIDATION + TRAINING,
            "input_shape": [10] if regression else [8, 8, 1],
            "scale": 1.0 if regression else 1 / 16,
            "notes": ["8 x 8 pixels from 0 to 16, scaled by 1/16"],
            "fingerprint": "c0ffee",
            "training_rows": TRAINING,
            "validation_rows": VALIDATION,
            "target_mean": [0.5],
            **classes,
        },
        "plan": {
            "cohorts": [{"lanes": len(variants) * len(seeds), "width": 8, "reason": "one network for all"}]
        },
        "networks": {name: network(256, changes.get("dropout", 0)) for name, changes in variants.items()},
        "variant_seconds": {name: 2.1 + 0.2 * place for place, name in enumerate(variants)},
        "findings": [
            {
                "code": "TL107",
                "severity": "warn",
                "title": "One learning rate for all variants",
                "where": "recipe.learning_rate",
                "evidence": "0.001 in each of the variants",
                "cure": "Tune the rate for each variant.",
            }
        ],
        "sealed": "360 rows are sealed for the test; nothing has seen them.",
        "resumed": [],
    }


def write_run(random, rows, quality, epochs, *, rate, diverges_after):
    """One run's records and ending: a score that climbs to its quality, training better than validation."""
    last = epochs if diverges_after is None else diverges_after
    quality += random.normal(0, 0.006)
    records = []
    for epoch in range(1, last + 1):
        grown = 1 - np.exp(-3 * epoch / epochs)
        here = 0.5 + (quality - 0.5) * grown + random.normal(0, 0.006)
        loss = (
            1.2 * np.exp(-2.2 * epoch / epochs) + 0.25 * (1 - quality) * grown + abs(random.normal(0, 0.03))
        )
        if diverges_after is not None:
            loss *= 3.0**epoch
        score, train_score = (here, min(1.0, here + 0.02 * grown)) if rate else (loss, 0.7 * loss)
        score_b = score if rate else 1.02 * score
        records.append(
            EpochRecord(1.1 * loss, 0.7 * loss, train_score, loss, 1.02 * loss, score, score_b, 0.01)
        )
    if diverges_after is not None:
        nothing = float("nan")
        return records, RunEnding(
            Outcome.DIVERGED,
            last,
            0,
            0,
            50 * last + 7,
            nothing,
            nothing,
            nothing,
            nothing,
            19210,
            50 * last + 6,
        )
    if rate:
        row_scores = (rows < quality).astype(np.uint8)
        row_losses = np.where(row_scores, 0.05, 2.0).astype(np.float32)
        outputs = np.tile(np.float16(0.1), (VALIDATION, 10))
    else:
        row_losses = ((1 - quality) * rows * 4 + random.random(VALIDATION) * 0.02).astype(np.float32)
        row_scores = row_losses
        outputs = rows.astype(np.float32)[:, None]
    ending = RunEnding(
        outcome=Outcome.FINISHED,
        epochs=last,
        chosen_epoch=last,
        best_epoch=last,
        diverged_step=None,
        score=float(row_scores.mean()),
        loss=float(row_losses.mean()),
        train_score=float(row_scores.mean()),
        train_loss=float(row_losses.mean()),
        parameters=19210,
        steps=51 * last,
        row_scores=row_scores,
        row_losses=row_losses,
        outputs=outputs,
    )
    return records, ending


def write_results(
    folder,
    variants=None,
    *,
    seeds=5,
    epochs=20,
    metric="accuracy",
    diverged=(),
    missing=(),
    validation=None,
    folds=1,
    **facts,
):
    """Write a folder of results and open it.

    Args:
        folder: where to.
        variants: name -> (quality, changes).
        seeds: how many.
        epochs: how many.
        metric: what is compared; regression data for an error, classification otherwise.
        diverged: pairs (variant, seed) that diverge after a third of the epochs; over folds in the second.
        missing: names of facts that are left out.
        validation: how rows are shared out; left out, one split.
        folds: how many folds.
        facts: facts that replace the usual ones.
    """
    variants = (
        dict(zip(TECHNIQUES, [0.93, 0.935, 0.968, 0.90], strict=True)) if variants is None else variants
    )
    described = {
        name: TECHNIQUES.get(name, {"dropout": 0.1} if place else {}) for place, name in enumerate(variants)
    }
    rate = METRICS[metric].is_rate
    told = facts_of(described, range(seeds), epochs, metric) | {"folds": folds} | facts
    if validation is not None:
        told["experiment"] = {**told["experiment"], "validation": validation}
    folder.mkdir(parents=True, exist_ok=True)
    rows = np.random.default_rng(7).random(VALIDATION)
    with Writer(folder) as writer:
        writer.write_facts({name: value for name, value in told.items() if name not in missing})
        places = list(itertools.product(range(len(variants)), range(seeds), range(folds)))
        writer.declare_runs([(run, *place, 0, 0, 0) for run, place in enumerate(places)])
        targets = np.arange(VALIDATION) % 10 if rate else rows.astype(np.float32)[:, None]
        halves = np.arange(VALIDATION) % 2 == 0
        for place in range(folds):
            fold = {"halves": halves, "targets": targets}
            fold["validation"] = np.arange(VALIDATION) + place * VALIDATION
            if folds > 1:
                fold["training"] = np.setdiff1d(np.arange(folds * VALIDATION), fold["validation"])
            writer.write_arrays(f"fold/{place}", fold)
        records, endings = {}, {}
        for run, (variant, seed, fold) in enumerate(places):
            random = np.random.default_rng([seed, variant, fold] if fold else [seed, variant])
            quality = list(variants.values())[variant]
            broken = (list(variants)[variant], seed) in diverged and fold == (folds > 1)
            records[run], endings[run] = write_run(
                random,
                rows if fold == 0 else np.random.default_rng([7, fold]).random(VALIDATION),
                quality,
                epochs,
                rate=rate,
                diverges_after=max(1, epochs // 3) if broken else None,
            )
        for epoch in range(1, epochs + 1):
            there = {run: history[epoch - 1] for run, history in records.items() if len(history) >= epoch}
            writer.write_epoch(epoch, there)
        writer.write_endings(endings)
    return open_results(folder)


def drawn_text(text):
    """A drawing that holds nothing but a text."""
    with canvas.drawing():
        figure = canvas.blank(200, 40)
        canvas.written(figure, 10, 20, text)
        return canvas.drawn(figure, text)


def every_block(texts, drawn=drawn_text):
    """A report with every kind of block, each holding every text; ``drawn`` makes a picture of one."""
    picture = Picture(drawn(texts[0]), "", " ".join(texts))
    tones = ("plain", "strong", "quiet", "warning")
    table = Table(
        ("name", "number\nsecond line"),
        tuple((f"{text}\n{text}", text) for text in texts),
        texts[0],
        (1,),
        (("below", texts[-1]),),
        stacked=True,
    )
    return [
        Section("Answer", tuple(Paragraph(text, tone) for text in texts for tone in tones)),
        Section(
            texts[0],
            (
                Listing(tuple(texts)),
                Code("\n".join(texts)),
                Entries(tuple((text, text) for text in texts)),
                *(Remark(text, text, (Paragraph(text),), grave=True) for text in texts),
            ),
        ),
        Section(
            texts[-1],
            (
                table,
                Figure(picture, "scores"),
                Section(texts[0], (Panels((picture, picture), texts[0], "panels"),), 3, folded=True),
            ),
        ),
    ]


@pytest.fixture(scope="session")
def block_report():
    """Makes a report with every kind of block from texts."""
    return every_block


@pytest.fixture(scope="session")
def nasty_sections():
    """A report with names that try to be something else in every block, cleaned as facts are."""
    attacks = (
        r"\input{/etc/passwd} \write18{id} \end{document} %^^5c",
        '#eval("1") #read("/etc/passwd") #panic("x") [*_$ #set page(width: 1pt)',
        "`id` $(id) ![x](http://evil.example/x) <!-- &lt; ~~ || --- ``` \u05d0\u05d1",
    )
    return every_block([clean(text) for text in (*NASTY, *attacks)])


@pytest.fixture(scope="session")
def make_results():
    """The writer of made-up results, as a function."""
    return write_results


@pytest.fixture(scope="session")
def nasty_names():
    """Names that try to be something else."""
    return NASTY


@pytest.fixture(scope="session")
def techniques(tmp_path_factory):
    """Four variants, five seeds, 20 epochs; one run of "both" diverged."""
    return write_results(tmp_path_factory.mktemp("techniques"), diverged={("both", 3)})


@pytest.fixture(scope="session")
def regression(tmp_path_factory):
    """Two variants of a regression, three seeds, five epochs."""
    return write_results(
        tmp_path_factory.mktemp("regression"), {"baseline": 0.8, "l2": 0.9}, seeds=3, epochs=5, metric="mse"
    )


@pytest.fixture(scope="session")
def one_seed(tmp_path_factory):
    """Two variants, a single seed, a single epoch."""
    return write_results(
        tmp_path_factory.mktemp("one_seed"), {"baseline": 0.8, "dropout": 0.9}, seeds=1, epochs=1
    )


@pytest.fixture(scope="session")
def nasty(tmp_path_factory):
    """Variants, question, data and findings with names that try to be something else."""
    qualities = {name: 0.85 + 0.01 * place for place, name in enumerate(NASTY)}
    return write_results(
        tmp_path_factory.mktemp("nasty"),
        qualities,
        seeds=2,
        epochs=2,
        diverged={(NASTY[0], 1)},
        command=f"trainlab run {NASTY[1]}",
        findings=[
            dict.fromkeys(("code", "severity", "title", "where", "evidence", "cure"), text) for text in NASTY
        ],
        versions={text: text for text in NASTY},
    )


@pytest.fixture(scope="session")
def many(tmp_path_factory):
    """A grid of 36 variants with three seeds."""
    grid = [f"learning_rate={rate}, dropout={share}" for rate in (1, 0.1, 0.01, 0.001) for share in range(9)]
    qualities = {name: 0.75 + 0.006 * place for place, name in enumerate(grid)}
    return write_results(tmp_path_factory.mktemp("many"), qualities, seeds=3, epochs=4)


BASELINES = [
    {"name": "dummy", "label": "most frequent class", "mean": 0.101, "scores": [0.1] * 5, "note": ""},
    {
        "name": "linear",
        "label": "logistic regression",
        "mean": 0.934,
        "low": 0.921,
        "high": 0.947,
        "scores": [0.93, 0.94, 0.93, 0.94, 0.93],
        "note": "on 1,000 of 1,437 rows",
    },
    {"name": "trees", "label": "gradient-boosted trees", "mean": None, "scores": [], "note": "out of memory"},
]
OPENINGS = [
    {
        "time": "2026-11-21T09:00:00+00:00",
        "variant": "dropout",
        "reason": "the paper is written",
        "metric": "accuracy",
        "mean": 0.961,
        "low": 0.94,
        "high": 0.98,
        "rows": 360,
        "claim": "on new rows like the test rows",
    },
    {
        "time": "2026-11-22T09:00:00+00:00",
        "variant": "l2",
        "reason": "a referee asked",
        "rows": 360,
        "metric": "accuracy",
        "mean": 0.94,
        "low": None,
        "high": None,
        "claim": "",
    },
]
FINDINGS = [
    {
        "code": "TL140",
        "severity": "note",
        "title": "No group was named",
        "where": "data",
        "evidence": "Rows may belong together.",
        "cure": "Name the groups.",
        "limit": "",
        "variants": [],
    },
    {
        "code": "TL107",
        "severity": "warn",
        "title": "One learning rate for all variants",
        "where": "recipe.learning_rate",
        "evidence": "0.001 in each.",
        "cure": "Tune it.",
        "variants": [],
        "limit": "at a learning rate of 0.001 for all",
    },
    {
        "code": "TL101",
        "severity": "refuse",
        "title": "Rows stand twice",
        "where": "data",
        "evidence": "3 rows are alike.",
        "cure": "Leave them out.",
        "limit": "",
        "variants": [],
        "override": "they are different patients",
    },
]
PREPARATION = [
    {"columns": "age and bmi", "steps": "standardized", "default": True},
    {"columns": "sex", "steps": "as 0/1 columns, one for each level"},
]


@pytest.fixture(scope="session")
def folded(tmp_path_factory):
    """Four variants, three seeds, five folds, with every fact there may be; one run of "both" diverged."""
    return write_results(
        tmp_path_factory.mktemp("folded"),
        seeds=3,
        epochs=6,
        folds=5,
        diverged={("both", 2)},
        validation={"kfold": 5},
        baselines=BASELINES,
        findings=FINDINGS,
        preparation=PREPARATION,
        sealed={"rows": 360, "how": "20 % of the rows, drawn by split seed 0"},
        openings=OPENINGS,
    )


@pytest.fixture(scope="session")
def series(tmp_path_factory):
    """Two variants, one seed, four parts of a time series."""
    return write_results(
        tmp_path_factory.mktemp("series"),
        {"baseline": 0.8, "dropout": 0.9},
        seeds=1,
        epochs=3,
        folds=4,
        validation={"time_series": 4, "gap": 2},
    )


@pytest.fixture(scope="session")
def resamples(tmp_path_factory):
    """Two variants, one seed, 20 resamples."""
    return write_results(
        tmp_path_factory.mktemp("resamples"),
        {"baseline": 0.8, "dropout": 0.9},
        seeds=1,
        epochs=2,
        folds=20,
        validation={"bootstrap": 20},
    )
