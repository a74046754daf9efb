#!/usr/bin/env bash
# What a bare Debian or Ubuntu lacks: certificates and the ICU libraries for the .NET SDK, strace for the tests that watch for sockets, Chromium for those that look at pages,
# Open MPI and MPICH for those that train in several processes.
# With the word nightly, also the Slurm that a nightly test runs on loopback. Safe to run twice, quiet when nothing is missing.
set -euo pipefail
command -v apt-get >/dev/null || exit 0

missing=()
[ -e /etc/ssl/certs/ca-certificates.crt ] || missing+=(ca-certificates)
if ! ldconfig -p 2>/dev/null | grep -q 'libicuuc\.so' && [ "${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-}" != 1 ] && [ "${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-}" != true ]; then
  missing+=('^libicu[0-9]+$')
fi
command -v strace >/dev/null || missing+=(strace)
browser=()
command -v chromium >/dev/null || browser=(chromium)
processes=()
command -v mpirun.openmpi >/dev/null || processes+=(openmpi-bin)
command -v mpirun.mpich >/dev/null || processes+=(mpich)
cluster=()
if [ "${1:-}" = nightly ]; then
  { PATH=$PATH:/usr/sbin command -v slurmctld && PATH=$PATH:/usr/sbin command -v munged; } >/dev/null || cluster=(slurm-wlm munge)
  compgen -G '/usr/lib/*/pmix2/lib/libpmix.so' >/dev/null || cluster+=(libpmix-dev) # what srun --mpi=pmix loads
fi
[ $((${#missing[@]} + ${#browser[@]} + ${#processes[@]} + ${#cluster[@]})) -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
export DEBIAN_FRONTEND=noninteractive
install() { "${as_root[@]}" apt-get -qq install -y --no-install-recommends "$@" >/dev/null 2>&1; }
"${as_root[@]}" apt-get -qq update >/dev/null 2>&1 || true
if [ ${#missing[@]} -gt 0 ] && ! install "${missing[@]}"; then
  echo "Could not install ${missing[*]}: install them with apt-get, or set DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 where ICU alone is missing." >&2
fi
if [ ${#browser[@]} -gt 0 ] && ! install "${browser[@]}"; then
  echo "Could not install ${browser[*]}: the tests that look at pages in a browser will say that they are skipped." >&2
fi
if [ ${#processes[@]} -gt 0 ] && ! install "${processes[@]}"; then
  echo "Could not install ${processes[*]}: the tests that train in several processes will say that they are skipped." >&2
fi
if [ ${#cluster[@]} -gt 0 ] && ! install "${cluster[@]}"; then
  echo "Could not install ${cluster[*]}: the nightly test that runs a Slurm will say that it is skipped." >&2
fi
