"""Real programs under real faults, by seed: `python -m tests.chaos --runs 300`."""
