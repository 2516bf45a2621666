"""Columns that belong together as one player of the Shapley game.

The value of a group is not the sum of its columns' values: it is the value of the game in which the group comes or stays away as a
whole (Jullum, Redelmeier and Aas 2021, "groupShapley"). So joined columns are joined before the values are worked out.
"""

from __future__ import annotations

import numpy as np

from governance.evidence import RefusedInputError, unknown_choice
from governance.explain.spec import ColumnGroup
from governance.models import Players


def joined(players: Players, groups: tuple[ColumnGroup, ...]) -> Players:
    """Return the players with those of each group made one, in place of its first member.

    Raises:
        RefusedInputError: a group names an unknown column, a column stands in two groups, or two players have one name.
    """
    if not groups:
        return players
    of_player = _heads(players, groups)
    heads = sorted(set(of_player))
    number = {head: at for at, head in enumerate(heads)}
    members = [[at for at, head in enumerate(of_player) if head == first] for first in heads]
    named = {of_player[_player(players, group.columns[0])]: group.name for group in groups}
    names = tuple(named.get(first, players.names[first]) for first in heads)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise RefusedInputError(f"Two players would be called {twice!r}.", "Give the group another name.")
    return Players(
        names=names,
        columns=tuple(tuple(name for at in group for name in players.columns[at]) for group in members),
        of_encoded=np.array([number[of_player[at]] for at in players.of_encoded.tolist()], dtype=np.int64),
    )


def _heads(players: Players, groups: tuple[ColumnGroup, ...]) -> list[int]:
    """Return, for each player, the first player of its group."""
    found = list(range(len(players.names)))
    taken: set[int] = set()
    for group in groups:
        if not group.columns or not group.name.strip():
            raise RefusedInputError("A group has no name or no columns.", "Name at least one column of it.")
        members = sorted({_player(players, name) for name in group.columns})
        if taken.intersection(members):
            raise RefusedInputError(
                f"A column of {group.name!r} stands in another group, too.", "Put each column into one group."
            )
        taken.update(members)
        for at in members:
            found[at] = members[0]
    if len(set(found)) < 2:
        raise RefusedInputError("All columns are in one group.", "Leave at least one column outside.")
    return found


def _player(players: Players, column: str) -> int:
    for at, columns in enumerate(players.columns):
        if column in columns:
            return at
    raise unknown_choice("column of the model", column, tuple(name for names in players.columns for name in names))


def asked(columns: tuple[str, ...], groups: tuple[ColumnGroup, ...]) -> Players:
    """Return the players of a model that is only asked: every column by itself, then joined."""
    alone = Players(columns, tuple((name,) for name in columns), np.arange(len(columns)))
    return joined(alone, groups)
