"""The database: the only package that knows SQLAlchemy, Alembic and a dialect."""
