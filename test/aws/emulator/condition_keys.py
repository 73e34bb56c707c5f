"""Adds to the emulator's policy evaluation (AUTH=true) the condition keys that Overread's policies use and it lacks.

Without them a Deny on an absent key bites every request (StringNotEqualsIfExists on the KMS key id) or none
(Null on s3:if-none-match), so a green run would say nothing of the bucket and key policies. The evaluation itself
is the emulator's. Meaning of the keys: the AWS Service Authorization Reference, pages for S3 and KMS.
"""

import datetime
import json
from collections.abc import Callable

KEY_ID = "x-amz-server-side-encryption-aws-kms-key-id"


def first(values: object) -> str | None:
    found = values[0] if isinstance(values, list) and values else values
    return found if isinstance(found, str) and found else None


def s3_keys(action: str, query: dict, headers: dict, upload_headers: Callable[[str], dict]) -> dict:
    """Keys of one S3 request; a part and a completion carry no headers, so `upload_headers` gives those of the start."""
    presigned = first(query.get("X-Amz-Signature")) is not None
    keys: dict = {
        "s3:authType": "REST-QUERY-STRING" if presigned else "REST-HEADER",
        "s3:signatureversion": "AWS4-HMAC-SHA256",
        # Loopback stands for TLS, see launch.py.
        "s3:TlsVersion": "1.3",
    }
    signed_at = first(query.get("X-Amz-Date")) or headers.get("x-amz-date")
    if signed_at:
        moment = datetime.datetime.strptime(signed_at, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        age = datetime.datetime.now(datetime.timezone.utc) - moment
        keys["s3:signatureAge"] = str(int(age.total_seconds() * 1000))
    if headers.get("x-amz-content-sha256"):
        keys["s3:x-amz-content-sha256"] = headers["x-amz-content-sha256"]
    if action != "s3:PutObject":
        return keys

    upload = first(query.get("uploadId"))
    is_part = upload is not None and "partNumber" in query
    # An upload is created by its completion; parts and the start of an upload create no object.
    keys["s3:ObjectCreationOperation"] = str(not is_part and "uploads" not in query).lower()
    for name in ("if-none-match", "if-match"):
        if headers.get(name):
            keys[f"s3:{name}"] = headers[name]
    key_id = (upload_headers(upload) if upload else headers).get(KEY_ID)
    if key_id:
        keys[f"s3:{KEY_ID}"] = key_id
    return keys


def kms_keys(body: bytes, account: str) -> dict:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    context = request.get("EncryptionContext") or {}
    keys: dict = {f"kms:EncryptionContext:{name}": value for name, value in context.items()}
    if context:
        keys["kms:EncryptionContextKeys"] = list(context)
    for name in ("MacAlgorithm", "SigningAlgorithm", "MessageType"):
        if request.get(name):
            keys[f"kms:{name}"] = request[name]
    keys["kms:CallerAccount"] = account
    return keys


def install() -> None:
    """Wrap the two functions that collect a request's condition keys; both are looked up at each request."""
    from ministack.core import iam_actions
    from ministack.core.responses import get_account_id
    from ministack.services import s3

    s3_context = iam_actions.s3_service_context
    tag_context = iam_actions.request_tag_context

    def upload_headers(upload):
        return (s3._multipart_uploads.get(upload) or {}).get("preserved_headers") or {}

    def s3_service_context(iam_action, query_params, path="", headers=None):
        added = s3_keys(iam_action, query_params or {}, headers or {}, upload_headers)
        return {**added, **s3_context(iam_action, query_params, path, headers)}

    def request_tag_context(service, iam_action, body, params):
        added = kms_keys(body, get_account_id()) if service == "kms" else {}
        return {**added, **tag_context(service, iam_action, body, params)}

    iam_actions.s3_service_context = s3_service_context
    iam_actions.request_tag_context = request_tag_context
