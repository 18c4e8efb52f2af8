"""Search takes a third of optuna with fit.

A search of 256 trials of 5 epochs on the digits in cohorts of 32 takes at most a third of the time of the
same search by Optuna with `keras.Model.fit` on JAX, and what it finds is as good on rows that neither has
seen.

    python benchmarks/claims/search_takes_a_third_of_optuna_with_fit.py [--trials N] [--rounds N]

Both search the same space (learning rate, L2, dropout, one of three widths) by the same sampler (Optuna's
multivariate, grouped TPE with a constant liar, ten trials before it begins), train on the same rows with the
same batch size, and choose by accuracy on the same other rows. Optuna asks for one trial after the other,
builds a model for each and calls `fit`, as everyone writes it; ours asks for a cohort, trains it at once and
tells it. Each is a process of its own, with this checkout. What is timed is the whole search: proposing,
building, compiling, training, scoring, and for ours storing. Compile time is told apart: for `fit`, what
first epochs take beyond the later ones.

Then both winners are trained by `trainlab.run` with five fresh seeds on all rows that the searches had, and
compared on the fifth of all rows that they had not.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure

CLAIMED = 1 / 3
TRIALS, COHORT, EPOCHS, BATCH_ROWS = 256, 32, 5, 32
STARTUP = 10
WIDTHS = ((32,), (64,), (128,))
SPACE = {
    "learning_rate": {"log": [1e-4, 1e-1]},
    "l2": {"log": [1e-6, 1e-2]},
    "dropout": {"linear": [0.0, 0.6]},
    "hidden": [list(width) for width in WIDTHS],
}
OURS, THEIRS = "trainlab", "Optuna with fit"
PACKAGES = ("trainlab", "optuna", "keras", "jax", "jaxlib", "numpy")

# ---------------------------------------------------------------------------------- in the workers


def experiment(**more: Any) -> Any:
    """Say what both are about: the data, the network, and the rows that no search sees."""
    import trainlab as tl

    return tl.Experiment(
        data=tl.load("digits"),
        model=tl.mlp([64]),
        recipe=tl.Recipe(optimizer="adam", batch_size=BATCH_ROWS, epochs=EPOCHS),
        validation=tl.Holdout(0.2),
        **more,
    )


def searched_by_us(trials: int, seed: int) -> dict[str, Any]:
    """Search as an experiment with `search` does."""
    import trainlab as tl

    search = {"space": SPACE, "trials": trials, "cohort": COHORT, "sampler": "tpe", "sampler_seed": seed}
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        results = tl.run(experiment(search=search, seeds=1), Path(folder) / "search")
        whole = time.perf_counter() - began
        store = tl.open_results(Path(folder) / "search" / "tuning")
        [study] = results.facts["tuning"]["studies"]
        return {
            "seconds": float(store.facts["tuning_seconds"]),
            "with_final_stage": whole,
            "compile_seconds": store.seconds.get("compile"),
            "trials": study["trials"],
            "settings": study["settings"],
        }


def searched_by_optuna(trials: int, seed: int) -> dict[str, Any]:
    """Search as everyone writes it: an objective that builds a model and fits it."""
    import keras
    import numpy as np
    import optuna

    from trainlab.data.splitting.inner import inner_rows
    from trainlab.data.splitting.validations import Holdout

    asked = experiment()
    [fold] = asked.folds
    [(train, held_out)] = inner_rows(asked.data, fold, Holdout(0.2), Holdout(0.2), asked.split_seed)
    x = np.asarray(asked.data.x, np.float32).reshape(len(asked.data.x), -1) / 16
    y = np.asarray(asked.data.y)
    epochs: list[list[float]] = []

    def objective(trial: Any) -> float:
        rate = trial.suggest_float("learning_rate", *SPACE["learning_rate"]["log"], log=True)
        l2 = trial.suggest_float("l2", *SPACE["l2"]["log"], log=True)
        dropout = trial.suggest_float("dropout", *SPACE["dropout"]["linear"])
        width = WIDTHS[trial.suggest_categorical("hidden", range(len(WIDTHS)))]
        keras.backend.clear_session()
        keras.utils.set_random_seed(trial.number)
        layers = [keras.layers.Input((x.shape[1],))]
        for units in width:
            penalty = keras.regularizers.L2(l2)
            layers += [keras.layers.Dense(units, activation="relu", kernel_regularizer=penalty)]
            layers += [keras.layers.Dropout(dropout)]
        model = keras.Sequential([*layers, keras.layers.Dense(10, activation="softmax")])
        model.compile(
            keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
        )
        times = [time.perf_counter()]
        history = model.fit(
            x[train],
            y[train],
            batch_size=BATCH_ROWS,
            epochs=EPOCHS,
            validation_data=(x[held_out], y[held_out]),
            callbacks=[
                keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: times.append(time.perf_counter()))
            ],
            verbose=0,
        )
        epochs.append([end - begin for begin, end in pairwise(times)])
        return float(history.history["val_accuracy"][-1])

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)  # of grouped TPE
    sampler = optuna.samplers.TPESampler(
        seed=seed, multivariate=True, group=True, constant_liar=True, n_startup_trials=STARTUP
    )
    began = time.perf_counter()
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.optimize(objective, n_trials=trials)
    seconds = time.perf_counter() - began
    best = dict(study.best_params)
    return {
        "seconds": seconds,
        "compile_seconds": sum(max(0.0, one[0] - statistics.median(one[1:])) for one in epochs),
        "trials": len(study.trials),
        "settings": {**best, "hidden": list(WIDTHS[best["hidden"]])},
    }


def compared(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Train the winners of a round anew and compare them on rows that neither search has seen."""
    import trainlab as tl

    seeds = list(range(1_001, 1_006))
    with tempfile.TemporaryDirectory() as folder:
        results = tl.run(experiment(variants=dict(settings), seeds=seeds), Path(folder) / "winners")
        comparison = json.loads(json.dumps(tl.compare(results).document()))
        scores = {name: results.scores[place].mean() for place, name in enumerate(results.variants)}
    return {"scores": {name: float(score) for name, score in scores.items()}, "comparison": comparison}


def work_for(task: Mapping[str, Any]) -> None:
    """Answer as one of the contenders."""
    if task["who"] == "winners":
        measure.serve({"compare": lambda: compared(task["settings"])})
        return
    search = {OURS: searched_by_us, THEIRS: searched_by_optuna}[task["who"]]
    measure.serve({"search": lambda: search(task["trials"], task["seed"])})


# --------------------------------------------------------------------------------------- in the parent


def asked(task: Mapping[str, Any], request: str) -> dict[str, Any]:
    """Start a worker, ask it once and let it go: each search begins in a fresh process."""
    variables = {"KERAS_BACKEND": "jax", "PYTHONPATH": str(measure.ROOT / "src")}
    if task["who"] == THEIRS:
        variables["JAX_NUM_CPU_DEVICES"] = "1"  # as JAX has it, where nobody imports trainlab
    with measure.Worker(Path(__file__).resolve(), task, variables) as worker:
        return worker.ask(request)


def shown(document: Mapping[str, Any]) -> str:
    """Lay out what was measured."""
    where, rounds = document["environment"], document["rounds"]
    names = {name: version for name, version in where["versions"].items() if version != "not installed"}
    busy = f"load {where['load']} before and {where['load_after']} after"
    device = f"{where['processor']}, {where['cores']} cores"
    lines = [
        f"{device}, commit {where['commit']}, {where['started']}, {busy}.",
        ", ".join(f"{name} {version}" for name, version in names.items()) + ".",
        f"{document['trials']} trials of {EPOCHS} epochs; median of {len(rounds)} rounds (lowest, highest).",
        "",
    ]
    rows = []
    for who in (THEIRS, OURS):
        there = [one[who] for one in rounds if who in one]
        if there:
            spread = measure.spread(one["seconds"] for one in there)
            compiling = measure.spread(one["compile_seconds"] or 0.0 for one in there)
            accuracy = [one["winners"]["scores"][who] for one in rounds if "winners" in one]
            unseen = f"{measure.spread(100 * one for one in accuracy):.1f}" if accuracy else ""
            rows.append((who, f"{spread:.1f}", f"{compiling:.1f}", unseen))
    lines.append(measure.table(("search", "seconds", "of which compiling", "winner, % of unseen rows"), rows))
    shares = [
        one[OURS]["seconds"] / one[THEIRS]["seconds"] for one in rounds if OURS in one and THEIRS in one
    ]
    if shares:
        lines += ["", f"Share of the time: {measure.spread(shares):.2f} (claimed: at most {CLAIMED:.2f})."]
    for one in rounds:
        lines += [f"{who}: {one[who]['settings']}" for who in (OURS, THEIRS) if who in one]
    return "\n".join(lines)


def main() -> None:
    """Measure, or be a worker of those who do."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--trials", type=int, default=TRIALS, help=f"trials of each search ({TRIALS})")
    parser.add_argument("--rounds", type=int, default=3, help="searches of each, with other seeds (3)")
    parser.add_argument("--only", choices=[OURS, THEIRS], help="search by one of the two alone")
    parser.add_argument("--json", type=Path, help="write all samples there")
    parser.add_argument("--worker", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work_for(options.worker)
        return
    document: dict[str, Any] = {
        "schema": "trainlab/benchmark/1",
        "claim": Path(__file__).stem,
        "environment": measure.environment(PACKAGES),
        "trials": options.trials,
        "rounds": [],
    }
    for seed in range(options.rounds):
        found: dict[str, Any] = {}
        for who in (THEIRS, OURS):
            if options.only in {None, who}:
                print(f"{who}: round {seed + 1} of {options.rounds}", file=sys.stderr)
                found[who] = asked({"who": who, "trials": options.trials, "seed": seed}, "search")
        if len(found) > 1:
            settings = {who: one["settings"] for who, one in found.items()}
            found["winners"] = asked({"who": "winners", "settings": settings}, "compare")
        document["rounds"].append(found)
    document["environment"]["load_after"] = measure.load()
    print(shown(document))
    if options.json:
        measure.write_json(options.json, document)


if __name__ == "__main__":
    main()
