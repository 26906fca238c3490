"""What somebody did, asked and was told beside what is their own: for the export of an account. Nobody else is named."""

from collections.abc import Collection, Mapping

from psycopg import Connection

from server.stores.database import Row

#: What is told of a case: to who asked at any time, what was decided when it is decided.
_CASE = (
    "c.id, c.kind, c.subject, c.body_id, c.opened_at, c.state,"
    " CASE WHEN c.state = 'decided' THEN c.outcome ELSE '' END AS outcome,"
    " CASE WHEN c.state = 'decided' THEN c.reason_code ELSE '' END AS reason_code,"
    " CASE WHEN c.state = 'decided' THEN c.words ELSE '' END AS decision_words, c.decided_at"
)
_QUERIES: Mapping[str, str] = {
    # By the address alone: a name in a notice may be anybody's who typed the address.
    "notices": "SELECT n.id, c.subject, n.reason_code, n.words, n.language, n.made_at,"
    " c.state, CASE WHEN c.state = 'decided' THEN c.outcome ELSE '' END AS outcome,"
    " CASE WHEN c.state = 'decided' THEN c.reason_code ELSE '' END AS decision_reason,"
    " CASE WHEN c.state = 'decided' THEN c.words ELSE '' END AS decision_words, c.decided_at"
    " FROM people.notices n JOIN people.cases c ON c.id = n.case_id"
    " JOIN people.addresses a ON a.address = n.address WHERE a.account_id = %(id)s ORDER BY n.made_at, n.id",
    "asked": f"SELECT {_CASE}, c.facts ->> 'words' AS words FROM people.cases c"  # noqa: S608  our own columns
    " WHERE c.asked_by = %(id)s ORDER BY c.opened_at, c.id",
    "decided_about_my_bodies": f"SELECT {_CASE} FROM people.cases c"  # noqa: S608  our own columns
    " JOIN people.members m ON m.body_id = c.body_id AND m.account_id = %(id)s"
    " JOIN unnest(%(kinds)s::text[], %(roles)s::text[]) AS told(kind, role)"
    " ON told.kind = c.kind AND told.role = m.role"
    " WHERE c.state = 'decided' ORDER BY c.decided_at, c.id",
    "decided_about_my_own": f"SELECT {_CASE} FROM people.cases c"  # noqa: S608  our own columns
    " WHERE c.maker = %(id)s AND c.state = 'decided' ORDER BY c.decided_at, c.id",
    "deeds": "SELECT at, body_id, what, subject, reason FROM people.deeds WHERE account_id = %(id)s ORDER BY id",
    "readings": "SELECT kind, subject, language, words, read_at FROM people.readings WHERE read_by = %(id)s"
    " ORDER BY id",
}


def rows(
    connection: Connection[Row], account_id: str, told: Collection[tuple[str, str]]
) -> dict[str, list[str]]:
    """By what they are, as JSON objects. `told`: kinds of cases, with the roles of members that are told what was decided."""
    at = {"id": account_id, "kinds": [kind for kind, _ in told], "roles": [role for _, role in told]}
    return {
        name: [
            row[0]
            for row in connection.execute(f"SELECT to_jsonb(r)::text FROM ({query}) r", at)  # noqa: S608
        ]
        for name, query in _QUERIES.items()
    }
