"""Studies without a store."""

import numpy as np
import pytest

from trainlab.experiment.metrics import METRICS
from trainlab.experiment.space import parse_space
from trainlab.tuning.trials import Study, Trial


@pytest.fixture(scope="session")
def study_of():
    """A function that makes a study of scores at points; NaN stands for a trial that diverged."""

    def make(space, points, scores, *, halves=None, metric="accuracy"):
        space = parse_space(space)
        trials = tuple(
            Trial(
                number=number,
                point=point,
                changes={},
                outcome="finished" if np.isfinite(score) else "diverged",
                epochs=1,
                scores=np.array([[score]]),
                halves=np.full(2, np.nan) if halves is None else np.asarray(halves[number]),
                error=None,
                parameters=None,
                curve=np.empty(0),
                train_losses=np.empty((1, 0)),
                generation=0,
            )
            for number, (point, score) in enumerate(zip(points, scores, strict=True))
        )
        tuning = {"space": space.document(), "choose": "best"}
        return Study("a", 0, tuning, space.parameters, trials, METRICS[metric], ended=True)

    return make
