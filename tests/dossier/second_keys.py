"""Which keys of a ledger are live, as a second verifier reads it. Written from `docs/record-format.md` alone."""

from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.dossier.second_shapes import Bad, digest, need

P256_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + b"\x04"
ED25519_HEAD = bytes.fromhex("302a300506032b6570032100")


class Keys:
    """Which keys there are, and which of them are live."""

    def __init__(self) -> None:
        self.live: dict[str, tuple[str, str, bytes]] = {}
        self.seen: set[bytes] = set()
        self.log, self.log_id = b"", ""

    def end(self, owner: str) -> None:
        """All keys of a member who leaves sign nothing any more."""
        self.live = {name: key for name, key in self.live.items() if key[0] != owner}

    def add(self, keyid: str, der: bytes, *, owner: str, purpose: str) -> None:
        """Admit a key."""
        head, length = (ED25519_HEAD, 44) if purpose == "log" else (P256_HEAD, 91)
        need(der.startswith(head) and len(der) == length and digest(der) == keyid, "the form of a key, or its id")
        kept = {"root": owner == "root", "record": owner == "service", "log": owner == "service"}
        need(kept.get(purpose, owner not in {"root", "service"}), "the owner of a key with this purpose")
        material = der[len(head) :][:32]
        need(material not in self.seen, "a key comes back")
        if purpose == "log":
            self.log, self.log_id = material, keyid
        else:
            try:
                load_der_public_key(der)
            except ValueError as error:
                raise Bad("no point of the curve") from error
            self.live[keyid] = (owner, purpose, der)
        self.seen.add(material)

    def revoke(self, keyid: str) -> None:
        """A key signs nothing any more; the only root key stays."""
        roots = [name for name, (_, purpose, _) in self.live.items() if purpose == "root"]
        need(roots != [keyid], "the only root key")
        if keyid == self.log_id:
            self.log, self.log_id = b"", ""
        else:
            need(self.live.pop(keyid, None), "no live key is revoked")
