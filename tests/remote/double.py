"""The product's own double of a server: a few lines of the Open Inference Protocol in front of a model, and servers that lie."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from governance.models.graph.reading import parse_model
from governance.models.graph.session import open_session
from governance.models.predict.predictor import OnnxPredictor, without_zipmap

NUMPY = {"FP32": np.float32, "FP64": np.float64, "INT64": np.int64, "INT32": np.int32}
TYPES = {np.dtype(kind): name for name, kind in NUMPY.items()}
Answer = dict[str, Any]
Lie = Callable[[Answer], Any]


class Served:
    """A model behind the protocol; `turns` may put another model behind some requests."""

    def __init__(self, model: OnnxPredictor, name: str = "credit", *, labels_only: bool = False) -> None:
        self.name, self.labels_only, self.asked = name, labels_only, 0
        self.turns: Callable[[int], OnnxPredictor] = lambda _: model
        self.headers: list[dict[str, str]] = []
        self._kept: dict[int, tuple[Any, list[str]]] = {}

    def __call__(self, question: Answer) -> Answer:
        self.asked += 1
        session, outputs = self._session(self.turns(self.asked))
        feeds = {
            item["name"]: np.array(
                item["data"], object if item["datatype"] == "BYTES" else NUMPY[item["datatype"]]
            ).reshape(item["shape"])
            for item in question["inputs"]
        }
        found = session.run(outputs, feeds)
        told = [_tensor(name, np.asarray(value)) for name, value in zip(outputs, found, strict=True)]
        return {
            "id": question.get("id"), "model_name": self.name, "model_version": "1",
            "outputs": told[:1] if self.labels_only else told,
        }  # fmt: skip

    def _session(self, model: OnnxPredictor) -> tuple[Any, list[str]]:
        if id(model) not in self._kept:
            graph = parse_model(model.file)
            scores = without_zipmap(graph, model.signature)
            outputs = [name for name in (model.signature.label_output, scores) if name]
            self._kept[id(model)] = open_session(graph.SerializeToString()), outputs
        return self._kept[id(model)]

    def metadata(self) -> Answer:
        return {"name": self.name, "versions": ["1"], "platform": "onnxruntime_onnx", "inputs": [], "outputs": []}


def _tensor(name: str, value: np.ndarray) -> Answer:
    text = value.dtype.kind in "OU"
    data = [str(item) for item in value.ravel()] if text else value.ravel().tolist()
    return {"name": name, "shape": list(value.shape), "datatype": "BYTES" if text else TYPES[value.dtype], "data": data}


@contextmanager
def serving(
    served: Served, lie: Lie | None = None, *, token: str = "", context: ssl.SSLContext | None = None
) -> Iterator[str]:
    """Serve a model on this machine; `lie` changes each answer, and may give bytes instead. Yield the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def say(self, body: Any, status: int = 200) -> None:
            text = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def refused(self) -> bool:
            if token and self.headers.get("Authorization") != f"Bearer {token}":
                self.say({"error": f"no: {self.headers.get('Authorization')}"}, 401)
                return True
            return False

        def do_GET(self) -> None:
            if not self.refused():
                self.say(served.metadata())

        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            served.headers.append(dict(self.headers))
            if not self.refused():
                answer = served(question)
                self.say(answer if lie is None else lie(answer))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"{'http' if context is None else 'https'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def raw(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve whatever `speak` does with each connection; yield the address."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def accept() -> None:
        while not over.is_set():
            try:
                line, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(line,), daemon=True).start()

    def talk(line: socket.socket) -> None:
        with line, suppress(OSError):
            speak(line)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


class Certificates:
    """An authority, a server's certificate from it, and one of an authority that nobody named."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = _certificate("authority", None, is_ca=True)
        self.stranger = _certificate("stranger", None, is_ca=True)
        self.ca_file = self._pem("ca.pem", self.authority)
        self.other_ca_file = self._pem("other.pem", self.stranger)
        self.server = _certificate("server", self.authority)

    def _pem(self, name: str, pair: tuple[Any, x509.Certificate]) -> str:
        path = self.folder / name
        path.write_bytes(pair[1].public_bytes(serialization.Encoding.PEM))
        return str(path)

    def context(self, pair: tuple[Any, x509.Certificate]) -> ssl.SSLContext:
        """Return what a server with this certificate shows."""
        path = self.folder / f"{id(pair)}.pem"
        key = pair[0].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(key + pair[1].public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(str(path))
        return context

    def expired(self) -> tuple[Any, x509.Certificate]:
        return _certificate("old", self.authority, days=-1)

    def elsewhere(self) -> tuple[Any, x509.Certificate]:
        return _certificate("elsewhere", self.authority, host=False)

    def pin(self, pair: tuple[Any, x509.Certificate]) -> str:
        from hashlib import sha256

        key = (
            pair[1]
            .public_key()
            .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
        return sha256(key).hexdigest()


def _certificate(
    name: str, by: tuple[Any, x509.Certificate] | None, *, is_ca: bool = False, days: int = 9, host: bool = True
) -> tuple[Any, x509.Certificate]:
    import ipaddress

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1")) if host else x509.DNSName("elsewhere.example")
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by[1].subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=20))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([here]), critical=False)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    signer = by[0] if by else key
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=is_ca, crl_sign=is_ca, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = made.add_extension(issuer, critical=False).add_extension(usage, critical=True)
    return key, made.sign(signer, hashes.SHA256())
