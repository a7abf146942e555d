"""What browsers may load and run on our pages (Content-Security-Policy)."""

from collections.abc import Mapping


def _policy(sources: Mapping[str, str]) -> str:
    return "; ".join(f"{directive} {allowed}".rstrip() for directive, allowed in sources.items())


CONTENT_SECURITY_POLICY = _policy(
    {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
)

# An SVG that is opened by itself is a document: it may look as it was drawn, and run nothing.
PICTURE_POLICY = _policy(
    {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "data:",
        "frame-ancestors": "'none'",
        "sandbox": "",
    }
)
