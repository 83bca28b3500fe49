"""What people do in a real browser, on the demo."""
