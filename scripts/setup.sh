#!/usr/bin/env bash
# Makes sure that this machine has what the checkout needs, and does nothing when it has.
#
#   scripts/setup.sh run     Debian packages, and .venv with requirements/run.lock
#   scripts/setup.sh test    the same with requirements/test.lock, which contains run.lock
#   scripts/setup.sh bench   .venv-bench with requirements/bench.lock, beside .venv
#
# What was done is remembered in .make/, so that a second start skips it.
set -euo pipefail
umask 022

top=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"

readonly oldest_python="3.11"
wanted=${1:?"say what to set up: run, test or bench"}
case $wanted in run | test | bench) ;; *) echo "setup: unknown set '$wanted': run, test or bench" >&2; exit 2 ;; esac

fail() { # each argument is a line
    printf '%s\n' "$@" >&2
    exit 1
}

# ---------------------------------------------------------------- Debian packages

python_is_new_enough() { "$1" -c "import sys; sys.exit(sys.version_info < (${oldest_python/./, }))" 2>/dev/null; }

find_python() { # the first interpreter that is new enough and can make virtual environments
    local candidate
    for candidate in ${PYTHON:-} python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
        if python_is_new_enough "$candidate" && "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

has_postgis() { # a PostgreSQL server of which the PostGIS of the same version is installed
    local bin version
    for bin in /usr/lib/postgresql/*/bin; do
        version=$(basename "$(dirname "$bin")")
        [[ -x $bin/initdb && -e /usr/share/postgresql/$version/extension/postgis.control ]] && return
    done
    return 1
}

missing_packages() { # the metapackages to install, one a line
    find_python >/dev/null || printf 'python3\npython3-venv\n'
    # With DATABASE_URL the database is somebody else's; the tests always make their own.
    if [[ $wanted == test || ($wanted == run && -z ${DATABASE_URL:-}) ]]; then
        # The package "postgis" has only the loaders; the server's part comes with postgresql-postgis.
        has_postgis || printf 'postgresql\npostgresql-postgis\n'
    fi
    if [[ $wanted == test ]]; then # whoever imports a base map is told by the command itself
        command -v tilemaker >/dev/null || echo tilemaker
        command -v osmium >/dev/null || echo osmium-tool
    fi
    [[ $wanted == bench ]] || command -v openssl >/dev/null || echo openssl
    [[ $wanted != bench ]] || command -v wrk >/dev/null || echo wrk
}

supported_system() {
    [[ -r /etc/os-release ]] || return 1
    (. /etc/os-release && [[ " ${ID:-} ${ID_LIKE:-} " == *" debian "* ]]) && command -v apt-get >/dev/null
}

install_packages() {
    local -a as_root=()
    local line="apt-get update && apt-get install --no-install-recommends $*"
    if ! supported_system; then
        fail "This machine lacks: $*." \
            "They are installed by themselves on Debian 12 and 13 and Ubuntu 24.04 only. Here, install" \
            "PostgreSQL 15 or newer with PostGIS 3.3 or newer, Python $oldest_python or newer with venv, openssl, and for" \
            "tests tilemaker and osmium-tool," \
            "or give DATABASE_URL for a PostgreSQL with PostGIS that runs elsewhere. Then run the command again."
    fi
    if ((EUID != 0)); then
        command -v sudo >/dev/null || fail "This machine lacks: $*. There is no sudo here; as root, run" "    $line" "and then this command again."
        as_root=(sudo)
    fi
    echo "Installing: $*"
    # Debian's packages would make and start a cluster for the whole machine. Ours is private, so they are
    # told not to, for as long as this takes.
    local no_cluster=/etc/postgresql-common/createcluster.d/rotfaste.conf
    # shellcheck disable=SC2016  # expanded by the shell that runs as root
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive bash -euc '
        no_cluster=$1; shift
        mkdir -p "$(dirname "$no_cluster")"
        echo "create_main_cluster = false" >"$no_cluster"
        trap "rm -f \"$no_cluster\"" EXIT
        apt-get -q update
        apt-get -q install -y --no-install-recommends "$@"
    ' install "$no_cluster" "$@" </dev/null ||
        fail "" "The packages could not be installed. As root, run" "    $line" "and then this command again."
}

mapfile -t packages < <(missing_packages)
if ((${#packages[@]})); then
    install_packages "${packages[@]}"
    mapfile -t packages < <(missing_packages)
    if ((${#packages[@]})); then
        case " ${packages[*]} " in
        *" python3 "*) fail "Python here is $(python3 -V 2>&1), and $oldest_python or newer is needed (with venv)." \
            "Install one and say where it is: make PYTHON=/path/to/python3 …" ;;
        *) fail "Installed, and yet not found: ${packages[*]}. PostgreSQL and PostGIS must be of one version." ;;
        esac
    fi
fi

# ---------------------------------------------------------------- Python packages

mkdir -p .make
exec 9>.make/lock
flock 9 # two starts at once

environment=.venv
[[ $wanted == bench ]] && environment=.venv-bench
stamp=.make/${environment#.}

# An environment that has the tests' packages keeps them, also when only `run` is asked for.
if [[ $wanted == run && -e $stamp ]] && [[ $(cut -d' ' -f1 "$stamp") == test ]]; then wanted=test; fi
lock=requirements/$wanted.lock

state() { # what the environment must have been made from
    echo "$wanted $(sha256sum "$lock" | cut -d' ' -f1) $("$environment/bin/python" -V 2>&1) $top/$environment"
}

if [[ -e $stamp && $(cat "$stamp") == "$(state)" ]]; then exit 0; fi

if ! python_is_new_enough "$environment/bin/python" || [[ $("$environment/bin/python" -c 'import sys; print(sys.prefix)') != "$top/$environment" ]]; then
    python=$(find_python)
    echo "Making $environment with $("$python" -V)"
    rm -rf "$environment"
    "$python" -m venv "$environment"
fi
# uv installs. It is in run.lock itself, so that pip fetches exactly that one and `sync` leaves it in place;
# the environment for measuring is filled by the uv of .venv.
uv=.venv/bin/uv
uv_version=$(sed -n 's/^uv==\([^ ]*\).*/\1/p' requirements/run.lock)
if [[ $("$uv" --version 2>/dev/null) != "uv $uv_version"* ]]; then
    [[ -x .venv/bin/python ]] || fail "$environment is filled from .venv: run 'make setup' first."
    sed -n '/^uv==/,/^[^ ]/p' requirements/run.lock | sed '1!{/^[^ ]/d}' >.make/uv.lock
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .make/uv.lock
fi
echo "Installing Python packages: $lock"
UV_PYTHON_DOWNLOADS=never "$uv" pip sync --quiet --compile-bytecode --python "$environment/bin/python" --require-hashes "$lock"
state >"$stamp"
