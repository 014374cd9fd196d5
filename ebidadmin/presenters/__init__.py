"""State of the screens, without widgets and without rules."""
