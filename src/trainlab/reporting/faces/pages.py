"""Pages as HTML files: templates are rendered and files are put in place here, for whatever a page tells.

Every text in a template is escaped, and a name that is not given is an error.
"""

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from trainlab.errors import MissingError
from trainlab.results.files import write_whole

if TYPE_CHECKING:
    from jinja2 import Environment


REPORT = "report.html"
"""Name of the report of an experiment, in the folder of its results."""

KICKER = "Report of an experiment"
"""What kind of page it is, where nothing else is said."""


@functools.cache
def environment() -> "Environment":
    """Give the environment in which pages are rendered.

    Drawings and colours of ours alone are marked as safe, and they are escaped where they are made.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("trainlab.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def write_page(page: str | bytes, path: str | Path, name: str) -> Path:
    """Write a page as one file, put in its place whole, so that a crash leaves the old one.

    Args:
        page: its HTML; bytes are written as they are.
        path: the file to write; an older one is replaced.
        name: what messages call the page, as in "the card".

    Returns:
        The path of the file.

    Raises:
        MissingError: where the file cannot be written.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_page("<p>α</p>", f"{folder}/card.html", "the card").read_text(encoding="utf-8")
    '<p>α</p>'
    """
    path = Path(path)
    content = page if isinstance(page, bytes) else page.encode("utf-8")
    try:
        write_whole(path, content)
    except ValueError as error:  # a name that no file can have
        raise MissingError(
            f"{name} cannot be written: {error}",
            str(path),
            None,
            "Give a path in a folder that exists and can be written.",
        ) from error
    return path
