"""Web Push: messages that only one browser can read (RFC 8291), signed with the keys of this site (RFC 8292).

A push service's address comes from a browser, so it may be anything: only public https addresses are connected to, each
checked when it is connected to, and none for longer than LONGEST.
"""

import json
import secrets
import socket
import ssl
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from quizapp.config import Settings
from quizapp.core.translation import gettext

try:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
except ImportError:  # the extra [push] is not installed
    is_available = False
else:
    is_available = True

LONGEST = 5.0  # seconds for one message
LONGEST_ENDPOINT = 1000  # characters
RECORD_SIZE = 4096  # bytes, of which a message has one record at most
KEPT_FOR = timedelta(hours=4)  # by the push service, for a device that is off
SIGNED_FOR = timedelta(hours=12)
SCHEME = "vapid"


class Gone(Exception):
    """The push service does not know the browser any more, or its address or key is not usable."""


class NotSent(Exception):
    """The push service could not be reached, or did not take the message; the message says why."""


# Keys


def make_keys() -> tuple[str, str]:
    """Return a private and a public key for a site, in base64url."""
    key = ec.generate_private_key(ec.SECP256R1())
    number = key.private_numbers().private_value
    return _encode(number.to_bytes(32, "big")), _encode(_public_bytes(key))


def sign(private_key: str, public_key: str, endpoint: str, *, contact: str | None, now: datetime) -> str:
    """Return the header that shows a push service who sends: a JSON Web Token, and the public key to check it."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int((now + SIGNED_FOR).timestamp())}
    claims |= {"sub": contact} if contact else {}
    signed = ".".join(_encode(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    key = ec.derive_private_key(int.from_bytes(_decode(private_key), "big"), ec.SECP256R1())
    r, s = utils.decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = _encode(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"{SCHEME} t={signed}.{signature}, k={public_key}"


def encrypt(message: bytes, public_key: str, auth_secret: str) -> bytes:
    """Return a message encrypted for the browser with these keys, in base64url. Raises ValueError for unusable keys."""
    theirs = _decode(public_key)
    ours = ec.generate_private_key(ec.SECP256R1())
    shared = ours.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    salt, sender = secrets.token_bytes(16), _public_bytes(ours)
    secret = _derive(shared, _decode(auth_secret), b"WebPush: info\0" + theirs + sender, 32)
    key, nonce = (
        _derive(secret, salt, b"Content-Encoding: " + name + b"\0", length)
        for name, length in ((b"aes128gcm", 16), (b"nonce", 12))
    )
    header = salt + RECORD_SIZE.to_bytes(4, "big") + bytes([len(sender)]) + sender
    return header + AESGCM(key).encrypt(nonce, message + b"\x02", None)  # 2: the last record


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _public_bytes(key: "ec.EllipticCurvePrivateKey") -> bytes:
    form = serialization.PublicFormat.UncompressedPoint
    return key.public_key().public_bytes(serialization.Encoding.X962, form)


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


# Sending


def is_endpoint(address: str, settings: Settings) -> bool:
    """Return whether an address may be that of a push service: https on the usual port, and no private address."""
    if len(address) > LONGEST_ENDPOINT or not address.isascii() or not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if settings.push_to_private:
        return bool(host) and parts.scheme in ("http", "https")
    return bool(host) and parts.scheme == "https" and "@" not in parts.netloc and port in (None, 443)


def send(settings: Settings, endpoint: str, headers: dict[str, str], body: bytes) -> None:
    """Send an encrypted message to a push service. Takes LONGEST at most. Raises Gone, NotSent."""
    if not is_endpoint(endpoint, settings):
        raise Gone
    parts = urlsplit(endpoint)
    fixed = {"content-encoding": "aes128gcm", "ttl": str(KEPT_FOR.seconds), "urgency": "normal", "topic": "today"}
    try:
        with _connect(parts, settings) as connection:
            path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
            connection.request("POST", path, body, {**fixed, **headers})
            status = connection.getresponse().status  # a redirect is not followed
    except (OSError, HTTPException, ValueError) as error:
        raise NotSent(str(error) or type(error).__name__) from error
    if status in (404, 410):
        raise Gone
    if not 200 <= status < 300:
        raise NotSent(f"status {status}")


@contextmanager
def _connect(parts: SplitResult, settings: Settings) -> Iterator[HTTPConnection]:
    """Connect to a host whose address was checked, so that its name cannot lead elsewhere a moment later."""
    host, is_secure = parts.hostname or "", parts.scheme == "https"
    address = _resolve(host, parts.port or (443 if is_secure else 80), settings)
    connection = HTTPConnection(host, parts.port or (443 if is_secure else 80))
    connection.sock = socket.create_connection(address, timeout=LONGEST)
    end = threading.Timer(LONGEST, lambda: _shut(connection.sock))  # else an answer could come byte by byte
    try:
        if is_secure:
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=host, do_handshake_on_connect=False)
        end.start()
        if isinstance(connection.sock, ssl.SSLSocket):
            connection.sock.do_handshake()
        yield connection
    finally:
        end.cancel()
        connection.close()


def _shut(connected: socket.socket | None) -> None:
    with suppress(OSError, AttributeError):
        connected.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]


def _resolve(host: str, port: int, settings: Settings) -> tuple[str, int]:
    """Return an address of a host. Raises NotSent if any of its addresses is not public."""
    found = [str(address[0]) for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not settings.push_to_private and not all(map(is_public, found)):
        raise NotSent(gettext("not a public address"))
    return found[0], port


def is_public(address: str) -> bool:
    """Return whether an internet address is one that everybody can reach, and not of this machine or network."""
    parsed = ip_address(address.partition("%")[0])
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return parsed.is_global and not parsed.is_multicast
