# Stands in for a peer test where the peers are not installed; tests/run.sh installs them or fails.
message("skipped: the peers are not installed; run sh tests/peers/setup.sh")
cmake_language(EXIT 77)
