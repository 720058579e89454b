import asyncio
import sys
from pathlib import Path

import pytest

from stream_synth.chat import Endpoint, Serve, serving
from stream_synth.chat.serve import _filled
from stream_synth.errors import ConfigError, EndpointDown

# A server with a worker of its own, as vllm has; it writes both process ids to the file it is given.
SERVER = """
import http.server, os, sys
worker = os.fork()
if worker == 0:
    import time
    time.sleep(60)
class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Healthy)
open(sys.argv[2], "w").write(f"{os.getpid()} {worker}")
server.serve_forever()
"""


def endpoint(*command: str, **options: object) -> Endpoint:
    serve = Serve(command=(sys.executable, "-c", *command), **options)  # type: ignore[arg-type]
    return Endpoint(model="m", serve=serve)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


async def gone(pids: list[int]) -> bool:
    for _ in range(100):
        if not any(alive(pid) for pid in pids):
            return True
        await asyncio.sleep(0.02)
    return False


async def test_a_server_lives_as_long_as_the_block(tmp_path: Path) -> None:
    """It gets a free port, roles that name the same command share it, and its workers end with it."""
    local = endpoint(SERVER, "{port}", str(tmp_path / "pids"))

    async with serving({"teacher": [local], "judge": [local]}) as roles:
        pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
        urls = {roles["teacher"][0].base_url, roles["judge"][0].base_url}
        running = all(alive(pid) for pid in pids)

    assert running
    assert len(urls) == 1
    assert urls.pop().startswith("http://127.0.0.1:")
    assert await gone(pids)


async def test_a_cancelled_run_takes_its_server_along(tmp_path: Path) -> None:
    """Ctrl-C twice leaves no model in memory."""
    up = asyncio.Event()

    async def run() -> None:
        async with serving({"teacher": [endpoint(SERVER, "{port}", str(tmp_path / "pids"))]}):
            up.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(run())
    await up.wait()
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert await gone(pids)


async def test_a_server_that_ends_early_says_why() -> None:
    """The last lines it printed stand in the error."""
    broken = endpoint("import sys; sys.exit('cannot open model.gguf')")

    with pytest.raises(EndpointDown, match=r"status 1 before it was ready: cannot open model\.gguf"):
        async with serving({"teacher": [broken]}):
            pass


async def test_a_server_that_never_gets_ready_is_stopped() -> None:
    """After ready_timeout_s."""
    slow = endpoint("import time; time.sleep(60)", ready_timeout_s=0.05)

    with pytest.raises(EndpointDown, match=r"ready_timeout_s 0\.05"):
        async with serving({"teacher": [slow]}):
            pass


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("no-such-program",), "no program 'no-such-program'"),
        ((sys.executable, "{package:no_such_package}/x"), "pip install --no-deps no-such-package"),
        ((), "empty"),
    ],
)
async def test_a_command_that_cannot_start_is_a_configuration_error(command: tuple[str, ...], words: str) -> None:
    """With the remedy."""
    with pytest.raises(ConfigError, match=words):
        async with serving({"teacher": [Endpoint(model="m", serve=Serve(command=command))]}):
            pass


async def test_a_taken_address_is_refused(tmp_path: Path) -> None:
    """Another server's answers must not be taken for ours."""
    async with serving({"teacher": [endpoint(SERVER, "{port}", str(tmp_path / "pids"))]}) as roles:
        taken = Endpoint(model="m", base_url=roles["teacher"][0].base_url, serve=Serve(command=(sys.executable,)))
        with pytest.raises(ConfigError, match="answers at"):
            async with serving({"judge": [taken]}):
                pass


async def test_endpoints_without_serve_pass_unchanged() -> None:
    """Nothing is started for them."""
    remote = Endpoint(base_url="https://host/v1", model="m")

    async with serving({"teacher": [remote]}) as roles:
        assert roles == {"teacher": [remote]}


def test_packages_are_found_wherever_they_are_installed() -> None:
    """`{package:NAME}` is a folder; other braces stay."""
    words = _filled('{package:stream_synth}/x --port {port} --json {"a":1}', 7)

    assert words.endswith('/x --port 7 --json {"a":1}')
    assert Path(words.split("/x")[0]).is_dir()
