"""What all tests share."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the fast tests first, those in the browser last; the order is else left as it is."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
