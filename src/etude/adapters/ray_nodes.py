"""What the nodes of a cluster have, and what an actor asks of one; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from etude.model.protocols import KernelNeeds

__all__ = ["Asked", "Node", "asked", "endpoint", "nodes_of"]


class Node(Struct, frozen=True):
    """One machine of a cluster."""

    host: str
    cpus: float
    memory: int
    """Bytes that runs may have together, as Ray counts it."""
    gpus: int


class Asked(Struct, frozen=True):
    """What an actor asks of its node."""

    cpus: float
    memory: int
    """Bytes; 0 for none in particular."""
    gpus: float


def nodes_of(told: Iterable[Mapping[str, Any]]) -> tuple[Node, ...]:
    """The nodes that live and have something to give, from what `ray.nodes` tells."""
    return tuple(
        Node(
            str(node.get("NodeManagerHostname", "")),
            float(given.get("CPU", 0.0)),
            int(given.get("memory", 0.0)),
            int(given.get("GPU", 0.0)),
        )
        for node in told
        if node.get("Alive") and ((given := node.get("Resources", {})).get("CPU") or given.get("GPU"))
    )


def asked(needs: KernelNeeds, nodes: Sequence[Node]) -> Asked | None:
    """What to ask for a run; None when no node has its GPUs.

    Who needs more processors or memory than any node has gets a whole one.
    """
    having = [node for node in nodes if node.gpus >= needs.gpus]
    if not having:
        return None
    if not any(node.cpus >= needs.cpus and node.memory >= needs.memory for node in having):
        most = max(having, key=lambda node: (min(node.memory, needs.memory), min(node.cpus, needs.cpus)))
        return Asked(min(needs.cpus, most.cpus), min(needs.memory, most.memory), needs.gpus)
    return Asked(needs.cpus, needs.memory, needs.gpus)


def endpoint(address: str) -> tuple[str, int] | None:
    """Host and port of an address of Ray; None when it names none, as `auto`."""
    host, _, port = address.removeprefix("ray://").partition("/")[0].rpartition(":")
    return (host.strip("[]"), int(port)) if host and port.isdecimal() else None
