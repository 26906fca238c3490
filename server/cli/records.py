"""`rotfaste records`: what a public body must be able to show of the data, made from the notes of the tables and from the policy."""

from pathlib import Path

import click

from server.config import read_settings


@click.command("records")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder to write to; what is there by the same names is replaced.",
)
def command(folder: Path) -> None:
    """Write the records of processing, the map of where data go, the retention plan, and who may do what."""
    from server.use_cases.records import documents
    from server.wiring import open_operator

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in documents(open_operator(read_settings())).items():
        (folder / name).write_text(text, "utf-8")
        click.echo(folder / name)
