#!/usr/bin/env bash
# Writes what is public into PublicAPI.Unshipped.txt of each package, and takes out what is gone: src/public-api.sh [PACKAGE…]
# A release moves the lines to PublicAPI.Shipped.txt.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
packages=("$@")
[ ${#packages[@]} -gt 0 ] || packages=(
  LLoCO.Core LLoCO.Evaluation LLoCO.Training LLoCO.Extensions.AI LLoCO.Extensions.Hosting LLoCO.Extensions.VectorData
  LLoCO.Extensions.Agents LLoCO.Embeddings.MiniLM LLoCO.Readers LLoCO.Postgres LLoCO.Tenants LLoCO.Server LLoCO.Orleans LLoCO.Models.Tiny)

for package in "${packages[@]}"; do
  list=$package/PublicAPI.Unshipped.txt
  for file in "$package/PublicAPI.Shipped.txt" "$list"; do
    [ -f "$file" ] || echo '#nullable enable' >"$file"
  done
  said=$(dotnet build "$package" -c Release --nologo --no-incremental -v minimal -p:RunAnalyzers=true \
    -p:TreatWarningsAsErrors=false) || { printf '%s\n' "$said" >&2; exit 1; }
  new=$(sed -n "/$package\.csproj/s/.*warning RS0016: Symbol '\(.*\)' is not part of the declared public API.*/\1/p" <<<"$said" | sort -u)
  gone=$(sed -n "/$package\.csproj/s/.*warning RS0017: Symbol '\(.*\)' is part of the declared API, but .*/\1/p" <<<"$said" | sort -u)
  {
    echo '#nullable enable'
    { tail -n +2 "$list" | grep -vxFf <(printf '%s\n' "${gone:-#}") || true; printf '%s\n' "$new"; } | grep . | LC_ALL=C sort -u || true
  } >"$list.new"
  mv "$list.new" "$list"
  echo "$package: $(($(wc -l <"$list") - 1)) members listed"
done
