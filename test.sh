#!/usr/bin/env bash
# All tests. Arguments go to the test runner, for example: ./test.sh --filter-class '*RetentionTests*'
# The last line says what ran: N passed, N failed, N skipped. Ends with 1 where a test failed, none ran, or a project told nothing.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
. "$root/build/prerequisites.sh"

need_dotnet
need_postgres
need_pgbackrest
need_chromium
need_nginx
need_logrotate
need_visudo
need_npm_parts
need_web_packages
results=$root/TestResults
rm -rf -- "$results"
build "$root/Upkeep.slnx"

status=0
# One project after the other: they share the machine's cores with the servers that they start. Status 8 is a project in which a
# filter leaves no test; whether any ran at all is counted below.
# Started by nohup, everything below would be deaf to SIGHUP, on which services open their logs anew.
(cd -- "$root" && env --default-signal=HUP dotnet test --solution Upkeep.slnx --configuration Release --no-build --max-parallel-test-modules 1 \
  --results-directory "$results" --report-trx --report-trx-filename '{asm}.trx' --ignore-exit-code 8 "$@") || status=1

passed=0 failed=0 skipped=0
for project in "$root"/tests/*/*.csproj; do
  # Helpers of the tests live here too.
  grep -q 'xunit.v3' "$project" || continue
  file=$results/$(basename "$project" .csproj).trx
  if [ ! -s "$file" ]; then
    say "$(basename "$project" .csproj) left no result file: it did not get to its end."
    status=1
    continue
  fi
  outcomes=$(grep -o '<UnitTestResult [^>]*' "$file" | grep -o ' outcome="[^"]*"' || true)
  of() { grep -c "$1" <<<"$outcomes" || true; }
  ok=$(of '"Passed"') out=$(of '"NotExecuted"') all=$(of outcome=)
  passed=$((passed + ok)) skipped=$((skipped + out)) failed=$((failed + all - ok - out))
done

if [ $((passed + failed)) -eq 0 ]; then
  say "No test ran."
  status=1
fi
[ "$failed" -eq 0 ] || status=1
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
