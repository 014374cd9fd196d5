"""Mails to suppliers: composed from templates, handed over to a folder; and the catalogue of rejection reasons."""
