"""Corpora, training and evaluation; inference imports nothing from here."""
