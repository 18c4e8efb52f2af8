"""The sets that scikit-learn carries in its package: no download, the same bytes everywhere.

Columns keep their units: nothing is fitted here, since a mean or a spread over all rows would have seen the
validation rows. scikit-learn is imported on the first call, as it takes seconds.
"""

from typing import Any

import numpy as np

from trainlab.data.dataset import Dataset

UCI = "CC BY 4.0 (UCI Machine Learning Repository)"


def digits() -> Dataset:
    """Give 1797 handwritten digits of 8 x 8 pixels, from 0 to 16, scaled by 1/16.

    Source:
        E. Alpaydin, C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI, 1998 (the test part of it).

    >>> digits()
    Dataset('digits': 1797 rows of shape (8, 8, 1), 10 classes)
    """
    from sklearn.datasets import load_digits

    loaded = load_digits()
    images = loaded.images.astype(np.uint8)[..., np.newaxis]
    notes = ["8 x 8 pixels from 0 to 16, scaled by 1/16"]
    return Dataset(
        images,
        loaded.target,
        name="digits",
        task="classification",
        scale=1 / 16,
        licence=UCI,
        source="digits",
        notes=notes,
    )


def iris() -> Dataset:
    """Give 150 flowers of three species, measured in four lengths (cm).

    Source:
        R. A. Fisher, *The use of multiple measurements in taxonomic problems*, Annals of Eugenics 7 (1936).

    >>> iris().classes
    ('setosa', 'versicolor', 'virginica')
    """
    from sklearn.datasets import load_iris

    return _table("iris", load_iris())


def wine() -> Dataset:
    """Give 178 wines of three growers, in 13 chemical measurements of very different size.

    Source:
        S. Aeberhard, M. Forina, *Wine*, UCI, 1992.

    >>> wine().class_counts
    (59, 71, 48)
    """
    from sklearn.datasets import load_wine

    return _table("wine", load_wine())


def breast_cancer() -> Dataset:
    """Give 569 tumours, malignant or benign, in 30 measurements of their cells.

    Source:
        W. Wolberg, O. Mangasarian, N. Street, W. Street, *Breast Cancer Wisconsin (Diagnostic)*, UCI, 1993.

    >>> breast_cancer().classes
    ('malignant', 'benign')
    """
    from sklearn.datasets import load_breast_cancer

    return _table("breast_cancer", load_breast_cancer())


def diabetes() -> Dataset:
    """Give 442 patients in ten measurements, and how far their disease has gone a year later (a regression).

    scikit-learn standardizes these columns over all rows unless told otherwise; here they are as measured.

    Source:
        B. Efron et al., *Least Angle Regression*, Annals of Statistics 32 (2004).

    >>> diabetes().task, diabetes().x.shape
    ('regression', (442, 10))
    """
    from sklearn.datasets import load_diabetes

    loaded = load_diabetes(scaled=False)
    notes = ["columns as measured, not standardized over all rows as scikit-learn's default is"]
    return Dataset(
        loaded.data,
        loaded.target,
        name="diabetes",
        task="regression",
        columns=[str(column) for column in loaded.feature_names],
        targets=["progression"],
        licence="none stated; cite Efron et al. 2004",
        source="diabetes",
        notes=notes,
    )


def _table(name: str, loaded: Any) -> Dataset:
    names = [str(species) for species in loaded.target_names]
    return Dataset(
        loaded.data,
        loaded.target,
        name=name,
        task="classification",
        classes=names,
        columns=[str(column) for column in loaded.feature_names],
        licence=UCI,
        source=name,
    )
