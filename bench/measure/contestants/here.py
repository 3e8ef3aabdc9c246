"""This program."""

import json
import os

from ..project import JAR, PROJECT
from .registry import registry_program
from .server import Server, clean_environment, free_port

UPSTREAMS = 6  # the default number; all but the first stay idle
PREFIX = "/bench"  # of the paths of the first upstream
PLAIN_JAVA = ("-XX:+UseSerialGC", "-Xmx128m")


def here(folder, upstream, jar, name="here", java=None, **settings):
    """This program, started as ./run starts it, or with other options of the JVM.

    It stores in the folder `here`, unless settings are given, which then name the storage too.
    """
    port = free_port()
    url = f"{upstream.scheme}://127.0.0.1:{upstream.port}"
    upstreams = [{"registry": url, "name": PREFIX[1:]}]
    upstreams += [{"registry": url, "name": f"idle{number}"} for number in range(1, UPSTREAMS)]
    environment = clean_environment(
        CONFIG=json.dumps(upstreams),
        CACHE_HOST="127.0.0.1",
        CACHE_PORT=str(port),
        MANAGEMENT_PORT=str(free_port()),
        REGISTRY_COMMAND=registry_program(),
        **settings or stored_in(folder / "here"),
    )
    return Server(name, ["java", *(java or java_options(jar)), "-jar", str(jar)], port, folder, environment)


def stored_in(folder):
    return {"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY": str(folder)}


def java_options(jar):
    """The options of ./run. For another build there is neither an archive of classes nor the file of options."""
    archive = os.environ.get("ARCHIVE_OPTIONS", "")
    if jar != JAR or not archive:
        return PLAIN_JAVA
    more = os.environ.get("JAVA_OPTS", "").split()
    return [f"@{PROJECT / 'java.options'}", f"@{archive}", *more]
