"""The same door to the commands as the acceptance tests use."""

from tests.acceptance.conftest import desk, ebid

__all__ = ["desk", "ebid"]
