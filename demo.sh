#!/usr/bin/env bash
# One whole maintenance run on a throw-away PostgreSQL cluster with a working SceneScout; the report's path at the end.
# Arguments go to `upkeep demo` (see ./demo.sh --help), and so does its exit status: 0, or 3 when the run finished and found
# something that needs a person, which the demo's data makes sure of.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
. "$root/build/prerequisites.sh"

need_dotnet
need_postgres
build "$root/src/Upkeep.Cli"
exec "$root/src/Upkeep.Cli/bin/Release/net10.0/upkeep" demo "$@"
