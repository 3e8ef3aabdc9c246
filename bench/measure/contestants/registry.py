"""The registry program: the upstream, and the child that is asked directly."""

import json
import shutil

from .server import Server, clean_environment, free_port


def registry_program():
    return shutil.which("registry") or shutil.which("docker-registry")


def registry(name, folder, upstream=None, memory=False):
    """A registry. With an upstream it is a pull-through one, with the settings that this program gives its children."""
    port = free_port()
    storage = {"inmemory": {}} if memory else {"filesystem": {"rootdirectory": str(folder / name)}}
    settings = {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "http": {"addr": f"127.0.0.1:{port}", "secret": "bench"},
        "storage": storage
        | {"delete": {"enabled": True}, "redirect": {"disable": True}, "cache": {"blobdescriptor": "inmemory"}},
    }
    if upstream:
        settings["proxy"] = {"remoteurl": f"http://127.0.0.1:{upstream.port}"}
    file = folder / f"{name}.json"
    file.write_text(json.dumps(settings))
    environment = clean_environment(OTEL_TRACES_EXPORTER="none")
    return Server(name, [registry_program(), "serve", file], port, folder, environment)
