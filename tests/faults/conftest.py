"""What visitors of a server with faults share with those of the pages' own tests."""

from tests.core.zoo.conftest import server as server
from tests.pages.conftest import no_weights as no_weights
from tests.pages.conftest import online as online
from tests.pages.conftest import open_page as open_page
from tests.sessions import no_search_for_components as no_search_for_components
from tests.sessions import torch_is_there as torch_is_there
