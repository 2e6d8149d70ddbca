"""The certificate of www.lab.test has run out."""

from __future__ import annotations

import tempfile
from pathlib import Path

from safedeploy.lab.commands import run
from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route

SETTINGS = """
[ca]
default_ca = own
[own]
database = {place}/index
new_certs_dir = {place}
serial = {place}/serial
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
"""


def begin(scene: Scene) -> None:
    """Signed by the lab's own, as a client trusts it, and over since the beginning of a year."""
    lab = scene.lab.directory
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        (place / "settings").write_text(SETTINGS.format(place=place))
        (place / "index").touch()
        (place / "serial").write_text("01\n")
        run(
            ["openssl", "req", "-new", "-key", str(lab / "lab.key"), "-subj", "/CN=www.lab.test", "-addext",
             "subjectAltName=DNS:www.lab.test", "-out", str(place / "request")]
        )  # fmt: skip
        run(
            ["openssl", "ca", "-batch", "-notext", "-config", str(place / "settings"), "-cert", str(lab / "lab.pem"),
             "-keyfile", str(lab / "lab.key"), "-in", str(place / "request"), "-out", str(place / "expired"),
             "-startdate", "20241001000000Z", "-enddate", "20250101000000Z"]
        )  # fmt: skip
        scene.lab.put(scene.name, scene.layout.certificate, (place / "expired").read_bytes())
    scene.graceful()


FAULT = Fault(
    name="certificate-expired",
    title="the certificate has expired",
    what="The certificate of www.lab.test is over; httpd was reloaded since.",
    page="Browsers refuse https://www.lab.test.",
    route=Route(site="www.lab.test", tls=True, text="www.lab.test"),
    seen=("certificate has expired",),
    hints=(
        "http:// answers and https:// does not: what differs?",
        "`openssl s_client -connect HOST:443 -servername www.lab.test </dev/null | openssl x509 -noout -dates`",
        "The certificate has expired.",
    ),
    repair=(
        "Put a valid certificate at its place (a host that is well has one; so does lab.pem in the state directory of"
        " the lab) and reload httpd."
    ),
    prevention=(
        "`tls_min_days` of a health probe has every push look at how long a certificate is still good; an alert two "
        "weeks before."
    ),
    begin=begin,
)
