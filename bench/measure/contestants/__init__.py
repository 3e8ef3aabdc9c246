"""The contestants: how each is started, watched and ended."""
