"""Where a person may be sent to: only addresses inside the portal."""

import re

# One slash that no second follows, then visible ASCII without backslash: browsers read
# "\" as "/", and leave out tabs and line ends before they look.
INSIDE = re.compile(r"/(?!/)[\x21-\x5b\x5d-\x7e]*")
LONGEST = 2000


def safe_target(url: str | None) -> str | None:
    """`url` when it is a path in the portal, else None.

    For every address that arrives in a request: `next`, `url`, a referrer's path.
    """
    if url is None or len(url) > LONGEST or not INSIDE.fullmatch(url):
        return None
    return url
