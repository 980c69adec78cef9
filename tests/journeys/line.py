"""The line between a browser and the server, which a test can cut."""

import re
import socket
import threading
from contextlib import suppress


SESSION = re.compile(rb"(sec-websocket-protocol: *streamlit, *[^,\r]+, *)([^\r]+)", re.IGNORECASE)


class Line:
    """Passes on what comes in at `port`."""

    def __init__(self, server_port):
        self.server_port = server_port
        self.is_cut = self.is_dead = self.is_lost = False
        self.is_open = threading.Event()
        self.is_open.set()
        self.sockets = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, *, loses_session=False):
        """End all connections; with the session, as after a restart or a cut beyond the session's life."""
        self.is_cut, self.is_lost = True, loses_session
        for end in self.sockets:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self.sockets.clear()

    def deaden(self):
        """Let what is sent disappear, as when a cable was just pulled out."""
        self.is_dead = True

    def hold(self):
        """Keep what is sent until the line is mended, as a network does that is away for a moment."""
        self.is_open.clear()

    def mend(self):
        self.is_open.set()
        self.is_cut = self.is_dead = False

    def close(self):
        self.cut()
        self.is_open.set()
        self.listener.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                near_end, _ = self.listener.accept()
                far_end = None if self.is_cut else self._reach_server()
                if far_end is None:
                    near_end.close()
                    continue
                self.sockets += [near_end, far_end]
                for ends in ((near_end, far_end), (far_end, near_end)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _reach_server(self):
        """Return a connection to the server, or None while it is down."""
        with suppress(OSError):
            return socket.create_connection(("127.0.0.1", self.server_port))

    def _pass_on(self, source, target):
        with suppress(OSError):
            while content := source.recv(65_536):
                if self.is_lost:
                    content = SESSION.sub(lambda found: found[1] + b"0" * len(found[2]), content)
                self.is_open.wait()
                if not self.is_dead:
                    target.sendall(content)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
