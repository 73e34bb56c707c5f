"""Asks for `s3:DeleteObjectVersion` where a batch deletes versions: of its first key the emulator asks for `s3:DeleteObject`.

A role that may erase versions and not lay markers over them is refused otherwise, which S3 does not do (Service
Authorization Reference, Amazon S3). All other keys of a batch the emulator gets right.
"""


def install() -> None:
    """Wrap the name of the action, which is looked up at each request."""
    from ministack.core import iam_actions

    name = iam_actions.extract_iam_action

    def extract_iam_action(service, method, path, headers, body, query_params, *others, **named):
        if service == "s3" and method == "POST" and "delete" in query_params:
            targets = iam_actions._s3_batch_delete_targets("any", body)
            if targets and targets[0][1]:
                return "s3:DeleteObjectVersion"
        return name(service, method, path, headers, body, query_params, *others, **named)

    iam_actions.extract_iam_action = extract_iam_action
