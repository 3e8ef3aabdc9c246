# shellcheck shell=bash
# Sourced by ./run and ./test: installs missing packages, with apt, and no others.

# Debian keeps daemons where only root's PATH looks.
PATH=$PATH:/usr/sbin:/sbin
missing=()

# need PROGRAM PACKAGE: remembers the package when the program is not there.
need() {
    command -v "$1" >/dev/null 2>&1 || missing+=("$2")
}

# need_jdk: a compiler for Java 17 or newer.
need_jdk() {
    local version
    version=$({ javac -version 2>&1 || true; } | sed -n 's/^javac \([0-9]*\).*/\1/p')
    [ "${version:-0}" -ge 17 ] || missing+=(jdk)
}

# jdk_package: the oldest JDK that suits and that this release of the distribution has.
jdk_package() {
    local version
    for version in 17 21 25; do
        if apt-cache show "openjdk-$version-jdk-headless" >/dev/null 2>&1; then
            echo "openjdk-$version-jdk-headless"
            return
        fi
    done
    echo default-jdk-headless
}

# install_missing: installs the needed packages that are missing, or names them.
install_missing() {
    [ ${#missing[@]} -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "This machine has no apt. Please install: ${missing[*]}" >&2
        echo "(Debian's names: a JDK 17 or newer, Maven 3.8 or newer, the registry program of distribution.)" >&2
        exit 2
    fi
    # sudo drops the environment, hence env behind it.
    local root=(env DEBIAN_FRONTEND=noninteractive) packages=() package
    [ "$(id -u)" = 0 ] || root=(sudo "${root[@]}")
    echo "Installing: ${missing[*]}" >&2
    "${root[@]}" apt-get update -q >&2
    for package in "${missing[@]}"; do
        case $package in
            jdk) package=$(jdk_package) ;;
            # Older releases have both in docker.io.
            docker-cli)
                if apt-cache show docker-cli >/dev/null 2>&1; then packages+=(docker-buildx); else package=docker.io; fi
                ;;
        esac
        packages+=("$package")
    done
    "${root[@]}" apt-get install -y -q --no-install-recommends "${packages[@]}" >&2
    # Debian starts a registry of its own on port 5000, which is ours.
    case " ${packages[*]} " in
        *" docker-registry "*)
            [ ! -d /run/systemd/system ] || "${root[@]}" systemctl disable -q --now docker-registry || true
            ;;
    esac
    missing=()
}

# use_jdk: Debian's Maven takes the default Java, which may be another one, without a compiler.
use_jdk() {
    local home
    home=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
    [ -n "${JAVA_HOME:-}" ] || [ ! -x "$home/bin/javac" ] || export JAVA_HOME=$home
}

# Where the archive of classes of a jar is for the JVM that is java now: another one could not use it.
archive_of() { # JAR
    local jvm
    jvm=$(readlink -f "$(command -v java)")
    echo "${1%.jar}${jvm//\//-}.jsa"
}
