"""The map of the sample from tiles: what a reader finds on small layers is there on large ones too.

``pytest --tiled`` runs every test that has a server of the sample in this way.
"""

import pytest

from tests.test_browser_map import (  # noqa: F401 - tests and their fixtures, run here once more
    catalog,
    seen,
    test_a_click_on_the_map_opens_the_card_of_what_was_hit,
    test_a_layer_that_does_not_arrive_is_told_and_can_be_asked_for_again,
    test_a_point_opens_its_card_by_mouse_and_by_keyboard,
    test_a_project_is_found_by_any_of_its_names,
    test_a_shared_link_opens_the_same_elsewhere,
    test_lines_and_areas_are_reached_by_keys_one_after_the_other,
    test_map_list_and_server_agree_under_a_filter,
    test_the_legend_shows_the_symbols_of_the_map_and_counts_them,
    test_the_map_opens_close_enough_for_names_of_projects,
    test_the_sheet_is_made_for_the_print_style_alone,
    test_what_nobody_could_classify_is_magenta_and_listed,
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def server(tiled_server):
    """The server whose layers are all large."""
    return tiled_server
