"""A tiny file in DUO's shape, for the machine of the gate to take in."""

from pathlib import Path

from cmk_admin.duo.files import WrongFileError
from cmk_admin.duo.importer import importeer
from cmk_admin.gate import GateSession
from tests.gate_steps import BEH, DM, Kind, Turn, TurnedAway

COLUMNS = (
    "VESTIGINGSCODE", "VESTIGINGSNAAM", "PLAATSNAAM", "GEMEENTENUMMER", "GEMEENTENAAM",
    "BEVOEGD GEZAG NUMMER",
)  # fmt: skip


def _wrong(turn: Turn) -> str:
    """What is wrong with the file of this turn; mostly nothing."""
    return {0: "regel", 1: "kolom"}.get(turn.pick % 6, "")


def duo_file(turn: Turn, target: int) -> Path:
    """A school of the world under another name, and one that is new."""
    schools = turn.state.rows["school"]
    number, letters = len(schools), "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    code = f"99{letters[number // 26 % 26]}{letters[number % 26]}00"
    if _wrong(turn) == "regel":
        code = "een school"
    columns = COLUMNS[1:] if _wrong(turn) == "kolom" else COLUMNS
    lines = [
        columns,
        (schools[target][0], f"Hernoemd café {turn.pick}", "ARNHEM", "0202", "ARNHEM", "99101"),
        (code, f"Nieuw {turn.pick}", "EDE GLD", "0228", "EDE", "99102"),
    ]
    path = Path(turn.world.app.instance_path) / "duo.csv"
    path.write_bytes("\r\n".join(";".join(line) for line in lines).encode("cp1252"))
    return path


def _take_in(session: GateSession, turn: Turn, target: int) -> None:
    try:
        outcome = importeer(session, [duo_file(turn, target)])
    except WrongFileError as wrong:
        raise TurnedAway(str(wrong)) from wrong
    if not outcome.bewaard:
        raise TurnedAway(str(outcome.geweigerd))


def _may_take_in(turn: Turn, target: int) -> bool:
    return not _wrong(turn) and turn.who in (DM, BEH, "system")


IMPORTS = [
    Kind("importeer_duo", lambda t: t.one_of(t.world.ground.scholen), _may_take_in, _take_in,
         elsewhere=True),
]  # fmt: skip
