"""Places in the project."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
JAR = PROJECT / "target/docker-registry-cache.jar"
RESULTS = PROJECT / "bench/results"
