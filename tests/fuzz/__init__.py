"""Mutated documents of every format: read, or rejected with a reason, in time; and what was read is whole."""
