"""Flask extensions, made once and bound to the application in create_app."""

from flask import Response, current_app
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy

from quizapp.models import Base


class _LoginManager(LoginManager):  # type: ignore[misc]
    def _clear_cookie(self, response: Response) -> None:
        """Delete the remember cookie as it was set: browsers ignore a `__Host-` cookie that is not Secure."""
        name, secure = (current_app.config[f"REMEMBER_COOKIE_{what}"] for what in ("NAME", "SECURE"))
        response.delete_cookie(name, secure=secure, httponly=True, samesite="Lax")


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
login_manager = _LoginManager()
