"""A lab of two experiments that train in a moment, in a folder of its own."""

from pathlib import Path

import pytest

GUIDE = """# Two small questions

What a hidden layer is for.
Two experiments, a moment each.

## 1. Units

```python
import trainlab as tl
```

```bash
trainlab run tiny
```
"""
UNITS = """# A comment.
question: "Do units help?"
data: {xor: {rows: 60}}
model: {mlp: [4]}
recipe: {epochs: 2}
variants: {slow: {learning_rate: 1e-3}, fast: {learning_rate: 0.1}}
seeds: 2
baselines: false
"""


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Path:
    """The folder of a lab of two experiments; its full profile has more rows."""
    folder = tmp_path_factory.mktemp("labs") / "tiny"
    for profile, rows in (("quick", 60), ("full", 80)):
        (folder / profile).mkdir(parents=True)
        text = UNITS.replace("60", str(rows))
        (folder / profile / "1-units.yaml").write_text(text, "utf-8")
        (folder / profile / "2-rates.yaml").write_text(text.replace("Do units help?", "Which rate?"), "utf-8")
    (folder / "guide.md").write_text(GUIDE, "utf-8")
    return folder
