"""`hyperlora serve`."""

from __future__ import annotations

import click

from serve.cli.main import base_option


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 picks a free port.")
@base_option
def command(host: str, port: int, base: str | None) -> None:
    """Serve the HTTP API and the web page.

    Ctrl-C or SIGTERM once: no new requests; those that run have 3 seconds to end, else they are given up and register
    nothing. Twice: the end at once.

    \b
    Example:
      hyperlora serve --port 8000
      curl -s localhost:8000/v1/adapt -H 'content-type: application/json' -d '{"description": "Give the plural"}'
    """
    import socket
    import sys

    from hyperlora.errors import InputError
    from pipelines.runtime import Runtime
    from serve.http import WorkQueue, create_app
    from serve.http.server import serve_until_stopped

    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        raise InputError(
            f"cannot listen on {host}:{port}: {error.strerror}", "Choose another --port or --host."
        ) from error
    runtime = Runtime(base)
    _ = runtime.located  # a wrong --base should fail now, not at the first request
    queue = WorkQueue()
    app = create_app(runtime, queue)
    listener.listen()
    click.echo(f"HyperLoRA on http://{host}:{listener.getsockname()[1]}", err=True)
    try:
        serve_until_stopped(app, queue, listener)
    except KeyboardInterrupt:
        sys.exit(130)
