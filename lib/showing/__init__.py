"""Figures, animations and widgets: what a study found, made visible."""
