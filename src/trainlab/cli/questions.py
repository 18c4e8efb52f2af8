"""Commands that look before anything is trained: at the protocol, the data and the machine."""

import os
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from trainlab.cli.app import AllowCode, Debug, Epochs, File, Json, Seeds, app
from trainlab.cli.streams import notes, show_answer
from trainlab.errors import UsageError


@app.command
def lint(
    file: File,
    *,
    seeds: Seeds = None,
    epochs: Epochs = None,
    json: Json = False,
    debug: Debug = False,
    allow_code: AllowCode = False,
) -> int:
    """Check the protocol: what would make the answer invalid or limit it; trains nothing.

    Args:
        file: The experiment file.
    """
    del debug, allow_code
    from trainlab.linting import lint as examine
    from trainlab.reporting.terminal.findings_table import findings_table

    found = examine(file, seeds=seeds, epochs=epochs)
    findings = [finding.document() for finding in found]
    document = {"schema": "trainlab/lint/1", "findings": findings}
    return show_answer(document, findings_table(findings), as_json=json)


@app.command
def data(
    source: str,
    *,
    target: Annotated[
        list[str] | None, Parameter(negative="", help="Column that is predicted; again for more.")
    ] = None,
    text: Annotated[list[str] | None, Parameter(negative="", help="Column of texts; again for more.")] = None,
    category: Annotated[
        list[str] | None, Parameter(negative="", help="Column of categories; again for more.")
    ] = None,
    drop: Annotated[
        list[str] | None, Parameter(negative="", help="Column to leave out; again for more.")
    ] = None,
    task: Annotated[str | None, Parameter(help="classification or regression.")] = None,
    groups: Annotated[str | None, Parameter(help="Column that says which rows belong together.")] = None,
    time: Annotated[str | None, Parameter(help="Column that says when a row was taken.")] = None,
    html: Annotated[Path | None, Parameter(help="Write a page with pictures there.")] = None,
    json: Json = False,
    debug: Debug = False,
) -> int:
    """Show the data card: rows, columns, classes, ranges, hash, licence, pictures.

    Of a table without `--target`, shows the columns alone, to choose one.

    Args:
        source: A name as `digits`, a CSV, Parquet or npz file, a folder of images, or `openml:31`.
    """
    del debug
    from trainlab.data.card import card
    from trainlab.experiment.sources import SUFFIXES, source_of
    from trainlab.reporting.faces.card import card_text, write_card

    told: dict[str, Any] = {"text": text, "drop": drop, "task": task, "groups": groups, "time": time}
    told["kinds"] = dict.fromkeys(category or (), "category")
    told["target"] = target[0] if target and len(target) == 1 else target
    asked = {key: value for key, value in told.items() if value}
    kind = SUFFIXES.get(Path(source).suffix.lower())
    if kind in {"csv", "parquet"} and not target:
        if asked or html is not None:
            cure = f"Add `--target COLUMN`; `trainlab data {source}` alone shows the columns."
            raise UsageError("the column that is predicted is not named", "--target", None, cure)
        return _glance(source, str(kind), as_json=json)
    loaded = source_of(source, asked).load()
    made = card(loaded)
    if html is not None:
        write_card(loaded, html)
    show_answer(made.document(), card_text(made), as_json=json)
    if html is not None and not json:
        print(f"Page: {html}")
    return 0


def _glance(path: str, kind: str, *, as_json: bool) -> int:
    """Show the columns of a table, and ask which of them is predicted."""
    from trainlab.data.tables.glance import glance_at
    from trainlab.reporting.faces.glance import glance_text

    seen = glance_at(path, kind)
    show_answer(seen.document(), glance_text(seen), as_json=as_json)
    note = f"Which column is predicted? Name it for the whole card: trainlab data {path} --target COLUMN"
    notes().print(note, markup=False, highlight=False, soft_wrap=True)
    return 0


@app.command
def doctor(*, json: Json = False, debug: Debug = False) -> int:
    """Show device, versions, and what is missing."""
    del debug
    from trainlab.checking import check_backend
    from trainlab.kept_programs import FOLDER
    from trainlab.reporting.terminal.tables import facts_table
    from trainlab.results import provenance

    facts: dict[str, Any] = {**provenance.versions(), **provenance.extras(), **provenance.machine()}
    check_backend()
    from trainlab.engine.placement import device_sentence

    facts["devices"] = device_sentence()
    facts["compiled_programs"] = os.environ.get(FOLDER) or "not kept"
    return show_answer({"schema": "trainlab/doctor/1", **facts}, facts_table(facts), as_json=json)
