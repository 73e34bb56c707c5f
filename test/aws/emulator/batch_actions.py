"""Asks for the right that AWS asks for where one call of SQS holds several messages: the emulator asks for one that IAM has not.

`SendMessageBatch` needs `sqs:SendMessage`, and so the other two; a policy cannot even name the batch (Service
Authorization Reference, Amazon SQS).
"""

BATCHES = {
    f"sqs:{name}Batch": f"sqs:{name}" for name in ("SendMessage", "DeleteMessage", "ChangeMessageVisibility")
}


def install() -> None:
    """Wrap the emulator's decision, which is looked up at each request."""
    from ministack.core import iam_evaluator

    decide = iam_evaluator.enforce

    def enforce(access_key_id, iam_action, *arguments, **named):
        return decide(access_key_id, BATCHES.get(iam_action, iam_action), *arguments, **named)

    iam_evaluator.enforce = enforce
