"""What `benchmarks.search` is made of: the sections that are searched, and the tools that search them."""
