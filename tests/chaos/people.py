"""Citizens as they behave: they tap twice, change their mind, try again, and wait."""

import math
import re
import threading
import time
from collections.abc import Sequence

import httpx

from tests.chaos.run import Person, Run
from tests.fakes.telegram import Button
from tests.fakes.telegram import User as TelegramUser
from tests.fakes.zalo_bot import Person as ZaloPerson
from tests.fakes.zalo_oa import User as ZaloUser

LEVELS = {
    "Rất không hài lòng": 1,
    "Không hài lòng": 2,
    "Bình thường": 3,
    "Hài lòng": 4,
    "Rất hài lòng": 5,
}


class Citizen(Person):
    """Rates a desk. `level`: what they tapped last, once they have; `channel`: where."""

    channel: str
    desk: str
    level: int | None


class Rater(Citizen):
    """Rates a desk on Telegram, and may change their mind at once: the last tap counts."""

    channel = "telegram"

    def __init__(self, run: Run, number: int, desk: str) -> None:
        self.user: TelegramUser = run.telegram.user(10_000 + number, first_name=f"Dân {number}")
        self.desk = desk
        self.chosen = [run.chance.choice(list(LEVELS)) for _ in range(run.chance.randint(1, 3))]
        self.level: int | None = None
        self.came = 0
        self._state = "new"
        self._impatient_at = time.monotonic() + 6 if run.plan.kind == "clock" else math.inf

    def __str__(self) -> str:
        return f"rater {self.user.id} at {self.desk} ({self._state})"

    def acts(self) -> None:
        if self._state == "new":
            self._comes()
        elif self._state == "asked" and self.level is not None and self._thanked():
            self.done = True
        elif self._state == "asked" and (buttons := self._levels()):
            for label in self.chosen:  # quickly, one after the other
                self.user.press(next(each for each in buttons if is_labelled(each, label)))
            self.level = LEVELS[self.chosen[-1]]
            self._state = "tapped"
        elif self._state == "tapped" and self._thanked():
            self.done = True
            self._state = "thanked"
        elif self._state == "tapped" and self._impatient_at < time.monotonic():
            self._begins_again()

    def _begins_again(self) -> None:
        """What was tapped is of a day that is over: the bot asks, and so does this person."""
        self._impatient_at = time.monotonic() + 3
        self.chosen = self.chosen[-1:]
        self._comes()

    def _comes(self) -> None:
        self.user.send(f"/start q-{self.desk}")
        self.came += 1
        self._state = "asked"

    def _levels(self) -> Sequence[Button]:
        shown = self.user.newest()
        found = () if shown is None else shown.buttons
        return found if any(is_labelled(each, "Rất hài lòng") for each in found) else ()

    def _thanked(self) -> bool:
        words = f"Đã ghi nhận đánh giá: {self.chosen[-1]}"
        if self._impatient_at < math.inf and (shown := self.user.newest()) is not None:
            return words in shown.text or "đã đánh giá" in shown.text
        return any(words in each.text for each in self.user.messages() if each.from_bot)


def is_labelled(button: Button, label: str) -> bool:
    return button.text == label or button.text.endswith(f" {label}")


class _TypingRater(Citizen):
    """Rates by typing: the desk's code, then a number."""

    def __init__(self, run: Run, number: int, desk: str) -> None:
        self.desk, self.level = desk, run.chance.randint(1, 5)
        self.number, self._state = number, "new"

    def __str__(self) -> str:
        return f"rater {self.number} on {self.channel} ({self._state})"

    def acts(self) -> None:
        if self._state == "new":
            self._says(self.desk.lower(), "asked")
        elif self._state == "asked" and self._reads("hài lòng ở mức nào"):
            self._says(str(self.level), "answered")
        elif self._state == "answered" and self._reads("Đã ghi nhận"):
            self.done = True

    def _says(self, what: str, state: str) -> None:
        self._state = state
        self._types(what)

    def _types(self, what: str) -> None:
        raise NotImplementedError

    def _reads(self, words: str) -> bool:
        raise NotImplementedError


class ZaloRater(_TypingRater):
    """On the Official Account."""

    channel = "zalo_oa"

    def __init__(self, run: Run, number: int, desk: str) -> None:
        super().__init__(run, number, desk)
        self.user: ZaloUser = run.oa.user(number)

    def _types(self, what: str) -> None:
        self.user.send(what)

    def _reads(self, words: str) -> bool:
        return words in self.user.text()


class ZaloBotRater(_TypingRater):
    """On the Bot Platform."""

    channel = "zalo_bot"

    def __init__(self, run: Run, number: int, desk: str) -> None:
        super().__init__(run, number, desk)
        self.user: ZaloPerson = run.zalo_bot.person(f"{number:020x}")

    def _types(self, what: str) -> None:
        self.user.says(what)

    def _reads(self, words: str) -> bool:
        return any(words in each for each in self.user.texts())


class WebRater(Citizen):
    """Rates on the page, and presses the button again until the page says thank you."""

    channel = "web"

    def __init__(self, run: Run, number: int, desk: str) -> None:
        self._run, self.desk, self.number = run, desk, number
        self.level = run.chance.randint(1, 5)
        self.refused: list[int] = []
        self.sent = 0
        self._thread: threading.Thread | None = None
        run.ends.append(self._give_up)
        self._stop = threading.Event()

    def __str__(self) -> str:
        return f"rater on the web {self.number} at {self.desk} ({self.refused[-3:]})"

    def acts(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._rate, daemon=True)
            self._thread.start()

    def _give_up(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(20)

    def _rate(self) -> None:
        with httpx.Client(timeout=15, headers={"Accept-Language": "vi"}) as browser:
            while not self.done and not self._stop.is_set():
                page = self._until_200(browser, "GET", {})
                action = re.search(rf'value="(rate/{self.desk}/\d+/\d+/{self.level})"', page)
                token = re.search(r'name="token" value="([^"]+)"', page)
                if action is not None and token is not None:
                    form = {"action": action[1], "token": token[1]}
                    page = self._until_200(browser, "POST", form)
                self.done = "Đã ghi nhận đánh giá" in page

    def _until_200(self, browser: httpx.Client, method: str, form: dict[str, str]) -> str:
        while not self._stop.is_set():
            program = self._run.programs[self.number % len(self._run.programs)].program
            try:
                answer = browser.request(
                    method, f"{program.url}/q/{self.desk}", data=form or None,
                    headers={"Origin": program.url},
                )  # fmt: skip
                self.sent += method == "POST"
            except httpx.HTTPError:
                answer = None
            if answer is not None:
                if answer.status_code == httpx.codes.OK:
                    return answer.text
                if self._is_of_another_day(answer):
                    return ""
                self.refused.append(answer.status_code)
                self._kept(answer, form)
            time.sleep(0.1)
        return ""

    def _is_of_another_day(self, answer: httpx.Response) -> bool:
        """A form that the clock has overtaken: the page asks to open it anew."""
        return answer.status_code == httpx.codes.BAD_REQUEST and self._run.clock is not None

    def _kept(self, answer: httpx.Response, form: dict[str, str]) -> None:
        """While the database is away the page says so and keeps what was chosen."""
        program = self._run.programs[self.number % len(self._run.programs)]
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            time.sleep(1)  # this network has asked ten times a second
        elif answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            if program.ready:  # else its port may be somebody else's meanwhile
                self._run.wrong(f"the page answered {answer.status_code}")
        elif form and form["action"] not in answer.text:
            self._run.wrong("the page of an outage does not keep what was chosen")
