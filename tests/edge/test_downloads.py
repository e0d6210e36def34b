"""Files handed out: conditions come before ranges, and a range that means nothing is no reason to refuse."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.edge.downloads import send_download

CONTENT = bytes(range(200))


@pytest.fixture
def file(app: Flask, tmp_path: Path) -> str:
    """Path of a route that hands out CONTENT."""
    path = tmp_path / "bill.csv"
    path.write_bytes(CONTENT)
    app.add_url_rule("/api/v2/file", "file", lambda: send_download(path, "text/csv", "bill.csv"))
    return "/api/v2/file"


@pytest.fixture
def etag(client: FlaskClient, file: str) -> str:
    return client.get(file, buffered=True).headers["ETag"]


@pytest.mark.parametrize(
    ("wanted", "part"),
    [("bytes=0-1", CONTENT[:2]), ("Bytes=100-", CONTENT[100:]), ("bytes=-3", CONTENT[-3:])],
)
def test_one_range_of_bytes_is_sent_alone(client: FlaskClient, file: str, wanted: str, part: bytes) -> None:
    response = client.get(file, headers={"Range": wanted}, buffered=True)
    assert (response.status_code, response.get_data()) == (206, part)


@pytest.mark.parametrize(
    "wanted", ["items=0-1", "bytes=0-1,5-6", "bytes=0-1, 900-", "bytes=a-b", "bytes=", "bytes", ""]
)
def test_what_is_no_single_range_of_bytes_is_ignored(client: FlaskClient, file: str, wanted: str) -> None:
    response = client.get(file, headers={"Range": wanted}, buffered=True)
    assert (response.status_code, response.get_data()) == (200, CONTENT)
    assert response.headers["Accept-Ranges"] == "bytes" and "Content-Range" not in response.headers


@pytest.mark.parametrize("wanted", ["bytes=200-", "bytes=-0"])
def test_a_range_the_file_does_not_have_is_refused(client: FlaskClient, file: str, wanted: str) -> None:
    response = client.get(file, headers={"Range": wanted})
    assert (response.status_code, response.headers["Content-Range"]) == (416, "bytes */200")


def test_only_get_has_ranges(client: FlaskClient, file: str) -> None:
    response = client.head(file, headers={"Range": "bytes=0-1"}, buffered=True)
    assert (response.status_code, response.headers["Content-Length"]) == (200, "200")


def test_a_part_of_what_is_at_hand_is_not_sent(client: FlaskClient, file: str, etag: str) -> None:
    for tag in (etag, "*"):
        response = client.get(file, headers={"If-None-Match": tag, "Range": "bytes=0-1"}, buffered=True)
        assert (response.status_code, response.get_data()) == (304, b"")
    other = client.get(file, headers={"If-None-Match": '"other"', "Range": "bytes=0-1"}, buffered=True)
    assert other.status_code == 206


@pytest.mark.parametrize("wanted", [{}, {"Range": "bytes=0-1"}])
def test_another_file_than_the_one_meant_is_not_sent(
    client: FlaskClient, file: str, etag: str, wanted: dict[str, str]
) -> None:
    for tag in ('"other"', f"W/{etag}"):
        refused = client.get(file, headers=wanted | {"If-Match": tag})
        assert refused.status_code == 412
        assert refused.get_json()["type"] == "urn:mockupaws:problem:precondition-failed"
    for tag in (etag, f'"other", {etag}', "*"):
        assert client.get(file, headers=wanted | {"If-Match": tag}, buffered=True).status_code in (200, 206)


def test_the_file_meant_may_still_be_at_hand(client: FlaskClient, file: str, etag: str) -> None:
    both = {"If-Match": etag, "If-None-Match": etag}
    assert client.get(file, headers=both, buffered=True).status_code == 304
