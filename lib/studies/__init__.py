"""One package a question; each builds on the core and on how work gets done, and shows nothing."""
