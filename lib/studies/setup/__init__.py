"""The model, its losses and its round-off, before any question is asked (Section 2)."""
