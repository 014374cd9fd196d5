"""Backups of an office: made while others work, put back whole, and an office moved to another database."""
