"""plotly's own script, served from the installed package: nothing comes from elsewhere.

The donuts are drawn by the server; script draws over them once the page is there.
"""

import gzip
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files

from flask import Flask, Response, request, url_for

from cmk_admin.auth.access import public

#: One of `routes.ASSETS`.
ENDPOINT = "plotly"
YEAR = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Serve the script beside our own, under a name that changes with its version."""
    name = f"{app.static_url_path}/plotly/plotly-{version('plotly')}.min.js"
    app.add_url_rule(name, ENDPOINT, script)


def script_url() -> str:
    """The address of the script, for the page that draws with it."""
    return url_for(ENDPOINT)


@public
def script() -> Response:
    """The script, packed small: it is the one large thing that the portal sends."""
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(_script(packed), mimetype="text/javascript")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.cache_control.public = True
    response.cache_control.max_age = YEAR
    response.cache_control.immutable = True
    return response


@lru_cache(maxsize=2)
def _script(packed: bool) -> bytes:
    plain = files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
    return gzip.compress(plain, mtime=0) if packed else plain
