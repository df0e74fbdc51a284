"""Certificates of the test's own: a self-signed one, and an authority that issues others."""

import subprocess

EC_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


def make_certificate(folder):
    """For localhost and 127.0.0.1. Returns the paths of the certificate and of its key."""
    cert, key = f"{folder}/cert.pem", f"{folder}/key.pem"
    openssl("req", "-x509", *EC_KEY, "-days", "2", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert)
    return cert, key


def openssl(*arguments, **options):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, text=True,
                          **options).stdout


class Authority:
    """A certificate authority to throw away. cert: what clients have to trust."""

    def __init__(self, folder, name="authority"):
        self.base = f"{folder}/{name}"
        self.cert, self.key = self.base + ".crt", self.base + ".key"
        openssl("req", "-x509", *EC_KEY, "-days", "2", "-subj", f"/CN={name}", "-keyout", self.key,
                "-out", self.cert)
        self.issued = 0

    def issue(self, names="DNS:localhost,IP:127.0.0.1", days=2, key_type=EC_KEY):
        """A certificate for the alternative `names`. Negative days make one that has expired.
        Returns the paths of the certificate and of its key."""
        self.issued += 1
        base = f"{self.base}-{self.issued}"
        openssl("req", *key_type, "-subj", f"/CN={base.rsplit('/', 1)[1]}", "-keyout",
                base + ".key", "-out", base + ".csr")
        with open(base + ".ext", "w", encoding="ascii") as file:
            file.write(f"subjectAltName={names}\n")
        openssl("x509", "-req", "-in", base + ".csr", "-CA", self.cert, "-CAkey", self.key,
                "-CAcreateserial", "-days", str(days), "-extfile", base + ".ext", "-out",
                base + ".crt")
        return base + ".crt", base + ".key"
