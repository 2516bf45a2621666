"""How big and how slow a model file may be before it is turned away."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of an intake."""

    max_bytes: int = 512 * 2**20
    """Size of the file, bytes."""
    memory_bytes: int = 4 * 2**30
    """Address space of the process that looks at the file, bytes; held where the operating system can."""
    seconds: float = 60.0
    """Work until that process is ended, seconds of processor time, rounded up; held where the operating system can."""
    clock_seconds: float = 600.0
    """Time until it is ended although it hardly works, seconds of the clock: ten times as long, for machines that are busy."""
    max_nodes: int = 50_000
    """Nodes of the graph, those of inner graphs included."""
    max_inputs: int = 5_000
    """Inputs of the graph."""
    max_elements: int = 16 * 2**20
    """Elements of one tensor that the graph makes from constants alone."""
    max_tree_depth: int = 2_000
    """Levels of a tree."""
    max_unfolded: int = 50_000_000
    """Nodes of a tree ensemble after shared branches are written out."""
    max_text: int = 300
    """Characters of a name or a metadata entry that are kept for showing."""
