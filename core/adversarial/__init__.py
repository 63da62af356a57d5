"""Pictures changed so that a network changes its mind."""
