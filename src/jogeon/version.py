"""The version of this package, here alone: to ask the installed metadata takes longer than `--version` itself."""

VERSION = "0.1.0"
