"""Object storage through s3fs, the S3 of fsspec: S3 itself, and what speaks like it (MinIO, R2, OSS, COS, Ceph).

Every request has its time limit, and what goes wrong becomes a sentence that tells no secret.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from digest.bucket import Item, Listing
from digest.errors import BucketError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.bucket import Bucket

CONNECT, READ, TOTAL = 5.0, 10.0, 25.0
"""Seconds for a connection, for the next bytes, and for a request with all its repetitions."""
TRIES = 3
"""Attempts at a request; s3fs waits between them."""
_GONE = {"PreconditionFailed", "NoSuchKey", "404", "412"}
_SAID = {
    "AccessDenied": "access is denied; look at the key and its rights (ListBucket, GetObject)",
    "InvalidAccessKeyId": "the key is not known there; look at key_env",
    "NoSuchBucket": "there is no such bucket",
    "RequestTimeTooSkewed": "the server refuses this machine's clock; set it",
    "SignatureDoesNotMatch": "the secret does not fit the key; look at secret_env",
    "NoCredentialsError": "there is no key; name it with key_env and secret_env",
}


class Store:
    """A bucket's objects. Its methods raise BucketError."""

    def __init__(self, bucket: Bucket) -> None:
        import s3fs  # type: ignore[import-untyped]  # noqa: PLC0415 -- an optional extra

        self._bucket = bucket
        self._files: Any = s3fs.S3FileSystem(
            key=bucket.key.reveal() if bucket.key else None,
            secret=bucket.secret.reveal() if bucket.secret else None,
            endpoint_url=bucket.endpoint,
            client_kwargs={"region_name": bucket.region} if bucket.region else None,
            config_kwargs={"connect_timeout": CONNECT, "read_timeout": READ, "retries": {"max_attempts": 0}},
            use_listings_cache=False,
            skip_instance_cache=True,
        )
        self._files.retries = TRIES

    def list(self) -> Listing:
        """Every object under the prefix, page by page."""
        items: list[Item] = []
        at: float | None = None
        further: dict[str, str] = {}
        while True:
            with self._told():
                page = self._call("list_objects_v2", Prefix=self._bucket.prefix, **further)
                headers = page["ResponseMetadata"]["HTTPHeaders"]
                if at is None:  # the first page's: the later, the more would look settled
                    at = _moment(headers.get("date"))
                items += [self._item(row) for row in page.get("Contents", ())]
                if not page.get("IsTruncated"):
                    return Listing(items, at)
                further = {"ContinuationToken": page["NextContinuationToken"]}

    def get(self, item: Item) -> bytes | None:
        """The bytes of just this version of an object; None where it was replaced or removed meanwhile."""
        from fsspec.asyn import sync  # type: ignore[import-untyped]  # noqa: PLC0415 -- an optional extra

        with self._told():
            try:
                answer = self._call("get_object", Key=f"{self._bucket.prefix}{item.key}", IfMatch=item.etag)
            except Exception as error:
                if _code(error) in _GONE or isinstance(error, FileNotFoundError):
                    return None
                raise
            data: bytes = sync(self._files.loop, _read, answer, timeout=TOTAL)
            # Some servers heed no If-Match; a connection that ends early gives fewer bytes.
            return data if answer["ETag"] == item.etag and len(data) == item.size else None
        return None

    def _call(self, method: str, **options: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._files.call_s3(method, Bucket=self._bucket.name, timeout=TOTAL, **options)
        return answer

    def _item(self, row: dict[str, Any]) -> Item:
        key = str(row["Key"])[len(self._bucket.prefix) :]
        return Item(key, str(row["ETag"]), int(row["Size"]), row["LastModified"].timestamp())

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What a bucket answers, or its silence, as a sentence. The library raises whatever its own libraries raise."""
        try:
            yield
        except Exception as error:
            code = _code(error)
            silent = isinstance(error, TimeoutError | ConnectionError) or "Connect" in code or "Timeout" in code
            said = _SAID.get(code) or ("it cannot be reached" if silent else f"it answers {code}")
            message = f"{self._bucket.url}: {said}; the clips stay as they were known"
            raise BucketError(message) from error


def opened(bucket: Bucket) -> Store:
    """A bucket's objects. Raises BucketError where the libraries for it are missing."""
    for noisy in ("botocore", "aiobotocore", "s3fs", "fsspec"):
        logging.getLogger(noisy).setLevel(logging.WARNING)  # they tell addresses and keys
    try:
        return Store(bucket)
    except ImportError as error:
        message = f'{bucket.url}: buckets need s3fs: pip install "digest[remote]"'
        raise BucketError(message) from error


async def _read(answer: dict[str, Any]) -> bytes:
    """All bytes of an answer. The connection is given back also where they end early."""
    async with answer["Body"] as stream:
        data: bytes = await stream.read()
        return data


def _code(error: BaseException) -> str:
    """The code that the server gave, or what kind of error it is. s3fs hands the first error on as the cause."""
    seen: BaseException | None = error
    while seen:
        answer = getattr(seen, "response", None)
        if isinstance(answer, dict):
            return str(answer.get("Error", {}).get("Code", ""))
        seen = seen.__cause__
    return type(error).__name__


def _moment(text: str | None) -> float | None:
    """A `Date` of HTTP in seconds since the epoch."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 -- as the libraries above

    try:
        return parsedate_to_datetime(text).timestamp() if text else None
    except ValueError:
        return None
