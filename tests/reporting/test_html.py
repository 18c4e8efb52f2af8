"""The page: one file, nothing from outside, nothing that runs, the same bytes each time."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import trainlab.reporting.faces.html
from trainlab.errors import MissingError
from trainlab.reporting.faces.html import page, report
from trainlab.reporting.facts.outline import outline

ALONE = {"meta", "br", "link", "img", "input", "hr"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class Page(HTMLParser):
    """What a browser finds: elements with their attributes, text, headings, what is left open."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.words, self.open, self.headings = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        """Keep an element and that it is open."""
        self.elements.append((tag, dict(attrs)))
        if tag not in ALONE:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Keep an element that is closed at once."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        """See that the innermost element is the one that is closed."""
        assert self.open.pop() == tag

    def handle_data(self, data):
        """Keep words, and which of them are headings."""
        self.words.append(data)
        if self.open and self.open[-1] in {"h1", "h2"}:
            self.headings.append(data)

    @property
    def text(self):
        """All the words, on one line."""
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def techniques_file(techniques, tmp_path_factory):
    """The report of four variants with five seeds, as a file."""
    return report(techniques, tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="module")
def techniques_page(techniques_file):
    """The same, read."""
    return Page(techniques_file.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def nasty_text(nasty):
    """The report with names that try to be something else, as text."""
    return page(outline(nasty))


def test_a_report_has_the_same_bytes_in_another_process(techniques, techniques_file, tmp_path):
    """
    Another process, with other hash seeds, writes the same file.
    """
    script = (
        "import sys; from trainlab.reporting.faces.html import report; "
        "from trainlab.results.table import open_results; "
        "report(open_results(sys.argv[1]), sys.argv[2])"
    )
    again = tmp_path / "again.html"
    source = str(Path(trainlab.reporting.faces.html.__file__).parents[3])
    environment = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "PYTHONPATH": source}

    subprocess.run([sys.executable, "-c", script, techniques.folder, again], env=environment, check=True)

    assert again.read_bytes() == techniques_file.read_bytes()


def test_a_report_loads_nothing(techniques_page, techniques_file):
    """
    No element refers to anything but a place in the page, and the page forbids the rest to its browser.
    """
    loading = {"src", "href", "srcset", "data", "action", "poster", "background", "xlink:href"}
    referred = [
        value
        for _, attributes in techniques_page.elements
        for key, value in attributes.items()
        if key in loading
    ]
    policies = [
        attributes["content"]
        for tag, attributes in techniques_page.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]

    assert all(value.startswith("#") for value in referred)
    assert policies[0].startswith(POLICY)
    text = techniques_file.read_text(encoding="utf-8")
    assert not re.search(r"https?:|url\((?!#)|@import|//\w", text)


def test_a_report_holds_no_program(techniques_page):
    """
    There is no script, no frame, no form, no event attribute; every element is closed.
    """
    names = {tag for tag, _ in techniques_page.elements}

    assert not names & {"script", "iframe", "object", "embed", "form", "link", "base", "img"}
    assert not [
        key for _, attributes in techniques_page.elements for key in attributes if key.startswith("on")
    ]
    assert techniques_page.open == []


def test_a_report_answers_first(techniques_page, techniques):
    """
    Question and answer come first, then table, pictures, protocol and where it all comes from.
    """
    wanted = [
        "Does dropout or L2 help a wide network on the digits?",
        *("Sealed test set", "Variants", "Scores", "Differences", "Learning curves", "Time", "Protocol"),
        *("Protocol findings", "Networks", "Outcomes", "Where this comes from"),
    ]
    assert [heading for heading in techniques_page.headings if heading in wanted] == wanted
    assert outline(techniques).answer.headline in techniques_page.text


def test_a_report_tells_where_it_comes_from(techniques_page):
    """
    Command, fingerprints, versions, machine, diverged runs and findings stand in it.
    """
    for words in (
        *("trainlab run examples/digits.yaml --seeds 5", "5b1e7a", "c0ffee", "keras", "3.15.1", "2 x cpu"),
        *(
            "“both”, seed 3: diverged at step 307, after 6 whole epochs.",
            "One learning rate for all variants",
        ),
        *("19,210 trainable numbers", "compiling 6.2 s"),
    ):
        assert words in techniques_page.text


def test_marks_of_drawings_are_named_once(techniques_page):
    """
    No two elements of the page have one id, and every reference inside of drawings is met.
    """
    ids = [attributes["id"] for _, attributes in techniques_page.elements if "id" in attributes]
    wanted = {attributes["href"][1:] for _, attributes in techniques_page.elements if "href" in attributes}

    assert len(ids) == len(set(ids))
    assert wanted <= set(ids)


def test_nasty_names_stay_text(nasty_text):
    """
    Markup in names, questions, findings and versions makes no element and no attribute.
    """
    found = Page(nasty_text)

    names = {tag for tag, _ in found.elements}
    assert not names & {"script", "img", "bold", "markup"}
    assert not [key for _, attributes in found.elements for key in attributes if key.startswith("on")]
    assert found.open == []
    for words in (
        "<script>alert(1)</script>",
        r"$\frac{1}{$ 100 % _x^",
        "{{ 7 * 7 }} {% raw %}",
        "漢字 é 🙂",
    ):
        assert words in found.text


def test_nasty_names_neither_hide_nor_flood(nasty_text):
    """
    No control character, mark of direction or half character is left, and no name of 10,000 letters.
    """
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", nasty_text)
    assert "x" * 1_001 not in nasty_text
    assert nasty_text.encode("utf-8")


def test_one_seed_and_one_epoch_have_a_report(one_seed):
    """
    The smallest experiment gives a page with every section.
    """
    found = Page(page(outline(one_seed)))

    assert "Where this comes from" in found.headings
    assert found.open == []


def test_a_report_without_facts_says_so(tmp_path, make_results):
    """
    Where next to nothing was stored, the page says what is not recorded instead of failing.
    """
    missing = (
        "data",
        "versions",
        "machine",
        "seconds",
        "networks",
        "variant_seconds",
        "command",
        "findings",
        "plan",
    )
    results = make_results(tmp_path, {"baseline": 0.8}, seeds=2, epochs=2, missing=missing, sealed="")

    text = Page(page(outline(results))).text

    assert "The networks were not recorded." in text
    assert "The time of the command was not recorded." in text
    assert "No finding was recorded." in text


@pytest.mark.parametrize("place", ["missing/report.html", "file/report.html", ".", "a\0b.html"])
def test_a_report_that_cannot_be_written_says_where(techniques, tmp_path, place, monkeypatch):
    """
    A folder that is not there, a file as folder, a folder as file, an impossible name: told with the path.
    """
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setattr("trainlab.reporting.faces.html.page", lambda facts: "page")

    with pytest.raises(MissingError, match="cannot be written") as caught:
        report(techniques, tmp_path / place)

    assert caught.value.where == str(tmp_path / place)
    assert caught.value.cure


def test_a_failing_write_leaves_the_old_report(techniques, tmp_path, monkeypatch):
    """
    When the disk is full, the report that was there is there still, and nothing else.
    """
    old = tmp_path / "report.html"
    old.write_text("old", encoding="utf-8")
    monkeypatch.setattr("trainlab.reporting.faces.html.page", lambda facts: "new")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(MissingError, match="No space left"):
        report(techniques, old)

    assert old.read_text(encoding="utf-8") == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
