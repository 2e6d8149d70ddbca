"""Requests to the host's live server, each from a given address: run on the host, to fill its access logs.

A program for the host's own Python: JSON on standard input, a list of {"source", "address", "port", "tls", "method",
"host", "path", "headers", "auth"}; on standard output a list of statuses (null: no answer), in the same order.
"""

from __future__ import annotations

import base64
import http.client
import json
import socket
import ssl
import sys
from concurrent.futures import ThreadPoolExecutor

SECONDS = 10


def ask(request: dict) -> int | None:
    """Send one request; its status."""
    try:
        wire = socket.create_connection(
            (request["address"], request["port"]), SECONDS, source_address=(request["source"], 0)
        )
        if request["tls"]:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            wire = context.wrap_socket(wire, server_hostname=request["host"].partition(":")[0])
        connection = http.client.HTTPConnection(request["address"], request["port"])
        connection.sock = wire
        headers = {"Host": request["host"], "Connection": "close", **request["headers"]}
        if request["auth"]:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(request["auth"]).encode()).decode()
        connection.request(request["method"], request["path"], headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
    except (OSError, http.client.HTTPException):
        return None
    return answer.status


if __name__ == "__main__":
    with ThreadPoolExecutor(8) as pool:
        json.dump(list(pool.map(ask, json.load(sys.stdin))), sys.stdout)
