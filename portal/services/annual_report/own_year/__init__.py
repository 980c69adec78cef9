"""A clinic's own year, before the region's report of it is published."""
