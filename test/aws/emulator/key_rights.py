"""Asks whether the caller may use the KMS key behind an object, a message or a table, as AWS does and the emulator not.

A role that may read a bucket but not decrypt with its key is a fault that only shows in production otherwise. The
question itself, identity policy and key policy with their conditions, is answered by the emulator's evaluation.
Rules: S3, SQS and DynamoDB developer guides, chapters on SSE-KMS permissions.
"""

import logging
from collections.abc import Iterator

logger = logging.getLogger("key_rights")

# Reading an object's checksum by HEAD needs the key as well; a HEAD without it would not, which is not told apart.
S3_READS = ("s3:GetObject", "s3:GetObjectVersion")
TABLE_DATA = tuple(
    f"dynamodb:{name}"
    for name in ("GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem",
                 "ConditionCheckItem")
)
KEY_ID = "x-amz-server-side-encryption-aws-kms-key-id"


def object_uses(action: str, resource: str, context: dict) -> Iterator[tuple[str, str, dict]]:
    from ministack.services import s3

    bucket, _, key = resource.removeprefix("arn:aws:s3:::").partition("/")
    default = s3._bucket_default_sse_headers(bucket)
    # With a bucket key the context is the bucket, else the object; a policy on it is written for the bucket key.
    encryption = {"kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}"}
    if action == "s3:PutObject":
        key_id = context.get(f"s3:{KEY_ID}") or default.get(KEY_ID)
        if key_id:
            yield key_id, "kms:GenerateDataKey", encryption
            # The parts of an upload are encrypted under one data key, which each request decrypts.
            if context.get("s3:ObjectCreationOperation") == "false":
                yield key_id, "kms:Decrypt", encryption
    elif action in S3_READS:
        stored = (s3._buckets.get(bucket) or {}).get("objects", {}).get(key) or {}
        key_id = stored.get("preserved_headers", {}).get(KEY_ID)
        if key_id:
            yield key_id, "kms:Decrypt", encryption


def message_uses(action: str, resource: str, _context: dict) -> Iterator[tuple[str, str, dict]]:
    from ministack.services import sqs

    queue = sqs._queues.get(sqs._queue_name_to_url.get(resource.rsplit(":", 1)[-1])) or {}
    key_id = queue.get("attributes", {}).get("KmsMasterKeyId")
    if not key_id:
        return
    encryption = {"kms:EncryptionContext:aws:sqs:arn": resource}
    if action == "sqs:SendMessage":
        yield key_id, "kms:GenerateDataKey", encryption
    if action in ("sqs:SendMessage", "sqs:ReceiveMessage"):
        yield key_id, "kms:Decrypt", encryption


def item_uses(action: str, resource: str, _context: dict) -> Iterator[tuple[str, str, dict]]:
    from ministack.services import dynamodb

    name = resource.partition(":table/")[2].partition("/")[0]
    key_id = ((dynamodb._tables.get(name) or {}).get("SSEDescription") or {}).get("KMSMasterKeyArn")
    if key_id and action in TABLE_DATA:
        yield key_id, "kms:Decrypt", {"kms:EncryptionContext:aws:dynamodb:tableName": name}


USES = {"s3": object_uses, "sqs": message_uses, "dynamodb": item_uses}


def install() -> None:
    """Wrap the emulator's decision, which is looked up at each request; a refusal of the key refuses the request."""
    from ministack.core import iam_evaluator
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import kms

    decide = iam_evaluator.enforce

    def enforce(access_key_id, iam_action, service, _region, resource_arn="*", service_context=None):
        # The region handed over is the default one for a presigned request.
        region = get_region()
        denied = decide(access_key_id, iam_action, service, region, resource_arn, service_context)
        if denied is not None:
            # Functions log the class of an error, not what it was about.
            logger.warning("refused: %s of %s to %s", iam_action, resource_arn, getattr(denied, "principal_arn", "?"))
            return denied
        if service not in USES:
            return None
        for key_id, action, encryption in USES[service](iam_action, resource_arn, service_context or {}):
            key = kms._resolve_key(key_id)
            context = {
                "kms:CallerAccount": get_account_id(),
                "kms:ViaService": f"{service}.{region}.amazonaws.com",
                **encryption,
            }
            denied = decide(access_key_id, action, "kms", region, key["Arn"] if key else key_id, context)
            if denied is not None:
                # The answer to the caller names the outer action only.
                logger.warning("%s of %s refused: %s of %s is not allowed", iam_action, resource_arn, action, key_id)
                return denied
        return None

    iam_evaluator.enforce = enforce
