"""What a template gets to show large jobs: see `page.py`."""

from dataclasses import dataclass

from cmk_admin.page import Action, Chip


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One job in the list. percent: while it runs and is known; download: when there is a file.

    step: stopping it, or trying it again.
    """

    title: str
    url: str
    made: str
    until: str
    chip: Chip
    percent: int | None
    download: Action | None
    step: Action | None


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One job: how far it is (`busy`), or what came of it."""

    busy: bool
    failed: bool
    text: str
    percent: int
    poll_url: str
    file: str
    size: str
    until: str
    download: Action | None
    onward: Action | None
    step: Action | None
