"""Members as they behave: they take something on, change it back and forth, and report it."""

from collections.abc import Sequence

from tests.chaos.people import is_labelled
from tests.chaos.run import Person, Run
from tests.fakes.telegram import Button

_ITEM = "Hoàn thành tốt việc"


class Member(Person):
    """Takes on an item, changes it back and forth (an odd number of taps), and reports it."""

    def __init__(self, run: Run, number: int, chat: int) -> None:
        self.user = run.telegram.user(chat, first_name=f"M{number}", started=True)
        self.code = f"M{number}"
        self.taps = run.chance.choice((1, 1, 3))
        self.outcome = run.chance.choice(("Đã làm", "Được một phần", "Chưa làm được"))
        self._state, self._tapped = "new", 0

    def __str__(self) -> str:
        return f"member {self.code} ({self._state}, {self._tapped} taps)"

    def acts(self) -> None:
        if self._state == "new":
            self.user.send("/camket")
            self._state = "axis"
        elif self._state == "axis":
            self._taps_on("Trách nhiệm với công việc", then="item")
        elif self._state == "item":
            self._takes_on()
        elif self._state == "chosen" and "Đã chọn 1/3" in self._text_with(_ITEM):
            self.user.send("/baocao")
            self._state = "report"
        elif self._state == "report":
            self._taps_on(self.outcome, then="reported")
        elif self._state == "reported":
            self.done = any("ghi chú" in each.text for each in self.user.messages())

    def _takes_on(self) -> None:
        """One tap more, once the one before is shown: taking it on, giving it back, …"""
        shown = "Đã chọn 1/3" in self._text_with(_ITEM)
        if shown == (self._tapped % 2 == 1) and self._taps_on(_ITEM, then="item"):
            self._tapped += 1
            self._state = "item" if self._tapped < self.taps else "chosen"

    def _taps_on(self, words: str, *, then: str) -> bool:
        """Tap the newest button that says this, if there is one: other messages may have come."""
        found = [each for each in self._buttons() if words in each.text]
        exact = [each for each in found if is_labelled(each, words)]
        if found:
            self.user.press((exact or found)[-1])
            self._state = then
        return bool(found)

    def _buttons(self) -> Sequence[Button]:
        return [button for each in self.user.messages() for button in each.buttons]

    def _text_with(self, words: str) -> str:
        """The newest message that has such a button."""
        with_it = [m for m in self.user.messages() if any(words in b.text for b in m.buttons)]
        return with_it[-1].text if with_it else ""
