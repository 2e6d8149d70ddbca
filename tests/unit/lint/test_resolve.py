"""The configuration as httpd would read it: variables, contexts, hosts."""

from __future__ import annotations

from safedeploy.lint.facts import Facts
from safedeploy.lint.files import Files
from safedeploy.lint.resolve.resolve import resolve
from tests.unit.lint.trees import MAIN, ROOT, files, read, told


def test_variables_are_replaced_in_the_line_before_it_is_split():
    text = 'Define D /srv\nDefine W "a b"\nAlias /x ${D}/y\nServerAlias ${W}\nServerAdmin "${W}"\n'
    assert told(read(text)) == [("Alias", "/x", "/srv/y"), ("ServerAlias", "a", "b"), ("ServerAdmin", "a b")]


def test_a_define_counts_from_its_line_on_and_the_environment_before_it():
    facts = Facts(environment={"X": "env"}, flags=frozenset())
    found = read("ServerName ${X}\nDefine X now\nServerName ${X}\nUnDefine X\nServerName ${X}\n", facts=facts)
    assert [words[1] for words in told(found)] == ["env", "now", "env"]


def test_a_variable_that_nothing_defines_stays_and_is_told():
    (undefined,) = read("ServerName ${NOPE}\n").undefined
    assert (undefined.name, undefined.certain, undefined.statement.arguments) == ("NOPE", True, ("${NOPE}",))
    (undefined,) = read("ServerName ${NOPE}\n", facts=Facts()).undefined
    assert undefined.certain is False


def test_a_map_of_rewriterule_is_no_variable():
    assert read("RewriteRule ^(.*)$ ${map:$1}\n").undefined == ()


def test_positions_are_those_of_the_file_though_variables_are_replaced():
    (alias,) = read("Define D /srv\nAlias  /x ${D}/y\n").named("alias")
    assert (alias.word_position(1).column, alias.word_position(1).end_column) == (11, 17)


def test_envvars_gives_the_environment():
    envvars = (
        'export APACHE_RUN_USER=www-data\nexport APACHE_LOG_DIR=/var/log/apache2$SUFFIX\nAPACHE_ARGUMENTS="-D Flag"\n'
    )
    found = read(
        "User ${APACHE_RUN_USER}\nErrorLog ${APACHE_LOG_DIR}/e\n<IfDefine Flag>\nTimeout 1\n</IfDefine>\n",
        {"envvars": envvars},
        Facts(),
    )
    assert told(found) == [("User", "www-data"), ("ErrorLog", "/var/log/apache2/e"), ("Timeout", "1")]
    assert found.complete


def test_contexts_tell_the_sections_outermost_first():
    limit = "<Limit POST>\nRequire all denied\n</Limit>\n"
    text = f"<VirtualHost *:80>\n<Directory /x>\n{limit}Options None\n</Directory>\n</VirtualHost>\nTimeout 1\n"
    found = read(text)
    (require,), (options,), (timeout,) = found.named("require"), found.named("options"), found.named("timeout")
    assert [section.key for section in require.context.sections] == ["virtualhost", "directory", "limit"]
    assert require.context.host is options.context.host
    assert [section.key for section in options.context.inner] == ["directory"]
    assert timeout.context is found.main_context
    assert require in found.inside(found.named("directory")[0].section)


def test_an_included_file_stands_in_the_section_that_includes_it():
    found = read("<VirtualHost *:80>\nInclude a.conf\n</VirtualHost>\n", {"a.conf": "ServerName a\n"})
    assert [host.name for host in found.hosts] == ["a"]


def test_hosts_have_their_addresses_and_names():
    names = "ServerName HTTPS://WWW.Example.test:443\nServerAlias a b:1\nServerAlias *.c\n"
    inner = "<Directory /x>\nOptions None\n</Directory>\n"
    text = f"<VirtualHost *:80 [::1]:8080 _default_:443 10.0.0.1>\n{names}{inner}</VirtualHost>\n"
    text += "<VirtualHost *>\n</VirtualHost>\n"
    first, second = read(text).hosts
    assert [(each.host, each.port) for each in first.addresses] == [
        ("*", 80),
        ("[::1]", 8080),
        ("*", 443),
        ("10.0.0.1", None),
    ]
    assert (first.name, first.aliases) == ("www.example.test", ("a", "b", "*.c"))
    assert len(first.named("options")) == 1
    assert (second.name, second.aliases, second.addresses[0].host) == (None, (), "*")


def test_listens_have_addresses():
    found = read("Listen 80\nListen [::]:443 https\nListen 10.0.0.1:8080\n")
    assert [(each.host, each.port) for _, each in found.listens] == [("*", 80), ("[::]", 443), ("10.0.0.1", 8080)]


def test_a_tree_without_main_file_is_read_as_the_layout_would():
    tree = Files(
        contents={f"{ROOT}/sites-available/a.conf": b"<VirtualHost *:80>\nServerName a\n</VirtualHost>\n"},
        links={f"{ROOT}/sites-enabled/a.conf": "../sites-available/a.conf"},
    )
    found = resolve(tree, Facts())
    assert [host.name for host in found.hosts] == ["a"]
    assert not found.complete
    assert found.unknown[0] == MAIN
    assert all(missing.certain is False for missing in found.missing_includes)


def test_a_file_alone_is_a_fragment():
    found = resolve(
        Files(contents={"/x.conf": b"<IfModule a_module>\nTimeout 1\n</IfModule>\n"}),
        Facts(),
        main="/x.conf",
        fragment=True,
    )
    assert found.named("timeout")[0].active is None
    assert not found.complete


def test_a_problem_in_a_part_that_nobody_can_decide_on_is_not_certain():
    facts = Facts(flags=None, environment={})
    found = read("<IfDefine X>\n</Directory>\n</IfDefine>\n", facts=facts)
    assert [problem.certain for problem in found.problems] == [False]


def test_sections_and_conditions_may_be_nested_without_end():
    deep = 3_000
    text = "<IfModule core.c>\n<If true>\n" * deep + "Timeout 1\n" + "</If>\n</IfModule>\n" * deep
    found = read(text)
    assert found.problems == ()
    assert len(found.named("timeout")[0].guards) == deep


def test_files_know_what_they_do_not_know():
    tree = files("", {"d/a": ""}, links={f"{ROOT}/l": "d", f"{ROOT}/loop": "loop"}, absent=frozenset({"/opt/x"}))
    answers = {
        path: tree.exists(path) for path in (f"{ROOT}/l/a", f"{ROOT}/l/b", f"{ROOT}/loop", "/opt", "/opt/x/y", "/srv")
    }
    assert answers == {
        f"{ROOT}/l/a": True,
        f"{ROOT}/l/b": False,
        f"{ROOT}/loop": False,
        "/opt": None,
        "/opt/x/y": False,
        "/srv": None,
    }


def test_a_file_that_is_read_by_itself_is_a_part():
    alone = Files(contents={MAIN: b"Listen 80\n"})
    assert resolve(alone, Facts(), main=MAIN, fragment=True).is_part
    assert not resolve(alone, Facts(), main=MAIN).is_part
