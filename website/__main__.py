"""`python -m website build` makes the site, `python -m website serve` shows it on this machine."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click

from website.building import NotBuilt, build, require

PROJECT = Path(__file__).parents[1]
SITE = PROJECT / "build" / "site"


def reference() -> Mapping[str, str]:
    """Return the generated pages by their paths below ``reference/``, if anything makes them."""
    if importlib.util.find_spec("website.reference") is None:
        return {}
    from website.reference import pages  # noqa: PLC0415 - it loads the server and the checks

    return pages()


@click.group()
def main() -> None:
    """Build the site of the documentation, or serve what was built."""


@main.command("build")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=SITE,
    show_default="build/site",
    help="The folder of the site. What it holds is replaced.",
)
def build_command(output: Path) -> None:
    """Build the site; any warning, broken link or asset of another host is an error."""
    begun = time.monotonic()
    try:
        require("griffe", "material")
        built = build(PROJECT, reference(), PROJECT / "build" / "docs-source", output.resolve())
    except NotBuilt as error:
        raise click.ClickException(str(error)) from None
    seconds = time.monotonic() - begun
    click.echo(f"{output}: {built.pages} pages, {built.links} links, in {seconds:.1f} s")


@main.command("serve")
@click.option("--folder", type=click.Path(path_type=Path), default=SITE, show_default="build/site")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True)
def serve_command(folder: Path, port: int) -> None:
    """Serve a built site on 127.0.0.1 until it is interrupted."""
    if not (folder / "index.html").is_file():
        raise click.ClickException(f"{folder} holds no site: run `python -m website build`")
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise click.ClickException(f"port {port}: {error.strerror}; name one by --port") from None
    with server:
        click.echo(f"http://127.0.0.1:{server.server_port}/ (Ctrl-C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo()


if __name__ == "__main__":
    main(prog_name="python -m website")
