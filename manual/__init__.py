"""What builds the manual: hooks of MkDocs, named in mkdocs.yml. The app imports none of it."""
