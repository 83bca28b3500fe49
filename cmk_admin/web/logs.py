"""A line of JSON per request and per event, with an id that holds them together.

No secrets: of an address only which page it is, never its parameters or what a form held; and
whatever looks like the key of a link or a session is left out of every line.
"""

import json
import logging
import re
import secrets
import sys
import time
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request
from flask import session as cookie

from cmk_admin.settings import Settings

HEADER = "X-Request-ID"
#: The key of a link (64 hexadecimal digits), or of a session (43 characters).
SECRET = re.compile(r"\b[0-9a-f]{64}\b|(?<![\w-])[\w-]{43}(?![\w-])")


def register(app: Flask, settings: Settings) -> None:
    """Give every request an id, and outside a demo write the log as JSON."""
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request(_end)
    if not settings.demo and not settings.testing:
        use_json(app)


def use_json(app: Flask) -> None:
    """Write what the app logs as lines of JSON on stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    app.logger.handlers[:] = [handler]
    app.logger.setLevel(logging.INFO)
    app.logger.propagate = False


class JsonLines(logging.Formatter):
    """One object per line."""

    def format(self, record: logging.LogRecord) -> str:
        found: dict[str, Any] = {
            "tijd": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "niveau": record.levelname.lower(),
            "tekst": record.getMessage(),
        }
        if has_request_context():
            found["verzoek"] = g.get("request_id", "")
        found |= getattr(record, "velden", {})
        if record.exc_info:
            found["fout"] = self.formatException(record.exc_info)
        return SECRET.sub("…", json.dumps(found, ensure_ascii=False))


def _begin() -> None:
    g.request_id, g.request_began = secrets.token_hex(8), time.monotonic()


def _end(response: Response) -> Response:
    number: str = g.get("request_id", "")
    response.headers[HEADER] = number
    if request.endpoint == "static":
        return response
    began: float = g.get("request_began", time.monotonic())
    current_app.logger.info(
        "%s %s %s",
        request.method,
        request.endpoint or "onbekend",
        response.status_code,
        extra={
            "velden": {
                "milliseconden": round((time.monotonic() - began) * 1000),
                "gebruiker": cookie.get("_user_id"),
            }
        },
    )
    return response
