"""``python -m iameval``: the command that came with the package."""

import os
import sys

from ._command import find_command


def main() -> None:
    """Becomes the command."""
    try:
        command = find_command()
    except FileNotFoundError as error:
        sys.exit(f"error: {error}")
    if sys.platform == "win32":
        import subprocess

        sys.exit(subprocess.call([command, *sys.argv[1:]]))
    os.execv(command, [command, *sys.argv[1:]])


if __name__ == "__main__":
    main()
