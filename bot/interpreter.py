"""How a person at the terminal calls this Python again."""

import sys
from pathlib import Path


def python() -> str:
    """As typed from the folder the program was started in, such as .venv/bin/python."""
    here, interpreter = Path.cwd(), Path(sys.executable)
    return str(interpreter.relative_to(here)) if interpreter.is_relative_to(here) else "python"
