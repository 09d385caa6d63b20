#!/usr/bin/env python3
"""Twice the input, how much more time? (standard library only)

  tests/bench/doubling.py [--tool target/release/whereto] [--size N] [--folder DIR] [SHAPE…]

Makes captures of hostile shapes at sizes N and 2N, audits both and prints the ratio of their CPU
times (least of three runs) and the peak memory of the larger one. What grows with the square of
the input doubles to four; every shape must stay below 2.2.
"""
import argparse
import os
import pathlib
import random
import shlex
import struct
import subprocess
import sys
import tempfile

PHONE = bytes([10, 0, 0, 2])
SERVER = bytes([203, 0, 113, 5])
RESOLVER = bytes([10, 0, 0, 1])


def record(number, ip):
    """One packet of link type RAW, a hundred a millisecond."""
    return struct.pack("<IIII", 1_700_000_000 + number // 100_000, number % 100_000 * 10, len(ip), len(ip)) + ip


def ipv4(source, target, protocol, payload, identification=0, fragment=0):
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), identification, fragment, 64, protocol, 0)
    return head + source + target + payload


def tcp(ports, seq, ack, flags, payload=b"", back=False):
    source, target = reversed(ports) if back else ports
    segment = struct.pack(">HHIIBBHHH", source, target, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 64240, 0, 0)
    ends = (SERVER, PHONE) if back else (PHONE, SERVER)
    return ipv4(*ends, 6, segment + payload)


def udp(source, target, ports, payload):
    return ipv4(source, target, 17, struct.pack(">HHHH", *ports, 8 + len(payload), 0) + payload)


def answer(number, name, address, kind=1):
    """A response that gives one name one address."""
    labels = b"".join(bytes([len(label)]) + label for label in name.split(b".")) + b"\0"
    question = labels + struct.pack(">HH", kind, 1)
    record = b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(address)) + address
    return struct.pack(">HHHHHH", number & 0xFFFF, 0x8180, 1, 1, 0, 0) + question + record


def reversed_bytes(count):
    """One TCP stream, a byte a segment, the last first: the first byte comes last."""
    ports = (40_000, 8_000)
    yield tcp(ports, 0, 0, 2)
    yield tcp(ports, 0, 1, 18, back=True)
    for place in range(count, 0, -1):
        yield tcp(ports, place, 1, 16, b"x")


def lonely_fragments(count):
    """First fragments whose others never come."""
    for number in range(count):
        source = struct.pack(">BBH", 10, number >> 16 & 0xFF, number & 0xFFFF)
        yield ipv4(source, SERVER, 17, b"\0" * 64, number & 0xFFFF, 0x2000)


def thin_fragments(count):
    """Datagrams of 8,000 eight-byte fragments without their last."""
    for number in range(count):
        yield ipv4(PHONE, SERVER, 17, b"\0" * 8, number // 8_000, 0x2000 | number % 8_000)


def dns_fan_in(count):
    """Names without end for one address, then flows to it."""
    for number in range(count):
        yield udp(RESOLVER, PHONE, (53, 5_000 + number % 1_000), answer(number, b"n%d.example" % number, SERVER))
    for number in range(count // 4):
        yield tcp((1_024 + number % 60_000, 443), 0, 0, 2)


def dns_fan_out(count):
    """Addresses without end for one name."""
    for number in range(count):
        yield udp(RESOLVER, PHONE, (53, 5_000), answer(number, b"www.example", struct.pack(">I", number)))


def many_names(count):
    """Every name once, in HTTP."""
    for number in range(count):
        head = b"GET / HTTP/1.1\r\nHost: n%d.example\r\n\r\n" % number
        source = struct.pack(">BBH", 10, number >> 16 & 0xFF, number & 0xFFFF)
        segment = struct.pack(">HHIIBBHHH", 40_000, 80, 1, 1, 0x50, 24, 64240, 0, 0) + head
        yield ipv4(source, SERVER, 6, segment)


def syn_flood(count):
    """SYNs from everywhere."""
    for number in range(count):
        source = struct.pack(">I", random.randrange(1 << 32))
        yield ipv4(source, SERVER, 6, struct.pack(">HHIIBBHHH", 1, 443, 0, 0, 0x50, 2, 0, 0, 0))


def one_port(count):
    """The same five-tuple, opened and reset over and over."""
    for number in range(count // 2):
        yield tcp((40_000, 443), number, 0, 2)
        yield tcp((40_000, 443), 0, number + 1, 20, back=True)


def pipelined(count):
    """One connection full of requests."""
    request = b"GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n"
    for number in range(count):
        yield tcp((40_000, 80), 1 + number * len(request), 1, 24, request)


def unknown_streams(count):
    """Streams that no protocol knows, sides taking turns."""
    for number in range(count):
        ports = (1_024 + number // 64 % 60_000, 7_777)
        turn = number % 64
        yield tcp(ports, 1 + turn // 2 * 4, 1 + (turn + 1) // 2 * 4, 24, b"\x01\x02\x03\x04", back=turn % 2 == 1)


SHAPES = {
    shape.__name__.replace("_", "-"): (shape, size)
    for shape, size in [
        (reversed_bytes, 400_000),
        (lonely_fragments, 400_000),
        (thin_fragments, 400_000),
        (dns_fan_in, 400_000),
        (dns_fan_out, 400_000),
        (many_names, 1_000_000),
        (syn_flood, 1_000_000),
        (one_port, 1_000_000),
        (pipelined, 400_000),
        (unknown_streams, 1_000_000),
    ]
}


def make(path, shape, count):
    random.seed(1)
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 101))
        for number, ip in enumerate(shape(count)):
            file.write(record(number, ip))


def run(command):
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1, 3, 4):
        sys.exit(f"{shlex.join(command)}: exit {code}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("shapes", nargs="*", metavar="SHAPE", help=", ".join(SHAPES))
    asked.add_argument("--tool", default="target/release/whereto")
    asked.add_argument("--size", type=int, help="packets of the smaller capture")
    asked.add_argument("--folder", help="where the captures are made (default: a temporary one)")
    given = asked.parse_args()
    slow = []
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        for name in given.shapes or SHAPES:
            shape, size = SHAPES[name]
            times = []
            for factor in (1, 2):
                path = pathlib.Path(folder) / f"{name}.pcap"
                make(path, shape, factor * (given.size or size))
                command = [given.tool, "audit", "--threads", "1", "--no-hash", "--no-installed-geo", "--quiet", "--expect", "IN", str(path)]
                runs = [run(command) for _ in range(3)]
                times.append(min(cpu for cpu, _ in runs))
                peak = max(peak for _, peak in runs)
                path.unlink()
            ratio = times[1] / times[0]
            print(f"{name:<18} {times[0]:7.3f} s {times[1]:7.3f} s  x {ratio:.2f}  {peak / 1024:5.0f} MiB", flush=True)
            if ratio > 2.2:
                slow.append(name)
    if slow:
        sys.exit(f"more than 2.2 times: {', '.join(slow)}")


if __name__ == "__main__":
    main()
