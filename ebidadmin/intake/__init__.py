"""Files that come in: decoded strictly, read as they are, refused with one clear reason when they cannot be."""
