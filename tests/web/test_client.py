"""What the phone believes of the API is what the API says of itself."""

import shutil
import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def client_of(description: Path, to: Path) -> str:
    """The types that `npm run client` makes of a description."""
    made = to / "schema.d.ts"
    program = CHECKOUT / "web/node_modules/.bin/openapi-typescript"
    node = CHECKOUT / ".venv/bin/node"
    subprocess.run(
        [node, program, description, "-o", made], cwd=to, check=True, capture_output=True, timeout=120
    )
    return made.read_text("utf-8")


def test_the_phones_types_are_those_of_the_description(tmp_path: Path) -> None:
    committed = (CHECKOUT / "web/src/api/schema.d.ts").read_text("utf-8")

    assert client_of(CHECKOUT / "docs/api/openapi.json", tmp_path) == committed, "cd web && npm run client"


def test_a_description_that_changed_makes_other_types(tmp_path: Path) -> None:
    description = tmp_path / "openapi.json"
    shutil.copy(CHECKOUT / "docs/api/openapi.json", description)
    description.write_text(description.read_text("utf-8").replace('"because"', '"since"'), "utf-8")

    assert client_of(description, tmp_path) != (CHECKOUT / "web/src/api/schema.d.ts").read_text("utf-8")
