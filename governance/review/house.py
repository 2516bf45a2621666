"""The rules about the house: members, charter, models, data, evidence, new cases, alerts, corrections."""

from __future__ import annotations

import base64
from dataclasses import replace

from governance.evidence import canonical, sha256
from governance.review import charter, events, opening
from governance.review.state import BoardState, Case, Entry, LiveKey, evolved, require, with_item

_ED25519 = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 key in its DER form."""


def with_case(state: BoardState, case: Case) -> BoardState:
    """Return the state with a case as it is now."""
    return evolved(state, cases=with_item(state.cases, case.id, case))


def create(state: BoardState, entry: Entry) -> BoardState:
    """Return the state after ledger.created, under the edition of the rules that it names."""
    body: events.LedgerCreated = entry.body
    require(entry.index == 0, "A ledger is created once, by its first entry.")
    keys = {body.root.keyid: LiveKey("root", "root"), _log_keyid(body.log_vkey): LiveKey(events.SERVICE, "log")}
    return replace(state, edition=body.edition, keys=keys)


def _log_keyid(vkey: str) -> str:
    """Return the id of the key in a verifier key `name+id+base64(1, key)`: SHA-256 of its DER form."""
    return sha256(_ED25519 + base64.b64decode(vkey.split("+", 2)[2])[1:])


def add_key(state: BoardState, entry: Entry) -> BoardState:
    """Return the state with a live key; a checkpoint key takes the place of the one before."""
    body: events.KeyAdded = entry.body
    known = {name: key for name, key in state.keys.items() if body.purpose != "log" or key.purpose != "log"}
    fits = {"root": body.owner == "root", "record": body.owner == events.SERVICE, "log": body.owner == events.SERVICE}
    require(
        fits.get(body.purpose, body.owner in state.members),
        f"A {body.purpose} key is not added for {body.owner!r}.",
        "Root keys are root's, record and log keys the service's, member keys a member's: enrol the member first.",
    )
    return replace(state, keys=known | {body.keyid: LiveKey(body.owner, body.purpose)})


def revoke_key(state: BoardState, entry: Entry) -> BoardState:
    """Return the state without a key; the only root key stays, since nobody could admit another."""
    gone = entry.body.keyid
    require(gone in state.keys, f"The key {gone[:16]} is not live.", "See the list: countersign key list.")
    roots = [name for name, key in state.keys.items() if key.purpose == "root"]
    require(
        roots != [gone],
        "The only root key cannot be revoked.",
        "Add the next one first: countersign key rotate --root.",
    )
    return replace(state, keys={name: key for name, key in state.keys.items() if name != gone})


def adopt_rules(state: BoardState, entry: Entry) -> BoardState:
    """Return the state after rules.adopted: the edition only rises."""
    body: events.RulesAdopted = entry.body
    require(
        body.edition > state.edition, f"Edition {body.edition} is not later than {state.edition}, which is in force."
    )
    return replace(state, edition=body.edition)


def take(state: BoardState, entry: Entry) -> BoardState:
    """Return the state as it is: the entry changes nothing that the board's rules look at."""
    require(entry.case is None or entry.case in state.cases, f"There is no case {entry.case!r}.")
    return state


def add_member(state: BoardState, entry: Entry) -> BoardState:
    """Return the state with a member, or with a member's roles replaced."""
    body: events.MemberAdded = entry.body
    require(body.member not in (events.SERVICE, "root"), f"{body.member!r} is not a name for a member.")
    require(bool(body.roles), f"Member {body.member} has no role.", "Give at least one.")
    return replace(state, members=with_item(state.members, body.member, body.roles))


def remove_member(state: BoardState, entry: Entry) -> BoardState:
    """Return the state without a member and without the member's keys: who comes back needs a new one."""
    gone = entry.body.member
    require(gone in state.members, f"{gone} is not a member.")
    members = {who: roles for who, roles in state.members.items() if who != gone}
    return replace(state, members=members, keys={name: key for name, key in state.keys.items() if key.owner != gone})


def sign_charter(state: BoardState, entry: Entry) -> BoardState:
    """Return the state with one more signature under a charter, which is in force once more than half of the board signed."""
    body: events.CharterAdopted = entry.body
    proposal = charter.from_json(body.charter)
    require(
        proposal.digest == body.digest == sha256(canonical(dict(body.charter))),
        "The digest is not that of the charter.",
    )
    require(entry.actor in state.board, f"{entry.actor} is not a member of the board.", "The board adopts its charter.")
    signed = state.signatures.get(body.digest, frozenset()) | {entry.actor}
    if 2 * len(signed & set(state.board)) > len(state.board):
        return replace(state, charter=proposal, signatures={})
    return replace(state, signatures=with_item(state.signatures, body.digest, signed))


def register_model(state: BoardState, entry: Entry) -> BoardState:
    """Return the state with a model, which is registered once."""
    known = entry.body.digest in state.models
    require(not known, f"Model {entry.body.digest[:16]} is registered already.", "Use it, or give another file.")
    return replace(state, models=state.models | {entry.body.digest})


def register_data(state: BoardState, entry: Entry) -> BoardState:
    """Return the state with a table, which is registered once."""
    known = entry.body.digest in state.datasets
    require(not known, f"The table {entry.body.digest[:16]} is registered already.", "Use it, or give another file.")
    return replace(state, datasets=state.datasets | {entry.body.digest})


def record_evidence(state: BoardState, entry: Entry) -> BoardState:
    """Return the state with a piece of evidence."""
    body: events.EvidenceRecorded = entry.body
    require(body.rows_used <= body.rows_total, f"{body.rows_used} rows were used of {body.rows_total}.")
    before = state.recorded.get(body.digest)
    if before is not None:
        require(before == body, f"Evidence {body.digest} was recorded before, and said otherwise.")
        return state
    return evolved(state, recorded=state.recorded.plus(body.digest, body))


def register_case(state: BoardState, entry: Entry) -> BoardState:
    """Return the state with a case in draft."""
    require(entry.case == entry.body.case, "The entry names another case than its body.")
    return with_case(state, opening.register(state, entry))


def note_correction(state: BoardState, entry: Entry) -> BoardState:
    """Return the state as it is; a correction is a remark on an earlier entry."""
    require(entry.body.index < entry.index, "A correction is about an earlier entry.")
    return state


def note_export(state: BoardState, entry: Entry) -> BoardState:
    """Return the state as it is; the entry says that somebody took a copy away."""
    body: events.ExportMade = entry.body
    require(
        body.case == entry.case and (body.kind == "case") == (body.case is not None), "The export names another case."
    )
    require(body.size <= entry.index, "The export is larger than the ledger was.")
    return take(state, entry)


def register_deployment(state: BoardState, entry: Entry) -> BoardState:
    """Return the state with a place where a registered model is served."""
    body: events.DeploymentRegistered = entry.body
    require(body.model in state.models, "The deployment is of a model that is not registered.")
    used = body.deployment in state.deployments or body.deployment in state.ended
    require(not used, f"There is or was a deployment {body.deployment!r}.", "Give another name.")
    return replace(state, deployments=with_item(state.deployments, body.deployment, body))


def end_deployment(state: BoardState, entry: Entry) -> BoardState:
    """Return the state without a deployment."""
    gone = entry.body.deployment
    _require_deployment(state, gone)
    kept = {name: body for name, body in state.deployments.items() if name != gone}
    return replace(state, deployments=kept, ended=state.ended | {gone})


def begin_attestation(state: BoardState, entry: Entry) -> BoardState:
    """Return the state as it is; the entry says which rows a server is about to be asked."""
    _require_deployment(state, entry.body.deployment)
    return state


def _require_deployment(state: BoardState, name: str) -> None:
    require(name in state.deployments, f"There is no deployment {name!r}, or it has ended.", "Register one first.")
