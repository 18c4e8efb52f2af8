"""The notebook of a lab, made from its guide: what stands in a block of Python becomes a cell that runs."""

import re

from trainlab.reporting.faces.notebook import of_cells

_PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def code_of(guide: str) -> tuple[str, ...]:
    r"""Give the blocks of Python of a guide, in their order.

    >>> code_of("# Lab\n\n```python\nimport trainlab as tl\n```\n\n```bash\nls\n```\n")
    ('import trainlab as tl',)
    """
    return tuple(block.strip() for block in _PYTHON.findall(guide))


def notebook_of(guide: str) -> str:
    r"""Give the notebook of a guide: its text as Markdown, its blocks of Python as cells, without output.

    >>> import json
    >>> made = json.loads(notebook_of("# Lab\n\nFirst:\n\n```python\n1 + 1\n```\n\n## What to hand in\n"))
    >>> [(cell["cell_type"], "".join(cell["source"])) for cell in made["cells"]]
    [('markdown', '# Lab\n\nFirst:'), ('code', '1 + 1'), ('markdown', '## What to hand in')]
    """
    parts = _PYTHON.split(guide)  # text and code in turn
    kinds = ("markdown", "code")
    told = [(kinds[place % 2], part.strip()) for place, part in enumerate(parts)]
    cells = [piece for kind, part in told for piece in _pieces(kind, part)]
    return of_cells(cells)


def _pieces(kind: str, text: str) -> list[tuple[str, str]]:
    """Give a text as cells: a heading of the second level begins a new one."""
    if kind == "code":
        return [(kind, text)]
    return [
        (kind, piece.strip()) for piece in re.split(r"^(?=## )", text, flags=re.MULTILINE) if piece.strip()
    ]
