#!/bin/sh
# Prints the path of a Python 3.11 or newer, or one sentence on stderr. PYTHON=... in the environment wins.
supported='import sys; sys.exit(sys.version_info < (3, 11))'

if [ -n "${PYTHON:-}" ]; then
    candidates=$PYTHON
else
    candidates='python3 python3.13 python3.12 python3.11 python'
fi
for candidate in $candidates; do
    if "$candidate" -c "$supported" >/dev/null 2>&1; then
        command -v "$candidate"
        exit 0
    fi
    version=$("$candidate" --version 2>/dev/null) && found="${found:+$found, }$candidate is $version"
done
echo "mockupAWS needs Python 3.11 or newer (${found:-none was found}): install it, or name one with PYTHON=/path/to/python." >&2
exit 1
