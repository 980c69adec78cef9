"""Charts as Vega-Lite specifications: the same functions draw them on pages and in documents."""
