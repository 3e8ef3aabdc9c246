"""The images: what is pushed to the upstream, or laid out on the disk, and how answers are checked against it."""
