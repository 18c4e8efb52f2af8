"""Where runs are shown beside our own store."""

import pytest

from trainlab.errors import UsageError
from trainlab.experiment.tracking import DEFAULT, Track, parse_track


@pytest.mark.parametrize(
    "given, uri",
    [
        ("mlflow", DEFAULT),
        ({"mlflow": None}, DEFAULT),
        ({"mlflow": " http://localhost:5000 "}, "http://localhost:5000"),
        (Track("sqlite:///a.db"), "sqlite:///a.db"),
    ],
    ids=str,
)
def test_a_tracker_is_read(given, uri):
    """
    A name alone means the database beside the experiment; an address is taken without spaces around it.
    """
    assert parse_track(given).uri == uri
    assert parse_track(parse_track(given).document()) == parse_track(given)


@pytest.mark.parametrize(
    "given, match",
    [
        ("wandb", r"^track: not a tracker \(got 'wandb'\)\. Write `track: \{mlflow: sqlite:///mlflow\.db\}`"),
        ({"mlflo": "x"}, r"^track\.mlflo: unknown tracker .*Did you mean `mlflow`\?"),
        ({}, r"^track: no tracker"),
        ({"mlflow": 5000}, r"^track\.mlflow: not a text"),
        ({"mlflow": "http://a\x00b"}, r"^track\.mlflow: a text with control characters"),
    ],
    ids=str,
)
def test_what_is_no_tracker_is_refused(given, match):
    """
    A refusal says what to write.
    """
    with pytest.raises(UsageError, match=match):
        parse_track(given)
