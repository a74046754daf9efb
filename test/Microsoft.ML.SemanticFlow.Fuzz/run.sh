#!/usr/bin/env bash
# Fuzzes one reader, guided by coverage: run.sh TARGET [SECONDS] [OUTPUT]. What it finds lies in OUTPUT/TARGET/default/crashes and hangs.
# Needs AFL++ (apt-get install afl++) and SharpFuzz (dotnet tool install --tool-path artifacts/tools SharpFuzz.CommandLine --version 2.3.0).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
target=$1
seconds=${2:-1200}
output=${3:-$root/artifacts/fuzz}
sharpfuzz=${SHARPFUZZ:-$root/artifacts/tools/sharpfuzz}
instrumented=$output/bin

# Instrumented once for all targets, in a copy: the build stays as it is. Delete the copy after a change.
mkdir -p "$output"
(
  flock 9
  if [ ! -d "$instrumented" ]; then
    dotnet build "$here" -c Release -v:q
    cp -r "$here/bin/Release/net10.0" "$instrumented.new"
    "$sharpfuzz" "$instrumented.new/Microsoft.ML.SemanticFlow.dll"
    "$sharpfuzz" "$instrumented.new/Microsoft.ML.SemanticFlow.Training.dll"
    mv "$instrumented.new" "$instrumented"
  fi
) 9> "$output/lock"

seeds=$output/seeds-$target
rm -rf "$seeds"
mkdir -p "$seeds"
if [ "$target" = pth ]; then
  cp "$root"/test/Microsoft.ML.SemanticFlow.Training.Tests/Data/*.pth "$seeds"
else
  cp "$here/corpus/$target"/* "$seeds"
fi

# The hard limit makes an exception of memory that is taken beyond all bounds.
export AFL_SKIP_BIN_CHECK=1 AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1
export DOTNET_TieredPGO=0 DOTNET_GCHeapHardLimit=0x20000000 ORT_DISABLE_TELEMETRY=1
exec nice -n 19 afl-fuzz -i "$seeds" -o "$output/$target" -V "$seconds" -t 60000 -m none -- dotnet "$instrumented/Microsoft.ML.SemanticFlow.Fuzz.dll" run "$target"
