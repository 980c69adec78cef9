"""Streamlit's own files: packed once, and then from memory, to whoever can read that."""

import asyncio
import gzip

import pyarrow as pa
import pytest
from starlette.applications import Starlette
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from portal.packing import PackedFiles


SCRIPT = "const ord = 'Vårdval';\n" * 400
FOR_EVER = {"cache-control": "public, immutable, max-age=31536000", "etag": '"a"'}


@pytest.fixture
def asked():
    return []


@pytest.fixture
def files(asked):
    async def script(request):
        asked.append(request.url.path)
        headers = {} if "unhashed" in request.url.path else FOR_EVER
        return Response(SCRIPT, media_type="text/javascript", headers=headers)

    return PackedFiles(Starlette(routes=[Route("/static/{name}", script)]))


def read(files, path="/static/app.Ab12.js", **headers):
    """Return (coding, content as sent, headers); what was begun beside is packed afterwards."""
    with TestClient(files).stream("GET", path, headers=headers) as answer:
        content = b"".join(answer.iter_raw())
    files.packer.submit(int).result()
    return answer.headers.get("content-encoding"), content, answer.headers


def test_the_first_answer_is_gzip_and_the_next_brotli_without_asking_again(files, asked):
    first = read(files, **{"accept-encoding": "gzip, br"})
    second = read(files, **{"accept-encoding": "gzip, br;q=1"})

    assert (first[0], gzip.decompress(first[1]).decode()) == ("gzip", SCRIPT)
    unpacked = pa.Codec("brotli").decompress(second[1], decompressed_size=len(SCRIPT.encode()), asbytes=True)
    assert (second[0], unpacked.decode()) == ("br", SCRIPT)
    assert len(second[1]) < len(first[1])
    assert second[2]["cache-control"] == FOR_EVER["cache-control"]
    assert second[2]["vary"] == "Accept-Encoding"
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("headers", "coding"),
    [
        ({"accept-encoding": "gzip"}, "gzip"),
        ({"accept-encoding": "identity"}, None),
        ({"accept-encoding": "br", "range": "bytes=0-9"}, None),
        ({"accept-encoding": "br", "if-none-match": '"a"'}, None),
    ],
)
def test_who_does_not_ask_for_the_whole_packed_file_is_answered_as_before(files, asked, headers, coding):
    read(files, **{"accept-encoding": "br"})

    assert read(files, **headers)[0] == coding
    assert len(asked) == 2


def test_a_file_that_may_change_is_never_kept(files, asked):
    for _ in range(3):
        read(files, "/static/unhashed.js", **{"accept-encoding": "gzip, br"})

    assert len(asked) == 3
    assert not files.files


SCOPE = {
    "type": "http",
    "method": "GET",
    "path": "/static/app.Ab12.js",
    "raw_path": b"/static/app.Ab12.js",
    "query_string": b"",
    "headers": [(b"accept-encoding", b"br")],
    "http_version": "1.1",
    "scheme": "http",
    "server": ("localhost", 80),
    "client": ("127.0.0.1", 1),
    "root_path": "",
}


def test_two_who_ask_at_once_have_it_packed_once(files, asked):
    async def ask():
        async def receive():
            return {"type": "http.request", "body": b""}

        async def send(_message):
            await asyncio.sleep(0)

        await asyncio.gather(files(dict(SCOPE), receive, send), files(dict(SCOPE), receive, send))

    asyncio.run(ask())
    files.packer.submit(int).result()
    assert list(files.files) == ["/static/app.Ab12.js"]


@pytest.mark.security
def test_whoever_goes_away_in_the_middle_leaves_no_part_of_a_file_to_the_next(tmp_path):
    """Otherwise anybody could have a script served empty to everybody, and browsers keep it for a year."""
    path = tmp_path / "app.Ab12.js"
    path.write_text(SCRIPT)
    files = PackedFiles(FileResponse(path, media_type="text/javascript", headers=FOR_EVER))

    async def go_away():
        async def receive():
            return {"type": "http.disconnect"}

        async def send(_message):
            await asyncio.sleep(0)

        await files(dict(SCOPE), receive, send)

    asyncio.run(go_away())
    assert read(files, **{"accept-encoding": "gzip, br"})[0] == "gzip"  # nothing was packed
    coding, content, _ = read(files, **{"accept-encoding": "br"})
    unpacked = pa.Codec("brotli").decompress(content, decompressed_size=len(SCRIPT.encode()), asbytes=True)
    assert (coding, unpacked.decode()) == ("br", SCRIPT)
