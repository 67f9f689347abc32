"""A private authority of a test's own, by the openssl program: certificates of other systems, good
and bad ones."""

import pathlib
import subprocess

CONFIG = """
[ca]
default_ca = own
[own]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
[req]
distinguished_name = name
prompt = no
[name]
commonName = {name}
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
"""


class Authority:
    """`issue()` gives (certificate path, key path)."""

    def __init__(self, folder, name="検証用 認証局", curve="prime256v1"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.curve = curve
        (self.folder / "index").touch()
        (self.folder / "serial").write_text("1000\n")
        (self.folder / "ca.cnf").write_text(CONFIG.format(folder=self.folder, name=name))
        self._key("ca")
        self._openssl("req", "-x509", "-new", "-key", "ca.key", "-out", "ca.pem", "-days", "3000",
                      "-utf8", "-config", "ca.cnf", "-extensions", "authority")

    @property
    def certificate(self):
        return self.folder / "ca.pem"

    def issue(self, name, use="clientAuth", start="20200101000000Z", end="20491231235959Z",
              authority=False, key=None):
        """`key`: of this earlier one, instead of a new one."""
        if key is None:
            self._key(name)
        of = name if key is None else key
        extensions = [f"basicConstraints=critical,CA:{'TRUE' if authority else 'FALSE'}"]
        if use:
            extensions.append(f"extendedKeyUsage={use}")
        (self.folder / f"{name}.ext").write_text("[x]\n" + "\n".join(extensions) + "\n")
        self._openssl("req", "-new", "-key", f"{of}.key", "-out", f"{name}.csr", "-subj",
                      f"/CN={name}")
        self._openssl("ca", "-batch", "-notext", "-config", "ca.cnf", "-in", f"{name}.csr", "-out",
                      f"{name}.pem", "-startdate", start, "-enddate", end, "-extfile",
                      f"{name}.ext", "-extensions", "x")
        return self.folder / f"{name}.pem", self.folder / f"{of}.key"

    def _key(self, name):
        self._openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{self.curve}",
                      "-out", f"{name}.key")

    def _openssl(self, *words):
        done = subprocess.run(["openssl", *words], cwd=self.folder, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise RuntimeError(f"openssl {words[0]}: {done.stderr[-600:]}")
