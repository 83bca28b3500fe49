"""What tests stand on: databases, a browser, a running server. One kind per file."""
