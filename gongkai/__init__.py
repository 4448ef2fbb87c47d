"""The command line and what runs around the models: refresh, publish, query, explain."""

__version__ = "0.1.0"
