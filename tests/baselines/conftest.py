"""What the tests of baselines share."""

import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True)
def _one_thread():
    """Fit on one thread, as ``fit_baselines`` does: threads that wait for one another take far longer."""
    with threadpool_limits(1):
        yield
