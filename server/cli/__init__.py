"""The command line. One file a command, listed here and imported when called, so that `--help` is quick."""

import importlib
from dataclasses import dataclass

import click

from server.config import SettingError


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Where a command is: the attribute `command` of `server.cli.<module>`, and what help says of it."""

    name: str
    module: str
    summary: str


COMMANDS: tuple[CommandLine, ...] = (
    CommandLine("run", "run", "Start everything and serve until Ctrl-C."),
    CommandLine("serve", "serve", "Serve only: the database runs, is migrated and seeded."),
    CommandLine(
        "migrate", "migrate", "Bring the database, and what it shows, to the form that this code needs."
    ),
    CommandLine(
        "seed",
        "seed",
        "Load the quests, the municipalities, the places and the lakes that come with this release.",
    ),
    CommandLine("worker", "worker", "Do what waits in the job queue, until stopped."),
    CommandLine("play", "play", "Play a quest over HTTP along a recorded track, as a phone would."),
    CommandLine("pack", "pack", "Check, bring in and take away packs."),
    CommandLine("badges", "badges", "Check badges, draw them, and give everybody those they have earned."),
    CommandLine("deck", "deck", "Check decks of prompts, read them, and see what a drift would draw."),
    CommandLine("quest", "quest", "Let a quest rest, withdraw it, or publish it again."),
    CommandLine("closures", "closures", "Close ground for a while: load, list and end closures."),
    CommandLine("grounds", "grounds", "Load ground with rules, and see which quests lie on it."),
    CommandLine(
        "basemap", "basemap", "Import an offline base map from OpenStreetMap, list it, take it away."
    ),
    CommandLine("duty", "duty", "Give people duties for all, and take them back."),
    CommandLine("reports", "reports", "List what players told of stages that could not be done."),
    CommandLine("survey", "survey", "List stages whose place a steward should go and measure."),
    CommandLine("erase", "erase", "Erase a player with devices, journeys and moves, for good."),
    CommandLine("backup", "backup", "Write database, media and secrets to one file."),
    CommandLine("restore", "restore", "Bring back a backup; what was erased since stays erased."),
    CommandLine("doctor", "doctor", "Say what is wrong, and how to mend it; exit code 1 if anything is."),
    CommandLine("cluster", "cluster", "Start, stop and show the private database cluster."),
    CommandLine("config", "settings", "Show every setting, the value in force and what it is for."),
    CommandLine(
        "records",
        "records",
        "Write the records of processing, the map of where data go, the retention plan, and who may do what.",
    ),
    CommandLine("coverage", "coverage", "Count where there is enough to play near every settlement."),
    CommandLine("boundaries", "boundaries", "Make the municipalities' boundaries from SCB's regions."),
    CommandLine("lakes", "lakes", "Make the large lakes from GSHHG's shorelines."),
    CommandLine("settlements", "settlements", "Make the list of settlements from GeoNames."),
)


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [line.name for line in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for line in COMMANDS:
            if line.name == cmd_name:
                command: click.Command = importlib.import_module(f"server.cli.{line.module}").command
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(line.name, line.summary) for line in COMMANDS])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SettingError as error:
            raise click.ClickException(str(error)) from error
        except Exception as error:
            from psycopg import OperationalError

            if isinstance(error, OperationalError):
                raise click.ClickException(f"The database cannot be reached: {error}") from error
            raise


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Rotfäste: quests that help people take root in Jämtland Härjedalen."""
