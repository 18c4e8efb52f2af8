"""Stands in TensorFlow's place for those who do not use it.

Keras imports TensorFlow on every backend where it is installed, seconds that nobody pays who has an
environment for each; contenders on other backends start with this folder first on their path.
"""

raise ModuleNotFoundError("this contender is measured without TensorFlow", name="tensorflow")
