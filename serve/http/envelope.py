"""What surrounds every request: its id, the refusal while the server stops, and the answer to what nobody foresaw."""

from __future__ import annotations

import logging
import re
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serve.http.problems import problem_response, stopping_response
from serve.http.queue import WorkQueue

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# the pages of the documentation load nothing from elsewhere, whatever their scripts would like to
_OWN_ONLY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; worker-src 'self' blob:"
)
_PAGES = ("/docs", "/redoc")
_log = logging.getLogger(__name__)


class Envelope:
    """Middleware around the application.

    Args:
        queue: says whether the server is stopping.
    """

    def __init__(self, app: ASGIApp, queue: WorkQueue) -> None:
        self._app = app
        self._queue = queue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = scope["hyperlora.request_id"] = given if _ID.fullmatch(given) else uuid4().hex
        begun = False

        async def reply(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                if scope["path"] in _PAGES:
                    headers["Content-Security-Policy"] = _OWN_ONLY
            await send(message)

        if self._queue.stopping:
            await stopping_response(scope)(scope, receive, reply)
            return
        try:
            await self._app(scope, receive, reply)
        except Exception:
            _log.exception("request %s failed: %s %r", request_id, scope["method"], scope["path"])
            if begun:
                raise
            remedy = "Ask who runs the server: its log says more beside the request_id."
            await problem_response(scope, 500, "the server failed to answer", remedy)(scope, receive, reply)
