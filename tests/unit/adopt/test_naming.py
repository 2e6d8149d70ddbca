"""Variables are called after what they are for, and like nothing else."""

from __future__ import annotations

import pytest

from safedeploy.core.adopt.naming import Names, base_name, snake
from safedeploy.core.adopt.template import Slot


@pytest.mark.parametrize(
    ("before", "values", "name"),
    [
        ("    ServerName ", ("a.test", "b.test"), "server_name"),
        ("Listen ", ("80", "81"), "listen_port"),
        ("Listen ", ("10.0.0.1", "10.0.0.2"), "listen_address"),
        ("<VirtualHost 10.0.0.1:", ("80", "81"), "virtual_host_port"),
        ("ProxyPass / http://", ("10.1.0.1", "10.1.0.2"), "proxy_pass_host"),
        ("ProxyPass / http://backend:", ("81", "82"), "proxy_pass_port"),
        ("SSLCertificateFile ", ("/a.pem", "/b.pem"), "ssl_certificate_file"),
        ("export APACHE_RUN_USER=", ("a", "b"), "apache_run_user"),
        ("Define DOCS ", ("/a", "/b"), "docs"),
        ("# written on ", ("monday", "friday"), "comment"),
        ("RequestHeader set X-Node ", ("a", "b"), "x_node"),
        ("", ("a", "b"), "value"),
    ],
)
def test_a_variable_is_called_after_its_directive(before, values, name):
    assert base_name(Slot(values=values, before=before)) == name


def given_names(*slots, known=()):
    names = Names(known)
    return [names.of(slot, dict(zip(("web1", "web2"), slot.values, strict=True)), "www") for slot in slots]


def test_the_same_values_are_the_same_variable_wherever_they_stand():
    slots = [Slot(values=("a.test", "b.test"), before=before) for before in ("ServerName ", "Redirect / https://")]
    assert given_names(*slots) == ["server_name", "server_name"]


def test_the_same_numbers_are_not_the_same_thing():
    slots = [Slot(values=("1", "2"), before=before) for before in ("ThreadLimit ", "ServerLimit ")]
    assert given_names(*slots) == ["thread_limit", "server_limit"]


def test_a_second_value_of_a_directive_gets_a_name_of_its_own():
    slots = [Slot(values=values, before="ServerName ") for values in (("a", "b"), ("c", "d"), ("e", "f"))]
    assert given_names(*slots) == ["server_name", "www_server_name", "www_server_name_2"]


def test_names_that_are_in_use_or_mean_something_else_are_not_given():
    slots = [Slot(values=("1", "2"), before="Timeout "), Slot(values=("a", "b"), before="ServerName ")]
    assert given_names(*slots, known=["server_name"]) == ["www_timeout", "www_server_name"]


def test_the_name_of_the_host_itself_needs_no_variable():
    assert given_names(Slot(values=("web1", "web2"), before="ServerName ")) == ["inventory_hostname"]


@pytest.mark.parametrize(
    ("word", "name"),
    [("SSLCertificateKeyFile", "ssl_certificate_key_file"), ("KeepAlive", "keep_alive"), ("2Fast", "n2_fast")],
)
def test_words_run_together_are_parted(word, name):
    assert snake(word) == name
