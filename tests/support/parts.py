"""The parts of the system that the suite needs: a browser, a database server, an authenticator,
a spreadsheet.

Run before pytest. As root it installs what is missing; anyone else gets the one
line to type. It never lets the suite skip what it can't run: a test that didn't
run proves nothing.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: Without its window chromium opens a page in half the time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
POSTGRES_HOMES = Path("/usr/lib/postgresql")


class PartMissingError(RuntimeError):
    """Something of the system isn't there; the message says how to get it."""


def browser() -> Path | None:
    """The chromium that Playwright drives, or None."""
    return next((Path(path) for name in BROWSERS if (path := shutil.which(name))), None)


def postgres_bin() -> Path | None:
    """The folder with initdb and postgres of the newest PostgreSQL, or None.

    Debian keeps the server's programs out of PATH, a folder per major version.
    """
    homes = [path.parent for path in POSTGRES_HOMES.glob("*/bin/initdb")]
    if homes:
        return max(homes, key=lambda path: float(path.parent.name))
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def office() -> Path | None:
    """LibreOffice without a screen, that opens the workbooks, or None."""
    return Path(path) if (path := shutil.which("soffice")) else None


def missing() -> list[str]:
    """The Debian packages to install."""
    there = {
        BROWSERS[0]: browser(),
        "postgresql": postgres_bin(),
        "oathtool": shutil.which("oathtool"),
        "libreoffice-calc-nogui": office(),
    }
    return [package for package, path in there.items() if path is None]


def install_line(packages: list[str]) -> str:
    """The one line to type, as whoever is asked to type it."""
    line = f"apt-get update && apt-get install -y {' '.join(packages)}"
    return line if os.geteuid() == 0 else f'sudo sh -c "{line}"'


def required(path: Path | None, package: str) -> Path:
    """`path`, or a failure that says what to type."""
    if path is None:
        raise PartMissingError(f"{package} ontbreekt. Typ: {install_line([package])}")
    return path


def install(packages: list[str]) -> None:
    """Let apt try; what it says is on the screen, and `main` looks again afterwards."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    asked = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "-q"], asked):
        subprocess.run(command, check=False, env=quiet, stdin=subprocess.DEVNULL)


def main() -> int:
    packages = missing()
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"De tests hebben nog nodig: {', '.join(packages)}. Dat wordt nu geïnstalleerd.")
        install(packages)
        packages = missing()
    if not packages:
        return 0
    print(
        f"De tests hebben nog nodig: {', '.join(packages)}. Typ:\n  {install_line(packages)}",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
