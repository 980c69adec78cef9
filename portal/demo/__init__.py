"""The demo: invented months, published sums."""
