"""What a notebook shows: the answer, a table and a picture, on paper of its own, whatever names hold."""

import re
from html.parser import HTMLParser

import pytest

from trainlab.comparison.compare import compare
from trainlab.diagnosis.diagnose import diagnose
from trainlab.reporting.faces.display import drawings, html_of
from trainlab.testing import made_up


class Piece(HTMLParser):
    """What a browser finds in a piece of HTML."""

    def __init__(self, text):
        super().__init__()
        self.names, self.attributes, self.open, self.words = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        """Keep an element, and that it is open."""
        self.names.append(tag)
        self.attributes += attrs
        if tag not in {"br", "img"}:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Keep an element that is closed at once."""
        self.names.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        """See that the innermost element is closed."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Keep words."""
        self.words.append(data)

    @property
    def text(self):
        """All the words on one line."""
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def results():
    """Two variants over three epochs, the second better in every seed."""
    ends = {"plain": [0.90, 0.91, 0.905], "<b>wide</b>": [0.95, 0.965, 0.955]}
    return made_up({name: {"metric": [[0.5, 0.8, end] for end in runs]} for name, runs in ends.items()})


@pytest.fixture(scope="module")
def pieces(results):
    """What is shown of results, of a comparison and of a diagnosis."""
    return {
        "results": results._repr_html_(),
        "comparison": compare(results)._repr_html_(),
        "diagnosis": diagnose(results)._repr_html_(),
    }


@pytest.mark.parametrize("kind", ["results", "comparison", "diagnosis"])
def test_an_answer_shows_a_sentence_a_table_and_one_picture(pieces, kind):
    """
    The sentence is bold, the table has a row for each variant, the drawing is one.
    """
    found = Piece(pieces[kind])

    assert found.names.count("strong") >= 1
    assert found.names.count("table") == 1
    assert found.names.count("svg") == 1
    assert found.open == []
    assert "<b>wide</b>" in found.text


@pytest.mark.parametrize("kind", ["results", "comparison", "diagnosis"])
def test_an_answer_stands_by_itself(pieces, kind):
    """
    Nothing runs, nothing is loaded, and no rule of its style reaches the page around it.
    """
    found = Piece(pieces[kind])

    assert not set(found.names) & {"script", "link", "iframe", "b", "img"}
    assert not [key for key, _ in found.attributes if key.startswith("on")]
    assert all(value.startswith("#") for key, value in found.attributes if key in {"href", "src"})
    style = re.search(r"<style>(.*?)</style>", pieces[kind], re.DOTALL)[1]
    selectors = [one.strip() for rule in style.split("}")[:-1] for one in rule.split("{")[0].split(",")]
    assert selectors
    assert all(one.startswith(".trainlab-shown") for one in selectors)


def test_the_answer_is_that_of_the_comparison(results, pieces):
    """
    What the verdict says stands in all that is shown of it.
    """
    row = compare(results).rows[0]

    assert Piece(pieces["results"]).text.count(row.verdict) >= 1
    assert row.sentence[1:60] in Piece(pieces["comparison"]).text


def test_two_displays_in_one_page_do_not_share_marks(pieces):
    """
    No mark of a drawing has the name of one in another piece, which may be hidden.
    """
    marks = [set(re.findall(r' id="(.*?)"', text)) for text in pieces.values()]

    assert marks[0]
    assert not marks[0] & marks[1]


def test_a_variant_alone_is_not_compared(tmp_path_factory):
    """
    Where there is nothing to compare, a sentence says so.
    """
    alone = made_up({"plain": {"score": [0.9, 0.8]}})

    assert "nothing is compared" in Piece(compare(alone)._repr_html_()).text


def test_many_variants_are_cut_and_counted(monkeypatch):
    """
    As many rows are shown as a reader can use; how many more there are is said.
    """
    scores = {f"number {place}": {"score": [0.5 + place / 20, 0.51 + place / 20]} for place in range(5)}
    monkeypatch.setattr("trainlab.reporting.faces.display._MOST_ROWS", 2)

    found = Piece(html_of(made_up(scores)))

    assert found.names.count("tr") == 3
    assert "3 more variants stand in the report" in found.text


def test_nasty_names_are_text_in_a_display(nasty):
    """
    Markup in names makes no element, and no name floods the page.
    """
    text = html_of(nasty)
    found = Piece(text)

    assert not set(found.names) & {"script", "img", "bold"}
    assert "x" * 301 not in text
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\ud800-\udfff]", text)


def test_a_picture_is_drawn_by_its_name(results, block_report, monkeypatch):
    """
    What a cell of a notebook asks for is the report's own drawing of that name; another name is none.
    """
    monkeypatch.setattr(
        "trainlab.reporting.faces.display.sections", lambda facts: tuple(block_report(["a", "b"]))
    )

    found = Piece(drawings(results, "panels")._repr_html_())

    assert found.names.count("svg") == 2
    with pytest.raises(KeyError, match="no-such"):
        drawings(results, "no-such")


def test_what_is_no_answer_is_refused():
    """
    Only results, comparisons and diagnoses are shown.
    """
    with pytest.raises(TypeError, match="no display of int"):
        html_of(1)
