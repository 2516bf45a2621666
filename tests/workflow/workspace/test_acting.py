"""Who may act: a guest and a name that was only chosen write nothing, whatever verb they reach."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from governance.drift.spec import CalibrationParameters
from governance.evidence import encode
from governance.evidence.errors import CountersignError, RefusedInputError, RuleError
from governance.quality.expectation import Expectation
from governance.quality.spec import Contract, ContractParameters
from governance.review import policy
from governance.subject.schema import Schema
from governance.workflow.assess import assess, mitigate
from governance.workflow.audit import export, witnesses
from governance.workflow.monitoring import calibrate, contract, watch
from governance.workflow.registry import register
from governance.workflow.review import founding, members, requests, review
from governance.workflow.workspace import acting, cohorts, seats, subjects
from governance.workflow.workspace.acting import GUEST, OPERATOR, Acting
from governance.workflow.workspace.subjects import Choice
from storage import attempts, mark, sweep
from storage.workspace import Workspace
from tests.workflow.people import ROOT_SECRET, proven, secret

CASE = review.CaseWords("A title", "May it?", ("0" * 64,), "limited")
RULES = policy.from_toml(policy.template())
WORDS = register.DataWords("Table", "evaluation", Schema())
MODEL = register.ModelWords("Model", "1", "lars", "A use.", "limited")

WRITES: dict[str, Callable[[Workspace, Path, Acting], object]] = {
    "open a case": lambda place, _, who: review.open_case(place, CASE, actor=who),
    "freeze": lambda place, _, who: review.freeze(place, "a-case", (), actor=who, policy=RULES),
    "start": lambda place, _, who: review.start(place, "a-case", actor=who),
    "register a model": lambda place, file, who: register.register_model(place, file, MODEL, actor=who),
    "register data": lambda place, file, who: register.register_data(place, file, WORDS, actor=who),
    "keep candidates": lambda place, _, who: mitigate.register(place, "0" * 64, (), actor=who),
    "put a contract to use": lambda place, _, who: contract.put(
        place, _table(place), (Expectation("missing", "age"),), "Contract", actor=who
    ),
    "put thresholds to use": lambda place, _, who: calibrate.put(
        place,
        _model(place),
        _table(place),
        CalibrationParameters(rows=100, windows_per_month=4.0, false_alarms_per_month=1.0),
        actor=who,
    ),
    "keep a cohort": lambda place, _, who: cohorts.keep(place, _table(place), name="old", rows="age > 60", actor=who),
    "rename a cohort": lambda place, _, who: cohorts.rename(place, _table(place), old="old", new="aged", actor=who),
    "forget a cohort": lambda place, _, who: cohorts.delete(place, _table(place), name="old", actor=who),
    "watch": lambda place, _, who: watch.watch(place, Choice("0" * 64, "1" * 64, "2" * 64), actor=who),
    "begin to watch": lambda place, _, who: watch.begin(place, Choice("0" * 64, "1" * 64, "2" * 64), actor=who),
    "export": lambda place, _, who: export.export(place, actor=who),
    "save an export": lambda place, file, who: export.save(place, file.with_suffix(".zip"), actor=who),
    "keep a witness": lambda place, _, who: witnesses.keep(place, "", b"", actor=who),
}
"""Every verb that records something under the service's key, called so that nothing but the person is wrong first."""


def _table(place: Workspace) -> str:
    return place.read().datasets()[0].digest


def _model(place: Workspace) -> str:
    return place.read().models()[0].digest


@pytest.mark.parametrize("verb", WRITES)
def test_no_verb_that_writes_takes_a_guest(
    workspace: Workspace, registered: tuple[str, str], table: Path, verb: str
) -> None:
    size = workspace.read().head().size
    with pytest.raises(RuleError, match="A guest reads and asks for numbers, and changes nothing"):
        WRITES[verb](workspace, table, GUEST)
    with pytest.raises(RuleError, match="'mallory' is no member"):
        WRITES[verb](workspace, table, proven("mallory"))
    assert workspace.read().head().size == size
    assert not table.with_suffix(".zip").exists()


def test_a_guest_asks_for_numbers_and_the_entry_says_the_service(
    workspace: Workspace, registered: tuple[str, str]
) -> None:
    task = subjects.task(workspace, "quality.checks", Choice(data=registered[1]))
    assess.now(workspace, task, actor=GUEST)
    last = workspace.read().entries()[-1]
    assert (last.type, last.actor) == ("evidence.recorded", "service")


def test_a_guest_puts_no_limits_in_force_by_asking_for_their_numbers(
    workspace: Workspace, registered: tuple[str, str]
) -> None:
    wanted = (Expectation("missing", "age"),)
    task = contract.task(workspace, registered[1], wanted, "Contract")
    for ask in (assess.now, assess.request, assess.forthcoming):
        with pytest.raises(RuleError, match="A guest reads"):
            ask(workspace, task, actor=GUEST)
    assert contract.in_force(workspace, registered[1]) is None


def test_a_guest_sees_what_the_data_would_have_expected_of_them(
    workspace: Workspace, registered: tuple[str, str]
) -> None:
    """A proposal is numbers; it is asked for with all defaults written out, as the page does it."""
    asked = encode(ContractParameters())
    task = subjects.task(workspace, "quality.expectations", Choice(data=registered[1]), asked)
    found = assess.now(workspace, task, actor=GUEST).evidence.read(Contract)
    assert isinstance(found, Contract)
    assert found.proposed
    assert contract.in_force(workspace, registered[1]) is None


def test_a_member_is_shown_by_the_passphrase_alone(workspace: Workspace) -> None:
    assert acting.with_passphrase(workspace, "lars", secret("lars")) == proven("lars")
    for member, words in (("lars", secret("ines")), ("mallory", secret("lars")), ("service", ""), ("guest", "")):
        with pytest.raises(CountersignError):
            acting.with_passphrase(workspace, member, words)


def test_a_seat_lasts_for_the_day_and_ends_with_the_membership(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = seats.sit(workspace, "lars", secret("lars"))
    assert seats.actor(workspace, seat) == proven("lars")
    assert seats.actor(workspace, "0" * 64) == GUEST
    later = seats.now() + seats.LASTS
    with monkeypatch.context() as tomorrow:
        tomorrow.setattr(seats, "now", lambda: later)
        assert seats.actor(workspace, seat) == GUEST
    other = seats.sit(workspace, "lars", secret("lars"))
    members.remove(workspace, "lars", "Left the house.", root=workspace.unlock_root(ROOT_SECRET))
    assert seats.actor(workspace, other) == GUEST
    assert workspace.read().entries()[-1].type == "member.removed"


def test_a_wrong_passphrase_opens_no_seat(workspace: Workspace) -> None:
    with pytest.raises(RefusedInputError, match="does not open the key"):
        seats.sit(workspace, "lars", "not the passphrase", "f" * 64)
    assert seats.actor(workspace, "f" * 64) == GUEST


def test_failed_passphrases_are_counted_slowed_and_forgiven(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_800_000_000.0]
    monkeypatch.setattr(attempts.time, "time", lambda: clock[0])
    for _ in range(attempts.FREE):
        with pytest.raises(RefusedInputError, match="does not open"):
            workspace.unlock("lars", "not the passphrase")
    with pytest.raises(
        RefusedInputError, match=r"3 passphrases of lars failed in a row\. The next try is possible in 2 s"
    ):
        workspace.unlock("lars", secret("lars"))
    workspace.unlock("ines", secret("ines"))
    clock[0] += 2
    with pytest.raises(RefusedInputError, match="does not open"):
        workspace.unlock("lars", "not the passphrase")
    with pytest.raises(RefusedInputError, match="in 4 s"):
        workspace.unlock("lars", secret("lars"))
    clock[0] += 4
    workspace.unlock("lars", secret("lars"))
    found = attempts.failures(workspace.keyring.folder, "lars")
    assert (found.in_a_row, found.all, found.last) == (0, 4, 1_800_000_002)


def test_the_wait_is_a_minute_at_most_and_a_clock_that_went_back_keeps_nobody_out() -> None:
    assert [attempts.Failures(n).wait for n in (0, 2, 3, 4, 7, 8, 500)] == [0, 0, 2, 4, 32, 60, 60]


def test_a_person_makes_the_key_and_the_root_key_admits_them(workspace: Workspace) -> None:
    made = requests.ask(workspace, "noor", "Noor", passphrase=secret("noor"))
    assert requests.waiting(workspace) == (made,)
    assert workspace.read().member("noor") is None
    with pytest.raises(RefusedInputError, match="no live member key"):
        workspace.unlock("noor", secret("noor"))
    with pytest.raises(RefusedInputError, match="waits to be admitted already"):
        requests.ask(workspace, "noor", "Somebody else", passphrase="another passphrase")
    with pytest.raises(RuleError, match="is a member already"):
        requests.ask(workspace, "lars", "Lars", passphrase="another passphrase")
    requests.admit(workspace, "noor", ("lay",), root=workspace.unlock_root(ROOT_SECRET))
    assert requests.waiting(workspace) == ()
    assert acting.with_passphrase(workspace, "noor", secret("noor")) == proven("noor")
    assert workspace.verify().valid


def test_a_member_asks_for_a_new_key_and_it_takes_the_place_of_the_old_ones(workspace: Workspace) -> None:
    with pytest.raises(RuleError, match="'noor' is no member"):
        requests.ask_key(workspace, "noor", passphrase=secret("noor"))
    made = requests.ask_key(workspace, "lars", passphrase="a newer passphrase")
    assert (made.replaces, made.name, requests.waiting(workspace)) == (True, "Lars", (made,))
    assert acting.with_passphrase(workspace, "lars", secret("lars")) == proven("lars"), "until it is admitted"
    root = workspace.unlock_root(ROOT_SECRET)
    with pytest.raises(RefusedInputError, match="has not asked to become a member"):
        requests.admit(workspace, "lars", ("lay",), root=root)
    seat = seats.sit(workspace, "lars", secret("lars"))
    assert requests.admit_key_of(workspace, "lars", root=root) == made.keyid
    assert seats.actor(workspace, seat) == GUEST, "a seat ends with the key that opened it"
    with pytest.raises(RefusedInputError, match="does not open the key"):
        acting.with_passphrase(workspace, "lars", secret("lars"))
    assert acting.with_passphrase(workspace, "lars", "a newer passphrase") == proven("lars")
    assert [item.type for item in workspace.read().entries()[-2:]] == ["key.added", "key.revoked"]
    assert workspace.verify().valid


def test_a_further_key_stands_beside_the_earlier_one(workspace: Workspace) -> None:
    requests.ask_key(workspace, "lars", passphrase="a newer passphrase", keep=True)
    requests.admit_key_of(workspace, "lars", root=workspace.unlock_root(ROOT_SECRET))
    live = [key for key in workspace.read().keys() if key.owner == "lars" and key.revoked is None]  # noqa: SIM118
    assert len(live) == 2
    opened = {workspace.unlock("lars", words).keyid for words in (secret("lars"), "a newer passphrase")}
    assert opened == {key.keyid for key in live}, "each passphrase opens its own"
    with pytest.raises(RefusedInputError, match="does not open the key"):
        workspace.unlock("lars", "neither of them")


def test_a_request_that_was_admitted_waits_no_more_although_its_file_was_left(workspace: Workspace) -> None:
    made = requests.ask_key(workspace, "lars", passphrase="a newer passphrase")
    left = (workspace.root / "requests" / "lars").read_bytes()
    root = workspace.unlock_root(ROOT_SECRET)
    requests.admit_key_of(workspace, "lars", root=root)
    (workspace.root / "requests" / "lars").write_bytes(left)  # what a process leaves that is killed after the commit
    assert requests.waiting(workspace) == ()
    with pytest.raises(RefusedInputError, match="has not asked"):
        requests.refuse(workspace, "lars", root=root)
    assert workspace.unlock("lars", "a newer passphrase").keyid == made.keyid
    again = requests.ask_key(workspace, "lars", passphrase="a third passphrase")
    assert requests.waiting(workspace) == (again,)


def test_a_half_written_request_keeps_nobody_from_asking(workspace: Workspace) -> None:
    folder = workspace.root / "requests"
    folder.mkdir()
    (folder / "noor").touch()
    (folder / f"{mark()}-part").write_text('{"name": "Part"}')
    made = requests.ask(workspace, "noor", "Noor", passphrase=secret("noor"))
    assert requests.waiting(workspace) == (made,)
    with pytest.raises(RuleError, match="Only the root key"):
        requests.refuse(workspace, "noor", root=workspace.unlock("lars", secret("lars")))


KILLED = """
import os, sys
from pathlib import Path
from governance.workflow.review import requests
from storage import Workspace
place = Workspace.open(Path(sys.argv[1]))
if sys.argv[2] == "before":
    requests._keep = lambda *_: os.kill(os.getpid(), 9)
else:
    Path.rename = lambda *_: os.kill(os.getpid(), 9)
requests.ask(place, "noor", "Noor", passphrase="noor passphrase")
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_killed_while_somebody_asks_leaves_no_key_and_no_request(workspace: Workspace, when: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(workspace.root), when], check=False, capture_output=True)
    assert done.returncode == -9, done.stderr
    sweep(workspace.root)
    assert requests.waiting(workspace) == ()
    assert not list((workspace.root / "keys" / "members" / "noor").iterdir())
    made = requests.ask(workspace, "noor", "Noor", passphrase=secret("noor"))
    assert requests.waiting(workspace) == (made,)
    requests.admit(workspace, "noor", ("member",), root=workspace.unlock_root(ROOT_SECRET))
    assert workspace.unlock("noor", secret("noor")).keyid == made.keyid


def test_a_request_that_cannot_be_kept_leaves_no_key(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(requests, "_keep", full)
    with pytest.raises(RefusedInputError, match="No space left"):
        requests.ask(workspace, "noor", "Noor", passphrase=secret("noor"))
    assert "noor" not in workspace.keyring.members_with_keys()


def test_a_refused_request_leaves_nothing_and_the_id_is_free_again(workspace: Workspace) -> None:
    size = workspace.read().head().size
    with pytest.raises(CountersignError, match="passphrase has 5 characters"):
        requests.ask(workspace, "noor", "Noor", passphrase="short")
    requests.ask(workspace, "noor", "Noor", passphrase=secret("noor"))
    requests.refuse(workspace, "noor", root=workspace.unlock_root(ROOT_SECRET))
    assert "noor" not in workspace.keyring.members_with_keys()
    requests.ask(workspace, "noor", "Noor", passphrase=secret("noor"))
    assert workspace.read().head().size == size


def test_whoever_opens_a_workspace_is_its_first_member_with_one_passphrase(tmp_path: Path) -> None:
    place, member = founding.found("Board", "Ada King", ("chair",), passphrase="one passphrase", root=tmp_path / "new")
    assert member == "ada-king"
    assert acting.with_passphrase(place, member, "one passphrase").proof == "passphrase"
    assert place.unlock_root("one passphrase").owner == "root"
    place.close()
    with pytest.raises(RefusedInputError, match="No role"):
        founding.found("Board", "Ada", (), passphrase="one passphrase", root=tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_founder_who_cannot_be_enrolled_leaves_no_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "outer" / "new"
    with pytest.raises(RuleError, match="'root' cannot be enrolled"):
        founding.found("Board", "Root", ("chair",), passphrase="one passphrase", root=root)
    assert not (tmp_path / "outer").exists()

    def full(*_: object, **__: object) -> None:
        raise RuleError("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(members, "acts", full)  # the key of the founder is made, and its entries cannot be written
        with pytest.raises(RuleError, match="disk is full"):
            founding.found("Board", "Ada King", ("chair",), passphrase="one passphrase", root=root)
    assert not (tmp_path / "outer").exists()
    place, member = founding.found("Board", "Ada King", ("chair",), passphrase="one passphrase", root=root)
    assert [item.type for item in place.read().entries()] == [
        "ledger.created",
        "key.added",
        "member.added",
        "key.added",
    ]
    assert acting.with_passphrase(place, member, "one passphrase").proof == "passphrase"
    place.close()


def test_the_operator_acts_where_the_record_says_service(workspace: Workspace) -> None:
    export.export(workspace, actor=OPERATOR)
    assert workspace.read().entries()[-1].actor == "service"
