"""ClickHouse's HTTP interface in front of the engine that chdb loads into this process.

    clickhouse.py FOLDER PORT [CERTIFICATE KEY]

With a certificate it speaks TLS.

Each request gets a connection of its own, so settings end with it and requests run beside each other; of a session
the database that was chosen in it stays. The engine gives queries names of its own; the name a client chose is put in
wherever a query asks for it, so that system.processes and KILL QUERY know it.
"""
import base64
import re
import select
import socket
import ssl
import sys
import threading
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import chdb

FOLDER, PORT = sys.argv[1], int(sys.argv[2])
USERS = {"default": ("", 0), "reader": ("reader-secret", 1)}
OWN = {
    "query", "database", "query_id", "user", "password", "default_format", "session_id", "session_timeout",
    "session_check", "compress", "decompress", "enable_http_compression", "buffer_size", "wait_end_of_query",
    "send_progress_in_http_headers", "cancel_http_readonly_queries_on_client_close", "role", "quota_key",
    "client_protocol_version", "http_response_buffer_size",
}
STATUS = {516: 403, 60: 404, 81: 404, 62: 400, 164: 500, 159: 408}

MARK = len(f"/*{uuid.uuid4()}*/")
keeps_engine = chdb.connect(FOLDER)
running = {}
chosen = {}  # databases, by the session that chose them
lock = threading.Lock()


class Refused(Exception):
    pass


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class Front(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def plain(self, status, text, **headers):
        body = text.encode("utf-8", "surrogateescape")
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def fail(self, error, query_id):
        text = str(error)
        found = re.search(r"Code: (\d+)", text)
        code = int(found.group(1)) if found else 1000
        text = text[found.start():] if found else text
        # The mark of ours in front is no part of what was asked.
        text = re.sub(r"failed at position (\d+)", lambda it: f"failed at position {int(it[1]) - MARK}", text)
        headers = {"X_ClickHouse_Exception_Code": str(code), "X_ClickHouse_Query_Id": query_id}
        self.plain(STATUS.get(code, 500), text.rstrip() + "\n", **headers)

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        if path == "/ping" or (path == "/" and "?" not in self.path):
            self.plain(200, "Ok.\n")
        else:
            self.answer(b"", {"readonly": "2"})

    def do_POST(self):
        body = b""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.answer(body, {})

    def answer(self, body, settings):
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query, keep_blank_values=True))
        query_id = asked.get("query_id") or str(uuid.uuid4())
        sql = asked.get("query", "").encode("utf-8", "surrogateescape")
        sql = (sql + b"\n" + body if sql and body else sql or body).decode("utf-8", "surrogateescape")
        form = asked.get("default_format") or self.headers.get("X-ClickHouse-Format") or "TabSeparated"
        found = re.search(r"\bformat\s+(\w+)\s*;?\s*$", sql, re.IGNORECASE)
        settings |= {name: value for name, value in asked.items() if name not in OWN and not name.startswith("param_")}
        connection = mark = None
        try:
            connection = self.connect(asked, settings)
            named = self.named(sql)
            with lock:
                if query_id in running:
                    raise Refused(f"Code: 216. DB::Exception: Query with id = {query_id} is already running. (QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING)")
                mark = running[query_id] = f"/*{uuid.uuid4()}*/"
            if settings_of_ours(asked, "cancel_http_readonly_queries_on_client_close"):
                threading.Thread(target=self.watch, args=(query_id, mark), daemon=True).start()
            if use := re.fullmatch(r"\s*use\s+(.+?)\s*;?\s*", sql, re.IGNORECASE):
                connection.query(sql)
                chosen[asked.get("session_id", "")] = use.group(1)
            self.stream(connection, mark + named, form, found.group(1) if found else form, query_id)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        except Exception as error:
            self.fail(error, query_id)
        finally:
            if mark:
                with lock:
                    running.pop(query_id, None)
            if connection:
                connection.close()

    def connect(self, asked, settings):
        user = asked.get("user") or self.headers.get("X-ClickHouse-User") or "default"
        password = asked.get("password") or self.headers.get("X-ClickHouse-Key") or ""
        basic = self.headers.get("Authorization", "")
        if basic.startswith("Basic "):
            user, _, password = base64.b64decode(basic[6:]).decode().partition(":")
        if user not in USERS or USERS[user][0] != password:
            raise Refused(f"Code: 516. DB::Exception: {user}: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)")
        if USERS[user][1]:
            settings["readonly"] = str(USERS[user][1])
        connection = chdb.connect(FOLDER)
        try:
            database = asked.get("database") or self.headers.get("X-ClickHouse-Database")
            if database:
                connection.query("USE `" + database.replace("`", "\\`") + "`")
            elif "session_id" in asked and asked["session_id"] in chosen:
                connection.query("USE " + chosen[asked["session_id"]])
            for name, value in asked.items():
                if name.startswith("param_"):
                    connection.query(f"SET {name} = {quoted(value)}")
            # What forbids further settings comes last.
            for name in sorted(settings, key=lambda it: it == "readonly"):
                if not re.fullmatch(r"\w+", name):
                    raise Refused(f"Code: 115. DB::Exception: Unknown setting '{name}'. (UNKNOWN_SETTING)")
                connection.query(f"SET {name} = {quoted(settings[name])}")
            return connection
        except Exception:
            connection.close()
            raise

    def watch(self, query_id, mark):
        """Ends the query when nobody is there any more to hear its answer."""
        while running.get(query_id) == mark:
            readable, _, _ = select.select([self.connection], [], [], 0.05)
            if readable:
                try:
                    # Beneath TLS, where there is any.
                    gone = not socket.socket.recv(self.connection, 1, socket.MSG_PEEK)
                except OSError:
                    gone = True
                if gone and (found := engine_name(mark)):
                    keeps_engine_query(f"KILL QUERY WHERE query_id = {quoted(found)} SYNC")
                return

    def named(self, sql):
        """The query with the names that clients gave to others in place of which the engine gave them."""
        with lock:
            wanted = [(name, mark) for name, mark in running.items() if quoted(name) in sql]
        for name, mark in wanted:
            if found := engine_name(mark):
                sql = sql.replace(quoted(name), quoted(found))
        return sql

    def stream(self, connection, sql, form, shown, query_id):
        reads = re.match(r"(/\*.*?\*/|--[^\n]*\n|[\s(])*(select|with)\b", sql, re.IGNORECASE | re.DOTALL)
        if reads:
            pieces = iter(connection.send_query(sql, form))
            first = next(pieces, None)
            if first is None:  # no rows: the stream leaves out names and types too
                first = connection.query(sql, form)
        else:
            pieces, first = iter(()), connection.query(sql, form)
        tag = uuid.uuid4().hex[:16]
        self.send_response(200)
        for name, value in (
            ("X-ClickHouse-Exception-Tag", tag), ("Content-Type", "text/plain; charset=UTF-8"), ("X-ClickHouse-Query-Id", query_id),
            ("X-ClickHouse-Format", shown), ("X-ClickHouse-Timezone", "UTC"), ("Transfer-Encoding", "chunked"),
        ):
            self.send_header(name, value)
        self.end_headers()
        try:
            piece = first
            while piece is not None:
                data = piece.bytes()
                if piece is not first:  # the engine begins every piece with names and types
                    for _ in range(2 if form.endswith("WithNamesAndTypes") else form.endswith("WithNames")):
                        data = data.partition(b"\n")[2]
                if data:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
                piece = next(pieces, None)
        except (BrokenPipeError, ConnectionResetError):
            raise
        except Exception as error:
            # As the real one does: the text of the failure in the middle of the answer, whose end then never comes.
            text = str(error)
            text = text[max(text.find("Code: "), 0):].rstrip()
            data = f"\r\n__exception__\r\n{tag}\r\n{text}\n{len(text) + 1} {tag}\r\n__exception__\r\n".encode()
            self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
            self.close_connection = True
            return
        self.wfile.write(b"0\r\n\r\n")


keeper_lock = threading.Lock()


def engine_name(mark):
    return keeps_engine_query(f"SELECT query_id FROM system.processes WHERE startsWith(query, {quoted(mark)})")


def settings_of_ours(asked, name):
    return asked.get(name, "0") not in ("0", "false")


def keeps_engine_query(sql):
    with keeper_lock:
        return keeps_engine.query(sql, "TabSeparatedRaw").data().strip()


ThreadingHTTPServer.daemon_threads = True
ThreadingHTTPServer.request_queue_size = 64
server = ThreadingHTTPServer(("127.0.0.1", PORT), Front)
if len(sys.argv) > 3:
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(sys.argv[3], sys.argv[4])
    # Who does not come to terms holds up nobody else.
    server.socket = shown.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
