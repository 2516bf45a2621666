"""How fast, beside what nobody can avoid or what a peer needs in the same run: `make bench`, or `python -m benchmarks.bench_verify`."""
