"""What was measured, as Markdown: where, each work's table, and what is to be said of it."""

from collections.abc import Iterator, Mapping
from typing import Any

import measure
import whole
from contenders.team import OURS, TEAM
from steady import EPOCHS


def shown(document: Mapping[str, Any]) -> str:
    """Lay out a whole document.

    Args:
        document: what ``speed.py`` writes as JSON.
    """
    where = document["environment"]
    names = {name: version for name, version in where["versions"].items() if version != "not installed"}
    busy = f"load {where['load']} before and {where['load_after']} after"
    lines = [
        f"{document['device']} ({where['processor']}, {where['cores']} cores), commit {where['commit']}.",
        f"{where['started']}, {busy}.",
        ", ".join(f"{name} {version}" for name, version in names.items()) + ".",
        "Medians of the rounds (lowest to highest); ratios are taken within a round."
        + (" A quick run: its figures say nothing." if document["quick"] else ""),
        *document["words"],
    ]
    for name, work in document["works"].items():
        lines += ["", *({"steady": _steady, "whole": _whole}[work["kind"]](name, work))]
    return "\n".join(lines)


def _steady(name: str, work: Mapping[str, Any]) -> Iterator[str]:
    found = work["contenders"]
    first = next(iter(found.values()))
    yield f"**{name}: {work['work']}**, {first['steps']:,} steps an epoch; {_rounds(work)}"
    yield ""
    head = (
        "contender",
        "µs per step of a run",
        "times ours",
        "claimed",
        "compile, s",
        f"µs with compile, {EPOCHS} epochs",
        "peak, MB",
    )
    rows = [
        (
            one["title"],
            f"{measure.Spread(**one['spread']):.{_digits(one['spread'])}f}",
            _ratio(one, base=key == OURS),
            f"{one['claimed']:g}" if one["claimed"] else "",
            f"{one['compile_seconds']:.1f}" if TEAM[key].compiles else "",
            f"{one['with_compile']:.{_digits(one['spread'])}f}",
            f"{one['peak_bytes'] / 1e6:.0f}",
        )
        for key, one in found.items()
    ]
    yield measure.table(head, rows)
    yield ""
    if "floor" in work:
        floor = work["floor"]
        arithmetic, moving = floor["arithmetic"]["median"], floor["moving"]["median"]
        claimed = f" (claimed: {floor['claimed']:g})" if floor["claimed"] else ""
        yield (
            f"Floor: {arithmetic:.3g} µs of arithmetic ({floor['operations'] / 1e6:.3g} million operations "
            f"at {floor['peak']['median'] / 1e9:.0f} GFLOP/s), {moving:.3g} µs of moving bytes "
            f"({floor['bytes'] / 1e3:.0f} kB at {floor['bandwidth']['median'] / 1e9:.0f} GB/s); "
            f"our share of it: {measure.Spread(**floor['share']):.2f}{claimed}."
        )
        memory = work["memory"]
        yield (
            f"Peak memory of trainlab: {memory['peak_bytes'] / 1e6:.0f} MB (claimed: at most "
            f"{memory['claimed_bytes'] / 1e6:.0f} MB; data {memory['data_bytes'] / 1e6:.0f}, "
            f"lanes {memory['lane_bytes'] / 1e6:.1f})."
        )
    yield from work["left_out"]


def _whole(name: str, work: Mapping[str, Any]) -> Iterator[str]:
    found = work["contenders"]
    yield f"**{name}: {work['work']}**, everything included; {_rounds(work)}"
    yield ""
    parts = [part for part in whole.PARTS if any(part in one["parts"] for one in found.values())]
    head = ("contender", "seconds", "times ours", "claimed", "runs fitted", *parts, "accuracy, %")
    rows = []
    for key, one in found.items():
        sample = one["rounds"][0]
        accuracy = list(sample["accuracy"].values())
        rows.append(
            (
                one["title"],
                f"{measure.Spread(**one['spread']):.1f}",
                _ratio(one, base=key == OURS),
                f"{one['claimed']:g}" if one["claimed"] else "",
                f"{sample['fitted']:.0f} of {sample['runs']:.0f}",
                *(f"{one['parts'][part]['median']:.1f}" if part in one["parts"] else "" for part in parts),
                f"{100 * min(accuracy):.1f} to {100 * max(accuracy):.1f}",
            )
        )
    yield measure.table(head, rows)
    yield ""
    if work["drawn_rows"]:
        yield f"Trained on {work['drawn_rows']:,} drawn rows: there is nothing to be learned from them."
    yield (
        "Where fewer runs were fitted than there are, seconds of a run are multiplied up, "
        "and what is done once is counted once; whoever leaves variants out is compared by what a run takes."
    )
    yield from work["left_out"]


def _rounds(work: Mapping[str, Any]) -> str:
    counts = max((len(one["rounds"]) for one in work["contenders"].values()), default=0)
    return "1 round" if counts == 1 else f"{counts} rounds"


def _ratio(one: Mapping[str, Any], *, base: bool) -> str:
    if base or "ratio" not in one:
        return "1" if base else ""
    return f"{measure.Spread(**one['ratio']):.1f}"


def _digits(spread: Mapping[str, float]) -> int:
    return 0 if spread["median"] >= 100 else 1
