"""The patterns themselves: how alike they are, over time and over initial states (Sections 4, 5, C)."""
