"""Starts programs quickly: a process that has imported everything forks one for each request.

What is forked is the program from its first line on, in a process of its own, with its own log and
environment; only the seconds of importing are saved. Every few runs start cold all the same.
"""

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.process.program import ROOT, environment

_PARENT_DEATH_SIGNAL = 1  # prctl(2), PR_SET_PDEATHSIG
_IMPORTED = (
    "bot.app", "bot.cli", "bot.commands.run", "bot.commands.tick", "bot.commands.import_roster",
    "bot.commands.migrate", "bot.commands.invite", "bot.commands.export", "bot.commands.digest",
    "bot.commands.doctor", "bot.drawing", "handlers.documents.recipes", "handlers.roster", "uvloop",
    "uvicorn.protocols.http.httptools_impl", "uvicorn.loops.uvloop", "matplotlib.figure",
    "matplotlib.backends.backend_agg", "alembic.command", "time_machine", "tests.chaos.moved",
    "psycopg", "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite.pysqlite",
)  # fmt: skip


class Forked:
    """A process of the fork server's, seen as subprocess.Popen shows one."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.over = threading.Event()

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = 60) -> int | None:
        if not self.over.wait(timeout):
            raise subprocess.TimeoutExpired("bot", timeout or 0)
        return self.returncode

    def terminate(self) -> None:
        if not self.over.is_set():
            os.kill(self.pid, signal.SIGTERM)


class ForkServer:
    """The side that asks. One of these in a process is enough."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.forking"],
            cwd=ROOT, env=environment(), stdin=theirs.fileno(), stdout=theirs.fileno(),
        )  # fmt: skip
        theirs.close()
        self._lines, self._asking = ours.makefile("r"), ours
        self._children: dict[int, Forked] = {}
        self._born: list[Forked] = []
        self._change, self._gone = threading.Condition(), False
        self._one_at_a_time = threading.Lock()
        threading.Thread(target=self._hear, name="forks", daemon=True).start()
        atexit.register(self._server.kill)

    def start(
        self,
        module: str,
        *arguments: str,
        log: Path,
        errors: Path | None = None,
        more: Mapping[str, str] | None = None,
    ) -> Forked:
        """`python -m module arguments` with `more` in its environment, what it says appended to
        `log`; what goes to standard error to `errors`, if given."""
        request = {
            "module": module, "arguments": arguments, "log": str(log), "errors": str(errors or log),
            "more": dict(more or {}),
        }  # fmt: skip
        with self._one_at_a_time:
            self._asking.sendall((json.dumps(request) + "\n").encode())
            with self._change:
                self._change.wait_for(lambda: self._born or self._gone, 60)
                assert self._born, "nothing was forked: can the program be imported?"
                return self._born.pop()

    def _hear(self) -> None:
        with contextlib.suppress(OSError):
            for line in self._lines:
                self._take(json.loads(line))
        with self._change:
            self._gone = True
            self._change.notify_all()

    def _take(self, said: dict[str, int]) -> None:
        with self._change:
            if "code" in said:
                child = self._children.pop(said["pid"])
                child.returncode = said["code"]
                child.over.set()
            else:
                self._children[said["pid"]] = Forked(said["pid"])
                self._born.append(self._children[said["pid"]])
            self._change.notify_all()


def serve() -> None:
    """The side that forks, asked on standard input."""
    for name in _IMPORTED:
        importlib.import_module(name)
    gc.freeze()
    asked = socket.socket(fileno=os.dup(0))
    woken, wakes = socket.socketpair()
    wakes.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes.fileno())
    pending = b""
    while True:
        ready, _, _ = select.select([asked, woken], [], [])
        if woken in ready:
            woken.recv(4096)
            _tell_ended(asked)
        if asked in ready:
            if not (data := asked.recv(65536)):
                return
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                _fork(asked, json.loads(line))


def _tell_ended(asked: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _say(asked, {"pid": pid, "code": os.waitstatus_to_exitcode(status)})


def _say(asked: socket.socket, what: dict[str, int]) -> None:
    asked.sendall((json.dumps(what) + "\n").encode())


def _fork(asked: socket.socket, request: dict[str, Any]) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    pid = os.fork()
    if pid == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        asked.close()
        _be(request)
    _say(asked, {"pid": pid})  # before it can have ended
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


def _be(request: dict[str, Any]) -> None:
    """The child: be that program, and end as it does; not outlive whoever asked for it."""
    with contextlib.suppress(AttributeError):  # Linux alone has it
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    appending = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    log, errors = (os.open(request[name], appending, 0o600) for name in ("log", "errors"))
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, nothing), (1, log), (2, errors)):
        os.dup2(source, target)
    os.environ.update(request["more"])
    code = 0
    sys.argv = [request["module"], *request["arguments"]]
    try:
        runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


_server: list[ForkServer] = []


def fork_server() -> ForkServer:
    """This process's."""
    if not _server:
        _server.append(ForkServer())
    return _server[0]


if __name__ == "__main__":
    serve()
