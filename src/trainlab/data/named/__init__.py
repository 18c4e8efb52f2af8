"""The data sets that go by a name: embedded, made, kept by Keras, and those of OpenML."""
