"""The survey of a host that safedeploy has never been on: what is there, whose it is, and what must stay there."""

from __future__ import annotations

import base64
import hashlib
import os

import pytest
from safedeploy_host.survey import packages
from safedeploy_host.survey.confidential import kind_of, why_secret

READABLE = 0o644


@pytest.mark.parametrize(
    "line",
    [
        "AuthLDAPBindPassword hunter2",
        "  authldapbindpassword  \t'hunter2'",
        "# AuthLDAPBindPassword hunter2",
        "AuthLDAPBindPassword \\\n    hunter2",
        "SessionCryptoPassphrase hunter2",
        "OIDCClientSecret hunter2",
        "SSLPassPhraseDialog exec:/usr/local/bin/phrase hunter2",
        'DBDParams "host=db user=www pass=hunter2"',
        "ProxyPass / ajp://app:8009/ secret=hunter2",
        "BalancerMember ajp://app:8009 secret=hunter2",
        "AuthBasicFake demo hunter2",
        "SetEnv DB_PASSWORD hunter2",
        "Define API_TOKEN hunter2",
        "export AWS_SECRET_ACCESS_KEY=hunter2",
        "PGPASSWORD=hunter2",
        'RequestHeader set Authorization "Basic aHVudGVyMg=="',
        "Header always set X-Api-Key hunter2",
        "ProxyPass / http://www:hunter2@backend/",
        'AuthLDAPURL "ldap://reader:hunter2@ldap/dc=x"',
        "php_admin_value mysqli.default_pw hunter2",
        "www:$apr1$abc$def",
        "www:{SHA}aHVudGVyMg==",
        "www:realm:0123456789abcdef0123456789abcdef",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----",
    ],
)
def test_a_file_with_a_secret_in_it_is_secret_and_its_reason_does_not_tell_it(line):
    why = why_secret("/etc/apache2/conf-available/a.conf", READABLE, f"Timeout 5\n{line}\n".encode())
    assert why
    assert "hunter2" not in why
    assert "aHVudGVyMg" not in why


@pytest.mark.parametrize(
    "line",
    [
        "AuthLDAPBindPassword ${LDAP_PASSWORD}",
        "AuthLDAPBindPassword exec:/usr/local/bin/password",
        "SSLPassPhraseDialog exec:/usr/share/apache2/ask-for-passphrase",
        "SSLPassPhraseDialog builtin",
        "AuthUserFile /etc/apache2/.htpasswd",
        "SessionCryptoPassphraseFile /etc/apache2/phrase",
        "SetEnv DB_PASSWORD_FILE /run/secrets/db",
        "SetEnv BYPASS_CACHE 1",
        "AuthFormPassword password_field",
        'AuthName "Password please"',
        "# Password protected area",
        "# secret sauce",
        "ServerTokens Prod",
        "Header unset X-Auth-Token",
        "RequestHeader set Authorization expr=%{REMOTE_USER}",
        "RewriteRule ^/password-reset$ /reset [L]",
        "RewriteCond %{QUERY_STRING} token=([a-z]+)",
        "ProxyPass / http://backend:8080/",
        "<LocationMatch ^/token>",
        'LogFormat "%h %l %u" common',
        "Redirect / https://www.example.com:443/@me",
    ],
)
def test_what_only_speaks_of_secrets_is_none(line):
    assert why_secret("/etc/apache2/conf-available/a.conf", READABLE, f"{line}\n".encode()) is None


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        ("/etc/apache2/ssl/www.key", READABLE),
        ("/etc/apache2/.htpasswd", READABLE),
        ("/etc/apache2/ssl/private/www.pem", READABLE),
        ("/etc/apache2/conf-available/a.conf", 0o600),
        ("/etc/apache2/conf-available/a.conf", 0o640),
    ],
)
def test_keys_password_files_and_what_not_everybody_may_read_are_secret(path, mode):
    assert why_secret(path, mode, b"x")


def test_a_line_too_long_to_be_looked_at_is_taken_for_a_secret():
    assert why_secret("/etc/apache2/a.conf", READABLE, b"a" * 20_000) == "an endless line (line 1)"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\0x", "binary"),
        (b"-----BEGIN CERTIFICATE-----", "certificate"),
        (b"$ANSIBLE_VAULT;1.1;AES256", "vault"),
        (b"x", "text"),
    ],
)
def test_what_is_no_configuration_is_told_apart(data, kind):
    assert kind_of(data) == kind


def test_every_entry_of_the_tree_is_listed_and_links_are_not_followed(world):
    world.write("sites/www.conf", b"ServerName www\n")
    (world.root / "sites/link.conf").symlink_to("www.conf")
    (world.root / "elsewhere").symlink_to("/etc")
    os.mkfifo(world.root / "fifo")
    (world.root / ".git").mkdir()
    (world.root / ".git/config").write_text("x")
    before = world.snapshot()
    found = world.call("survey")
    assert world.snapshot() == before
    assert not world.state_dir.exists()
    entries = {path[len(str(world.root)) + 1 :]: entry for path, entry in found["entries"].items()}
    assert sorted(entries) == ["elsewhere", "fifo", "sites/link.conf", "sites/www.conf"]
    assert entries["sites/www.conf"]["sha256"] == hashlib.sha256(b"ServerName www\n").hexdigest()
    assert entries["sites/link.conf"] == {"kind": "link", "target": "www.conf"}
    assert entries["fifo"] == {"kind": "other", "type": "fifo"}


def test_a_host_without_the_tree_says_so(world):
    world.root.rename(world.base / "gone")
    found = world.call("survey")
    assert (found["exists"], found["entries"]) == (False, {})


def test_names_that_are_no_text_and_large_files_are_told_and_not_read(world):
    (world.root / "sites" / os.fsdecode(b"\xff.conf")).write_bytes(b"x")
    (world.root / "sites/two\nlines.conf").write_bytes(b"x")
    (world.root / "sites/large.conf").write_bytes(b"x" * (1 << 20) + b"x")
    types = {path.rpartition("/")[2]: entry["type"] for path, entry in world.call("survey")["entries"].items()}
    assert types == {"\\xff.conf": "odd-name", "two\\nlines.conf": "odd-name", "large.conf": "large"}


def test_access_files_below_the_other_roots_are_listed_only_when_asked_for(world):
    www = world.base / "www"
    (www / "app/deep").mkdir(parents=True)
    (www / "app/deep/.htaccess").write_text("Options -Indexes\n")
    (www / "app/index.html").write_text("x")
    world.site["allowed_roots"].append(str(www))
    assert world.call("survey")["entries"] == {}
    assert list(world.call("survey", htaccess=True)["entries"]) == [str(www / "app/deep/.htaccess")]


def test_a_file_behind_a_closed_door_is_secret(world):
    world.write("closed/a.conf", b"Timeout 5\n")
    (world.root / "closed").chmod(0o750)
    (entry,) = world.call("survey")["entries"].values()
    assert "not open to everybody" in entry["secret"]


def test_content_is_given_unless_it_is_secret_or_has_another_name(world):
    open_file = world.write("sites/www.conf", b"ServerName www\n")
    secret = world.write("sites/secret.conf", b"AuthLDAPBindPassword hunter2\n")
    linked = world.write("sites/linked.conf", b"x")
    os.link(linked, world.base / "other-name")
    link = world.root / "sites/link.conf"
    link.symlink_to(secret)
    paths = [str(path) for path in (open_file, secret, linked, link)]
    found = world.call("survey-content", paths=paths)
    assert found["content"] == {str(open_file): base64.b64encode(b"ServerName www\n").decode()}
    assert set(found["left"]) == set(paths[1:])
    assert "hunter2" not in str(found)


def test_content_that_does_not_fit_is_to_be_asked_for_again(world):
    first, second = (str(world.write(f"{name}.conf", b"x" * 60)) for name in "ab")
    found = world.call("survey-content", paths=[first, second], max_bytes=100)
    assert (list(found["content"]), found["left"]) == ([first], {})


STATUS = """\
Package: apache2
Conffiles:
 /etc/apache2/apache2.conf 354c9e6d2b88a0a3e0548f853840674c
 /etc/apache2/old.conf f542d267bfce7815f9453eb1476e5f73 obsolete
 /etc/default/apache2 f542d267bfce7815f9453eb1476e5f73
"""


def test_dpkg_s_conffiles_below_the_root_are_read():
    assert packages.conffiles(STATUS, "/etc/apache2") == {
        "/etc/apache2/apache2.conf": "354c9e6d2b88a0a3e0548f853840674c"
    }


def test_rpm_s_files_are_read_and_what_no_package_owns_is_left_out():
    digest = hashlib.sha256(b"x").hexdigest()
    text = (
        f"{digest}\t\t/etc/httpd/conf/httpd.conf\n"
        "\t../../var/log/httpd\t/etc/httpd/logs\n"
        "\t\t/etc/httpd\n"
        "file /etc/httpd/conf.d/own.conf is not owned by any package\n"
    )
    found = {"/etc/httpd/conf/httpd.conf": digest, "/etc/httpd/logs": "-> ../../var/log/httpd"}
    assert packages.rpm_files(text) == found
