"""How many posts of one sender are let through, and for how long that is remembered."""

from bot.web.moving_window import MovingWindow


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_window_moves_on_with_each_that_was_let_through() -> None:
    clock = Clock()
    window = MovingWindow(2, 60, clock)
    assert window.take("a")
    clock.now += 40
    assert window.take("a")
    assert not window.take("a")
    assert not window.has_room("a")
    assert window.take("b"), "each name has a measure of its own"
    clock.now += 20
    assert window.has_room("a")
    assert window.take("a")
    assert not window.take("a"), "the second of them is but twenty seconds old"


def test_what_is_refused_does_not_count() -> None:
    clock = Clock()
    window = MovingWindow(1, 60, clock)
    assert window.take("a")
    for _ in range(6):
        clock.now += 10
        refused = not window.take("a")
        assert refused == (clock.now < 160)


def test_names_are_forgotten_when_their_window_is_over() -> None:
    clock = Clock()
    window = MovingWindow(3, 60, clock)
    for name in "abc":
        window.take(name)
        clock.now += 20
    window.take("a")
    assert len(window) == 3, "who came again is still known"
    clock.now += 50
    window.take("d")
    assert len(window) == 2
