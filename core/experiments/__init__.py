"""One file per page: joins algorithms with models. (photo, model key, settings) -> frozen result."""
