npm install --global aep-export-jobs-mock

aep-export-jobs-mock --port 4010 --memory --fail-on-violation --report contract.xml &
mock=$!
curl -sS -f -o /dev/null --retry 60 --retry-delay 1 --retry-connrefused http://127.0.0.1:4010/__admin/health

tests=0
AEP_MOCK_BASE_URL=http://127.0.0.1:4010/data/core/ups python3 test_export_jobs.py || tests=$?

kill "$mock"
contract=0
wait "$mock" || contract=$?
exit $((tests != 0 ? tests : contract))
