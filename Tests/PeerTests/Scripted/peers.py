#!/usr/bin/env python3
"""Scripted peers on loopback, for the tests: peers.py [--port PORT] [--log FILE] [--seed SEED] [--forever]

One server answers on every address of 127.0.0.0/8 and on ::1; the second byte of the address called names the behaviour
(see KINDS), so that 127.K.x.y behaves the same each time. A second port is a SOCKS5 proxy, which takes every name for
127.0.0.1. It prints both ports, and ends when its standard input does, or with --forever when it is killed.

With --log each connection's messages are written as a line of JSON: the address called, and what was received.
"""
import argparse
import asyncio
import hashlib
import json
import random
import resource
import socket
import struct
import sys
import time

MAGIC = bytes.fromhex("f9beb4d9")
TESTNET3 = bytes.fromhex("0b110907")
KINDS = [
    "honest", "silent", "half", "halfclose", "drip", "magic", "network", "long", "reset", "endless", "http",
    "badsum", "noverack", "closeafter", "short", "echo", "garbage", "wrongpong", "nopong", "old", "escapes", "fuzz",
    "flood", "chatty",
]
# As long as any test waits.
FOREVER = 120


def double_sha256(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def message(command, payload=b"", magic=MAGIC, length=None):
    size = len(payload) if length is None else length
    return magic + command.encode().ljust(12, b"\0") + struct.pack("<I", size) + double_sha256(payload)[:4] + payload


def version(agent=b"/Satoshi:28.1.0/", number=70016, nonce=None):
    """Names its receiver 192.0.2.9."""
    nonce = struct.pack("<Q", random.getrandbits(64)) if nonce is None else nonce
    return (struct.pack("<iQq", number, 0xC09, int(time.time())) + address(192, 0, 2, 9, 8333) + bytes(26) + nonce
            + bytes([len(agent)]) + agent + struct.pack("<i?", 870000, True))


def address(*parts):
    """Of IPv4: four bytes and a port."""
    return struct.pack("<Q", 9) + bytes(10) + b"\xff\xff" + bytes(parts[:4]) + struct.pack(">H", parts[4])


def known(last, port):
    """An entry of `addr`."""
    return struct.pack("<I", int(time.time())) + address(127, 0, 0, last, port)


class Peer:
    def __init__(self, reader, writer, log, seed):
        self.reader, self.writer, self.log = reader, writer, log
        self.called = writer.get_extra_info("sockname")[0]
        parts = self.called.split(".")
        self.kind = KINDS[int(parts[1]) % len(KINDS)] if len(parts) == 4 else "honest"
        self.random = random.Random(f"{seed} {self.called}")
        self.received = []

    async def read(self):
        header = await self.reader.readexactly(24)
        size = struct.unpack("<I", header[16:20])[0]
        payload = await self.reader.readexactly(size)
        assert header[:4] == MAGIC and double_sha256(payload)[:4] == header[20:24], header
        command = header[4:16].rstrip(b"\0").decode()
        self.received.append([command, payload.hex()])
        return command, payload

    async def send(self, *parts):
        self.writer.write(b"".join(parts))
        await self.writer.drain()

    async def serve(self):
        try:
            await self.behave()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.TimeoutError):
            pass
        finally:
            if self.log:
                self.log.write(json.dumps({"called": self.called, "kind": self.kind, "received": self.received}) + "\n")
                self.log.flush()
            self.writer.close()

    async def wait(self):
        """Reads on, so that the end of the connection is seen."""
        await asyncio.wait_for(self.reader.read(), FOREVER)

    async def behave(self):
        kind = self.kind
        if kind == "reset":
            linger = struct.pack("ii", 1, 0)
            self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.writer.transport.abort()
            return
        if kind == "silent":
            return await self.wait()
        if kind == "http":
            await self.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            return await asyncio.sleep(0.2)
        command, payload = await asyncio.wait_for(self.read(), FOREVER)
        assert command == "version", command
        if kind == "fuzz":
            return await self.fuzz()
        whole = message("version", version())
        if kind == "half":
            await self.send(whole[:60])
            return await self.wait()
        if kind == "halfclose":
            return await self.send(whole[:60])
        if kind == "drip":
            for byte in whole:
                await self.send(bytes([byte]))
                await asyncio.sleep(0.3)
            return
        if kind == "magic":
            await self.send(message("version", version(), b"\xde\xad\xbe\xef"))
            return await self.wait()
        if kind == "network":
            await self.send(message("version", version(), TESTNET3))
            return await self.wait()
        if kind == "long":
            await self.send(message("version", version(), length=0xFFFFFFFF))
            return await self.wait()
        if kind == "badsum":
            await self.send(whole[:-1] + bytes([whole[-1] ^ 1]), message("verack"))
            return await self.wait()
        if kind == "short":
            await self.send(message("version", version()[:40]))
            return await self.wait()
        if kind == "echo":
            await self.send(message("version", version(nonce=payload[72:80])))
            return await self.wait()
        if kind == "old":
            await self.send(message("version", version(b"/Satoshi:0.13.0/", 70014)), message("verack"))
            return await self.answer()
        if kind == "escapes":
            agent = b"/\x1b[2J\x1b]0;owned\x07\xc2\x9b31m\xe2\x80\xae\"}\n{/"
            await self.send(message("version", version(agent)), message("verack"))
            return await self.answer()
        await self.send(whole)
        if kind == "closeafter":
            return
        if kind == "endless":
            addresses = message("addr", b"\xfd\xe8\x03" + bytes(30) * 1000)
            while True:
                await self.send(addresses)
                await asyncio.sleep(0.001)
        if kind == "noverack":
            return await self.wait()
        await self.send(message("wtxidrelay"), message("sendaddrv2"), message("verack"))
        if kind == "garbage":
            await self.send(b"\xff\x00garbage behind the verack" * 4)
            return await self.wait()
        if kind == "flood":
            headers = message("headers", b"\xfd\xf4\x01" + bytes(81) * 500)
            while True:
                await self.send(headers)
                await asyncio.sleep(0.001)
        if kind == "chatty":
            await self.send(message("sendcmpct", bytes(9)), message("ping", bytes(8)), message("feefilter", bytes(8)),
                            message("surprise", b"\x1b[31m"))
        await self.answer()

    async def answer(self):
        ready = False
        while True:
            command, payload = await self.read()
            if command == "verack":
                ready = True
            if not ready:
                continue
            if command == "ping" and self.kind == "wrongpong":
                await self.send(message("pong", bytes(8)))
            elif command == "ping" and self.kind != "nopong":
                await self.send(message("pong", payload))
            if command == "getaddr":
                port = self.writer.get_extra_info("sockname")[1]
                await self.send(message("addr", b"\x03" + b"".join(known(i, port) for i in (1, 2, 3))))

    async def fuzz(self):
        """An honest peer's bytes, damaged."""
        chance = self.random
        talk = bytearray(message("version", version(bytes(chance.randbytes(chance.randrange(200))))))
        talk += message("wtxidrelay") + message("sendaddrv2") + message("verack")
        talk += message("ping", chance.randbytes(8)) + message("addr", b"\x01" + known(1, 8333))
        if chance.random() < 0.2:
            talk = bytearray(chance.randbytes(chance.randrange(2000)))
        for _ in range(chance.randrange(6)):
            at = chance.randrange(len(talk) + 1)
            what = chance.randrange(4)
            if what == 0 and talk:
                talk[at % len(talk)] ^= 1 << chance.randrange(8)
            elif what == 1:
                talk[at:at] = chance.randbytes(chance.randrange(40))
            elif what == 2:
                del talk[at:at + chance.randrange(60)]
            else:
                # A whole message with a right checksum and a payload of nonsense.
                command = chance.choice(["version", "verack", "pong", "addr", "addrv2", "inv", "nonsense"])
                talk[at:at] = message(command, chance.randbytes(chance.randrange(300)))
        while talk:
            size = chance.choice([1, 3, 24, 100, 4000])
            await self.send(bytes(talk[:size]))
            del talk[:size]
        if chance.random() < 0.7:
            return
        await self.wait()


async def proxy(reader, writer, port):
    """SOCKS5 without a password."""
    try:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        _, _, _, kind = await reader.readexactly(4)
        if kind == 1:
            host = socket.inet_ntoa(await reader.readexactly(4))
        elif kind == 4:
            host = socket.inet_ntop(socket.AF_INET6, await reader.readexactly(16))
        else:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        wanted = struct.unpack(">H", await reader.readexactly(2))[0]
        if host.startswith("unreachable"):
            writer.write(b"\x05\x04\x00\x01" + bytes(6))
            return
        if not host[0].isdigit() and ":" not in host:
            host, wanted = "127.0.0.1", port
        try:
            far_reader, far_writer = await asyncio.open_connection(host, wanted)
        except ConnectionRefusedError:
            writer.write(b"\x05\x05\x00\x01" + bytes(6))
            return
        writer.write(b"\x05\x00\x00\x01" + bytes(6))

        async def pump(source, sink):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
            if sink.can_write_eof():
                sink.write_eof()

        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        far_writer.close()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--forever", action="store_true")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    log = open(options.log, "w") if options.log else None

    async def serve(reader, writer):
        # Every address of loopback is one of 0.0.0.0; nobody else is served.
        if not writer.get_extra_info("peername")[0].startswith(("127.", "::1")):
            writer.close()
            return
        await Peer(reader, writer, log, options.seed).serve()

    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", options.port))
    listener.listen(4096)
    port = listener.getsockname()[1]
    await asyncio.start_server(serve, sock=listener)
    try:
        await asyncio.start_server(serve, "::1", port)
    except OSError:
        # A machine without IPv6.
        pass
    socks = await asyncio.start_server(lambda reader, writer: proxy(reader, writer, port), "127.0.0.1", 0)
    print(port, socks.sockets[0].getsockname()[1], flush=True)
    if options.forever:
        await asyncio.Event().wait()
    # Until whoever started us is gone.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
