"""How waitress serves, in each worker of `quizapp run` and on Windows.

It reads a whole request before a thread has anything to do with it, and sends the response after the thread is done, so
that a slow or silent client costs a connection and never a thread.
"""

import select
from typing import Any

THREADS = 4  # a worker; on SQLite more of them only wait for one another

OPTIONS: dict[str, Any] = {
    "connection_limit": 1000 if hasattr(select, "poll") else 400,  # a worker; select() on Windows takes 512
    "asyncore_use_poll": True,  # select() cannot watch file descriptors above 1,023
    "channel_timeout": 60,  # seconds a client may be silent; longer than proxies keep unused connections
    "cleanup_interval": 10,  # seconds
    "max_request_header_size": 32 * 1024,
    "max_request_body_size": 32 * 1024 * 1024,  # more than any page accepts: each page has its own, smaller limit
    "clear_untrusted_proxy_headers": False,  # web/proxies.py decides which of them to believe
    "log_socket_errors": False,  # a client that hangs up is no error
    "ident": None,
}
