"""Which pixels carried a decision."""
