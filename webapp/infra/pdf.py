"""Turns our own HTML into a PDF. Nothing is fetched: what the page shows is inside it."""

import logging

# WeasyPrint explains every skipped CSS rule and every font table; only errors are for an operator.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


def html_to_pdf(html: str) -> bytes:
    """The accessible PDF (PDF/UA-1) of a complete HTML page whose style sheet is in the page itself.

    Title, author, description and language of the document come from the page's head. No address but
    `data:` is ever opened, whatever the page says.
    """
    # Imported here: it costs half a second and libraries that only a worker needs.
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols=["data"])
    pdf: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(pdf_variant="pdf/ua-1")
    return pdf
