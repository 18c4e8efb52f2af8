r"""Words of texts: where a text is cut, how often each word stands in each, and which words are frequent.

A word is two letters, digits or underscores or more, in lower case: ``\b\w\w+\b``, the rule of scikit-learn's
vectorizers. Texts are cut once; what a fold is shown is chosen from the counts of its training rows.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

PATTERN = r"\b\w\w+\b"
LOWERCASE = True


def count_words(texts: Iterable[str]) -> tuple[tuple[str, ...], Any]:
    """Count the words of texts.

    Args:
        texts: of any length.

    Returns:
        The words in alphabetical order, and a ``scipy.sparse`` matrix ``(text, word)`` of int32 counts.

    Source:
        The rule for words is that of scikit-learn's ``CountVectorizer``.

    >>> words, counts = count_words(["The cat, the dog.", "A dog!"])
    >>> words, counts.toarray().tolist()
    (('cat', 'dog', 'the'), [[1, 1, 2], [0, 1, 0]])
    """
    from scipy.sparse import csr_array  # it takes a while to load, and most data hold no texts

    number: defaultdict[str, int] = defaultdict()
    number.default_factory = number.__len__
    cut = re.compile(PATTERN).findall
    found, ends = array("i"), array("q", [0])
    for text in texts:
        found.extend([number[word] for word in cut(text.lower())])
        ends.append(len(found))
    order = sorted(number)
    places = np.empty(len(order), np.int32)
    places[[number[word] for word in order]] = np.arange(len(order), dtype=np.int32)
    columns = places[np.frombuffer(found, np.int32)] if found else np.empty(0, np.int32)
    shape = (len(ends) - 1, len(order))
    counts = csr_array((np.ones(len(columns), np.int32), columns, np.frombuffer(ends, np.int64)), shape=shape)
    counts.sum_duplicates()
    return tuple(order), counts


def rows_with(present: Any, trained: Sequence[NDArray[Any]]) -> Iterator[NDArray[np.int64]]:
    """Count, for each fold, the training rows in which each column is not empty; a repeated row counts again.

    The rows that a fold leaves out are subtracted from all, so that many folds cost little more than one.
    Counts are whole numbers, so what is subtracted leaves no trace.

    Args:
        present: ``scipy.sparse`` matrix ``(row, column)``; only where it is not zero counts.
        trained: ``(training row,)`` row numbers of each fold.

    >>> words, counts = count_words(["a cat", "cat cat", "dog"])
    >>> [found.tolist() for found in rows_with(counts, [np.array([0, 1]), np.array([2, 2, 0])])]
    [[2, 0], [1, 2]]
    """
    ones = present.tocsr().astype(np.int64)
    ones.eliminate_zeros()
    ones.data[:] = 1
    total = _sum(ones, np.ones(ones.shape[0], np.int64))
    for rows in trained:
        times = np.bincount(rows, minlength=ones.shape[0])
        changed, used = np.flatnonzero(times != 1), np.flatnonzero(times)
        if len(changed) <= len(used):
            yield total + _sum(ones[changed], times[changed] - 1)
        else:
            yield _sum(ones[used], times[used])


def most_frequent(rows: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Choose the columns that most rows have; the first of equally frequent ones, and none without rows.

    Args:
        rows: ``(column,)`` how many rows have it.
        count: how many to choose at most.

    Returns:
        ``(chosen column,)`` column numbers, ascending.

    >>> most_frequent(np.array([1, 3, 0, 3, 1]), 3).tolist()
    [0, 1, 3]
    """
    there = np.flatnonzero(rows)
    if len(there) <= count:
        return there
    order = np.lexsort((there, -rows[there]))
    return np.sort(there[order[:count]])


def smooth_idf(rows: NDArray[np.int64], total: int) -> NDArray[np.float64]:
    """Weigh words by how few rows have them: ``log((1 + total) / (1 + rows)) + 1``.

    Args:
        rows: ``(word,)`` training rows that have it.
        total: training rows.

    Source:
        K. Spärck Jones, *A statistical interpretation of term specificity*, Journal of Documentation 28
        (1972), smoothed as in scikit-learn's ``TfidfTransformer``.

    >>> smooth_idf(np.array([3]), 3).tolist()
    [1.0]
    """
    weights: NDArray[np.float64] = np.log((1 + total) / (1 + rows)) + 1
    return weights


def _sum(ones: Any, times: NDArray[np.int64]) -> NDArray[np.int64]:
    summed: NDArray[np.int64] = np.asarray(ones.T @ times, np.int64)
    return summed
