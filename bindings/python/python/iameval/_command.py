"""Where the command is that came with the package."""

import os
import sys
import sysconfig


def find_command() -> str:
    """The path of the command ``iameval`` that was installed with this package.

    Raises ``FileNotFoundError`` where there is none, such as in a build for development.
    """
    name = "iameval" + (sysconfig.get_config_var("EXE") or "")
    package = os.path.dirname(os.path.abspath(__file__))
    # ``pip install --target FOLDER`` puts both into FOLDER, and ``--prefix FOLDER`` below it.
    prefix = os.path.abspath(os.path.join(package, *[os.pardir] * 4))
    folders = [
        sysconfig.get_path("scripts"),
        os.path.join(os.path.dirname(package), "bin"),
        os.path.join(prefix, "bin"),
        sysconfig.get_path("scripts", scheme=_user_scheme()),
    ]
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
    raise FileNotFoundError("the command `iameval` was not installed with this package; `pip install iameval` has it")


def _user_scheme() -> str:
    if sys.version_info >= (3, 10):
        return sysconfig.get_preferred_scheme("user")
    return "nt_user" if os.name == "nt" else "posix_user"
