"""What turns the notebooks into the book: execution, record of the run, pages. See `book.build`."""
