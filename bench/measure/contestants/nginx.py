"""nginx, as a cache, as a plain reverse proxy, or with TLS in front of the upstream."""

import os
import subprocess

from .server import Server, free_port

CONFIGURATION = """
daemon off;
worker_processes auto;
pid {folder}/{name}.pid;
error_log {folder}/{name}-error.log warn;
{user}
events {{ worker_connections 4096; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000000;
    client_body_temp_path {folder}/{name}-body;
    proxy_temp_path {folder}/{name}-proxy;
    fastcgi_temp_path {folder}/{name}-fastcgi;
    uwsgi_temp_path {folder}/{name}-uwsgi;
    scgi_temp_path {folder}/{name}-scgi;
    upstream child {{
        server 127.0.0.1:{child};
        keepalive 64;
        keepalive_requests 100000000;
    }}
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    {extra}
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        location / {{ proxy_pass {scheme}://child; }}
    }}
}}
"""

WARM_CACHE = """
    proxy_cache_path {folder}/{name}-cache levels=1:2 keys_zone=cache:32m max_size=16g inactive=1d use_temp_path=off;
    proxy_cache cache;
    proxy_cache_key $uri;
    proxy_cache_valid 200 1d;
    proxy_ignore_headers Cache-Control Expires Vary;
"""

COLD_CACHE = """
    proxy_cache_path {folder}/{name}-cache levels=1:2 keys_zone=cache:32m max_size=32g inactive=1d use_temp_path=off;
    proxy_cache cache;
    proxy_cache_key $uri;
    proxy_cache_valid 200 1d;
    proxy_cache_lock on;
    proxy_cache_lock_timeout 600s;
    proxy_cache_lock_age 600s;
    proxy_ignore_headers Cache-Control Expires Vary;
    proxy_max_temp_file_size 0;
"""

PLAIN = "proxy_buffering off;"
BUFFERS_64K = "proxy_buffers 8 64k; proxy_buffer_size 64k; proxy_busy_buffers_size 128k;"

TLS_SERVER = """
    server {{
        listen 127.0.0.1:TLS_PORT ssl;
        ssl_certificate {folder}/certificate.pem;
        ssl_certificate_key {folder}/key.pem;
        location / {{ proxy_pass http://child; }}
    }}
"""


def nginx(name, folder, child, *extra):
    """nginx in front of a server that is called the child here."""
    port = free_port()
    values = {"name": name, "folder": folder, "port": port, "child": child.port, "scheme": child.scheme}
    user = "user root;" if os.geteuid() == 0 else ""
    file = folder / f"{name}.conf"
    file.write_text(CONFIGURATION.format(**values, user=user, extra=" ".join(extra).format(**values)))
    command = ["nginx", "-p", folder, "-c", file, "-e", folder / f"{name}-error.log"]
    return Server(name, command, port, folder)


class TlsUpstream:
    """The upstream behind an nginx that speaks TLS, with a certificate of its own."""

    scheme = "https"

    def __init__(self, upstream, folder):
        folder.mkdir(exist_ok=True)
        self.port, self.certificate = free_port(), folder / "certificate.pem"
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        command += ["-subj", "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
        command += ["-keyout", folder / "key.pem", "-out", self.certificate]
        subprocess.run(command, check=True, capture_output=True)
        tls = TLS_SERVER.replace("TLS_PORT", str(self.port))
        self.server = nginx("tls", folder, upstream, PLAIN, BUFFERS_64K, tls)

    def stop(self):
        self.server.stop()
