"""How long a log-in lasts, and how the browser it was made in is described to its user."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network

from quizapp.core.translation import gettext

SEEN_EVERY = timedelta(hours=1)  # how often it is noted at most that a browser is still used
LINK_LIFETIME = timedelta(hours=24)  # of a log-in link that an administrator passes on
MAILED_LINK_LIFETIME = timedelta(hours=1)
MAILING_TIME = timedelta(hours=24)  # for which sending one is tried; after that people have asked again, or given up
SECOND_STEP_LIFETIME = timedelta(minutes=10)  # between the password and the code
RECOVERY_CODES = 10

USER_AGENT_MAX = 500  # characters of it that are looked at
# Names and what a User-Agent header contains; the first that fits, since many browsers also name those they imitate.
BROWSERS = {
    gettext("Edge"): re.compile("Edg"),
    gettext("Opera"): re.compile("OPR/"),
    gettext("Samsung Internet"): re.compile("SamsungBrowser"),
    gettext("Firefox"): re.compile("Firefox|FxiOS"),
    gettext("Chrome"): re.compile("CriOS|Chrome"),
    gettext("Safari"): re.compile("Safari"),
}
SYSTEMS = {
    gettext("Windows"): re.compile("Windows"),
    gettext("Android"): re.compile("Android"),
    gettext("iPhone"): re.compile("iPhone"),
    gettext("iPad"): re.compile("iPad"),
    gettext("ChromeOS"): re.compile("CrOS"),
    gettext("macOS"): re.compile("Mac OS X"),
    gettext("Linux"): re.compile("Linux"),
}


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """A session ends after `idle` without a visit, and `longest` after its log-in; for a guest only the first."""

    idle: timedelta
    longest: timedelta


def describe_browser(user_agent: str) -> str:
    """Return the browser and system that a User-Agent header names, such as "Firefox on Linux"; empty if neither."""
    looked_at = user_agent[:USER_AGENT_MAX]
    browser, system = (_first_named(looked_at, names) for names in (BROWSERS, SYSTEMS))
    if browser and system:
        return gettext("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system


def _first_named(text: str, names: Mapping[str, re.Pattern[str]]) -> str:
    return next((name for name, sign in names.items() if sign.search(text)), "")


def network_of(address: str) -> str:
    """Return the network of an internet address, coarse enough not to name one household; empty if there is none."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))
