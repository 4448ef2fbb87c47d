"""The publication gate: what must hold of our own work before anybody reads it (发布前检查)."""
