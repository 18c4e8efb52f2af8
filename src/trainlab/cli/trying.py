"""Commands that train more: what is indicated after a diagnosis, and what is worth knowing beforehand."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from trainlab.cli.app import DIVERGED, AllowCode, Debug, File, Json, Quiet, Seeds, app, left_by
from trainlab.cli.streams import show_answer, watched


@app.command
def treat(
    folder: Path,
    *,
    seeds: Seeds = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,
    allow_code: AllowCode = False,
) -> int:
    """Diagnose, try what is indicated on fresh seeds, compare, say what helped.

    Args:
        folder: What `trainlab run` has written.
    """
    del debug
    from trainlab.treating import treat as try_what_is_indicated

    with watched(quiet=quiet or json) as show:
        made = try_what_is_indicated(folder, seeds=seeds, allow_code=allow_code, show=show)
    said = "\n".join(made.sentences)
    if made.folder is not None:
        said += f"\nFolder: {made.folder}"
    show_answer(made.document(), said, as_json=json)
    if made.interrupted:
        note = f"Interrupted; finished epochs are kept. Go on with: trainlab treat {folder}"
        return left_by(made.interrupted, note)
    return DIVERGED if made.diverged else 0


@app.command
def probe(
    file: File,
    *,
    seeds: Seeds = None,
    epochs: Annotated[int | None, Parameter(help="Epochs of the rate test. [default: 3]")] = None,
    out: Annotated[Path | None, Parameter(help="Folder for the results. [default: new, in runs/]")] = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,
    allow_code: AllowCode = False,
) -> int:
    """Before an experiment: can each network overfit one batch, and which learning rates work?

    Args:
        file: The experiment file.
    """
    del debug
    from trainlab.probing import probe as look_beforehand

    with watched(quiet=quiet or json) as show:
        made = look_beforehand(file, out, seeds=seeds, epochs=epochs, allow_code=allow_code, show=show)
    said = "\n".join([*made.sentences, f"Folder: {made.folder}"])
    show_answer(made.document(), said, as_json=json)
    if made.interrupted:
        return left_by(made.interrupted, f"Interrupted; begin again, or look at what is in {made.folder}.")
    return 0
