"""Documents of one page: a clinic's own year, and the month sheet."""
