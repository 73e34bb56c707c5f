"""Runs the emulator on loopback for `npm run test:aws`; test/aws/emulator/start.ts is its only caller.

Why not `ministack` itself: it binds every interface, wants a port chosen beforehand (a race), and leaves its Lambda
processes behind when its parent is killed. Here the kernel chooses the port, and the end of standard input, which
comes even when the parent dies by SIGKILL, ends the whole process group.
"""

import asyncio
import json
import logging
import os
import shutil
import signal
import socket
import sys
import threading


def listener() -> socket.socket:
    # The protocol is named because asyncio turns Nagle off only on sockets that say TCP; otherwise each answer of
    # two segments waits for a delayed ACK (40 ms a request).
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", 0))
    sock.set_inheritable(False)
    return sock


def end_group() -> None:
    # Lambda processes are in the group of this process, which its parent made a group of its own.
    os.killpg(os.getpgid(0), signal.SIGKILL)


def end_with_parent() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    # Nobody is left to remove the scratch folder.
    scratch = os.environ.get("TMPDIR", "")
    if os.path.basename(scratch).startswith("overread-emulator-"):
        shutil.rmtree(scratch, ignore_errors=True)
    end_group()


async def serve(sock: socket.socket) -> None:
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config
    from ministack.app import app

    import batch_actions
    import condition_keys
    import inert_resources
    import key_rights
    import version_deletes

    for module in (condition_keys, inert_resources, key_rights, batch_actions, version_deletes):
        module.install()

    async def over_tls(scope, receive, send):
        # Loopback stands for a TLS connection: policies that deny aws:SecureTransport = false (all of ours, and the
        # CDK's own bootstrap bucket) are evaluated when AUTH=true.
        await app({**scope, "scheme": "https"} if scope["type"] == "http" else scope, receive, send)

    config = Config()
    config.bind = [f"fd://{sock.fileno()}"]
    config.keep_alive_timeout = 75
    config.accesslog = None
    config.h11_max_incomplete_size = 64 * 1024
    await hypercorn_serve(over_tls, config)


def main() -> None:
    if os.getpgid(0) != os.getpid():
        raise SystemExit("launch.py ends its process group, so it must lead one")
    sock = listener()
    port = sock.getsockname()[1]
    # Read by the emulator when it is imported.
    os.environ["GATEWAY_PORT"] = str(port)
    signal.signal(signal.SIGTERM, lambda *_: end_group())
    signal.signal(signal.SIGINT, lambda *_: end_group())
    threading.Thread(target=end_with_parent, daemon=True).start()
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()
    logging.raiseExceptions = False
    try:
        asyncio.run(serve(sock))
    finally:
        end_group()


main()
