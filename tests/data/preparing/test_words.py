"""Words of texts: counted as scikit-learn counts them, chosen by rows, weighed by rarity."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from trainlab.data.preparing.words import count_words, most_frequent, rows_with, smooth_idf


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(st.sampled_from("aAbÉß1_'. \n-"), max_size=12), min_size=1, max_size=6))
def test_any_texts_have_the_words_that_scikit_learn_finds(texts):
    """
    Words, their order and their counts are those of `CountVectorizer`, for letters of any language.
    """
    words, counts = count_words([*texts, "known"])
    theirs = CountVectorizer().fit([*texts, "known"])

    assert list(words) == list(theirs.get_feature_names_out())
    np.testing.assert_array_equal(counts.toarray(), theirs.transform([*texts, "known"]).toarray())


def test_texts_without_words_have_none():
    """
    Empty texts, and texts of single letters, make no column.
    """
    words, counts = count_words(["", "a b c", "!"])

    assert words == ()
    assert counts.shape == (3, 0)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=20), min_size=1, max_size=3))
def test_rows_are_counted_as_often_as_they_train(trained):
    """
    Counting by subtraction is counting, whatever rows a fold lists and how often.
    """
    table = np.random.default_rng(0).integers(0, 3, (8, 5))
    from scipy.sparse import csr_array

    found = list(rows_with(csr_array(table), [np.array(rows) for rows in trained]))

    for rows, counts in zip(trained, found, strict=True):
        np.testing.assert_array_equal(counts, (table[rows] > 0).sum(axis=0))


def test_the_first_of_equally_frequent_words_are_chosen():
    """
    Ties go by the alphabet; a word without rows is never chosen.
    """
    assert most_frequent(np.array([2, 5, 2, 0, 2]), 2).tolist() == [0, 1]
    assert most_frequent(np.array([0, 0]), 2).tolist() == []


def test_a_word_in_every_row_weighs_one():
    """
    The weight falls from one plus the logarithm of the rows to one.
    """
    np.testing.assert_allclose(smooth_idf(np.array([0, 9, 4]), 9), [1 + np.log(10), 1.0, 1 + np.log(2)])
