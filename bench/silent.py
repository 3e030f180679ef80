"""The program with its sends switched off: what is left when nothing is called out."""

import sys
from typing import Any

from bot.channels.telegram import receive
from bot.cli import main
from bot.delivery import courier


async def _nothing(*_: Any, **__: Any) -> None:
    pass


if __name__ == "__main__":
    courier.Courier.run = _nothing  # type: ignore[method-assign]
    receive.Receiver._answer = lambda *_: None  # type: ignore[method-assign]
    sys.exit(main())
