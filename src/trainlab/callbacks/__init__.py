"""Keras callbacks for people who call ``fit`` themselves; importing this loads Keras."""

from trainlab.callbacks.diagnosis import Diagnosis as Diagnosis
