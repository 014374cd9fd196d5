"""Frames for people who calculate."""
