"""What hostile sessions share with those of the pages' own tests."""

from tests.pages.conftest import _no_network_of_another_test as _no_network_of_another_test
from tests.pages.conftest import no_weights as no_weights
from tests.pages.conftest import open_page as open_page
from tests.sessions import no_search_for_components as no_search_for_components
from tests.sessions import torch_is_there as torch_is_there
