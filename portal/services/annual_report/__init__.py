"""The annual follow-up report: read, put together, written, frozen, published, made into documents."""
