"""What goes wrong here, and which test holds it.

| fault | what a visitor sees | test |
|---|---|---|
| memory runs out in an experiment | words; nothing held, the next run works | `test_memory.py` |
| the same behind each view of each page | words, the rest of the page, and the answer the next time | `test_memory_of_views.py` |
| a file of weights with a wrong bit, cut, gone, or gone between list and loading | which one, and what to do; other networks work | `test_weight_files.py` |
| a file cut short under a loaded network | nothing: the answers go on | `test_weight_files.py` |
| a home that nothing can be written to | every page; a download says why it can't be | `test_machines.py` |
| one thread on one core | every page | `test_machines.py` |
| the server killed during a run, and started again | "Connection error", then the page with its settings | `tests/browser/test_faults.py` |
| a tab closed during a run | the run computes for a second at most | `tests/browser/test_faults.py`, `tests/browser/test_live.py` |
| no camera | Streamlit's words in the tray; the rest works | `tests/browser/test_faults.py` |
| sixteen sessions at once | what each sees alone | `tests/isolation/test_sixteen_sessions.py` |
| torch missing or broken, a photo or a link that is none | words | `tests/pages/test_pages.py` |
| a hostile file at any door | words | `tests/hostile` |
| a download that breaks off, a host that does not answer | words, and where it goes on from | `tests/core/zoo`, `tests/ui/test_model_picker.py` |
"""

from tests.core.zoo.conftest import server as server
from tests.pages.conftest import no_weights as no_weights
from tests.pages.conftest import online as online
from tests.pages.conftest import open_page as open_page
from tests.sessions import no_search_for_components as no_search_for_components
from tests.sessions import torch_is_there as torch_is_there
