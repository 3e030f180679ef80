"""One target in a process of its own, guided by coverage: `python -m tests.fuzz.one TARGET …`.

What a target raises is written down and the search goes on; libFuzzer itself ends the process only
when an input hangs, or takes too much memory. Everything after the target is libFuzzer's.
"""

import hashlib
import sys
import traceback
from importlib import import_module
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "var" / "fuzz"


def main(name: str, options: list[str]) -> None:
    """Search from the seeds and from what earlier runs kept."""
    with atheris.instrument_imports(
        include=["bot", "handlers", "storage"], enable_loader_override=False
    ):
        target = import_module(f"tests.fuzz.targets.{name}")
    folder = CORPUS / name
    kept = folder / "corpus"
    kept.mkdir(parents=True, exist_ok=True)
    for seed in target.SEEDS:
        (kept / hashlib.sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed)
    known: set[str] = set()

    def tried(data: bytes) -> None:
        try:
            target.run(data)
        except Exception as error:  # whatever it is, it is what we look for
            what = signature(error)
            if what not in known:
                known.add(what)
                note(folder, name, what, data)

    usual = [f"-artifact_prefix={folder}/", "-timeout=120", "-rss_limit_mb=1500", "-max_len=2048"]
    atheris.Setup([sys.argv[0], str(kept), *usual, *options], tried)
    atheris.Fuzz()


def signature(error: BaseException) -> str:
    """The same for the same fault: what a finding says, or where another error comes from."""
    what = getattr(error, "what", "")
    if what:
        return str(what)
    ours = [
        each for each in traceback.extract_tb(error.__traceback__) if str(ROOT) in each.filename
    ]
    inside = [each for each in ours if "site-packages" not in each.filename] or ours
    place = f"{Path(inside[-1].filename).name} {inside[-1].name}" if inside else ""
    return f"{type(error).__name__} in {place}"


def note(folder: Path, name: str, what: str, data: bytes) -> None:
    """Keep an input that broke something, and say how to try it again."""
    file = folder / f"found-{hashlib.sha1(what.encode(), usedforsecurity=False).hexdigest()[:12]}"
    file.write_bytes(data)
    (folder / f"{file.name}.txt").write_text(f"{what}\n\n{traceback.format_exc()}")
    print(f"FOUND {name}: {what}", flush=True)
    print(f"      python -m tests.fuzz --again {name} {file.relative_to(ROOT)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
