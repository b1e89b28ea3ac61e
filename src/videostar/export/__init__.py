"""A finished run as what other trainers read: one file per format."""
