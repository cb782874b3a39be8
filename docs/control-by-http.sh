#!/bin/sh
# The life of export jobs in seconds, with curl alone. It needs a mock that runs:
#
#   npm start
#   sh docs/control-by-http.sh
#
# Another address than the default goes into AEP_MOCK_URL. Everything happens in a sandbox of its own, which is deleted
# first, so that the script can be run again and again. It stops with an error as soon as something is not as it is told.
set -eu

MOCK=${AEP_MOCK_URL:-http://127.0.0.1:4010}
ORG=1BD6382559DF0C130A49422D@AdobeOrg
SANDBOX=control-by-http

# A call of the API, with the four headers that it wants.
aep() {
  path=$1
  shift
  curl -sSf "$MOCK/data/core/ups$path" -H 'Authorization: Bearer any' -H 'x-api-key: any' \
    -H "x-gw-ims-org-id: $ORG" -H "x-sandbox-name: $SANDBOX" "$@"
}

# A call of the control plane, for the same sandbox.
admin() {
  path=$1
  shift
  curl -sSf "$MOCK/__admin$path" -H "x-gw-ims-org-id: $ORG" -H "x-sandbox-name: $SANDBOX" "$@"
}

# Creates a job, and prints its id.
create() {
  aep /export/jobs -H 'Content-Type: application/json' -d '{
    "destination": { "datasetId": "5b7c86968f7b6501e21ba9df" },
    "schema": { "name": "_xdm.context.profile" }
  }' | sed 's/^{"id":\([0-9]*\),.*/\1/'
}

# Prints the status of a job.
status() {
  aep "/export/jobs/$1" | sed 's/.*"status":"\([A-Z]*\)".*/\1/'
}

# Stops unless a job has a status.
expect() {
  found=$(status "$1")
  echo "  job $1 is $found"
  [ "$found" = "$2" ] || { echo "  and should be $2" >&2; exit 1; }
}

curl -sS -o /dev/null -X DELETE "$MOCK/__admin/sandboxes/$ORG/$SANDBOX"

echo 'The clock is frozen, and a job created: it stays NEW however long we look at it.'
admin /clock/freeze -X POST >/dev/null
job=$(create)
expect "$job" NEW

echo 'Two seconds later, at once, it is PROCESSING; another five, and it has SUCCEEDED.'
admin /clock/advance -d '{ "by": "2s" }' >/dev/null
expect "$job" PROCESSING
admin /clock/advance -d '{ "by": "PT5S" }' >/dev/null
expect "$job" SUCCEEDED

echo 'What is here now is saved.'
admin /snapshots/one-job -X PUT >/dev/null

echo 'Another job fails, with an error of our choice.'
failing=$(create)
admin "/jobs/$failing/fail" -d '{ "errors": [{ "code": "0042", "msg": "No space left.", "callStack": "" }] }' >/dev/null
expect "$failing" FAILED
aep "/export/jobs/$failing" | grep -q '"code":"0042","msg":"No space left."'

echo 'A third is waited for, while someone else turns the clock.'
waited=$(create)
{ admin "/jobs/$waited/wait?status=SUCCEEDED&timeout=10000" >/dev/null; echo "  job $waited is waited for no longer"; } &
admin /clock/advance -d '{ "by": "1h" }' >/dev/null
wait $!
expect "$waited" SUCCEEDED

echo 'Back to what was saved: the first job alone, and the clock as it was.'
admin /snapshots/one-job/restore -X POST >/dev/null
expect "$job" SUCCEEDED
if aep "/export/jobs/$failing" >/dev/null 2>&1; then
  echo "  job $failing should be gone" >&2
  exit 1
fi
echo "  job $failing is gone"

echo 'What of the contract these calls have exercised:'
admin /coverage | sed 's/^{"exercised":\([0-9]*\),"total":\([0-9]*\),.*/  \1 of \2 statuses, parameters and examples/'
echo
admin /coverage | grep -q '"operationId":"createExportJob","calls":3'
