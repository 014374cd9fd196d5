"""Pages for print: templates that a clerk can change, fonts that are embedded, and no character without a glyph."""
