"""Clients that people and BI tools open the published file with, older than the library that writes it."""
