"""Stylesheets and scripts: bundled by the program, sent compressed, and kept by browsers until they change."""

import gzip
import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import brotli
from flask import Flask, abort, request, url_for
from werkzeug.wrappers import Response as HttpResponse

# A bundle for each group of pages, by the files in it. The common one is in every page.
BUNDLES = {
    "app.css": ["css/tokens", "css/base", "css/controls", "css/frame", "css/components", "css/reading", "css/pages"],
    "study.css": ["css/review", "css/stage", "css/verdict", "css/kinds", "css/point", "css/study_tools"],
    "app.js": ["js/app", "js/offline"],
    "review.js": ["js/review", "js/study_tools", "js/install"],
    "attempts.js": ["js/review", "js/attempts", "js/study_tools"],
    "offline.js": ["js/review", "js/ordering", "js/matching", "js/offline", "js/offline-study"],
}
MIMETYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}
YEAR = 31_536_000  # seconds


@dataclass(frozen=True)
class Asset:
    """A file that is the same for everybody."""

    mimetype: str
    data: bytes = field(repr=False)

    @cached_property
    def version(self) -> str:
        return hashlib.sha256(self.data).hexdigest()[:12]

    @cached_property
    def brotli(self) -> bytes:
        return bytes(brotli.compress(self.data))

    @cached_property
    def gzip(self) -> bytes:
        return gzip.compress(self.data, mtime=0)


class Assets:
    """The files of a directory and the bundles made of them. Each is read and compressed once, when it is needed."""

    def __init__(self, directory: Path) -> None:
        self._paths = {
            path.relative_to(directory).as_posix(): path for path in directory.rglob("*.*") if path.suffix in MIMETYPES
        }
        self._read: dict[str, Asset] = {}

    def get(self, name: str) -> Asset | None:
        """Return the file or bundle of that name, if there is one."""
        if name not in self._read:
            if name not in BUNDLES and name not in self._paths:
                return None
            self._read[name] = Asset(MIMETYPES[Path(name).suffix], self._load(name))
        return self._read[name]

    def clear(self) -> None:
        """Forget what was read, as files change while the program is being developed."""
        self._read.clear()

    def _load(self, name: str) -> bytes:
        if name in BUNDLES:
            return _join(name, [self._load(f"{part}{Path(name).suffix}") for part in BUNDLES[name]])
        return self._paths[name].read_bytes()


def _join(name: str, parts: list[bytes]) -> bytes:
    """Return the parts as one file. Each script is a block of its own, as its names were those of a module."""
    return b"\n".join(b"{\n%s\n}" % part if name.endswith(".js") else part for part in parts)


def init_app(app: Flask) -> None:
    assets = Assets(Path(app.root_path) / "static")

    def asset(filename: str) -> str:
        """Return the address of a file or bundle; it changes with the content."""
        if app.debug:
            assets.clear()
        found = assets.get(filename)
        if found is None:
            raise LookupError(f"there is no asset {filename!r}")
        return url_for("static", filename=filename, v=found.version)

    @app.get("/static/<path:filename>", endpoint="static")
    def send(filename: str) -> HttpResponse:
        """Send a file or bundle, compressed if the browser can read that."""
        found = assets.get(filename)
        if found is None:
            abort(404)
        response = _send(found)
        _let_browsers_keep(response, for_good=request.args.get("v") == found.version)
        response.set_etag(found.version, weak=True)  # of all encodings
        return response.make_conditional(request)

    app.jinja_env.globals.update(asset=asset)


def _send(asset: Asset) -> HttpResponse:
    """Return the asset, compressed if that makes it smaller and the browser can read it."""
    if asset.mimetype == "image/png":
        return HttpResponse(asset.data, mimetype=asset.mimetype)
    encoding = request.accept_encodings.best_match(("br", "gzip"))
    data = {"br": asset.brotli, "gzip": asset.gzip}[encoding] if encoding else asset.data
    response = HttpResponse(data, mimetype=asset.mimetype)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.vary.add("Accept-Encoding")
    return response


def _let_browsers_keep(response: HttpResponse, *, for_good: bool) -> None:
    cache = response.cache_control
    cache.public = True
    if for_good:
        cache.max_age, cache.immutable = YEAR, True
    else:
        cache.no_cache = True
