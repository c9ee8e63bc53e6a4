"""Damaged reports without end: `mutations` makes them, `oracle` says what is wrong with their records."""
