"""The demo: invented months, published sums (DESIGN section 8)."""
