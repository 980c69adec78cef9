"""Files that want to harm the server."""
