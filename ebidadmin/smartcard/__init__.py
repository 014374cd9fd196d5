"""Cards and certificates: reading, checking, and the lists of revoked ones."""
