"""Building blocks of the screens: table, forms, panels, and the one way in which clicks reach Python."""
