"""What goes wrong here, what a visitor then sees, and which test holds it.

`test_memory.py`: memory runs out in an experiment. Words; nothing is held, the next run works.
`test_memory_of_views.py`: the same behind each view of each page. Words, the rest of the page, and the answer the next time.
`test_weight_files.py`: a file of weights has a wrong bit, is cut, gone, or goes between list and loading. Which one, and what
to do; other networks work. One that is cut short under a loaded network changes nothing.
`test_machines.py`: a home that nothing can be written to, one thread on one core. Every page works; a download says why it
can't be.
`tests/browser/test_faults.py`: the server is killed during a run and started again ("Connection error", then the page with its
settings); a tab is closed during a run (which computes for a second at most, see `test_live.py` too); there is no camera.
`tests/isolation`: sixteen sessions at once. Each sees what it sees alone.

Elsewhere: torch missing, photos and links that are none (`tests/pages/test_pages.py`), hostile files (`tests/hostile`), downloads
that break off (`tests/core/zoo`, `tests/ui/test_model_picker.py`).
"""

from tests.core.zoo.conftest import server as server
from tests.pages.conftest import no_weights as no_weights
from tests.pages.conftest import online as online
from tests.pages.conftest import open_page as open_page
from tests.sessions import no_search_for_components as no_search_for_components
from tests.sessions import torch_is_there as torch_is_there
