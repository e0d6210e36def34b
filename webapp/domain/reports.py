"""Reports: what may be asked for, the states one passes, and how long each may take."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from webapp.domain.errors import InvalidInput, Problem
from webapp.domain.words import N_, phrase

ReportFormat = Literal["pdf", "csv"]
ReportStatus = Literal["queued", "running", "completed", "failed", "cancelled"]
Section = Literal["summary", "costs", "traffic", "assumptions", "formulas"]

FORMATS: Mapping[ReportFormat, str] = {
    "pdf": N_("PDF, to read and pass on"),
    "csv": N_("CSV, to calculate with"),
}
MIMETYPES: Mapping[ReportFormat, str] = {"pdf": "application/pdf", "csv": "text/csv"}
SECTIONS: Mapping[Section, str] = {
    "summary": N_("Summary"),
    "costs": N_("Costs"),
    "traffic": N_("Traffic"),
    "assumptions": N_("Assumptions"),
    "formulas": N_("Formulas"),
}
STATUSES: Mapping[ReportStatus, str] = {
    "queued": N_("Queued"),
    "running": N_("Being made"),
    "completed": N_("Ready"),
    "failed": N_("Failed"),
    "cancelled": N_("Cancelled"),
}

#: A running report says it is alive this often; one silent for STALE has lost its worker.
HEARTBEAT_S = 2.0
STALE = timedelta(seconds=10)
#: A report still queued this long after it was sent is sent again: its message may be lost.
QUEUED_TOO_LONG = timedelta(seconds=60)
#: A report whose worker died this often is given up; something in it may be what kills workers.
MAX_ATTEMPTS = 3
#: Finished reports and their files are kept this long.
KEPT = timedelta(days=90)

QUEUE_IS_AWAY = N_(
    "The job queue is away. Your request is kept; the report will be made when the queue is back."
)
INTERRUPTED = N_("The report was interrupted several times. Try again with fewer sections.")
TOOK_TOO_LONG = N_("The report took too long. Try again with fewer sections, or as CSV.")
BROKE = N_("Something went wrong while the report was made. Try again; if it fails again, tell the operator.")


def read_format(value: object, pointer: str = "/format") -> ReportFormat:
    """The asked format; "pdf" when none is named. Raises InvalidInput."""
    if value is None:
        return "pdf"
    for known in FORMATS:
        if value == known:
            return known
    message = phrase(N_("Unknown format. Known: %(names)s."), names=", ".join(FORMATS))
    raise InvalidInput([Problem(pointer, message)])


def read_sections(values: object, pointer: str = "/sections") -> tuple[Section, ...]:
    """The asked sections in the report's order, each once; all when none is named. Raises InvalidInput."""
    if values is None:
        return tuple(SECTIONS)
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise InvalidInput([Problem(pointer, phrase(N_("Sections are a list of names.")))])
    names = phrase(N_("Unknown section. Known: %(names)s."), names=", ".join(SECTIONS))
    problems = [
        Problem(f"{pointer}/{index}", names)
        for index, value in enumerate(values)
        if value not in tuple(SECTIONS)
    ]
    if problems:
        raise InvalidInput(problems)
    return tuple(section for section in SECTIONS if section in values) or tuple(SECTIONS)


def read_mail_wish(value: object, pointer: str = "/mail_when_ready") -> bool:
    """Whether a mail is wanted when the report is ready; none unless asked for. Raises InvalidInput."""
    if value is None or isinstance(value, bool):
        return value is True
    raise InvalidInput([Problem(pointer, phrase(N_("Say true or false.")))])


def file_name(scenario_name: str, format: ReportFormat, day: date) -> str:
    """A file name that every system takes and that sorts by day: "checkout-2026-11-24.pdf"."""
    plain = unicodedata.normalize("NFKD", scenario_name).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].strip("-")
    return f"{stem or 'scenario'}-{day.isoformat()}.{format}"
