# Sourced by ./run and ./test: installs what is missing, with apt, and only that.

# need PROGRAM PACKAGE: remembers the package when the program is not there.
need() {
    command -v "$1" >/dev/null 2>&1 || missing+=("$2")
}

# need_jdk: a compiler for Java 17 or newer.
need_jdk() {
    local version
    version=$(javac -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
    [ "${version:-0}" -ge 17 ] || missing+=(openjdk-17-jdk-headless)
}

# install_missing: installs what was needed and not there, or says what to install.
install_missing() {
    [ ${#missing[@]} -gt 0 ] || return 0
    local root=()
    [ "$(id -u)" = 0 ] || root=(sudo)
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "This machine has no apt. Please install: ${missing[*]}" >&2
        echo "(Debian's names: a JDK 17 or newer, Maven 3.8 or newer, the registry program of distribution.)" >&2
        exit 2
    fi
    echo "Installing: ${missing[*]}" >&2
    export DEBIAN_FRONTEND=noninteractive
    "${root[@]}" apt-get update -q >&2
    "${root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
    # Debian starts a registry of its own on port 5000, which is ours.
    case " ${missing[*]} " in
        *" docker-registry "*)
            [ ! -d /run/systemd/system ] || "${root[@]}" systemctl disable -q --now docker-registry || true
            ;;
    esac
    missing=()
}

missing=()
