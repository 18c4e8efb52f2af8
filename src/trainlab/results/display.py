"""How a notebook shows an answer: drawn by a room above this one, which is found by its name when asked.

Imports run one way, and answers know nothing of who shows them; as at the front door, the room's name is all.
"""

import importlib


def shown(answer: object) -> str:
    """Give an answer as HTML that stands by itself.

    Args:
        answer: results, a comparison or a diagnosis.
    """
    return str(importlib.import_module("trainlab.reporting.faces.display").html_of(answer))
