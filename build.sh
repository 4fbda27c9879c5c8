#!/usr/bin/env bash
# The one entry to this repository: ./build.sh demo | test | coverage | lloco ARGS… | bench ARGS… | pack
# Every verb first makes sure of what it needs and does nothing that is already done. What set-up does is said on
# standard error, so that standard output belongs to the verb.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
state=$root/artifacts/build
configuration=Release
framework=net10.0

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
# Build servers that outlive the script would hold the caller's pipes open.
export MSBUILDDISABLENODEREUSE=1

say() { printf 'build.sh: %s\n' "$*" >&2; }

die() {
  say "$1"
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

usage() {
  cat >&2 <<'TEXT'
usage: ./build.sh VERB
  demo               run samples/QuickStart: a long document is compressed, stored, retrieved and asked
  test [--slow] […]  run the tests (--slow: the slow ones too); other arguments go to the test runner
  coverage […]       run the tests and say which share of the library's lines they reach (artifacts/coverage)
  lloco ARGS…        run the lloco command (./build.sh lloco --help)
  bench ARGS…        run the BenchmarkDotNet benchmarks (./build.sh bench --list flat)
  pack               make the NuGet packages in packages/
TEXT
  exit 2
}

# ---- what the machine must have ------------------------------------------------------------------------------------

# Leaves the .NET host in $dotnet. The SDK is the one thing that is not installed here.
find_dotnet() {
  local candidate
  dotnet=
  for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-}/dotnet" "$HOME/.dotnet/dotnet" \
    /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
    [ -x "$candidate" ] || continue
    "$candidate" --list-sdks 2>/dev/null | grep '^1[0-9]\.' >/dev/null || continue
    dotnet=$candidate
    break
  done
  [ -n "$dotnet" ] || die "the .NET 10 SDK was not found." \
    "Install it (https://dot.net/download), put 'dotnet' on PATH or set DOTNET_ROOT, and run this again."
  DOTNET_ROOT=$(dirname "$(readlink -f "$dotnet" 2>/dev/null || echo "$dotnet")")
  export DOTNET_ROOT

  [ "$(uname -s)" = Linux ] || return 0
  # Without ICU the SDK itself ends at once; nothing here depends on cultures.
  libraries | grep 'libicuuc\.so' >/dev/null || export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
  # An SDK that was unpacked rather than installed may lack what it fetches packages with.
  if ! libraries | grep -E 'libssl\.so\.(3|1\.1)' >/dev/null || ! have_certificates; then
    command -v apt-get >/dev/null && can_be_root ||
      die "OpenSSL or its certificates are missing, without which NuGet cannot fetch packages." \
        "Install them as root (Debian, Ubuntu: apt-get install ca-certificates openssl)."
    say "installing ca-certificates and openssl (the .NET SDK fetches packages with them)"
    apt update >&2 || say "apt-get update reported errors; going on with what it has"
    apt install -y --no-install-recommends ca-certificates openssl >&2 || die "apt-get could not install them (see above)."
  fi
}

have_certificates() {
  local file
  for file in "${SSL_CERT_FILE:-}" /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt \
    /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem; do
    [ ! -s "$file" ] || return 0
  done
  return 1
}

can_be_root() { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null; }

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

# apt-get that asks nothing and waits for another package manager to finish.
apt() { as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -o DPkg::Lock::Timeout=120 "$@"; }

# The dynamic linker's list; ldconfig is often outside an ordinary user's PATH.
libraries() { PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true; }

# TorchSharp 0.107.0 was built with GCC 13: its library asks libstdc++ for this version.
needed=GLIBCXX_3.4.32

libstdcxx_is_new_enough() {
  local file files
  files=$(
    printf '%s\n' "${LD_LIBRARY_PATH:-}" | tr ':' '\n' | sed -n 's|..*|&/libstdc++.so.6|p'
    libraries | sed -n 's|.*libstdc++\.so\.6 (libc6,x86-64.*=> ||p'
  )
  while IFS= read -r file; do
    if [ -e "$file" ] && LC_ALL=C grep -aqF "$needed" "$file"; then return 0; fi
  done <<<"$files"
  return 1
}

die_native() {
  die "$1" \
    "TorchSharp 0.107.0 needs a libstdc++ with $needed (GCC 13 or newer)." \
    "Ubuntu 24.04, Debian 13, Fedora 39 and later have it; so does a conda environment with libstdcxx-ng 13," \
    "whose lib folder can be named in LD_LIBRARY_PATH." \
    "On Debian 12: install libstdc++6 from the trixie suite, pinned at priority 100 (docs/troubleshooting.md)."
}

ensure_native() {
  case "$(uname -s) $(uname -m)" in
    "Linux x86_64") ;;
    "Darwin arm64") return 0 ;;
    *) die "TorchSharp 0.107.0 has no native library for $(uname -s) on $(uname -m)." \
      "Use Linux on x86-64 or macOS on Apple silicon." ;;
  esac
  libstdcxx_is_new_enough && return 0

  local id=unknown codename=
  if [ -r /etc/os-release ]; then
    id=$(. /etc/os-release && echo "${ID:-unknown}")
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  fi
  case "$id $codename" in
    "debian bookworm" | "debian trixie") install_libstdcxx ;;
    *) die_native "this system's libstdc++ is too old, and it is not Debian 12, where this script can help." ;;
  esac
}

install_libstdcxx() {
  can_be_root || die_native "libstdc++6 must be installed, which needs root, and there is no sudo."
  say "installing libstdc++6 of Debian 13 (TorchSharp needs $needed, which Debian 12 lacks); libc6 comes along"
  add_trixie || die_native "the apt configuration names no Debian archive whose address could be used."
  apt update >&2 || say "apt-get update reported errors; going on with what it has"
  apt install -y --no-install-recommends -o Dpkg::Options::=--force-confold -t trixie libstdc++6 >&2 ||
    die_native "apt-get could not install libstdc++6 from trixie (its messages are above)."
  libstdcxx_is_new_enough || die_native "libstdc++6 was installed, yet $needed is still not found."
}

# Makes Debian 13 known to apt, at priority 100: installed packages stay with the machine's own release, and trixie serves only what is
# asked of it by name.
add_trixie() {
  if ! apt_sources | grep -E '^[^#]*[[:space:]]trixie([[:space:]]|$)' >/dev/null; then
    local source
    source=$(trixie_source)
    [ -n "$source" ] || return 1
    case "$source" in
      Types:*) printf '%s\n' "$source" | as_root tee /etc/apt/sources.list.d/lloco-trixie.sources >/dev/null ;;
      *) printf '%s\n' "$source" | as_root tee /etc/apt/sources.list.d/lloco-trixie.list >/dev/null ;;
    esac
  fi
  printf 'Package: *\nPin: release n=trixie\nPin-Priority: 100\n' | as_root tee /etc/apt/preferences.d/lloco-trixie >/dev/null
}

# Unpacks a PostgreSQL server with pgvector, for the tests, into artifacts/postgres; nothing is installed. Where that cannot be, the
# tests that need it are skipped with a reason. It is tried once: remove the folder to try again.
ensure_postgres() {
  local folder=$root/artifacts/postgres packages name
  [ ! -e "$folder" ] && [ ! -e /usr/lib/postgresql/17/lib/vector.so ] && [ -z "${LLOCO_POSTGRES_BIN:-}" ] || return 0
  [ "$(uname -s) $(uname -m)" = "Linux x86_64" ] && command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 0
  can_be_root || return 0
  mkdir -p "$folder/packages"
  say "fetching PostgreSQL 17 with pgvector of Debian 13 for the tests (30 MB; into artifacts/postgres)"
  packages=(postgresql-17 postgresql-17-pgvector libpq5 libicu76 libldap2 libsasl2-2 libxml2)
  if (
    add_trixie && cd "$folder/packages" || exit 1
    apt-cache policy postgresql-17-pgvector | grep -q trixie || apt update >&2 || true
    apt-get -q download "${packages[@]/%//trixie}"
  ) >"$state/postgres.log" 2>&1; then
    for name in "$folder"/packages/*.deb; do dpkg-deb -x "$name" "$folder" || true; done
    # What a server on one machine does without: texts, translations, compilation of queries, further extensions and programs.
    rm -rf "$folder"/usr/share/{doc,man,locale,lintian} "$folder"/usr/lib/postgresql/17/lib/{bitcode,llvmjit*,pgxs}
    find "$folder/usr/lib/postgresql/17/bin" -type f ! -name initdb ! -name postgres -delete
  else
    say "it could not be fetched (artifacts/build/postgres.log); the tests that need it are skipped"
  fi
  rm -rf "$folder/packages"
}

apt_sources() {
  local file
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [ ! -r "$file" ] || { cat "$file"; echo; }
  done
}

# The machine's own entry for its main archive, with the suite changed to trixie: address, options and keys stay as they are.
trixie_source() {
  local file found
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -r "$file" ] || continue
    found=$(awk -v RS= '
      {
        count = split($0, line, "\n"); main = 0; archive = 0; off = 0
        for (i = 1; i <= count; i++) {
          if (line[i] ~ /^Components:.*main/) main = 1
          if (line[i] ~ /^Suites:(.*[ \t])?(bookworm|stable|oldstable)([ \t]|$)/) archive = 1
          if (line[i] ~ /^Enabled:[ \t]*no/) off = 1
          if (line[i] ~ /^URIs:[ \t]*cdrom/) off = 1
        }
        if (!main || !archive || off) next
        for (i = 1; i <= count; i++) {
          if (line[i] ~ /^#/ || line[i] ~ /^Types:/) continue
          if (line[i] ~ /^Suites:/) line[i] = "Suites: trixie"
          text = text "\n" line[i]
        }
        print "Types: deb" text
        exit
      }' "$file")
    [ -z "$found" ] || { printf '%s\n' "$found"; return 0; }
  done
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -r "$file" ] || continue
    found=$(sed -nE '/cdrom:/d; s/^(deb[ \t]+(\[[^]]*\][ \t]+)?[^ \t]+[ \t]+)(bookworm|stable|oldstable)([ \t].*\<main\>.*)$/\1trixie\4/p' \
      "$file" | head -n 1)
    [ -z "$found" ] || { printf '%s\n' "$found"; return 0; }
  done
}

# ---- building --------------------------------------------------------------------------------------------------------

# One line that changes when a file in FOLDER… or a file that governs every build is added, removed or edited.
source_state() {
  local format=(-c '%n %Y %s')
  stat --version >/dev/null 2>&1 || format=(-f '%N %m %z')
  (
    cd "$root"
    find "$@" Directory.* global.json nuget.config README.md LICENSE \
      \( -name bin -o -name obj -o -name TestResults -o -name BenchmarkDotNet.Artifacts \) -prune \
      -o -type f -exec stat "${format[@]}" {} + | LC_ALL=C sort | cksum
  )
}

# Builds PROJECT (a path under the root) unless OUTPUT is there and nothing in FOLDER… changed since.
ensure_built() {
  local project=$1 output=$2 stamp log now
  shift 2
  stamp=$state/$(basename "$project").stamp
  log=$state/$(basename "$project").log
  mkdir -p "$state" "$root/packages"
  lock_builds
  now=$(source_state "$@")
  if [ ! -e "$output" ] || [ ! -e "$stamp" ] || [ "$(cat "$stamp")" != "$now" ]; then
    if [ ! -e "$root/src/LLoCO.Core/obj/project.assets.json" ]; then
      say "first build: NuGet packages are fetched (libtorch is the large one, some hundred MB)"
    fi
    say "building $project"
    if ! "$dotnet" build "$root/$project" -c $configuration --nologo -v minimal </dev/null >"$log" 2>&1 9>&-; then
      cat "$log" >&2
      die "$project did not build (messages above, also in ${log#"$root"/})."
    fi
    printf '%s\n' "$now" >"$stamp"
  fi
  unlock_builds
}

# Two builds at once would write the same files.
lock_builds() {
  command -v flock >/dev/null || return 0
  exec 9>"$state/lock"
  flock 9
}

unlock_builds() { if command -v flock >/dev/null; then exec 9>&-; fi; }

# Builds and runs one program; standard output and the exit code are the program's.
run_program() {
  local project=$1 assembly=$2
  shift 2
  local output=$root/$project/bin/$configuration/$framework/$assembly.dll
  find_dotnet
  ensure_native
  ensure_built "$project" "$output" src "$project"
  exec "$dotnet" "$output" "$@"
}

# The lloco command, compiled ahead where that can be had: a command then starts in about two thirds of the processor time. The
# compiler comes from NuGet; without it, and on a platform that it does not serve, the command is built as everything else is.
run_lloco() {
  local folder=$root/artifacts/lloco stamp=$state/lloco.stamp log=$state/lloco.log rid=linux-x64 now
  find_dotnet
  ensure_native
  [ "$(uname -s)" = Linux ] || rid=osx-arm64
  mkdir -p "$state" "$root/packages"
  lock_builds
  now=$(source_state src)
  if [ ! -e "$stamp" ] || [ "$(cat "$stamp")" != "$now" ]; then
    say "building src/LLoCO.Tool (compiled ahead; the first time takes a minute or two)"
    rm -rf "$folder"
    "$dotnet" publish "$root/src/LLoCO.Tool" -c $configuration -r $rid --no-self-contained -p:LlocoReadyToRun=true -o "$folder" \
      --nologo -v minimal </dev/null >"$log" 2>&1 9>&- || {
      say "it could not be compiled ahead (${log#"$root"/}); building it as it is"
      rm -rf "$folder"
    }
    printf '%s\n' "$now" >"$stamp"
  fi
  unlock_builds
  if [ -e "$folder/lloco.dll" ]; then exec "$dotnet" "$folder/lloco.dll" "$@"; fi
  run_program src/LLoCO.Tool lloco "$@"
}

# ---- verbs -----------------------------------------------------------------------------------------------------------

# With coverage=1, the tests' coverage too.
run_tests() {
  local coverage=${coverage:-0} slow=0 arguments=() results=$root/artifacts/tests status=0 project name report code
  local passed=0 failed=0 skipped=0 unfinished= stamp=$state/LLoCO.Core.sln.stamp built=
  for argument in "$@"; do
    if [ "$argument" = --slow ]; then slow=1; else arguments+=("$argument"); fi
  done
  [ $slow -eq 1 ] || arguments+=(--filter-not-trait "Category=Slow")

  # A child that a test starts by itself is no test to count.
  arguments+=(--filter-not-trait "Role=Child")

  find_dotnet
  ensure_native
  mkdir -p "$state"
  ensure_postgres
  ensure_built LLoCO.Core.sln "$root/tests/LLoCO.Core.Tests/bin/$configuration/$framework/LLoCO.Core.Tests.dll" \
    src samples tests benchmarks training
  rm -rf "$results"
  mkdir -p "$results"
  if [ $coverage -eq 1 ]; then
    rm -rf "$root/artifacts/coverage"
    arguments+=(--coverlet --coverlet-output-format cobertura --coverlet-include "[LLoCO.*]*" --coverlet-include "[lloco]*"
      --coverlet-exclude "[LLoCO.*.Tests]*"
      --coverlet-exclude "[LLoCO.Core]LLoCO.Core.Decoding.Sampling.ReplySampler"
      --coverlet-exclude-by-attribute GeneratedCodeAttribute
      --coverlet-skip-auto-props --coverlet-single-hit)
    # ReplySampler is left out: instrumented, one of its methods is refused by the runtime as an invalid program.
    # The assemblies are instrumented where they lie: a run that is cut off leaves them so, and the next verb has to build.
    built=$(cat "$stamp")
    rm -f "$stamp"
  fi

  # Tests run side by side, so each keeps to one libtorch thread, and one test program follows the other: more OpenMP
  # threads than cores slow each other down many times over.
  export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
  for project in "$root"/tests/*/; do
    name=$(basename "$project")
    [ -e "$project/$name.csproj" ] || continue
    code=0
    "$dotnet" "$project/bin/$configuration/$framework/$name.dll" --results-directory "$results" \
      --report-xunit --report-xunit-filename "$name.xml" ${arguments[@]+"${arguments[@]}"} </dev/null || code=$?
    [ $code -eq 0 ] || status=1
    report=$(grep -o '<assembly [^>]*>' "$results/$name.xml" 2>/dev/null || true)
    if [ -z "$report" ]; then
      unfinished="$unfinished $name (exit code $code)"
      continue
    fi
    passed=$((passed + $(attribute passed "$report")))
    failed=$((failed + $(attribute failed "$report") + $(attribute errors "$report")))
    skipped=$((skipped + $(attribute skipped "$report")))
  done

  if [ $coverage -eq 1 ]; then
    printf '%s\n' "$built" >"$stamp"
    show_coverage "$results"
  fi
  if [ -n "$unfinished" ]; then
    say "no results from:$unfinished"
    status=1
  fi
  [ $((passed + failed)) -gt 0 ] && [ $failed -eq 0 ] || status=1
  [ $skipped -eq 0 ] || say "what brings each skipped test to life stands under its name above"
  echo "$passed passed, $failed failed, $skipped skipped"
  exit $status
}

# The value of a numeric XML attribute.
attribute() { printf '%s' "$2" | sed -nE "s/.* $1=\"([0-9.]+)\".*/\1/p"; }

# Moves the coverage files (Cobertura) out of FOLDER and prints their figures, whole and per package.
show_coverage() {
  local file element
  mkdir -p "$root/artifacts/coverage"
  for file in "$1"/coverage.cobertura*.xml; do
    [ -e "$file" ] || die "the test programs left no coverage file in ${1#"$root"/}."
    mv "$file" "$root/artifacts/coverage/"
    grep -oE '<(coverage|package) [^>]*>' "$root/artifacts/coverage/${file##*/}" | while IFS= read -r element; do
      LC_ALL=C awk -v name="$(printf '%s' "$element" | sed -nE 's/.* name="([^"]*)".*/\1/p')" \
        -v lines="$(attribute line-rate "$element")" -v branches="$(attribute branch-rate "$element")" \
        'BEGIN { printf "%-22s lines %5.1f %%  branches %5.1f %%\n", name == "" ? "all" : name, 100 * lines, 100 * branches }'
    done
  done
}

# Packs into FOLDER what PROJECT makes; other arguments go to dotnet.
pack_into() {
  local folder=$1 project=$2
  shift 2
  "$dotnet" pack "$project" -c $configuration -o "$folder" --nologo -v minimal "$@" </dev/null
}

pack() {
  local stamp=$state/pack.stamp log=$state/pack.log now
  find_dotnet
  mkdir -p "$state" "$root/packages"
  now=$(source_state src)
  if [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$now" ] && ls "$root"/packages/LLoCO.Core.*.nupkg >/dev/null 2>&1; then
    say "packages/ is up to date"
  else
    say "packing into packages/"
    rm -f "$root"/packages/*.nupkg "$root"/packages/*.snupkg
    pack_into "$root/packages" "$root/LLoCO.Core.sln" >"$log" 2>&1 || {
      cat "$log" >&2
      die "the packages could not be made (messages above)."
    }
    rm -rf "$state/tool"
    if pack_into "$state/tool" "$root/src/LLoCO.Tool" -p:LlocoReadyToRun=true -p:LlocoPackTool=true >"$log" 2>&1; then
      rm -f "$root"/packages/LLoCO.Tool.*
      mv "$state"/tool/*.nupkg "$root/packages/"
    else
      say "the command could not be compiled ahead (${log#"$root"/}); its package is one for all platforms together"
    fi
    printf '%s\n' "$now" >"$stamp"
  fi
  (cd "$root" && ls packages/*.nupkg)
}

verb=${1:-}
[ $# -eq 0 ] || shift
case "$verb" in
  demo) run_program samples/QuickStart QuickStart "$@" ;;
  lloco) run_lloco "$@" ;;
  bench)
    case " $* " in *" --artifacts "*) ;; *) set -- --artifacts "$root/artifacts/benchmarks" "$@" ;; esac
    run_program benchmarks/LLoCO.Benchmarks LLoCO.Benchmarks "$@"
    ;;
  test) run_tests "$@" ;;
  coverage) coverage=1 run_tests "$@" ;;
  pack) pack ;;
  *) usage ;;
esac
