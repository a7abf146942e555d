"""The reverse proxies in front, whose `X-Forwarded-…` headers say who is asking.

Anybody can send these headers. They are believed as far as the request came through proxies at known addresses: the
nearest one says who asked it, and if that is a known proxy too, so does the one before.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from itertools import takewhile
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class KnownProxies:
    """The application behind at most so many proxies, each in one of the networks."""

    def __init__(self, app: "WSGIApplication", *, most: int, networks: Sequence[IPv4Network | IPv6Network]) -> None:
        self._networks = networks
        counts = range(1, most + 1)
        self._behind: list[WSGIApplication] = [app, *(ProxyFix(app, x_for=n, x_proto=n, x_host=n) for n in counts)]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        return self._behind[self._count(environ)](environ, start_response)

    def _count(self, environ: "WSGIEnvironment") -> int:
        """Return how many known proxies the request came through, the nearest first."""
        forwarded = reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(","))
        chain = [environ.get("REMOTE_ADDR", ""), *(address.strip() for address in forwarded)]
        return len(list(takewhile(self._is_known, chain[: len(self._behind) - 1])))

    def _is_known(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        return any(parsed in network for network in self._networks)
