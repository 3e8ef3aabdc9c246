"""The options of bench/run, and how much is measured."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from .project import JAR, RESULTS
from .units import GIB, MIB


@dataclass(frozen=True)
class Scale:
    """How much is measured."""

    rounds: int
    layer: int  # bytes of the large blob
    relayed: int  # bytes of the blob of row 5
    pulls: int  # whole pulls of the large blob in row 1, each round; CPU is counted in steps of 10 ms
    images: int
    window: float  # seconds of each measurement that is bounded by time
    warm_up: float
    tags: int  # requests of row 6, each round
    crowds: tuple  # numbers of clients in row 7
    crowd_seconds: float
    cold: int  # bytes of each of the 12 layers of the cold image
    stored: int  # blobs that a sweep looks through
    bound_rounds: int


FULL = Scale(5, GIB, 256 * MIB, 8, 1000, 3, 8, 150, (64, 128), 8, 19 * MIB, 200_000, 3)
QUICK = Scale(2, 128 * MIB, 64 * MIB, 2, 50, 1, 2, 50, (8, 16), 2, 4 * MIB, 20_000, 1)


def row_numbers(text):
    return {int(row) for row in text.split(",")}


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench/run", description="Measures this program beside a registry asked directly and beside nginx."
    )
    parser.add_argument("--quick", action="store_true", help="little and imprecise, in about two minutes: for trying")
    parser.add_argument("--rows", type=row_numbers, help="only these rows, such as 1,2,5")
    parser.add_argument(
        "--before", type=Path, metavar="JAR", help="an older build, in its checkout, whose start row 8 compares"
    )
    parser.add_argument("--jar", type=Path, default=JAR, help="the build that is measured")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the .json and .md are written")
    options = parser.parse_args()
    options.jar = options.jar.resolve()
    options.before = options.before and options.before.resolve()
    return options
