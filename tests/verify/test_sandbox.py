from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

import stream_synth
from stream_synth.errors import ConfigError, RunError
from stream_synth.verify.sandbox import Limits, Protections, Run, Sandbox, protections

_PACKAGE = Path(stream_synth.__file__).parent
_SHORT = Limits(wall_s=5.0, cpu_s=1, memory_mb=128, processes=8, output_kb=64)


async def _run(program: str, limits: Limits = _SHORT, **more: str) -> Run | None:
    """The run; None where this machine has no namespaces and the sandbox was seen to refuse, naming the reason."""
    if protections().isolated:
        return await Sandbox(limits).run(program, **more)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"gives no namespaces .*allow_unprotected"):
        Sandbox(limits)
    assert str(protections()).startswith("NOT isolated (")
    return None


def _processes_with(word: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if word.encode() in line:
                found.append(entry.name)
    return found


async def _gone(word: str) -> bool:
    for _ in range(40):  # the kernel ends a world within a few ms
        if not _processes_with(word):
            return True
        await asyncio.sleep(0.025)
    return False


async def test_a_program_reads_its_input_and_imports_its_files() -> None:
    """Standard input, files beside it and what it prints, in Chinese too."""
    if not protections().isolated:
        assert await _run("") is None
        return
    program = "import sys, helper\nfrom parts import one\nprint(helper.twice(input()), one.X)\nprint('错', file=sys.stderr)"
    files = {"helper.py": "def twice(word): return word * 2", "parts/one.py": "X = '一'"}

    run = await Sandbox(_SHORT).run(program, stdin="你好\n", files=files)

    assert (run.outcome, run.exit_code, run.stdout, run.stderr) == ("ok", 0, "你好你好 一\n", "错\n")


ESCAPES = {
    "network": "import socket\nsocket.create_connection(('1.1.1.1', 53), 2)",
    "local_network": "import socket\ns = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname(), 1)",
    "home": f"import os\nprint(os.listdir({str(Path.home())!r} + '/.ssh'))",
    "working_directory": f"import os\nprint(os.listdir({str(Path.cwd())!r}))",
    "passwords": "print(open('/etc/passwd').read())",
    "write_outside": "open('/usr/escaped', 'w')",
    "write_root": "open('/escaped', 'w')",
    "write_python": "import os\nopen(os.__file__, 'a')",
    "mount": "import ctypes\nassert ctypes.CDLL(None).mount(b'none', b'/', b'', 0x1020, 0) == 0",
    "namespace": "import ctypes\nassert ctypes.CDLL(None).unshare(0x10000000) == 0",
    "debug_init": "import ctypes\nassert ctypes.CDLL(None).ptrace(16, 1, 0, 0) == 0",
    "init_files": "import os\nfor n in os.listdir('/proc/1/fd'): open(f'/proc/1/fd/{n}', 'wb')",
    "memory_file": "import os\nos.memfd_create('x')",
    "raise_limits": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "device": "import os\nos.mknod('/tmp/disk', 0o60600, os.makedev(8, 0))",
    "fill_scratch": "for n in range(100): open(f'/tmp/{n}', 'wb').write(b'x' * (8 << 20))",
    "large_file": "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nopen('/tmp/x', 'wb').write(b'x' * (32 << 20))",
    "host_of_a_virtual_machine": "import socket\nsocket.socket(40, socket.SOCK_STREAM)",
    "kernel_messages": "import socket\nsocket.socket(16, socket.SOCK_RAW, 15)",
    "nested_namespace": "import ctypes\nassert ctypes.CDLL(None).syscall(56, 0x10000000 | 17, 0, 0, 0, 0) >= 0",
    "new_mount": "import ctypes, errno\nl = ctypes.CDLL(None, use_errno=True)\nassert l.syscall(430, b'tmpfs', 0) >= 0",
    "descriptors_of_init": "import ctypes, os\nassert ctypes.CDLL(None).syscall(438, os.pidfd_open(1), 0, 0) >= 0",
    "memory_of_init": "open('/proc/1/mem', 'rb').read(1)",
    "environment_of_init": "print(open('/proc/1/environ').read())",
    "kernel_settings": "open('/proc/sys/kernel/core_pattern')",
    "many_small_files": "for n in range(30_000): open(f'/tmp/{n}', 'w').close()",
    "many_files": "kept = [open('/dev/null') for _ in range(1000)]",
}


@pytest.mark.parametrize("escape", ESCAPES)
async def test_what_is_not_its_own_is_refused(escape: str) -> None:
    """Network, files of others, mounts, devices and limits: Python reports the refusal."""
    run = await _run(ESCAPES[escape])

    if run is not None:
        assert run.outcome == "error", run
        assert "Error" in run.stderr


async def test_environment_is_empty() -> None:
    """A variable of the caller's, a key for one, is not there, nor in any process it sees."""
    os.environ["SANDBOX_TEST_KEY"] = "sk-secret"
    try:
        run = await _run("import glob, os\nprint(sorted(os.environ))\nfor p in glob.glob('/proc/[0-9]*'): print(p)")
    finally:
        del os.environ["SANDBOX_TEST_KEY"]

    if run is not None:
        assert "SANDBOX_TEST_KEY" not in run.stdout
        assert "PATH" in run.stdout
        assert len([line for line in run.stdout.splitlines() if line.startswith("/proc/")]) <= 2


async def test_infinite_loop_ends_by_cpu_or_wall() -> None:
    """Busy: CPU time. Idle, deaf to polite signals: wall time; what it printed is kept."""
    busy = await _run("while True: pass")
    idle = await _run(
        "import signal, time\nfor s in (1, 2, 15): signal.signal(s, signal.SIG_IGN)\nprint('so far', flush=True)\ntime.sleep(60)",
        Limits(wall_s=1.5),  # its start counts
    )

    if busy is not None and idle is not None:
        assert (busy.outcome, idle.outcome, idle.stdout) == ("timeout", "timeout", "so far\n")
        assert busy.seconds < 4
        assert idle.seconds < 4


async def test_memory_bomb() -> None:
    """One process meets its own limit, many small ones the limit of all."""
    one = await _run("x = []\nwhile True: x.append(bytearray(1 << 20))")
    program = "import os, time\nfor _ in range(5): os.fork()\nx = bytearray(b'x') * (60 << 20)\ntime.sleep(30)"
    many = await _run(program.replace("range(5)", "range(2)"))

    if one is not None and many is not None:
        assert one.outcome == "memory"
        assert many.outcome in (("memory",) if protections().adds_up_memory else ("timeout", "error", "ok"))


async def test_fork_bomb() -> None:
    """The number of processes is bounded, and none outlives the run."""
    word = f"bomb{time.monotonic_ns()}"
    run = await _run(
        f"import os\n# {word}\nn = 0\nwhile True:\n    try: os.fork()\n    except OSError: pass", Limits(wall_s=1.0, cpu_s=5, processes=8)
    )

    if run is not None:
        assert run.outcome in {"timeout", "memory"}
        assert await _gone("main.py")


async def test_killing_the_parent() -> None:
    """Every process it can name, its group and its parent: the caller lives, the run is over."""
    program = "import os\nfor p in (os.getppid(), 1, -1, 0):\n    try: os.kill(p, 9)\n    except OSError as e: print(e)\nprint('alive')"
    run = await _run(program)

    if run is not None:
        assert run.outcome == "killed"


async def test_huge_output_is_cut() -> None:
    """The reader keeps what the limit allows and ends the program; bytes that are no text do no harm."""
    run = await _run("import sys\nwhile True: sys.stdout.buffer.write(b'\\xff' * 65536)")

    if run is not None:
        assert run.outcome == "output"
        assert len(run.stdout) == 64 << 10


async def test_how_a_program_ends() -> None:
    """An exception, an exit code, a crash."""
    runs = [await _run(program) for program in ("1 / 0", "raise SystemExit(7)", "import ctypes; ctypes.string_at(0)")]

    if None not in runs:
        assert [(run.outcome, run.exit_code) for run in runs if run] == [("error", 1), ("error", 7), ("killed", None)]


async def test_background_processes_end_with_the_run() -> None:
    """A child that left its session, with its output closed, is ended too."""
    word = f"sleeper{time.monotonic_ns()}"
    program = (
        "import subprocess, sys\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60) # {word}'], start_new_session=True, stdout=-3, stderr=-3)"
    )
    run = await _run(program)

    if run is not None:
        assert run.outcome == "ok"
        assert await _gone(word)


async def test_cancelled_leaves_nothing() -> None:
    """A cancelled run takes its processes along, and gives its slot back."""
    if not protections().isolated:
        assert await _run("") is None
        return
    word = f"cancelled{time.monotonic_ns()}"
    sandbox = Sandbox(_SHORT, concurrency=1)
    running = asyncio.create_task(sandbox.command((sys.executable, "-c", f"import time; time.sleep(30) # {word}")))
    for _ in range(100):
        if _processes_with(word):
            break
        await asyncio.sleep(0.02)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert await _gone(word)
    assert (await sandbox.run("print(1)")).outcome == "ok"


async def test_a_killed_caller_leaves_nothing() -> None:
    """SIGKILL of the process that holds the sandbox ends what it runs."""
    if not protections().isolated:
        assert await _run("") is None
        return
    word = f"orphan{time.monotonic_ns()}"
    code = (
        "import asyncio, sys\nfrom stream_synth.verify.sandbox import Sandbox\n"
        "asyncio.run(Sandbox().command((sys.executable, '-c', 'import time; time.sleep(30) # ' + sys.argv[1][::-1])))"
    )
    caller = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, word[::-1], env={**os.environ, "PYTHONPATH": str(_PACKAGE.parent)}
    )
    for _ in range(200):
        if _processes_with(word):
            break
        await asyncio.sleep(0.02)
    began = bool(_processes_with(word))

    caller.kill()
    await caller.wait()

    assert began
    assert await _gone(word)


async def test_command_sees_named_paths_only(tmp_path: Path) -> None:
    """`read` is visible and cannot be changed; what lies beside it is not there; an unknown command is an error with its name."""
    if not protections().isolated:
        assert await _run("") is None
        return
    await asyncio.to_thread(tmp_path.chmod, 0o755)
    (tmp_path / "words.txt").write_text("词", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("s", encoding="utf-8")
    sandbox = Sandbox(_SHORT, read=(tmp_path / "words.txt",), cwd=tmp_path)

    shown = await sandbox.command(("/bin/sh", "-c", "cat words.txt; ls; echo x > words.txt"))

    assert shown.stdout == "词words.txt\n"
    assert shown.outcome == "error"
    with pytest.raises(RunError, match="no-such-command"):
        await sandbox.command(("no-such-command",))
    with pytest.raises(ConfigError, match="relative"):
        await sandbox.run("", files={"../x": ""})


async def test_without_namespaces_it_refuses_and_says_why() -> None:
    """Inside the sandbox there are no namespaces to be had: a sandbox there refuses, and runs bare only when told to."""
    program = (
        f"import sys; sys.path.insert(0, {str(_PACKAGE.parent)!r})\n"
        "import asyncio\nfrom stream_synth.errors import ConfigError\nfrom stream_synth.verify.sandbox import Sandbox, protections\n"
        "try: Sandbox()\nexcept ConfigError as error: print(error)\nprint(protections())\n"
        "print(asyncio.run(Sandbox(allow_unprotected=True).run('print(6 * 7)')).stdout)"
    )
    if not protections().isolated:
        assert await _run("") is None
        bare = await Sandbox(_SHORT, allow_unprotected=True).run("print(6 * 7)")
        assert bare.stdout == "42\n"
        return
    limits = Limits(wall_s=20, cpu_s=10, memory_mb=2048, processes=64)

    run = await Sandbox(limits, read=(_PACKAGE,)).run(program)

    assert "gives no namespaces (unshare: " in run.stdout, run
    assert "NOT isolated (unshare: " in run.stdout
    assert run.stdout.strip().endswith("42")


def test_protections_are_one_line() -> None:
    """What holds and what does not, and the remedy when nothing may run."""
    bare = Protections(isolated=False, filtered=True, adds_up_memory=False, reason="unshare: Operation not permitted")

    assert "NOT isolated (unshare: Operation not permitted): it can read and change your files" in str(bare)
    assert "\n" not in str(protections())
    bare.require(allow_unprotected=True)
    with pytest.raises(ConfigError, match="user namespaces are allowed"):
        bare.require(allow_unprotected=False)
    with pytest.raises(ConfigError, match="memory_mb is 0"):
        Limits(memory_mb=0)
