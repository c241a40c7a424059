"""What `benchmarks.print` measures: Etude's builds and its server, and others on the same pages."""
