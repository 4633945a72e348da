"""Both ends of a measurement. Python, since a window counts instructions: Node compiles meanwhile.

    wire.py serve                                echo on port 7000, TCP and UDP; bulk on 7001
    wire.py measure HOST ECHO BULK LENGTH KINDS [PID...]
    wire.py hold HOST PORT COUNT BYTES           holds connections until its input ends, each when
                                                 so many bytes have gone back and forth
    wire.py relay PORT HOST PORT PAUSE           a proxy that waits so many seconds before each time
                                                 it reads what a client sent

measure prints a JSON object with the named kinds, of "down,up,down8,up8,connections,tcp,udp": bytes
a second one way and the other, through one connection and through eight; new connections a second,
with a byte and back on each; round trips of a byte a second. For each of these (a byte, a connection, a round trip) it gives the processor seconds of all
and of the named processes, for transfers also the bytes for each packet that came the other way. LENGTH stretches its windows. Each has a while before it that does not
count, so that it neither begins slowly nor fills buffers.
"""

import json
import os
import select
import signal
import socket
import sys
import time

CHUNK = bytes(1 << 17)
REQUEST = 64
SETTLE = 0.05
DEVICE = "e2e:"
now = time.monotonic


def open_tcp(address):
    connection = socket.socket()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.connect(address)
    return connection


def listen(port):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("", port))
    server.listen(4096)
    return server


def serve():
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    echo, bulk = listen(7000), listen(7001)
    datagrams = socket.socket(type=socket.SOCK_DGRAM)
    datagrams.bind(("", 7000))
    poll = select.epoll()
    connections = {}
    for server in (echo, bulk, datagrams):
        poll.register(server, select.EPOLLIN)
    while True:
        for fd, _ in poll.poll():
            if fd == echo.fileno():
                connection, _ = echo.accept()
                connections[connection.fileno()] = connection
                poll.register(connection, select.EPOLLIN)
            elif fd == bulk.fileno():
                connection, _ = bulk.accept()
                if os.fork() == 0:
                    move(connection)
                connection.close()
            elif fd == datagrams.fileno():
                data, sender = datagrams.recvfrom(2048)
                datagrams.sendto(data, sender)
            else:
                echo_back(connections, fd)


def echo_back(connections, fd):
    try:
        data = connections[fd].recv(2048)
        if data:
            connections[fd].send(data)
            return
    except ConnectionError:
        pass
    connections.pop(fd).close()


def move(connection):
    """The backend's end of a bulk transfer, in a process of its own."""
    try:
        what, begin, end = connection.recv(REQUEST, socket.MSG_WAITALL).split()
        if what == b"down":
            while True:
                connection.sendall(CHUNK)
        connection.sendall(b"%d" % receive([connection], float(begin), float(end), lambda: None))
        while connection.recv(len(CHUNK)):
            pass  # to close with bytes unread would take the answer back
    except ConnectionError:
        pass
    os._exit(0)


def receive(connections, begin, end, mark):
    """Bytes that arrive between two times, at which it calls mark."""
    for connection in connections:
        connection.setblocking(False)
    buffer = bytearray(1 << 18)
    total = 0
    counting = False
    while True:
        ready, _, _ = select.select(connections, [], [])
        moment = now()
        if moment >= end:
            mark()
            for connection in connections:
                connection.setblocking(True)
            return total
        if not counting and moment >= begin:
            counting = True
            mark()
        for connection in ready:
            got = connection.recv_into(buffer)
            if counting:
                total += got


def send(connections, begin, end, mark):
    """Sends until each of the other ends says how much came between the two times."""
    for connection in connections:
        connection.setblocking(False)
    total = 0
    marks = [begin, end]
    left = list(connections)
    while left:
        readable, writable, _ = select.select(left, left, [])
        while marks and now() >= marks[0]:
            mark()
            marks.pop(0)
        for connection in readable:
            total += int(connection.recv(100))
            left.remove(connection)
        for connection in writable:
            if connection in left:
                connection.send(CHUNK)
    return total


def busy(pids):
    """Seconds of processor time so far: of everything, and of these processes."""
    with open("/proc/uptime") as uptime:
        idle = float(uptime.read().split()[1])
    own = 0
    for pid in pids:
        with open(f"/proc/{pid}/schedstat") as schedstat:
            own += int(schedstat.read().split()[0])
    return now() * os.cpu_count() - idle, own / 1e9


def packets(direction):
    """Packets that the tunnel's device has received ("down") or sent ("up") so far."""
    with open("/proc/net/dev") as devices:
        counts = next(line for line in devices if line.strip().startswith(DEVICE)).split()
    return int(counts[2 if direction == "down" else 10])


def throughput(kind, address, streams, seconds, pids):
    begin = now() + SETTLE * 2
    connections = [open_tcp(address) for _ in range(streams)]
    for connection in connections:
        connection.sendall(f"{kind} {begin} {begin + seconds}".ljust(REQUEST).encode())
    marks = []
    move_all = receive if kind == "down" else send
    other = "up" if kind == "down" else "down"
    mark = lambda: marks.append((*busy(pids), packets(other)))
    total = move_all(connections, begin, begin + seconds, mark)
    for connection in connections:
        connection.close()
    if not total:
        sys.exit("no byte came within the window: the machine does too much else")
    everything, own, answers = (after - before for before, after in zip(*marks))
    return {
        "rate": total / seconds,
        "all": everything / total,
        "proxy": own / total,
        "portion": total / max(answers, 1),
    }


def rate(once, seconds, pids):
    begin = now() + SETTLE
    while now() < begin:
        once()
    done = 0
    begin = now()
    before = busy(pids)
    while now() < begin + seconds:
        once()
        done += 1
    took = now() - begin
    everything, own = (after - earlier for earlier, after in zip(before, busy(pids)))
    return {"rate": done / took, "all": everything / done, "proxy": own / done}


def connect_once(address):
    with open_tcp(address) as connection:
        connection.send(b"x")
        connection.recv(1)


def trip(connection):
    connection.settimeout(1)

    def once():
        connection.send(b"x")
        connection.recv(1)

    return once


def datagrams_to(address):
    connection = socket.socket(type=socket.SOCK_DGRAM)
    connection.connect(address)
    return connection


def measure(host, echo, bulk, length, names, *pids):
    def transfer(kind, streams):
        return throughput(kind, (host, int(bulk)), streams, 0.3 * length, pids)

    length = float(length)
    address = (host, int(echo))
    kinds = {
        "down": lambda: transfer("down", 1),
        "up": lambda: transfer("up", 1),
        "down8": lambda: transfer("down", 8),
        "up8": lambda: transfer("up", 8),
        "connections": lambda: rate(lambda: connect_once(address), 0.25 * length, pids),
        "tcp": lambda: rate(trip(open_tcp(address)), 0.05 * length, pids),
        "udp": lambda: rate(trip(datagrams_to(address)), 0.05 * length, pids),
    }
    figures = {}
    for name in names.split(","):
        try:
            figures[name] = kinds[name]()
        except OSError:
            if name != "udp":  # not every way carries it
                raise
    print(json.dumps(figures))


def hold(host, port, count, size):
    connections = []
    for _ in range(int(count)):
        connection = open_tcp((host, int(port)))
        connections.append(connection)
        connection.sendall(bytes(int(size)))
        connection.recv(int(size), socket.MSG_WAITALL)
    print(count, flush=True)
    sys.stdin.read()


def relay(port, host, to_port, pause):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    server = listen(int(port))
    while True:
        client, _ = server.accept()
        if os.fork() == 0:
            backend = open_tcp((host, int(to_port)))
            if os.fork() == 0:
                pump(backend, client, 0)
            pump(client, backend, float(pause))
        client.close()


def pump(source, sink, pause):
    try:
        while data := source.recv(1 << 16):
            sink.sendall(data)
            if pause:
                time.sleep(pause)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    os._exit(0)


{"serve": serve, "measure": measure, "hold": hold, "relay": relay}[sys.argv[1]](*sys.argv[2:])
