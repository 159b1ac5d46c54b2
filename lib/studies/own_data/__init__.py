"""Images of other programs, to be fitted as a reader's own would be."""
