"""What every response has in common: headers, limits, error pages, safe addresses."""
