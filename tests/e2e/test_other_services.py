"""Files of other services in a push: judged by their own validators, read by their own services, and taken back."""

from __future__ import annotations

import shutil

import pytest

from safedeploy.core.errors import ExitCode

pytestmark = pytest.mark.shadow

ONE = ("--limit", "web1")
ROOTS = ["/etc/apache2", "/var/www", "/etc/sudoers.d", "/etc/nginx"]
ASK = "curl -sS http://127.0.0.1:8088/"
INIT = """#!/bin/sh
# What a package of nginx brings, in small; a configuration that says so is not taken up.
case "$1" in
  start) nginx ;;
  stop) nginx -s stop ;;
  reload) ! grep -q "not taken up" /etc/nginx/nginx.conf && nginx -s reload ;;
  restart) nginx -s stop; sleep 0.2; nginx ;;
  status) kill -0 "$(cat /run/nginx.pid)" ;;
esac
"""
NGINX = """pid /run/nginx.pid;
error_log /run/nginx-error.log;
events {}
http {
  access_log off;
  client_body_temp_path /run/nginx-body;
  proxy_temp_path /run/nginx-proxy;
  fastcgi_temp_path /run/nginx-fastcgi;
  uwsgi_temp_path /run/nginx-uwsgi;
  scgi_temp_path /run/nginx-scgi;
  server { listen 127.0.0.1:8088; location / { return 200 "%s\\n"; } }
}
"""

needs_nginx = pytest.mark.skipif(not shutil.which("nginx", path="/usr/sbin:/usr/bin"), reason="nginx is not installed")


def declare(project, *files, roots=ROOTS):
    project.variables(safedeploy_site={"allowed_roots": roots}, safedeploy_files_other=list(files))


def sudoers(project, text):
    project.template("ops.j2", text)
    declare(project, {"template": "ops.j2", "dest": "/etc/sudoers.d/ops", "mode": "0440"}, roots=ROOTS[:3])


@pytest.fixture
def hosts(pushed, namespaces):
    """Hosts with an /etc of their own, on a first release; what a test puts into it goes again."""
    yield pushed
    pushed.each(lambda host: pushed.shell(host, "rm -rf /etc/sudoers.d/ops"))


def test_a_sudoers_file_that_would_lock_everybody_out_stops_the_push_on_every_host(hosts, project):
    sudoers(project, "%ops ALL = (ALL NOPASSWD: ALL\n")
    before = hosts.trees()
    done = project.push()
    assert done.code == ExitCode.REFUSED, done.text
    assert "visudo -c refuses /etc/sudoers.d/ops" in done.err.replace("\n", " ")
    assert "Nothing was changed on any host" in done.err
    assert hosts.trees() == before
    assert hosts.each(lambda host: hosts.shell(host, "ls /etc/sudoers.d")) == dict.fromkeys(hosts.names, "lab\n")


def test_a_good_one_is_pushed_and_the_plan_says_what_judges_it(hosts, project):
    sudoers(project, "%ops ALL = (ALL) NOPASSWD: ALL\n")
    assert "validated on the host by visudo -c" in project.plan(*ONE).out
    done = project.push(*ONE)
    assert done.code == ExitCode.OK, done.text
    hosts.shell("web1", "visudo -c")
    assert "ops" in hosts.shell("web1", "ls /etc/sudoers.d")


@pytest.fixture
def nginx(hosts):
    """An nginx on every host that answers `first`."""

    def start(host):
        hosts.shell(host, "mkdir -p /etc/init.d /etc/nginx")
        for path, text in (("/etc/init.d/nginx", INIT), ("/etc/nginx/nginx.conf", NGINX % "first")):
            hosts.shell(host, f"cat > {path} <<'END'\n{text}END")
        hosts.shell(host, "chmod 755 /etc/init.d/nginx; nginx")

    def stop(host):
        hosts.shell(host, "nginx -s stop; rm -rf /etc/nginx /etc/init.d/nginx /run/nginx*")

    hosts.each(start)
    yield hosts
    hosts.each(stop)


def answers(hosts):
    return set(hosts.each(lambda host: hosts.shell(host, ASK)).values())


def configuration(project, text):
    project.template("nginx.conf.j2", text)
    declare(project, {"template": "nginx.conf.j2", "dest": "/etc/nginx/nginx.conf", "reload": "nginx"})


@needs_nginx
def test_another_service_answers_with_its_new_configuration_after_a_push_and_a_rollback(nginx, project):
    configuration(project, NGINX % "second")
    assert "validated on the host by nginx -t; reloads nginx" in project.plan(*ONE).out
    done = project.push()
    assert done.code == ExitCode.OK, done.text
    assert answers(nginx) == {"second\n"}
    configuration(project, NGINX % "third")
    assert project.push(*ONE).code == ExitCode.OK
    assert nginx.shell("web1", ASK) == "third\n"
    done = project.run("rollback", "lab", "--yes", "--no-diff", *ONE)
    assert done.code == ExitCode.OK, done.text
    assert nginx.shell("web1", ASK) == "second\n"


@needs_nginx
def test_what_it_would_refuse_is_refused_at_its_line_and_it_goes_on(nginx, project):
    configuration(project, NGINX.replace("return 200", "retrun 200") % "second")
    done = project.push(*ONE)
    assert done.code == ExitCode.REFUSED, done.text
    assert "/etc/nginx/nginx.conf:11" in done.err
    assert answers(nginx) == {"first\n"}


@needs_nginx
def test_a_reload_that_fails_takes_the_host_back_and_it_answers_as_before(nginx, project):
    configuration(project, "# not taken up\n" + NGINX % "second")
    done = project.push()
    assert done.code == ExitCode.REVERTED, done.text
    assert "nginx could not be reloaded" in done.text
    assert answers(nginx) == {"first\n"}
    assert "first" in nginx.shell("web1", "cat /etc/nginx/nginx.conf")


@needs_nginx
def test_one_that_does_not_run_is_left_alone_and_that_is_said(nginx, project):
    nginx.shell("web1", "nginx -s stop; sleep 0.3")
    configuration(project, NGINX % "second")
    done = project.push(*ONE)
    assert done.code == ExitCode.OK, done.text
    assert "nginx is not running" in done.text
    nginx.shell("web1", "nginx")
    assert nginx.shell("web1", ASK) == "second\n"


@needs_nginx
def test_a_saved_plan_no_longer_holds_when_the_reload_has_changed(nginx, project):
    configuration(project, NGINX % "second")
    assert project.plan("--out", "plan.json", *ONE).code == ExitCode.OK
    declare(project, {"template": "nginx.conf.j2", "dest": "/etc/nginx/nginx.conf"})
    done = project.push("--plan", "plan.json", *ONE)
    assert done.code == ExitCode.REFUSED
    assert "what validates or reloads files of other services has changed" in done.err
