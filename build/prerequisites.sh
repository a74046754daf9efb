#!/usr/bin/env bash
# What a bare Debian or Ubuntu lacks: certificates and the ICU libraries for the .NET SDK, strace for the tests that watch for sockets. Safe to run twice, quiet when nothing is missing.
set -euo pipefail
command -v apt-get >/dev/null || exit 0

missing=()
[ -e /etc/ssl/certs/ca-certificates.crt ] || missing+=(ca-certificates)
if ! ldconfig -p 2>/dev/null | grep -q 'libicuuc\.so' && [ "${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-}" != 1 ] && [ "${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-}" != true ]; then
  missing+=('^libicu[0-9]+$')
fi
command -v strace >/dev/null || missing+=(strace)
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
export DEBIAN_FRONTEND=noninteractive
if ! { "${as_root[@]}" apt-get -qq update && "${as_root[@]}" apt-get -qq install -y --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1; then
  echo "Could not install ${missing[*]}: install them with apt-get, or set DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 where ICU alone is missing." >&2
fi
