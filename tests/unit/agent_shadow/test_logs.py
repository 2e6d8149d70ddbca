"""Which lines of which logs a server has written, and which were there before."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from safedeploy_host.shadow import logs

LINE = "[core:error] [pid 1] AH01630: client denied\n"


def test_only_what_is_written_afterwards_is_told_and_only_once(tmp_path: Path) -> None:
    log = tmp_path / "error.log"
    log.write_text("[core:error] old\n")
    seen = logs.Logs([str(log)])

    with log.open("a") as stream:
        stream.write(LINE)

    assert seen.error_lines() == [LINE.strip()]
    assert seen.error_lines() == []


def test_a_line_that_is_still_being_written_waits_for_its_end(tmp_path: Path) -> None:
    log = tmp_path / "error.log"
    log.write_text("")
    seen = logs.Logs([str(log)])

    log.write_text(LINE + "[core:error] half")
    first = seen.error_lines()
    log.write_text(LINE + "[core:error] half a line\n")

    assert first == [LINE.strip()]
    assert seen.error_lines() == ["[core:error] half a line"]


def test_access_logs_are_counted_and_not_told(tmp_path: Path) -> None:
    access = tmp_path / "access.log"
    access.write_text("1.2.3.4 old\n")
    seen = logs.Logs([str(access)])

    with access.open("a") as stream:
        stream.write('1.2.3.4 - - "GET / HTTP/1.1" 200\n' * 3)

    assert seen.error_lines() == []
    assert seen.counts() == {str(access): 3}


def test_the_files_that_a_process_appends_to_are_its_logs(tmp_path: Path) -> None:
    appended, written = tmp_path / "appended.log", tmp_path / "written.txt"
    program = (
        "import sys, time; a = open(sys.argv[1], 'a'); b = open(sys.argv[2], 'w'); print('on', flush=True);"
        " time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(appended), str(written)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        seen = logs.Logs([])
        seen.follow(process.pid)
        appended.write_text(LINE)

        assert list(seen.counts()) == [str(appended)]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_in_a_log_that_was_not_expected_the_time_tells_old_lines(tmp_path: Path) -> None:
    log = tmp_path / "error.log"
    log.write_text("[Mon Jan 05 10:00:00.123456 2015] [core:error] long ago\n")
    seen = logs.Logs([])

    now = time.strftime("%a %b %d %H:%M:%S", time.localtime(time.time() + 1))
    with log.open("a") as stream:
        stream.write(f"[{now}.000001 {time.localtime().tm_year}] [core:emerg] just now\n")
    seen.add_main(str(log))

    assert [line.rpartition("] ")[2] for line in seen.error_lines()] == ["just now"]


def test_rotated_logs_are_not_looked_at(tmp_path: Path) -> None:
    for name in ("error.log", "error.log.1", "error.log.2.gz", "access_log-20260101", "vhost_access"):
        (tmp_path / name).write_text("x")
    (tmp_path / "link.log").symlink_to("error.log")

    found = logs.around([str(tmp_path / "error.log"), str(tmp_path / "none/error.log")])

    assert sorted(Path(path).name for path in found) == ["error.log", "vhost_access"]
