"""Losses over grids of parameters, and what such landscapes look like (Section 4)."""
