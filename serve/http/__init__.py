"""The HTTP API: requests in, one call to a pipeline or the registry, JSON out."""

from serve.http.app import create_app
from serve.http.queue import WorkQueue

__all__ = ["WorkQueue", "create_app"]
