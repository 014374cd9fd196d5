"""Erasing what is kept of a supplier."""
