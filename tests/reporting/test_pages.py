"""Pages are whole files, and one that cannot be written says what and where."""

import pytest

from trainlab.errors import MissingError
from trainlab.reporting.faces.pages import write_page


def test_a_page_replaces_the_one_that_was_there(tmp_path):
    """
    The file holds the new page as UTF-8 and nothing of the old one, and nothing else is left beside it.
    """
    place = tmp_path / "page.html"
    place.write_text("an older and longer page", encoding="utf-8")

    assert write_page("<p>α → β</p>", str(place), "the card") == place

    assert place.read_bytes() == "<p>α → β</p>".encode()
    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.parametrize("name", ["the card", "the report"])
@pytest.mark.parametrize("file", [".", "a\0b.html"])
def test_a_page_under_an_impossible_name_says_which_page_and_where(monkeypatch, tmp_path, name, file):
    """
    A name that no file can have is told with what the page is called, its path, and what to do.
    """
    monkeypatch.chdir(tmp_path)

    with pytest.raises(MissingError, match=f"{name} cannot be written: ") as caught:
        write_page("page", file, name)

    assert caught.value.where == file
    assert caught.value.cure == "Give a path in a folder that exists and can be written."


def test_a_page_in_a_folder_that_is_not_there_says_where(tmp_path):
    """
    The path and what the system said are in the message, and no folder is made.
    """
    place = tmp_path / "nowhere" / "page.html"

    with pytest.raises(MissingError, match="cannot be written: No such file or directory") as caught:
        write_page("page", place, "the card")

    assert caught.value.where == str(place)
    assert not place.parent.exists()
