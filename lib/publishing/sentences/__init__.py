"""Sentences that depend on what was measured: each has a form for every outcome, chosen by the numbers."""
