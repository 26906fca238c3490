"""What people may do to the yes that a community has said to a trail of others."""

from server.policy.rights import EDITORS, MEMBERS, NOBODY, Act

KIND = "review"
STATES = ("said", "withdrawn")

ACTS = {
    "withdraw-review": Act(
        KIND,
        {"said": EDITORS, "withdrawn": NOBODY},
        {"said": MEMBERS, "withdrawn": MEMBERS},
        "the community alone takes back what it said, and nobody does it in its place",
    )
}
