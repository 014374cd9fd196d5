"""Passwords of suppliers: only their Argon2id hash exists."""
