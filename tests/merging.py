"""Merging rows as somebody does it: choose, see, do."""

from typing import Any

from werkzeug.test import TestResponse

from tests.pages import Page
from tests.support.portal import Bezoeker

PARTNER, SCHOOL, BESTUUR = (
    f"/samenvoegen/{wat}/" for wat in ("samenwerkingspartner", "school", "schoolbestuur")
)


def ask(visitor: Bezoeker, path: str, ids: list[int]) -> TestResponse:
    return visitor.post(path, {"rowid": [str(id_) for id_ in ids]})


def look(visitor: Bezoeker, path: str, ids: list[int], **chosen: Any) -> TestResponse:
    """Choose, without script: asked again when another row stays than was proposed."""
    form = Page(ask(visitor, path, ids).text).form()
    answer = visitor.post(path, form | {"stap": "voorbeeld"} | chosen)
    if "blijft nu over, in plaats van" in answer.text:
        return visitor.post(path, Page(answer.text).form() | {"stap": "voorbeeld"})
    return answer


def merge(visitor: Bezoeker, path: str, ids: list[int], **chosen: Any) -> TestResponse:
    """Choose, see and do; the answer of the last that was possible."""
    seen = look(visitor, path, ids, **chosen)
    page = Page(seen.text)
    if "Doorvoeren" not in {button.words for button in page.all("button")}:
        return seen
    return visitor.post(path, page.form() | {"stap": ["doen"]})
