"""A kiln."""


class Kiln:
    """Heats up, and cools down."""

    def __init__(self, hours: float) -> None:
        self.hours = hours

    @property
    def slow(self) -> bool:
        """Whether it takes a day."""
        return self.hours > 20
