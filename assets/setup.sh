#!/bin/sh
# Installs what is missing to build (`setup.sh build`) or to test (`setup.sh test`) on Debian and its kin.
# Elsewhere it names what is missing and leaves the installing to you. Running it again costs nothing.
set -eu

build_packages="build-essential pkg-config libwebkit2gtk-4.1-dev"
test_packages="git xvfb webkit2gtk-driver bubblewrap xdg-dbus-proxy dbus xdotool imagemagick fonts-dejavu-core fonts-noto-cjk"

wanted=$build_packages
[ "${1:-build}" = test ] && wanted="$build_packages $test_packages"

missing=""
if command -v dpkg-query >/dev/null 2>&1; then
    for package in $wanted; do
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed$' || missing="$missing $package"
    done
elif ! pkg-config --exists webkit2gtk-4.1 2>/dev/null; then
    case "$(uname -s)" in
    Linux) echo "backstory: install WebKitGTK 4.1 with its headers, then run this again" >&2; exit 1 ;;
    esac
fi

if [ -n "$missing" ]; then
    echo "installing:$missing" >&2
    if [ "$(id -u)" = 0 ]; then root=""; elif command -v sudo >/dev/null 2>&1; then root="sudo"; else
        echo "backstory: as root, run: apt-get install$missing" >&2
        exit 1
    fi
    $root apt-get update -qq
    # shellcheck disable=SC2086 # the list is words
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

if ! command -v node >/dev/null 2>&1 || ! node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a===20&&b>=19)?0:1)'; then
    echo "backstory: Node 20.19 or newer is needed to build the page; install it, then run this again" >&2
    exit 1
fi
if ! command -v cargo >/dev/null 2>&1; then
    echo "backstory: Rust is needed (rustup.rs); install it, then run this again" >&2
    exit 1
fi
