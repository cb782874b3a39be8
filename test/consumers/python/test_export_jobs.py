import json
import os
import unittest
import urllib.error
import urllib.request

JOBS = os.environ["AEP_MOCK_BASE_URL"] + "/export/jobs"
HEADERS = {
    "Authorization": "Bearer any",
    "x-api-key": "any",
    "x-gw-ims-org-id": "pipeline@AdobeOrg",
    "x-sandbox-name": "tests",
    "Content-Type": "application/json",
}


def call(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, HEADERS)) as answer:
        return json.load(answer)


class ExportJobs(unittest.TestCase):
    def test_a_job_is_created(self):
        request = {"destination": {"datasetId": "dataset"}, "schema": {"name": "_xdm.context.profile"}}
        self.assertEqual(call(JOBS, request)["status"], "NEW")

    def test_a_job_that_is_not_there_is_told_to_be_missing(self):
        with self.assertRaises(urllib.error.HTTPError) as missing:
            call(JOBS + "/1")
        self.assertEqual(missing.exception.code, 404)
        missing.exception.close()


if __name__ == "__main__":
    unittest.main()
