"""Asks `iameval serve` a great many times while other clients kill their connections, send nonsense, or take their time: no
answer may be lost or someone else's, and memory may not grow.

    .ci/soak.py PROGRAM [REQUESTS]
"""

import asyncio
import json
import os
import pathlib
import random
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.parse

PROGRAM = sys.argv[1]
REQUESTS = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
CLIENTS = 16
POLICIES = 2_000
WAIT = 30
# How much memory may grow once everything has been asked, in KiB.
GROWTH = 8 * 1024


def policy(number):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": f"S{number}", "Effect": "Allow", "Action": f"s3:Get{number}*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::vault/*",
         "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": str(number)}}}]})


BODIES = [urllib.parse.urlencode({"Action": "SimulateCustomPolicy", "Version": "2010-05-08",
                                  "PolicyInputList.member.1": policy(number)}) for number in range(POLICIES)]


def request(number, asked):
    """A call that only its own answer fits: the action has the number of the request."""
    action = f"s3:Get{number}x{asked}"
    body = f"{BODIES[number]}&ActionNames.member.1={action}".encode()
    return action, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n" \
        b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


async def answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    return head.split(b" ", 2)[1], await reader.readexactly(length)


class Soak:
    def __init__(self, address):
        self.address = address
        self.asked = self.lost = self.killed = self.malformed = self.slow = 0
        self.over = False
        self.slowest = 0.0

    async def good(self, requests):
        """One connection after another, some dozens of calls on each."""
        left = requests
        while left > 0:
            reader, writer = await asyncio.open_connection(*self.address)
            for _ in range(min(left, 50)):
                left -= 1
                self.asked += 1
                action, sent = request(self.asked % POLICIES, self.asked)
                began = time.monotonic()
                writer.write(sent)
                try:
                    status, body = await asyncio.wait_for(answer(reader), WAIT)
                except (OSError, asyncio.IncompleteReadError, TimeoutError):
                    self.lost += 1
                    break
                self.slowest = max(self.slowest, time.monotonic() - began)
                fits = f"<EvalActionName>{action}</EvalActionName>".encode() in body and b"<EvalDecision>allowed<" in body
                self.lost += status != b"200" or not fits
            writer.close()

    async def connected(self):
        reader, writer = await asyncio.open_connection(*self.address)
        return reader, writer, writer.get_extra_info("socket")

    async def kill(self):
        """Connections that are reset before the request is whole, or before the answer is read."""
        while not self.over:
            _, writer, peer = await self.connected()
            _, sent = request(random.randrange(POLICIES), 0)
            writer.write(sent[:random.randrange(len(sent) + 1)])
            await asyncio.sleep(random.random() / 100)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            self.killed += 1

    async def nonsense(self):
        lines = [b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
                 b"POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
                 b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\na=%ff",
                 b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                 b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n" + b"a=&" * 1000,
                 b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30000\r\n\r\n" + b"[" * 30_000]
        while not self.over:
            _, writer, _ = await self.connected()
            writer.write(random.choice(lines))
            await asyncio.sleep(0.01)
            writer.close()
            self.malformed += 1

    async def crawl(self):
        """Clients that send a byte now and then, or ask for much and read none of it."""
        while not self.over:
            _, writer, _ = await self.connected()
            _, sent = request(0, 0)
            self.slow += 1
            many = "".join(f"&ActionNames.member.{number}=s3:Get0x{number}" for number in range(1, 900))
            body = f"{BODIES[0]}{many}&MaxItems=1000".encode()
            if random.random() < 0.5:
                writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
                writer.transport.pause_reading()
                await asyncio.sleep(random.random() * 3)
            else:
                for byte in sent[:20]:
                    writer.write(bytes([byte]))
                    await asyncio.sleep(random.random() / 5)
                    if self.over:
                        break
            writer.close()

    async def run(self, requests):
        self.over = False
        others = [self.kill(), self.kill(), self.nonsense(), *[self.crawl() for _ in range(20)]]
        others = [asyncio.create_task(other) for other in others]
        share = requests // CLIENTS
        await asyncio.gather(*[self.good(share) for _ in range(CLIENTS)])
        self.over = True
        for other in await asyncio.gather(*others, return_exceptions=True):
            # A connection that the server ended first is what they are for.
            assert other is None or isinstance(other, OSError), repr(other)


def memory(process):
    """Resident memory and handles: what is there once the connections have ended."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    return resident, len(os.listdir(f"/proc/{process.pid}/fd"))


def main():
    server = subprocess.Popen([PROGRAM, "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    try:
        host, port = server.stdout.readline().strip().removeprefix("http://").split(":")
        soak = Soak((host, int(port)))
        # As many as are measured: the allocator keeps some of what was freed, and it takes that many until it keeps no more.
        asyncio.run(soak.run(max(REQUESTS, 2 * POLICIES)))
        time.sleep(1)
        before, handles_before = memory(server)
        began, asked_before = time.monotonic(), soak.asked
        asyncio.run(soak.run(REQUESTS))
        took, asked = time.monotonic() - began, soak.asked - asked_before
        time.sleep(1)
        after, handles = memory(server)
        print(f"{asked} requests in {took:.0f} s beside {soak.killed} killed, {soak.malformed} malformed and {soak.slow} slow ones: "
              f"{soak.lost} lost; memory {before} KiB before, {after} KiB after; handles {handles_before}, {handles}; "
              f"slowest answer {soak.slowest * 1000:.0f} ms")
        assert soak.lost == 0
        assert after - before <= GROWTH, "memory grows"
        assert handles <= handles_before + 5, "handles are lost"
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
    finally:
        server.kill()


main()
