"""Questions as typed pictures: what waits for an answer, and one with all that was said on it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that waits for an answer. ours: whoever looks at it is asked."""

    text: str
    url: str
    who: str
    where: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said. side: for whom; ours: by the side of whoever looks."""

    who: str
    side: str
    when: str
    text: str
    ours: bool


@dataclass(frozen=True, slots=True)
class About:
    """What a question is about. url: where that is, as long as it is there."""

    text: str
    url: str | None = None
