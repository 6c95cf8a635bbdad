"""A picture that somebody else keeps right, a hub: its events are taken as they come. No I/O, no clock."""

from jogeon.events import Enter, Leave, Snapshot
from jogeon.live.membership import Membership


def fold(membership: Membership, event: Enter | Leave | Snapshot) -> None:
    """Let an event of a hub be so."""
    codes = membership.codes
    if isinstance(event, Snapshot):
        membership.codes = {code: codes.get(code, event) for code in event.codes}
        restored(membership)
    elif isinstance(event, Enter):
        codes[event.code] = event
    else:
        codes.pop(event.code, None)
    membership.right_ns = event.at_ns


def restored(membership: Membership) -> None:
    """Note that nothing was missed: the picture is right."""
    membership.known, membership.blindness = True, None
    membership.keep_no_more()
