"""The pictures of questions. Whoever was shown one knows its address, and nobody guesses it."""

from flask import Blueprint
from flask import Response as HttpResponse

from quizapp.core.pictures import file_extension
from quizapp.extensions import db
from quizapp.services.editor import pictures

bp = Blueprint("pictures", __name__, url_prefix="/pictures")

MIMETYPES = {"svg": "image/svg+xml", "webp": "image/webp", "png": "image/png", "jpg": "image/jpeg"}


@bp.get("/<digest>")
def show(digest: str) -> HttpResponse:
    """Show the same bytes for ever, for everybody: kept by the browser, and by no cache that others share."""
    picture = pictures.find_picture(db.session(), digest)
    response = HttpResponse(picture.data, mimetype=MIMETYPES[file_extension(picture.data)])
    response.cache_control.private = response.cache_control.immutable = True
    response.cache_control.max_age = 31536000
    response.set_etag(digest)
    return response
