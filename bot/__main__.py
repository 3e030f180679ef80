"""`python -m bot …`"""

import io
import sys

from bot.cli import main

for stream in (sys.stdout, sys.stderr):
    if isinstance(stream, io.TextIOWrapper):  # Windows pipes speak an old code page by default
        stream.reconfigure(encoding="utf-8")

sys.exit(main())
