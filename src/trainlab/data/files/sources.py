"""What stands behind the data of an experiment: a name, a file, a folder, and what was said beside it.

A source is a plain value that can be written down and loaded again, in another folder and on another day.
Reading is left to the readers of each kind, which are imported when they are needed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from trainlab.data.dataset import Dataset

Kind = Literal["name", "csv", "parquet", "npz", "images", "openml"]


@dataclass(frozen=True)
class Source:
    """Where data come from.

    Args:
        kind: ``"name"``, or what an experiment file calls it: csv, parquet, npz, images, openml.
        what: the name; the absolute path of a file or folder; the number or name on OpenML.
        options: what was said beside it, by the reader's own words.

    >>> Source("name", "spirals", {"noise": 0.3}).document()
    {'spirals': {'noise': 0.3}}
    """

    kind: Kind
    what: str | int
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def load(self) -> Dataset:
        """Read the data; their ``source`` says what `document` says, with what was found added.

        Raises:
            UsageError: for what does not fit the file: a column that is not there, an impossible option.
            DataError: for data that cannot be learned from.
            MissingError: for what cannot be read or fetched, and where memory does not suffice.

        >>> Source("name", "iris").load()
        Dataset('iris': 150 rows of shape (4,), 3 classes)
        """
        return _READERS[self.kind](self.what, **self.options)

    def document(self) -> str | dict[str, Any]:
        """Give what an experiment file says to get these data.

        >>> Source("name", "iris").document(), Source("npz", "/data/a.npz", {"y": "label"}).document()
        ('iris', {'npz': '/data/a.npz', 'y': 'label'})
        """
        if self.kind == "name":
            return {str(self.what): dict(self.options)} if self.options else str(self.what)
        if self.kind == "openml" and "version" in self.options:
            beside = {key: value for key, value in self.options.items() if key != "version"}
            key = "id" if isinstance(self.what, int) else "name"
            return {"openml": {key: self.what, "version": self.options["version"]}, **beside}
        return {self.kind: self.what, **self.options}


def _named(what: Any, **options: Any) -> Dataset:
    from trainlab.data.named.catalogue import load

    return load(what, **options)


def _csv(what: Any, **options: Any) -> Dataset:
    from trainlab.data.tables.csv_files import read_csv

    return read_csv(what, **options)


def _parquet(what: Any, **options: Any) -> Dataset:
    from trainlab.data.tables.parquet_files import read_parquet

    return read_parquet(what, **options)


def _npz(what: Any, **options: Any) -> Dataset:
    from trainlab.data.files.npz_files import read_npz

    return read_npz(what, **options)


def _images(what: Any, **options: Any) -> Dataset:
    from trainlab.data.files.image_folders import read_images

    return read_images(what, **options)


def _openml(what: Any, **options: Any) -> Dataset:
    from trainlab.data.named.openml import read_openml

    return read_openml(what, **options)


_READERS: Mapping[Kind, Callable[..., Dataset]] = MappingProxyType(
    {
        "name": _named,
        "csv": _csv,
        "parquet": _parquet,
        "npz": _npz,
        "images": _images,
        "openml": _openml,
    }
)
