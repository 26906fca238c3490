"""What is listed in more than one place is the same in each: in the policy, in the tables, at the edge and in the studio."""

import re
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import CheckConstraint

from server.api.account import Role
from server.openid.providers import Given
from server.policy.acts.bodies import STATES as BODY_STATES
from server.policy.acts.cases import KINDS as LOOKS
from server.policy.acts.cases import PHASES
from server.policy.authority import CLOSES, MARKS
from server.policy.rights import ALL_DUTIES, DUTIES, ROLES, Who
from server.policy.steps import STATES as PUBLICATION_STATES
from server.tables import metadata
from server.use_cases.cases import KINDS as CASES
from server.use_cases.publications import KINDS as PUBLICATIONS

STUDIO = Path(__file__).parents[2] / "web/src/studio"


def allowed(table: str, column: str) -> list[str]:
    """The words that a column may hold, by its constraint."""
    for constraint in metadata.tables[table].constraints:
        said = str(constraint.sqltext) if isinstance(constraint, CheckConstraint) else ""
        if said.startswith(f"{column} IN ("):
            return re.findall("'([a-z-]+)'", said)
    raise LookupError(f"{table}.{column} may hold anything")


def listed(file: str, name: str) -> list[str]:
    """The words in the first brackets behind that name."""
    text = (STUDIO / file).read_text("utf-8")
    found = re.search(rf"\b{name}\b[^=]*=[^\[]*\[([^\]]*)\]", text)
    assert found is not None
    return re.findall('"([a-z-]+)"', found[1])


def lines_of(file: str, name: str) -> dict[str, set[str]]:
    """The words in brackets of each line behind that name, by the word before them."""
    text = (STUDIO / file).read_text("utf-8")
    block = text.partition(name)[2].partition("};")[0]
    return {
        key: set(re.findall('"([a-z-]+)"', words)) for key, words in re.findall(r"(\w+): \[(.*)\]", block)
    }


@pytest.mark.parametrize(
    "table, column, words",
    [
        ("people.members", "role", ROLES),
        ("people.invitations", "role", ROLES),
        ("people.duties", "duty", ALL_DUTIES),
        ("people.bodies", "state", BODY_STATES),
        ("people.cases", "state", PHASES),
        ("people.publications", "kind", tuple(PUBLICATIONS)),
        ("people.publications", "state", PUBLICATION_STATES),
    ],
)
def test_a_column_holds_what_the_policy_knows(table: str, column: str, words: tuple[str, ...]) -> None:
    assert allowed(table, column) == list(words)


def test_the_edge_takes_the_roles_and_duties_of_the_policy() -> None:
    assert get_args(Role) == ROLES
    assert set(get_args(Given)) == set(ALL_DUTIES) - {Who.ADMINISTRATOR}
    assert set(ALL_DUTIES) > DUTIES


def test_every_kind_of_case_is_looked_at_by_somebody() -> None:
    assert set(CASES) == set(LOOKS)


def test_the_studio_offers_what_the_policy_knows() -> None:
    assert listed("places.ts", "ROLES") == list(ROLES)
    assert listed("places.ts", "KINDS") == allowed("people.bodies", "kind")
    assert set(listed("closing.ts", "MAY_MARK")) == MARKS
    assert lines_of("closing.ts", "MAY_CLOSE") == CLOSES
