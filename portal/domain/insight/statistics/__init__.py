"""Statistics: how sure a figure is, what has really changed, what a queue needs.

Standard library only; each function names its formula's source, each test the publication it is checked
against.
"""
