"""What a checkpoint cannot hold."""

__all__ = ["RefusedError"]


class RefusedError(Exception):
    """The state holds what would be another thing in another process; the message is a phrase."""
