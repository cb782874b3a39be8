#!/bin/sh
# The life of export jobs in seconds, with the verbs of the command. It needs a mock that runs from the same directory:
#
#   npm start
#   sh docs/control-by-command.sh
#
# The verbs find it by themselves, whatever its port; AEP_MOCK_URL names another. Everything happens in a sandbox of its
# own, which is reset first, so that the script can be run again and again. It stops with an error as soon as something is
# not as it is told.
set -eu

# All verbs are for this sandbox now. Each takes it by --sandbox as well.
export AEP_MOCK_SANDBOX=control-by-command

# The command of this package. Where the package is installed, `npx aep-export-jobs-mock` is the same.
COMMAND="$(dirname "$0")/../dist/cli/main.js"
verb() {
  node "$COMMAND" "$@"
}

# Runs a verb, and shows how it is written, and what it says.
show() {
  echo "  \$ aep-export-jobs-mock $*"
  told=$(verb "$@")
  printf '%s\n' "$told" | sed 's/./    &/'
}

# A call of the API, as your code makes it.
API=$(verb url)/data/core/ups
aep() {
  path=$1
  shift
  curl -sSf "$API$path" -H 'Authorization: Bearer any' -H 'x-api-key: any' \
    -H 'x-gw-ims-org-id: 1BD6382559DF0C130A49422D@AdobeOrg' -H "x-sandbox-name: $AEP_MOCK_SANDBOX" "$@"
}

# Creates a job, and prints its id.
create() {
  aep /export/jobs -H 'Content-Type: application/json' -d '{
    "destination": { "datasetId": "5b7c86968f7b6501e21ba9df" },
    "schema": { "name": "_xdm.context.profile" }
  }' | sed 's/^{"id":\([0-9]*\),.*/\1/'
}

# Stops unless the API gives a job a status.
expect() {
  found=$(aep "/export/jobs/$1" | sed 's/.*"status":"\([A-Z]*\)".*/\1/')
  echo "  job $1 is $found"
  [ "$found" = "$2" ] || { echo "  and should be $2" >&2; exit 1; }
}

echo 'All begins anew.'
show reset

echo 'The clock is frozen, and a job created: it stays NEW however long we look at it.'
show freeze
job=$(create)
expect "$job" NEW

echo 'Two seconds later, at once, it is PROCESSING; another five, and it has SUCCEEDED.'
show advance 2s
expect "$job" PROCESSING
show advance PT5S
expect "$job" SUCCEEDED

echo 'What is here now is saved.'
show snapshot one-job

echo 'Another job fails, with an error of our choice.'
failing=$(create)
show fail "$failing" --error '0042:No space left.'
expect "$failing" FAILED
aep "/export/jobs/$failing" | grep -q '"code":"0042","msg":"No space left."'

echo 'A third is waited for, while someone else turns the clock.'
waited=$(create)
show wait "$waited" SUCCEEDED --timeout 30s &
show advance 1h
wait $!
expect "$waited" SUCCEEDED

echo 'A fourth is moved by hand: it is held, whatever the clock says, then stepped on.'
held=$(create)
show hold "$held"
show advance 1h
expect "$held" NEW
show step "$held"
expect "$held" PROCESSING
show finish "$held"
expect "$held" SUCCEEDED

echo 'Jobs that are created now live by another scenario, and the next call of the list meets a fault.'
show scenario stuck
stuck=$(create)
show advance 1h
expect "$stuck" PROCESSING
show fault bare-503 --operation listExportJobs --times 1
if aep /export/jobs >/dev/null 2>&1; then
  echo '  the list should have been refused' >&2
  exit 1
fi
aep /export/jobs >/dev/null
echo '  the list was refused once'
show rules

echo 'Back to what was saved: the first job alone, the clock as it was, no rules.'
show restore one-job
expect "$job" SUCCEEDED
if aep "/export/jobs/$failing" >/dev/null 2>&1; then
  echo "  job $failing should be gone" >&2
  exit 1
fi
echo "  job $failing is gone"

echo 'A call that breaks the contract is told with where, and what is allowed.'
aep '/export/jobs?limt=2' >/dev/null 2>&1 || show journal --violations
verb journal --violations | grep -q "Did you mean 'limit'?"

echo 'What of the contract these calls have exercised:'
show coverage
verb coverage | grep -q '^createExportJob: 5 calls'
