"""A connection for pushes and checks."""

import hashlib
import http.client

from ..units import MIB


class Connection:
    """One connection that is kept. It computes the digest of each blob, and holds all other content in memory."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)

    def ask(self, path, method="GET", body=None, **headers):
        """Returns the response, with its `content` or, of a blob, with its `sha256`."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        if method == "GET" and "/blobs/" in path:
            response.sha256 = hashlib.sha256()
            while piece := response.read(MIB):
                response.sha256.update(piece)
        else:
            response.content = response.read()
        return response
