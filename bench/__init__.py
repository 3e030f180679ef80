"""The benchmarks the README quotes: ratios measured side by side, in one call, on one machine."""
