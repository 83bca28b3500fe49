"""How fast the portal is, beside the same question in plain SQL."""
