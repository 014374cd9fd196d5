"""Puts reports together: the desk that a notebook reads, and whoever runs notebooks and makes files of what they say."""
