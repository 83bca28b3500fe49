"""Actions on rows beside the plain screens: asked on a page first, done all or nothing."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy import inspect

from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import GateSession
from cmk_admin.page import CheckItem
from cmk_admin.page_batch import EffectLine, LeftOut
from cmk_admin.rights import Handeling
from models.base import STEMPELS, Entiteit


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before it is done. missing: label → what it lacks; then it cannot be done."""

    intro: str
    items: tuple[str, ...] = ()
    missing: tuple[tuple[str, tuple[CheckItem, ...]], ...] = ()
    possible: bool = True


@dataclass(frozen=True, slots=True)
class Remark:
    """What deserves a look before something is made, and stands in the way of nothing.

    mend: the field of the form that ends it when it is ticked. mend_label: what the button says
    that ticks it and shows the preview anew.
    """

    text: str
    lines: tuple[str, ...] = ()
    mend: str = ""
    mend_label: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an action makes, row by row; the last `numeric` columns are numbers.

    more: rows that are not shown. fingerprint: the same when exactly the same is made. what: the
    words before the lead. left_out: rows that it leaves as they are. effects: what it does to
    verantwoordingen.
    """

    lead: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: int
    more: int
    fingerprint: str
    remarks: tuple[Remark, ...] = ()
    what: str = "Dit wordt er gemaakt"
    left_out: tuple[LeftOut, ...] = ()
    effects: tuple[EffectLine, ...] = ()


def fingerprint(made: Sequence[Entiteit]) -> str:
    """What tells this outcome from any other: all that is stored of these rows."""
    told = json.dumps([_content(row) for row in made], default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def _content(row: Entiteit) -> list[Any]:
    """A row and its parts, but for the numbers that storing gives."""
    given = STEMPELS | {"id", "activiteit_id"}
    columns = inspect(type(row)).column_attrs
    own = {c.key: getattr(row, c.key) for c in columns if c.key not in given}
    return [own, *([_content(part) for part in getattr(row, name)] for name in row.delen)]


@dataclass(frozen=True, slots=True)
class Done:
    """What was done. url: where to go; bewerking_id: the step that can be undone.

    preview: what was made, for an action that shows that beforehand.
    """

    message: str
    url: str = ""
    bewerking_id: int | None = None
    preview: Preview | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """An action on chosen rows, with the form as filled in."""

    rows: Sequence[Any]
    form: EntityForm | None = field(default=None)


class EntityAction:
    """One action of an entity; subclasses say what it asks and what it does."""

    name: ClassVar[str]
    label: ClassVar[str]
    icon: ClassVar[str] = ""
    handeling: ClassVar[Handeling]
    submit_label: ClassVar[str]
    danger: ClassVar[bool] = False
    #: Also on several rows at once.
    bulk: ClassVar[bool] = True
    #: Shown beforehand what it makes: `perform` is done and taken back.
    previews: ClassVar[bool] = False
    #: Each row is judged by itself: what cannot go along is left out of what was shown, and is
    #: told there. So it is never done unseen.
    row_by_row: ClassVar[bool] = False

    def make_form(self, rows: Sequence[Any]) -> EntityForm | None:
        """Extra fields to fill in; None when there are none."""
        return None

    def question(self, asked: Asked) -> Question:
        raise NotImplementedError

    def perform(self, session: GateSession, asked: Asked) -> Done:
        """Do it; the caller commits. Raises RegelFout, Refused or Locked: then nothing happened."""
        raise NotImplementedError
