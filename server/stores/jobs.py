"""Jobs put into the queue in a transaction: done if it ends well, and only then. The worker hears at once."""

import json
from collections.abc import Mapping
from typing import Any

from psycopg import Connection

from server.stores.database import Row

TAKE_IN = "take-in-medium"
SEND_MAIL = "send-mail"
REMOVE_BLOBS = "remove-blobs"


def put(connection: Connection[Row], task: str, arguments: Mapping[str, Any]) -> None:
    """`task`: a name in `server.jobs`."""
    connection.execute(
        "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', %(task)s, 0, NULL, NULL, %(arguments)s::jsonb, NULL)"
        "::procrastinate_job_to_defer_v1])",
        {"task": task, "arguments": json.dumps(arguments)},
    )
