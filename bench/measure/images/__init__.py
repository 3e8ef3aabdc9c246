"""The images that are pushed to the upstream or laid out on the disk, and the check of answers against them."""
