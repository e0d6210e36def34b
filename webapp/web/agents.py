"""Browsers and clients in words: "Firefox on Linux" instead of a User-Agent line."""

from flask_babel import gettext as _

#: What a User-Agent holds, and whose it is. The first that fits counts: most pretend to be others as well.
_PROGRAMS = (
    ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"), ("Vivaldi/", "Vivaldi"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"), ("curl/", "curl"), ("Wget/", "Wget"), ("python-requests/", "Python"),
    ("python-httpx/", "Python"), ("Python-urllib/", "Python"), ("aiohttp/", "Python"),
    ("Go-http-client/", "Go"), ("node", "Node.js"), ("PostmanRuntime/", "Postman"), ("okhttp/", "Java"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Macintosh", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def agent_in_words(agent: str) -> str:
    """`agent`, a User-Agent line, as people call the program and its system."""
    program, system = _first(_PROGRAMS, agent), _first(_SYSTEMS, agent)
    if program and system:
        return str(_("%(program)s on %(system)s", program=program, system=system))
    return program or system or str(_("Unknown program"))


def _first(known: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for sign, name in known if sign in agent), "")
