"""Sentences of the pages that depend on what a run measured: both forms, chosen by the numbers."""
