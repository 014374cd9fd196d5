"""The same door as the acceptance tests use, and the office that stands behind it."""

from tests.acceptance.conftest import desk, ebid
from tests.cli.test_commands import office, small_office

__all__ = ["desk", "ebid", "office", "small_office"]
