"""The line to an upstream at a distance, with latency and bandwidth."""
