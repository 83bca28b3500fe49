"""The rows of every verantwoording as the database's own driver reads them."""

import json
from typing import Any

from tests.gate_world import World, raw_connection

PARTS = {
    "activiteit_school": "activiteit_id, aantal_leerkrachten, school_id",
    "last": "activiteit_id, bedrag",
    "activiteit_doelgroep": "activiteit_id, doelgroep_id",
    "activiteit_partner": "activiteit_id, samenwerkingspartner_id",
}


class State:
    """Rows by table and id, and what the oracle asks of them."""

    def __init__(self, world: World, eye: Any = None) -> None:
        self.parties = {
            getattr(world.ground, name).contractpartij: name for name in ("noord", "zuid", "west")
        }
        self.rows: dict[str, dict[int, tuple[Any, ...]]] = {}
        with raw_connection(world.url, eye) as connection:

            def read(what: str, table: str) -> dict[int, tuple[Any, ...]]:
                found = connection.execute(f"SELECT id, {what} FROM {table}").fetchall()
                return {row[0]: tuple(row[1:]) for row in found}

            years = read("contractpartij_id, status, project_id, kalenderjaar", "verantwoording")
            self.rows["activiteit"] = read("verantwoording_id, naam", "activiteit")
            self.rows["samenwerkingspartner"] = read("contractpartij_id", "samenwerkingspartner")
            self.rows["school"] = read("vestigingscode", "school")
            for table, what in PARTS.items():
                self.rows[table] = read(what, table)
            self.undone = {
                number: row[0] is not None
                for number, row in read("ongedaan_op", "bewerking").items()
            }
            pictures = read("verantwoording_id", "momentopname")
            self.pictured = {row[0] for row in pictures.values()}
            #: Line of the history → whose name is at it; None is the system's.
            self.told_by = {n: row[0] for n, row in read("door_id", "wijziging").items()}
            self.of_project = {
                number: self.parties[row[0]]
                for number, row in read("contractpartij_id", "project").items()
            }
            #: Every column, as text: to see that nothing changed.
            self.whole = {
                table: {
                    row[0]: json.dumps(row, default=str)
                    for row in map(tuple, connection.execute(f"SELECT * FROM {table}").fetchall())
                }
                for table in ("verantwoording", "activiteit", "momentopname", *PARTS)
            }
        self.pictures = {v: [n for n, row in pictures.items() if row[0] == v] for v in years}
        self.party = {number: self.parties[row[0]] for number, row in years.items()}
        self.status: dict[int, str] = {number: row[1] for number, row in years.items()}
        self.project: dict[int, int] = {number: row[2] for number, row in years.items()}
        self.years = {(row[2], row[3]) for row in years.values()}

    def year_of(self, table: str, number: int) -> int:
        """The verantwoording that a row is under."""
        if table != "activiteit":
            number = self.rows[table][number][0]
        found: int = self.rows["activiteit"][number][0]
        return found

    def partner_party(self, partner: int) -> str:
        return self.parties[self.rows["samenwerkingspartner"][partner][0]]

    def activities(self, year: int) -> set[int]:
        return {number for number, row in self.rows["activiteit"].items() if row[0] == year}

    def complete(self, year: int) -> int:
        """Spec, rule 1, in its plainest words."""
        count = 0
        for a in self.activities(year):
            schools = [row[1] for row in self.rows["activiteit_school"].values() if row[0] == a]
            amounts = [row[1] for row in self.rows["last"].values() if row[0] == a]
            filled = None not in schools and None not in amounts
            count += bool(schools and amounts and filled)
        return count

    def under(self, activities: "tuple[int, ...] | set[int]") -> str:
        """Every row of these activities, whole."""
        wanted = set(activities)
        found = [self.whole["activiteit"][number] for number in sorted(wanted)]
        for table in PARTS:
            found += [
                self.whole[table][number]
                for number, row in sorted(self.rows[table].items())
                if row[0] in wanted
            ]
        return "\n".join(found)

    def year(self, number: int) -> str:
        """A verantwoording with every row under it and every picture of it, whole."""
        pictures = [self.whole["momentopname"][n] for n in sorted(self.pictures[number])]
        rows = (self.whole["verantwoording"][number], *pictures)
        return "\n".join((*rows, self.under(self.activities(number))))

    def of_party(self, party: str) -> str:
        """Every year of a contractpartij, whole."""
        return "\n".join(self.year(v) for v, name in sorted(self.party.items()) if name == party)
