"""What leaves a notebook: claims with verdicts, datasets, and the words for both."""
