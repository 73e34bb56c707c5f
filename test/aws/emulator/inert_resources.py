"""Lets a stack deploy that holds a resource type the emulator does not know, such as a backup selection.

The resource exists in name only: nothing is made, nothing has its attributes. Its physical id begins with `inert-`, by
which the deployment reports it; infra tests on the template are all that covers it.
"""

MARK = "inert-"


class Handlers(dict):
    """The emulator's provisioners by type; any other AWS type has one that makes nothing."""

    INERT = {
        "create": lambda logical_id, _properties, _stack_name: (f"{MARK}{logical_id}", {}),
        "update": lambda physical_id, _old, _new, _stack_name: (physical_id, {}),
        "delete": lambda _physical_id, _properties: None,
    }

    def __contains__(self, resource_type: object) -> bool:
        return super().__contains__(resource_type) or str(resource_type).startswith("AWS::")

    def get(self, resource_type, default=None):
        return super().get(resource_type, self.INERT if resource_type in self else default)


def install() -> None:
    from ministack.services.cloudformation import provisioners

    provisioners._RESOURCE_HANDLERS = Handlers(provisioners._RESOURCE_HANDLERS)
