"""Screens: widgets and no rules. Each shows the state of its presenter and hands every act on to it."""

from ipywidgets import Widget

__all__ = ["Widget"]
