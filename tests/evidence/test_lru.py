"""What a warm process keeps: bounded, named, and gone when it is told to forget."""

from __future__ import annotations

from governance.evidence import lru


def test_the_least_recently_used_value_goes_first() -> None:
    store: lru.Kept[int] = lru.Kept("numbers of a test", 2)
    made: list[int] = []

    def make(number: int) -> int:
        made.append(number)
        return number

    for number in (1, 2, 1, 3, 1, 2):
        assert store.get(number, lambda number=number: make(number)) == number
    assert made == [1, 2, 3, 2]
    assert len(store) == 2


def test_every_store_has_a_name_and_can_be_emptied() -> None:
    import governance.explain.methods.what_if
    import governance.runs.run  # noqa: F401

    assert {"open models", "exact explainers", "sampled explainers", "backgrounds", "what-if models"} <= set(lru.STORES)
    lru.Kept("letters of a test", 3).get("a", lambda: "A")
    lru.forget()
    assert {name: len(store) for name, store in lru.STORES.items() if len(store)} == {}
