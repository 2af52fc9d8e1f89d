"""What is kept, how it is written, and how it is erased. One owner of every table."""
