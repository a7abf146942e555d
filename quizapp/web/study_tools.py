"""Tools while studying."""

from flask import Blueprint

bp = Blueprint("study_tools", __name__)
