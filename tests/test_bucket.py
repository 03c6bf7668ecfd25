"""Clips in object storage: an S3 server on loopback, and a stub where the server must misbehave."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pytest
from conftest import run_digest
from hypothesis import given
from hypothesis import strategies as st

from digest import bucket as buckets
from digest import inbox, storage
from digest.bucket import SETTLED, Bucket, Item, Known, Listing, Mirror, is_seed, local, named, wanted
from digest.channels import Secret
from digest.errors import BucketError, ConfigError, SeedError
from digest.press import opened
from digest.settings import load
from digest.storage import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "marked-bucket-secret"
CLIP = """\
---
title: "一家公司的四月"
source: "https://news.example/{name}"
---
创始人林知夏说：“我们不是卖得不够快，而是跑得太快，快到没有人知道为什么要跑这一趟。”
"""


class Server:
    """A moto server in a process of its own, which can be frozen; one for all tests, a bucket each."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{self.port}"
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


class Shelf:
    """One bucket of the server, and its mirror."""

    def __init__(self, url: str, name: str, folder: Path, prefix: str = "clips") -> None:
        self.bucket = Bucket(f"s3://{name}/{prefix}".rstrip("/"), folder, url, "us-east-1", Secret("k"), Secret(SECRET))
        self.store = Store(self.bucket)
        self.call("create_bucket")

    def call(self, method: str, **options: Any) -> Any:
        return self.store._files.call_s3(method, Bucket=self.bucket.name, **options)

    def put(self, key: str, text: str = CLIP) -> None:
        self.call("put_object", Key=f"{self.bucket.prefix}{key}", Body=text.encode())

    def drop(self, key: str) -> None:
        self.call("delete_object", Key=f"{self.bucket.prefix}{key}")

    def mirror(self) -> Mirror:
        return Mirror(self.bucket, storage.opened)

    def clips(self) -> dict[str, str]:
        return {file.path: inbox.read(file).data.decode() for file in inbox.scan([self.bucket.mirror])}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.end()


@pytest.fixture
def shelf(server: Server, tmp_path: Path) -> Shelf:
    return Shelf(server.url, f"b{abs(hash(tmp_path)):x}"[:30], tmp_path / "mirror")


@pytest.fixture(autouse=True)
def _swift(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks follow each other at once, and what is silent is left soon."""
    monkeypatch.setattr(buckets, "REST", 0.0)
    monkeypatch.setattr(storage, "CONNECT", 2.0)
    monkeypatch.setattr(storage, "READ", 2.0)
    monkeypatch.setattr(storage, "TOTAL", 5.0)


@pytest.fixture
def unsettled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is old enough to be finished by its time, however slow the machine."""
    monkeypatch.setattr(buckets, "SETTLED", 3600.0)


@pytest.mark.usefixtures("unsettled")
def test_an_object_is_mirrored_once_it_looks_the_same_twice(shelf: Shelf) -> None:
    shelf.put("a.md", "first")
    mirror = shelf.mirror()
    assert mirror.refresh() == ""
    assert shelf.clips() == {}
    assert mirror.refresh() == ""
    assert shelf.clips() == {"a.md": "first"}
    mirror.check()


@pytest.mark.usefixtures("unsettled")
def test_what_changes_between_two_looks_waits(shelf: Shelf) -> None:
    mirror = shelf.mirror()
    for text in ("one", "two", "three"):
        shelf.put("a.md", text)
        mirror.refresh()
        assert shelf.clips() == {}
    mirror.refresh()
    assert shelf.clips() == {"a.md": "three"}


def test_a_patient_look_waits_for_what_was_written_just_now(shelf: Shelf) -> None:
    shelf.put("deep/one.md", "text")
    shelf.mirror().refresh(patient=True)
    assert shelf.clips() == {"deep/one.md": "text"}


def twice(mirror: Mirror) -> str:
    return mirror.refresh() or mirror.refresh()


def test_only_what_has_changed_is_fetched_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.md", "b.md", "c.txt", "picture.png", ".obsidian/x.md", "folder/"):
        shelf.put(name, f"text of {name}")
    fetched: list[str] = []
    get = Store.get

    def noted(self: Store, item: Item) -> bytes | None:
        fetched.append(item.key)
        return get(self, item)

    monkeypatch.setattr(Store, "get", noted)
    mirror = shelf.mirror()
    twice(mirror)
    assert sorted(fetched) == ["a.md", "b.md", "c.txt"]
    shelf.put("b.md", "other text")
    shelf.drop("c.txt")
    twice(mirror)
    assert fetched[3:] == ["b.md"]
    assert shelf.clips() == {"a.md": "text of a.md", "b.md": "other text"}
    (shelf.bucket.mirror / "a.md").write_text("spoilt", encoding="utf-8")  # the mirror mends itself
    twice(shelf.mirror())
    assert fetched[4:] == ["a.md"]
    assert shelf.clips()["a.md"] == "text of a.md"


@pytest.mark.faults
def test_a_listing_of_several_pages_is_read_to_its_end(shelf: Shelf) -> None:
    keys = [f"{number:04}.png" for number in range(1005)] + ["zz.md"]
    with ThreadPoolExecutor(8) as crew:
        list(crew.map(shelf.put, keys))
    listing = shelf.store.list()
    assert len(listing.items) == len(keys)
    assert listing.at is not None
    assert twice(shelf.mirror()) == ""
    assert list(shelf.clips()) == ["zz.md"]


def test_an_upload_in_parts_is_unseen_until_it_is_whole(shelf: Shelf) -> None:
    key = f"{shelf.bucket.prefix}big.md"
    upload = shelf.call("create_multipart_upload", Key=key)["UploadId"]
    part = shelf.call("upload_part", Key=key, UploadId=upload, PartNumber=1, Body=b"half of a clip")
    mirror = shelf.mirror()
    twice(mirror)
    assert shelf.clips() == {}
    parts = {"Parts": [{"ETag": part["ETag"], "PartNumber": 1}]}
    shelf.call("complete_multipart_upload", Key=key, UploadId=upload, MultipartUpload=parts)
    twice(mirror)
    assert shelf.clips() == {"big.md": "half of a clip"}


@pytest.mark.usefixtures("unsettled")
def test_an_object_that_is_replaced_while_it_is_read_is_read_again(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.put("a.md", "old")
    mirror = shelf.mirror()
    mirror.refresh()
    get, times = Store.get, [0]

    def replaced(self: Store, item: Item) -> bytes | None:
        times[0] += 1
        if times[0] == 1:
            shelf.put("a.md", "new")
        return get(self, item)

    monkeypatch.setattr(Store, "get", replaced)
    assert mirror.refresh() == ""
    assert shelf.clips() == {}  # neither the old bytes under the new etag nor the other way round
    twice(mirror)
    assert shelf.clips() == {"a.md": "new"}


def test_an_object_that_goes_between_listing_and_reading_is_no_fault(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.put("a.md")
    shelf.put("b.md", "stays")
    mirror = shelf.mirror()
    mirror.refresh()
    listed = Store.list

    def vanishing(self: Store) -> Listing:
        found = listed(self)
        shelf.drop("a.md")
        return found

    monkeypatch.setattr(Store, "list", vanishing)
    assert mirror.refresh() == ""
    assert shelf.clips() == {"b.md": "stays"}


def test_a_frozen_server_is_left_in_time_and_the_clips_stay(server: Server, shelf: Shelf) -> None:
    shelf.put("a.md", "text")
    mirror = shelf.mirror()
    twice(mirror)
    server.process.send_signal(signal.SIGSTOP)
    try:
        since = time.monotonic()
        trouble = mirror.refresh()
        took = time.monotonic() - since
    finally:
        server.process.send_signal(signal.SIGCONT)
    assert "cannot be reached" in trouble
    assert took < 12
    assert shelf.clips() == {"a.md": "text"}
    mirror.check()
    assert mirror.refresh() == trouble  # not asked again at once
    assert mirror.refresh(patient=True) == ""


def test_a_bucket_that_is_away_lets_no_clip_be_gone(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put("a.md", CLIP)
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True)
    entry = f"{{url: '{shelf.bucket.url}', endpoint_env: E, region: us-east-1, key_env: K, secret_env: S}}"
    (home / "config" / "digest.yaml").write_text(f"seeds: [{entry}]\n", encoding="utf-8")
    given = {"E": str(shelf.bucket.endpoint), "K": "k", "S": SECRET}
    settings = load(home, environment=given)
    with opened(settings) as press:
        assert press.pick_up(patient=True) == 1
        shelf.call("delete_object", Key=f"{shelf.bucket.prefix}a.md")
        shelf.call("delete_bucket")
        press.pick_up()
        assert press.picked.away == 1
        assert press.archive.seed_counts()["new"] == 1
        assert len(press.newsroom.files()) == 1
        shelf.call("create_bucket")  # it is back, and truly without the clip
        press.pick_up(patient=True)
        assert press.picked.away == 0
        assert press.archive.seed_counts()["new"] == 0


def test_without_a_whole_look_nothing_is_planned(shelf: Shelf) -> None:
    shelf.call("delete_bucket")
    mirror = shelf.mirror()
    assert "there is no such bucket" in mirror.refresh()
    with pytest.raises(BucketError, match="no such bucket"):
        mirror.check()


def test_a_preview_of_a_bucket_is_that_of_a_folder_and_tells_no_secret(shelf: Shelf, tmp_path: Path) -> None:
    folder = tmp_path / "local"
    for home in (folder, tmp_path / "remote"):
        (home / "config").mkdir(parents=True)
    (folder / "clips").mkdir()
    for name in ("one.md", "two.md"):
        shelf.put(name, CLIP.format(name=name))
        (folder / "clips" / name).write_text(CLIP.format(name=name), encoding="utf-8")
        os.utime(folder / "clips" / name, (1_700_000_000, 1_700_000_000))
    (folder / "config" / "digest.yaml").write_text("seeds: [clips]\n", encoding="utf-8")
    entry = f"{{url: '{shelf.bucket.url}/', endpoint_env: E, region: us-east-1, key_env: K, secret_env: S}}"
    (tmp_path / "remote" / "config" / "digest.yaml").write_text(f"seeds: [{entry}]\n", encoding="utf-8")
    given = {"E": str(shelf.bucket.endpoint), "K": "key-of-the-bucket", "S": SECRET}
    told = []
    for home in (folder, tmp_path / "remote"):
        done = run_digest("preview", "--json", "--home", home, "--now", "2026-11-20T09:00+08:00", cwd=home, env=given)
        assert done.returncode == 0, done.stderr
        assert SECRET not in done.stdout + done.stderr
        assert done.stderr == ""
        told.append(json.loads(done.stdout)["issue"])
    assert told[0] == told[1]
    doctor = run_digest("doctor", "--json", "--home", tmp_path / "remote", cwd=tmp_path, env=given)
    assert "bucket" not in doctor.stdout
    away = run_digest(
        "preview", "--home", tmp_path / "remote", cwd=tmp_path, env={**given, "E": "http://127.0.0.1:9"}, timeout=90
    )
    assert away.returncode == 1
    assert "cannot be reached" in away.stderr
    assert "Traceback" not in away.stderr
    assert SECRET not in away.stderr
    doctor = run_digest(
        "doctor", "--json", "--home", tmp_path / "remote", cwd=tmp_path, env={**given, "E": "http://127.0.0.1:9"}
    )
    assert '"code": "bucket"' in doctor.stdout


def test_a_slot_waits_for_a_bucket_that_was_never_fetched_and_its_issue_goes_out_then(
    server: Server, tmp_path: Path
) -> None:
    shelf = Shelf(server.url, "never-fetched", tmp_path / "unused")
    shelf.call("delete_bucket")
    (tmp_path / "config").mkdir()
    entry = f"{{url: '{shelf.bucket.url}', endpoint_env: E, region: us-east-1, key_env: K, secret_env: S}}"
    (tmp_path / "config" / "digest.yaml").write_text(
        f"seeds: [{entry}]\nchannels: {{files: {{type: folder, path: out/there}}}}\n", encoding="utf-8"
    )
    settings = load(tmp_path, environment={"E": server.url, "K": "k", "S": SECRET})
    now = [datetime.fromisoformat("2026-11-19T09:00+08:00")]
    with opened(settings, lambda: now[0]) as press:
        assert not press.tick(threading.Event()).alerts  # past slots count as skipped
        now[0] = datetime.fromisoformat("2026-11-20T09:07+08:00")
        report = press.tick(threading.Event())
        assert "no such bucket" in report.alerts[0]
        assert not press.archive.issue_ids()
        shelf.call("create_bucket")
        shelf.put("a.md")
        report = press.tick(threading.Event(), patient=True)
        assert press.archive.issue_ids() == ["2026-W47"]
        assert report.count("delivered") > 0


class Stub(ThreadingHTTPServer):
    """A server of two objects, a page each, that says what a test wants; its clock is `skew` seconds off."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.skew = 0.0
        self.age = 60.0
        self.etag = '"1"'
        self.short = False
        self.error: tuple[int, str] | None = None
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, *_: object) -> None:
        """A client that hangs up."""


class Answers(BaseHTTPRequestHandler):
    server: Stub

    def do_GET(self) -> None:
        stub = self.server
        now = datetime.fromtimestamp(time.time() + stub.skew, UTC)
        status, body = 200, b"the bytes"
        if stub.error:
            status, code = stub.error
            body = f"<Error><Code>{code}</Code><Message>{escape(SECRET)}</Message></Error>".encode()
        elif "list-type=2" in self.path:
            at = datetime.fromtimestamp(now.timestamp() - stub.age, UTC).isoformat()
            first, *others = ("a.md", "b.md")
            further = "continuation-token=second%20page" in self.path
            keys = others if further else (first,)
            rows = "".join(
                f"<Contents><Key>{key}</Key><LastModified>{at}</LastModified><ETag>&quot;1&quot;</ETag>"
                "<Size>9</Size></Contents>"
                for key in keys
            )
            token = "" if further else "<NextContinuationToken>second page</NextContinuationToken>"
            cut = str(not further).lower()
            body = f"<ListBucketResult><IsTruncated>{cut}</IsTruncated>{token}{rows}</ListBucketResult>".encode()
        self.send_response_only(status)
        self.send_header("Date", format_datetime(now, usegmt=True))
        self.send_header("ETag", stub.etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:4] if stub.short and "list-type=2" not in self.path else body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def stub() -> Iterator[Stub]:
    made = Stub()
    yield made
    made.shutdown()
    made.server_close()


def stubbed(stub: Stub, folder: Path) -> Mirror:
    address = f"http://127.0.0.1:{stub.server_address[1]}"
    made = Bucket("s3://stubbed", folder, address, "us-east-1", Secret("k"), Secret(SECRET))
    return Mirror(made, storage.opened)


@pytest.mark.parametrize("skew", [-86_400.0, -3600.0, 0.0, 3600.0, 86_400.0])
@pytest.mark.parametrize(("age", "looks"), [(60.0, 1), (0.0, 2), (-30.0, 2)])
def test_a_server_whose_clock_is_off_is_set_against_itself(
    stub: Stub, tmp_path: Path, skew: float, age: float, looks: int
) -> None:
    stub.skew, stub.age = skew, age
    mirror = stubbed(stub, tmp_path)
    for look in range(1, 3):
        assert mirror.refresh() == ""
        assert len(list(inbox.scan([tmp_path]))) == (2 if look >= looks else 0)


def test_a_server_that_heeds_no_condition_is_not_believed(stub: Stub, tmp_path: Path) -> None:
    mirror = stubbed(stub, tmp_path)
    stub.etag = '"2"'  # the listing says 1
    assert mirror.refresh() == ""
    assert not list(inbox.scan([tmp_path]))
    stub.etag = '"1"'
    mirror.refresh()
    assert len(list(inbox.scan([tmp_path]))) == 2


def test_bytes_that_end_early_are_no_clip(stub: Stub, tmp_path: Path) -> None:
    mirror = stubbed(stub, tmp_path)
    stub.short = True
    assert "stay as they were known" in mirror.refresh()
    assert not list(inbox.scan([tmp_path]))
    gc.collect()  # a connection that was left open would be told now, and fail this test
    stub.short = False
    assert mirror.refresh(patient=True) == ""
    assert len(list(inbox.scan([tmp_path]))) == 2


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "AccessDenied", "access is denied"),
        (403, "InvalidAccessKeyId", "key is not known"),
        (403, "SignatureDoesNotMatch", "secret does not fit"),
        (403, "RequestTimeTooSkewed", "this machine's clock"),
        (404, "NoSuchBucket", "no such bucket"),
        (500, "InternalError", "InternalError"),
        (503, "SlowDown", "SlowDown"),
    ],
)
def test_what_a_server_refuses_is_told_in_plain_words(
    stub: Stub, tmp_path: Path, status: int, code: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    stub.error = (status, code)
    mirror = stubbed(stub, tmp_path)
    assert said in mirror.refresh()
    assert mirror.trouble.startswith("s3://stubbed: ")
    assert SECRET not in caplog.text + mirror.trouble
    mirror.refresh(patient=True)
    assert len(caplog.records) == 1  # told once, not at each look


def test_while_one_process_looks_another_uses_what_is_there(shelf: Shelf) -> None:
    shelf.put("a.md", "text")
    twice(shelf.mirror())
    shelf.put("b.md", "more")
    with shelf.mirror()._locked() as free:
        assert free
        assert twice(shelf.mirror()) == ""
        assert list(shelf.clips()) == ["a.md"]
    twice(shelf.mirror())
    assert list(shelf.clips()) == ["a.md", "b.md"]


def test_a_clip_that_is_too_big_is_held_back_and_not_fetched(tmp_path: Path) -> None:
    class Vast:
        def list(self) -> Listing:
            return Listing([Item("vast.md", '"1"', inbox.BIGGEST + 1, 0.0)], time.time())

        def get(self, item: Item) -> bytes | None:
            raise AssertionError(item)

    assert Mirror(Bucket("s3://vast", tmp_path), lambda _: Vast()).refresh() == ""
    (file,) = inbox.scan([tmp_path])
    with pytest.raises(SeedError, match="MB is more"):
        inbox.read(file)
    assert (tmp_path / "vast.md").stat().st_blocks * 512 < 1_000_000


def test_what_does_not_fit_in_time_comes_with_the_next_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        def list(self) -> Listing:
            return Listing([Item(f"{number}.md", '"1"', 4, 0.0) for number in range(40)], time.time())

        def get(self, _: Item) -> bytes | None:
            time.sleep(0.05)
            return b"text"

    monkeypatch.setattr(buckets, "LONGEST", 0.1)
    mirror = Mirror(Bucket("s3://slow", tmp_path), lambda _: Slow())
    assert mirror.refresh() == ""
    some = len(list(inbox.scan([tmp_path])))
    assert 0 < some < 40
    with pytest.raises(BucketError, match="for the first time"):
        mirror.check()
    monkeypatch.setattr(buckets, "LONGEST", 30.0)
    mirror.refresh()
    assert len(list(inbox.scan([tmp_path]))) == 40
    mirror.check()


PARTS = ["a", "b.md", "..", ".", "", "长名" * 60, "x" * 300, "c d", "e%2Fb.md%2Fz", "100%", "f\0"]
KEYS = st.lists(st.sampled_from(PARTS), min_size=1, max_size=4)


@given(KEYS, KEYS)
def test_each_key_has_a_place_of_its_own_inside_the_mirror(one: list[str], two: list[str]) -> None:
    places = []
    for parts in (one, two):
        key = "/".join([*parts, "z.md"])
        place = local(key)
        assert place.endswith(".md")
        assert not place.startswith("/")
        assert all(part and part not in {".", ".."} and len(part.encode()) <= 255 for part in place.split("/"))
        assert "\0" not in place
        places.append(place)
    assert (one == two) == (places[0] == places[1])
    folders = ["/".join(place.split("/")[:cut]) for place in places for cut in range(1, place.count("/") + 1)]
    assert not set(folders) & set(places)  # nothing is a file and a folder


def test_names_that_are_hidden_in_a_folder_are_so_in_a_bucket() -> None:
    assert is_seed("notes/Clip.MD")
    for key in (".trash/a.md", "a/.b.md", "a.md~", "a.png", "folder/", ".obsidian/workspace.md"):
        assert not is_seed(key)


@given(
    st.floats(-1e6, 1e6),
    st.one_of(st.none(), st.floats(-1e6, 1e6)),
    st.sampled_from(["", "old", "new"]),
    st.sampled_from(["", "old", "new"]),
)
def test_nothing_is_fetched_twice_or_before_it_is_settled(
    modified: float, at: float | None, had: str, waited: str
) -> None:
    item = Item("a.md", "new", 3, modified)
    known = Known({"a.md": (had, 3, 0.0)} if had else {}, {"a.md": waited} if waited else {})
    fetch, waiting = wanted(Listing([item], at), known)
    if had == "new":
        assert (fetch, waiting) == ([], {})
    elif waited == "new" or (at is not None and at - modified >= SETTLED):
        assert (fetch, waiting) == ([item], {})
    else:
        assert (fetch, waiting) == ([], {"a.md": "new"})


def test_two_buckets_have_two_mirrors() -> None:
    names = {
        named("s3://clips", None),
        named("s3://clips/tech", None),
        named("s3://clips/tech", "https://one.example"),
        named("s3://clips/tech", "https://two.example"),
    }
    assert len(names) == 4


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        ("[s3://X]", "seeds[0].url: 's3://X' is neither a folder nor a bucket"),
        ("[gs://clips]", "neither a folder nor a bucket"),
        ("[clips, {url: more, key_env: K}]", "seeds[1].key_env: only a bucket"),
        ("[{url: s3://clips, key_env: NONE, secret_env: S}]", "seeds[0].key_env: the environment variable NONE"),
        ("[{url: s3://clips, key_env: K}]", "needs a key and a secret"),
        ("[{url: s3://clips, endpoint: 'https://me:pw@host'}]", "an endpoint is written like"),
        ("[{url: s3://clips, secret_file: gone, key_env: K}]", "gone cannot be read"),
        ("[{url: s3://clips, endpiont: x}]", "did you mean 'endpoint'?"),
        ("clips", "expected a list"),
    ],
)
def test_wrong_seeds_are_told_with_their_place(tmp_path: Path, seeds: str, said: str) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "digest.yaml").write_text(f"seeds: {seeds}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, environment={"K": "k", "S": SECRET})
    assert said in str(caught.value)
    assert "config/digest.yaml:1" in str(caught.value)


def test_buckets_and_folders_stand_side_by_side(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "digest.yaml").write_text("seeds: [clips, s3://some-clips/tech]\n", encoding="utf-8")
    settings = load(tmp_path, environment={})
    assert settings.folders == (tmp_path / "clips",)
    assert [one.prefix for one in settings.buckets] == ["tech/"]
    assert settings.seeds == (tmp_path / "clips", settings.buckets[0].mirror)
    assert load(tmp_path, [tmp_path], environment={}).buckets == ()
