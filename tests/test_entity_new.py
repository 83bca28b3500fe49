"""A newcomer adds an entity: a class, its rights, a place in Beheer; the screens follow."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "tests" / "new_entity.py"


def test_a_new_entity_has_list_form_rights_and_history(tmp_path: Path) -> None:
    """In a process of its own: an entity that is mapped can't be taken back."""
    command = [sys.executable, "-m", "tests.new_entity", str(tmp_path), str(tmp_path / "nieuw.db")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_takes_ten_lines() -> None:
    """The class and its rights, without the words about them."""
    tree = ast.parse(SCRIPT.read_text())
    mapped = next(node for node in tree.body if isinstance(node, ast.ClassDef))
    rights = [node for node in tree.body if isinstance(node, ast.Assign)]
    assert sum(lines(part) for part in (*mapped.body[1:], *rights)) <= 10
    assert len(rights) == 2


def lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1
