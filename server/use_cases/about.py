"""What the pages about the service say in figures, taken from where they are in force."""

from server.stores import mine
from server.use_cases.erase import REGRET
from server.use_cases.forget import POSITIONS_KEPT, REPORTS_KEPT

BACKUPS_KEPT = 30  # one a night: deploy/rotfaste-backup.service


def figures() -> dict[str, object]:
    """By the names that texts give them. [days]"""
    return {
        "position_days": POSITIONS_KEPT.days,
        "report_days": REPORTS_KEPT.days,
        "regret_days": REGRET.days,
        "backup_days": BACKUPS_KEPT,
    }


def stored_tables() -> list[str]:
    """What is kept of a player, by the names that the export's sentences have."""
    return [str(table.name).replace("_", "-") for table, _ in mine.personal() if mine.exported(table)]
