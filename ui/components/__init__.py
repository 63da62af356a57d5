"""Browser components: HTML, CSS and JavaScript with a typed Python door each."""
