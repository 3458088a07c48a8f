"""Other processes: the same answers in the same order, errors as they are, and no hang when one dies."""

import operator
import os
import subprocess
import sys
import textwrap
import time

import pytest
from feedmill.transforms.failures import Reason, Rejected, UsageError
from feedmill.transforms.local.pool import Processes, ask_ahead, processes_for, start


def refuse(detail):
    raise Rejected(Reason.EMPTY, detail)


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_calls(workers):
    processes = Processes(workers)
    found = [done for n in range(20) for done in processes.call(operator.mul, n, n, of=n)] + list(processes.rest())
    assert found == [(n, n * n) for n in range(20)]
    assert list(processes.rest()) == []


def wait_for(path):
    until = time.monotonic() + 20
    while not os.path.exists(path) and time.monotonic() < until:
        time.sleep(0.01)
    return os.path.exists(path)


def test_the_others_go_on_beside_a_slow_call(tmp_path):
    """The first waits for what the last does, many calls later."""
    processes = Processes(2)
    found = list(processes.call(wait_for, tmp_path / "last", of="first"))
    for n in range(30):
        found += processes.call(operator.mul, n, n, of=n)
    found += processes.call(os.mkdir, tmp_path / "last", of="last")
    found += processes.rest()
    assert found == [("first", True), *((n, n * n) for n in range(30)), ("last", None)]


def alone(path):
    os.mkdir(path)  # an error if it is there
    time.sleep(0.01)
    os.rmdir(path)


@pytest.mark.parametrize("at_once", [1, None])
def test_no_more_are_at_work_at_once_than_may_be(tmp_path, at_once):
    processes = Processes(2, at_once)
    try:
        for _ in range(20):
            list(processes.call(alone, tmp_path / "at work"))
        list(processes.rest())
        met = False
    except FileExistsError:
        met = True
    assert met == (at_once is None)


def test_the_work_is_done_elsewhere():
    processes = Processes(2)
    elsewhere = {pid for _ in range(8) for _, pid in processes.call(os.getpid)} | {pid for _, pid in processes.rest()}
    assert os.getpid() not in elsewhere


@pytest.mark.parametrize("asked", ["0", "-1", "two", "1000000"])
def test_what_is_no_number_of_processes_is_refused(asked):
    with pytest.raises(UsageError, match=f"--workers {asked}"):
        processes_for(asked, 0)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_is_what_it_was(workers):
    processes = Processes(workers)
    with pytest.raises(Rejected, match="nothing in it"):
        list(processes.call(refuse, "nothing in it"))
        list(processes.rest())


def test_what_is_printed_there_is_no_answer():
    processes = Processes(2)
    list(processes.call(print, "hello"))
    assert list(processes.rest()) == [(None, None)]


@pytest.mark.parametrize("status", [9, 0])
def test_a_process_that_dies_is_no_hang(status):
    """In a process of its own: the pool of this one is not to be hurt."""
    script = f"""
        import os
        from feedmill.transforms.local.pool import ProcessDied, Processes
        processes = Processes(2)
        list(processes.call(os._exit, {status}))
        try:
            list(processes.rest())
        except ProcessDied as died:
            print(died)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=60, check=True
    )
    assert f"ended with status {status}" in done.stdout


def test_a_script_without_a_guard_is_not_run_again(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import operator\nfrom feedmill.transforms.local.pool import Processes\nprint('once')\n"
        "processes = Processes(2)\nlist(processes.call(operator.add, 1, 2))\nprint(list(processes.rest()))\n"
    )
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=60, check=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    assert done.stdout.splitlines() == ["once", "[(None, 3)]"]


def imported():
    return os.getppid(), "colorsys" in sys.modules


def test_one_process_imports_and_the_others_are_its_forks():
    start(3, "colorsys")
    processes = Processes(3)
    told = [found for _ in range(12) for _, found in processes.call(imported)] + [
        found for _, found in processes.rest()
    ]
    [(first, ready)] = set(told)
    assert ready and first != os.getpid()


def note(path):
    with open(path, "a") as file:
        file.write("called\n")
    return path


def test_what_was_asked_ahead_is_asked_once(tmp_path):
    asked, never = str(tmp_path / "asked"), str(tmp_path / "never")
    ask_ahead(2, note, asked)
    ask_ahead(2, note, never)
    assert wait_for(asked) and wait_for(never), "it does not wait for the call"
    processes = Processes(2)
    found = [*processes.call(note, asked, of=1), *processes.call(operator.add, 1, 2, of=2), *processes.rest()]
    assert found == [(1, asked), (2, 3)]
    assert (tmp_path / "asked").read_text() == "called\n"
    assert list(processes.call(note, never)) + list(processes.rest()) == [(None, never)]
    assert (tmp_path / "never").read_text() == "called\n" * 2, "what nobody wanted by then is forgotten"


def test_a_process_that_ends_does_not_wait_for_what_it_asked(tmp_path):
    script = "import time; from feedmill.transforms.local.pool import ask_ahead\nfor n in range(9): ask_ahead(2, time.sleep, 9 + n)"
    subprocess.run([sys.executable, "-c", script], timeout=8, check=True)


def test_a_caller_that_ends_before_its_answer_is_missed_without_a_word(tmp_path):
    """As a run ends that finds another at work: what it had asked for ahead is still being answered."""
    script = f"""
import os
from feedmill.transforms.local import pool
path = {str(tmp_path / "at work")!r}
pool.ask_ahead(2, eval, f"__import__('os').mkdir({{path!r}}) or bytes(1 << 26)")
while not os.path.exists(path):
    pass
os._exit(0)
"""
    ended = subprocess.run([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True, timeout=60)
    assert ended.stderr == ""  # which is at its end when the last of the processes is
