"""Marking English text for translation on floors that know no request."""


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "mark, translate later"
    """Return `message` unchanged; the extraction tool collects it for the catalogs.

    A face translates it with `gettext` when it shows it.
    """
    return message
