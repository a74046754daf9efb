#!/usr/bin/env bash
# Builds the pages of docs/ and the API reference into artifacts/site. A broken link or a name that leads nowhere is an error.
#   build/site.sh [OPTIONS OF DOTNET PUBLISH]     --no-build takes the libraries as they were built last
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# The reference is read from assemblies, which lie beside what they reference.
api=artifacts/site-api
rm -rf "$api" artifacts/site
dotnet publish -c Release -v:q -o "$api" "$@" src/Microsoft.ML.SemanticFlow.Training

dotnet tool restore
dotnet docfx build/site/docfx.json --warningsAsErrors
echo "artifacts/site/index.html"
