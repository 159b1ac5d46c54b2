"""What ran where, how long it took and what came out: records of runs and of speed, and their page.

The records are small JSON files in `book/records/`, each labelled with its hardware, kept beside the sources.
"""
