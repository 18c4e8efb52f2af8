"""The table of runs: every stored score in its place."""

import numpy as np
import pytest

from trainlab.reporting.facts.run_scores import fold_scores, run_scores


def test_every_run_stands_in_its_row_and_column(folded):
    """
    Seeds are rows, folds columns; a diverged run is named as one, and means are over the others.
    """
    tables = run_scores(folded)

    for place, table in enumerate(tables):
        for number, (seed, cells) in enumerate(table.rows):
            assert seed == str(folded.seeds[number])
            for fold, cell in enumerate(cells):
                score = folded.scores[place, number, fold]
                assert cell == ("diverged" if np.isnan(score) else f"{100 * score:.2f}")
        assert fold_scores(folded, place) == pytest.approx(np.nanmean(folded.scores[place], axis=0))
    assert tables[3].rows[2][1][1] == "diverged"


def test_one_split_has_no_table(techniques):
    """
    There the dots show every score.
    """
    assert run_scores(techniques) == ()
