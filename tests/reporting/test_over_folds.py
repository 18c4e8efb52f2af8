"""The report over several splits: facts, page, terminal; with baselines, preparation, findings and seal."""

import dataclasses
import functools
import io

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console
from scipy import stats

from trainlab.comparison.compare import compare
from trainlab.reporting.drawing.figures import overlay_picture, scores_picture
from trainlab.reporting.drawing.overview import Case, overview
from trainlab.reporting.drawing.score_dots import shown_baselines
from trainlab.reporting.faces.html import page
from trainlab.reporting.facts.outline import outline
from trainlab.reporting.terminal.answer_table import answer_table
from trainlab.reporting.terminal.summary import summary

outlined = functools.cache(outline)


def printed(results, columns):
    """What a terminal of that many columns gets."""
    console = Console(file=io.StringIO(), width=columns)
    console.print(answer_table(results, compare(results)))
    return console.file.getvalue()


def test_curves_over_folds_have_the_corrected_band(folded):
    """
    Seeds are averaged within a fold; the band is Nadeau and Bengio's over folds, at every epoch.
    """
    told = outlined(folded).curves[1].curves["train_loss"]

    folds = folded.curves["train_loss"][1].mean(axis=0)
    error = np.sqrt((1 / 5 + 180 / 720) * folds.var(axis=0, ddof=1))
    band = stats.t.interval(0.95, 4, folds.mean(axis=0), error)
    np.testing.assert_allclose(told.mean, folds.mean(axis=0))
    np.testing.assert_allclose([told.low, told.high], band)
    assert (told.runs, told.whole) == ((15,) * 6, 6)


def test_a_diverged_run_of_one_fold_is_no_part_of_the_curves(folded):
    """
    Its fold is the mean of the other seeds, and it stands beside, with its fold counted from one in words.
    """
    told = outlined(folded)

    assert set(told.curves[3].curves["train_loss"].runs) == {14}
    assert [(run.seed, run.fold) for run in told.curves[3].diverged] == [(2, 1)]
    assert told.diverged[0].startswith("“both”, seed 2, fold 2: diverged")


def test_a_series_and_resamples_have_no_band(series, resamples):
    """
    Nothing that looks like an interval stands around their curves.
    """
    for results in (series, resamples):
        told = outlined(results)

        assert set(told.curves[0].curves["train_loss"].low) == {None}
        assert "there is no band" in overlay_picture(told).caption


def test_dots_are_folds(folded):
    """
    Each variant has a score for each fold, the mean over its seeds, and the caption says so.
    """
    told = outlined(folded)

    for place, variant in enumerate(told.variants):
        assert variant.scores == pytest.approx(np.nanmean(folded.scores[place], axis=0))
    caption = scores_picture(told).caption
    assert (
        "Each circle is the accuracy of one fold over all its validation rows, the mean over 3 seeds"
        in caption
    )
    assert "the bar its 95 % interval over folds" in caption


def test_baselines_are_lines_where_they_fit_and_words_where_not(folded):
    """
    The one among the variants is drawn; the one far away is told; the one without a score is neither.
    """
    told = outlined(folded)
    picture = scores_picture(told)

    assert shown_baselines(told, range(4)) == (1,)
    assert ">linear<" in picture.wide
    assert "stroke-dasharray" in picture.wide
    assert "Outside of the picture: most frequent class (10.10 %)." in picture.caption
    assert "trees" not in picture.caption


@pytest.fixture(scope="module")
def folded_page(folded):
    """The report over folds."""
    return page(outlined(folded))


def test_the_page_tells_everything(folded_page):
    """
    Seal, baselines, preparation, findings with their override, and every run by seed and fold.
    """
    for words in (
        *("Sealed test set", "Opened 2 times", "the paper is written", "a referee asked"),
        *("most frequent class", "logistic regression", "on 1,000 of 1,437 rows", "out of memory"),
        *("Preparation", "age and bmi", "standardized", "(by default)", "as 0/1 columns"),
        *("Protocol findings", "Verdicts are limited: at a learning rate of 0.001 for all"),
        *("Lifted, with the reason:", "they are different patients"),
        *("The score of every run, seeds by folds", "fold 5", "diverged"),
        *(
            "All verdicts are limited: at a learning rate of 0.001 for all.",
            "5 folds: every row validates once",
        ),
        "Differences and verdicts hold for training sets of this size drawn like these.",
    ):
        assert words in folded_page
    assert folded_page.index("Sealed test set") < folded_page.index(">Variants</h2>")


def test_pages_of_results_that_only_describe_claim_nothing(series, resamples):
    """
    Neither page says that a verdict holds or that an interval covers.
    """
    for results in (series, resamples):
        text = page(outlined(results))

        assert "Differences and verdicts hold" not in text
        assert "no verdict follows from them" in text
        assert "95 % interval" not in text


def test_old_results_have_no_empty_sections(regression):
    """
    Without the new facts there is no section for them, and findings are said not to be recorded.
    """
    gone = {"findings", "sealed", "baselines", "preparation", "openings"}
    facts = {name: fact for name, fact in regression.facts.items() if name not in gone}
    text = page(outline(dataclasses.replace(regression, facts=facts)))

    assert "Sealed test set" not in text
    assert 'id="preparation"' not in text
    assert '<tbody class="baselines">' not in text
    assert "No finding was recorded." in text


def test_foreign_words_in_the_new_sections_stay_words(folded, nasty_names):
    """
    No name of a baseline, a column, a reason or an override becomes an element.
    """
    facts = {
        "baselines": [{"label": name, "mean": 0.93, "note": name} for name in nasty_names],
        "preparation": [{"columns": name, "steps": name} for name in nasty_names],
        "openings": [
            dict.fromkeys(("time", "variant", "reason", "claim", "metric"), name) for name in nasty_names
        ],
        "sealed": {"rows": 3, "how": nasty_names[0]},
        "findings": [dict.fromkeys(("code", "limit", "override"), name) for name in nasty_names],
    }
    text = page(outline(dataclasses.replace(folded, facts={**folded.facts, **facts})))

    assert "<script" not in text
    assert "<img" not in text
    assert "onmouseover=" not in text.replace("&#34; onmouseover=", "")
    assert "\u202e" not in text


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_the_terminal_has_findings_first_and_baselines_below(folded, columns):
    """
    Within its width: findings, the table, a rule, the baselines, the sentences, the seal.
    """
    text = printed(folded, columns)
    lines = text.splitlines()

    assert max(cell_len(line) for line in lines) <= columns
    assert lines[0].startswith("TL101 refuse Rows stand twice")
    said = " ".join(text.split())
    order = ["TL140 note", "accuracy", "both", "most ", "All verdicts are limited", "Opened 2 times"]
    assert [said.index(words) for words in order] == sorted(said.index(words) for words in order)
    assert sum(set(line.strip()) == {"─"} for line in lines) == 2


@pytest.mark.parametrize("world", ["series", "resamples"])
def test_the_terminal_fits_descriptions(world, request):
    """
    At 80 columns every line fits, and the sentence says why there is no verdict.
    """
    text = printed(request.getfixturevalue(world), 80)

    assert max(cell_len(line) for line in text.splitlines()) <= 80
    assert "no verdict follows from them" in " ".join(text.split())


def test_one_object_holds_baselines_and_openings(folded, techniques):
    """
    What `show --json` prints has them as they were stored, and empty lists where nothing was.
    """
    told, bare = summary(folded, compare(folded)), summary(techniques, compare(techniques))

    assert told["baselines"] == list(folded.facts["baselines"])
    assert told["openings"] == list(folded.facts["openings"])
    assert told["findings"] == list(folded.facts["findings"])
    assert (bare["baselines"], bare["openings"]) == ([], [])


def test_an_overview_over_folds_counts_folds(folded):
    """
    The heads of its panels name what is drawn.
    """
    drawn = overview([Case("folds", outlined(folded))])

    assert "Score of each of 5 folds, mean, 95 % interval" in drawn
    assert "(mean, 95 % band)" in drawn
