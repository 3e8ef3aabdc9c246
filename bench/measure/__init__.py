"""The benchmark: this program beside a registry that is asked directly and beside nginx. See bench/README.md.

bench/run starts it. It needs the standard library of Python 3.9 or newer alone.
"""
