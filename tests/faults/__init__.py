"""Faults a night may bring: what a refresh survives, and what its readers notice of it (nothing)."""
