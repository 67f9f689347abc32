"""A site's mail relay: aiosmtpd with TLS from the first byte, on the loopback, and an authority
that has certified it. Keeps what arrived; answers as it is told to."""

import email
import email.policy
import socket
import ssl
import subprocess
import sys
import threading

# The distribution's package, whichever Python runs this.
sys.path.append("/usr/lib/python3/dist-packages")
from aiosmtpd.controller import Controller  # noqa: E402

NAME = "relay.example"


def authority(folder, name=NAME):
    """PEM of a new authority; certificate and key of `name` beside it."""
    folder.mkdir(parents=True)

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
            "-subj", "/CN=test authority")
    openssl("req", *key, "-keyout", "relay.key", "-out", "relay.csr", "-subj", f"/CN={name}")
    (folder / "ext").write_text(f"subjectAltName=DNS:{name}\n")
    openssl("x509", "-req", "-in", "relay.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", "ext", "-out", "relay.crt")
    return folder


class Relay:
    def __init__(self, port, folder):
        self.port = port
        self.folder = folder
        self.arrived = []  # email.message.EmailMessage
        self.answer = "250 OK"
        self.tries = 0
        self.news = threading.Condition()
        self.controller = None

    # Called by aiosmtpd.
    async def handle_DATA(self, _server, _session, envelope):
        with self.news:
            self.tries += 1
            if self.answer.startswith("2"):
                message = email.message_from_bytes(envelope.content, policy=email.policy.default)
                message.recipients = envelope.rcpt_tos
                self.arrived.append(message)
            self.news.notify_all()
            return self.answer

    def start(self, folder=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        folder = folder or self.folder
        context.load_cert_chain(folder / "relay.crt", folder / "relay.key")
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port,
                                     ssl_context=context)
        # Its own way of seeing that it listens knows nothing of this authority.
        self.controller._trigger_server = self.knock  # pylint: disable=protected-access
        self.controller.start()
        return self

    def knock(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", self.port), 10) as plain, \
                context.wrap_socket(plain) as peer:
            peer.recv(100)

    def stop(self):
        self.controller.stop()

    def wait(self, what, seconds=30):
        """The next mail whose subject has `what`, taken out."""
        def found():
            return next((m for m in self.arrived if what in m["subject"]), None)
        with self.news:
            if not self.news.wait_for(found, seconds):
                raise RuntimeError(f"no mail '{what}' in {seconds} s; {self.tries} tries, "
                                   f"{[m['subject'] for m in self.arrived]}")
            mail = found()
            self.arrived.remove(mail)
            return mail
